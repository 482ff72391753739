"""Who worked on what, for how long."""

from datetime import date

import pytest

from itdesk.desk import worklog
from itdesk.desk.errors import Refused
from itdesk.desk.queries import tickets
from itdesk.desk.queries.work import by_person, by_ticket, total, work_of, work_on
from itdesk.desk.undo import undo
from tests.desk.acts import open_ticket
from tests.support.desks import SignIn, StillClock


def test_a_lead_sees_who_worked_how_long_on_what(sign_in_as: SignIn) -> None:
    one, other = open_ticket(sign_in_as), open_ticket(sign_in_as)
    tom, tina, lea = sign_in_as("tom"), sign_in_as("tina"), sign_in_as("lea")
    worklog.log_time(tom, [one], 25, "read the log")
    worklog.log_time(tom, [one, other], 30, worked_on=date(2026, 2, 27))
    worklog.log_time(tina, [other], 60)
    everything = work_of(lea)
    assert total(everything) == 145
    assert by_person(everything) == {"tom": 85, "tina": 60}
    assert by_ticket(everything) == {f"INC-{other}": 90, f"INC-{one}": 55}
    assert [entry.minutes for entry in work_of(lea, since=date(2026, 3, 1))] == [25, 60]
    assert total(work_of(lea, login="tom", until=date(2026, 2, 28))) == 60
    assert by_person(work_of(lea, team="security")) == {"tina": 60}
    assert [(entry.worked_on, entry.note) for entry in work_on(lea, one)] == [
        (date(2026, 2, 27), ""),
        (date(2026, 3, 2), "read the log"),
    ]


def test_the_day_is_that_of_the_desks_time_zone(sign_in_as: SignIn, clock: StillClock) -> None:
    ticket = open_ticket(sign_in_as)
    clock.advance(hours=14, minutes=30)  # 23:30 UTC, which is tomorrow in Berlin
    worklog.log_time(sign_in_as("tom"), [ticket], 5)
    assert work_on(sign_in_as("tom"), ticket)[0].worked_on == date(2026, 3, 3)


@pytest.mark.parametrize("minutes", [0, -5, 1441])
def test_an_entry_has_some_minutes_and_at_most_a_day(sign_in_as: SignIn, minutes: int) -> None:
    with pytest.raises(Refused, match="between 1 and 1440"):
        worklog.log_time(sign_in_as("tom"), [open_ticket(sign_in_as)], minutes)


def test_only_leads_log_for_somebody_else_and_nobody_for_tomorrow_or_a_requester(sign_in_as: SignIn) -> None:
    ticket = open_ticket(sign_in_as)
    with pytest.raises(Refused, match="may not log time for somebody else"):
        worklog.log_time(sign_in_as("tom"), [ticket], 5, for_whom="tina")
    with pytest.raises(Refused, match="yet to come"):
        worklog.log_time(sign_in_as("tom"), [ticket], 5, worked_on=date(2026, 3, 3))
    with pytest.raises(Refused, match="only the work of staff"):
        worklog.log_time(sign_in_as("lea"), [ticket], 5, for_whom="rita")
    change = worklog.log_time(sign_in_as("lea"), [ticket], 5, for_whom="tom")
    assert change.sentence == f"Logged 5m for tom on INC-{ticket}."
    assert by_person(work_on(sign_in_as("tom"), ticket)) == {"tom": 5}
    assert tickets.timeline(sign_in_as("tom"), ticket)[-1].text == "logged 5m for tom"


def test_what_was_logged_by_mistake_counts_no_more_once_it_is_undone(sign_in_as: SignIn) -> None:
    ticket, tom = open_ticket(sign_in_as), sign_in_as("tom")
    change = worklog.log_time(tom, [ticket], 50)
    worklog.log_time(tom, [ticket], 5)
    undo(tom, change.seqs[0])
    assert [entry.minutes for entry in work_on(tom, ticket)] == [5]


def test_a_requester_learns_nothing_of_the_minutes(sign_in_as: SignIn) -> None:
    ticket, rita = open_ticket(sign_in_as), sign_in_as("rita")
    change = worklog.log_time(sign_in_as("tom"), [ticket], 50, "secret")
    undo(sign_in_as("tom"), change.seqs[0])
    worklog.log_time(sign_in_as("tom"), [ticket], 50, "secret")
    assert work_on(rita, ticket) == ()
    assert {event.verb for event in tickets.events(rita, ticket)} == {"submitted"}
    assert [entry["verb"] for entry in tickets.journal_entries(rita, ticket)] == ["submitted"]
    with pytest.raises(Refused):
        work_of(rita)
