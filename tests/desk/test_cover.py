"""Asking for cover: who could step in, that they are told, and that nobody is asked in vain."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from itdesk.desk import schedule, triage, visits
from itdesk.desk.compliance import verify_journal
from itdesk.desk.cover import ask_for_cover
from itdesk.desk.departure import leave
from itdesk.desk.errors import NotFound, Refused
from itdesk.desk.people import NewPerson, add_people, find_person
from itdesk.desk.queries import schedule as queries
from itdesk.desk.queries.cover import could_cover, open_at
from itdesk.desk.queries.duty import duties
from itdesk.desk.queries.notices import unread
from itdesk.desk.queries.schedule import ToSettle, scheduled, to_settle
from itdesk.desk.session import Desk, Session
from itdesk.domain.people import STAFF, Role
from itdesk.domain.schedule import Clash, Missing
from tests.desk.acts import LOGINS, open_ticket
from tests.support.desks import SignIn

MONDAY = date(2026, 3, 2)
SUNDAY = MONDAY + timedelta(days=6)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}+00:00")


def logins(session: Session, one: ToSettle) -> list[str]:
    return [helper.login for helper in could_cover(session, one)]


def ids(session: Session, one: ToSettle) -> Sequence[int]:
    return [helper.id for helper in could_cover(session, one)]


@pytest.fixture
def lea(sign_in_as: SignIn) -> Session:
    """The lead of the network team; Tom has mornings, Tina afternoons, and she herself an hour on Sunday."""
    session = sign_in_as("lea")
    schedule.add_weekly_shifts(session, ["tom"], range(5), 480, 840, first_day=MONDAY)
    schedule.add_weekly_shifts(session, ["tina"], range(5), 840, 1080, first_day=MONDAY)
    schedule.add_weekly_shifts(session, ["lea"], [6], 600, 660, first_day=MONDAY)
    return session


def test_a_missed_shift_is_for_those_of_the_team_who_are_neither_away_nor_on_shift(lea: Session) -> None:
    schedule.add_absence(lea, "tom", at("03-02 23:00"), at("03-03 23:00"), "sick")
    missed = open_at(lea, at("03-03 08:00"), person="tom")
    assert (missed.what, missed.text) == (Clash.SHIFT_WHILE_AWAY, "tom is away (sick) and has a shift")
    assert logins(lea, missed) == ["tina"]
    schedule.add_absence(lea, "tina", at("03-03 12:00"), at("03-03 13:00"), "dentist")
    assert logins(lea, missed) == []


def test_a_gap_of_several_days_is_for_whoever_could_on_one_of_them(
    lea: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    evenings = [(at(f"03-0{day} 17:00"), at(f"03-0{day} 19:00")) for day in (2, 3)]
    monkeypatch.setattr(queries, "business_frames", lambda *_: evenings)
    schedule.add_absence(lea, "tom", at("03-02 00:00"), at("03-02 23:00"), "sick")
    schedule.add_absence(lea, "tina", at("03-01 00:00"), None, "holiday")
    (gap,) = [one for one in to_settle(scheduled(lea, MONDAY, SUNDAY, team="network")) if one.team_id is not None]
    assert (gap.what, gap.text, gap.spans) == (
        Missing.ON_SHIFT,
        "network: nobody on shift, 1 wanted, on 2 days",
        tuple(evenings),
    )
    assert logins(lea, gap) == ["tom"]
    left = to_settle(scheduled(lea, MONDAY, SUNDAY, team="network"), at("03-02 20:00"))
    assert [one.text for one in left if one.team_id is not None] == ["network: nobody on shift, 1 wanted"]


def test_duty_on_call_is_for_whoever_is_not_away_and_has_none_then(lea: Session) -> None:
    schedule.add_on_call(lea, "tom", at("03-03 15:00"), at("03-06 07:00"), "network")
    schedule.add_absence(lea, "tom", at("03-04 00:00"), at("03-05 00:00"), "sick")
    duty = open_at(lea, at("03-04 02:00"), person="tom")
    assert duty.what is Clash.ON_CALL_WHILE_AWAY
    assert logins(lea, duty) == ["tina"], "who has shifts meanwhile can be called all the same"
    schedule.add_on_call(lea, "tina", at("03-03 15:00"), at("03-06 07:00"), "security")
    assert logins(lea, duty) == []


def test_duty_on_call_of_somebody_who_left_the_team_is_nobodys_until_he_is_in_it_again(
    lea: Session, sign_in_as: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "business_frames", lambda *_: [])
    schedule.add_on_call(lea, "tom", at("03-01 23:00"), at("03-08 23:00"), "network")
    covered = seen(lea)
    assert covered == []
    ada, tom = sign_in_as("ada"), NewPerson("tom", "Tom Black", Role.TECHNICIAN, teams=("security",))
    assert add_people(ada, [tom]).sentence == (
        "Updated tom. To settle: duty on call without being in the team, which nobody has now: tom for network."
    )
    lost = "tom is on call for network and not in that team"
    assert lost in seen(lea)
    assert all(one.startswith("network: nobody is on call") for one in seen(lea) if one != lost)
    assert len(seen(lea)) == 5, "the nights at the ends of the week, those within it, and around lea's shift"
    assert not duties(lea, [find_person("tom").id], at("03-03 02:00"))[find_person("tom").id].on_call
    duty = open_at(lea, at("03-03 02:00"), person="tom")
    assert (duty.what, duty.text, logins(lea, duty)) == (Clash.ON_CALL_OUT_OF_TEAM, lost, ["tina"])
    assert ask_for_cover(lea, duty, ids(lea, duty)).sentence.startswith("Asked tina to cover Mon 2 Mar")
    assert add_people(ada, [replace(tom, teams=("network", "security"))]).sentence == "Updated tom."
    assert seen(lea) == covered


def seen(session: Session) -> list[str]:
    """What is to be settled in the week, as it is told."""
    return [one.text for one in to_settle(scheduled(session, MONDAY, SUNDAY))]


def test_a_visit_is_for_whoever_is_on_shift_and_free(lea: Session, sign_in_as: SignIn) -> None:
    tom, ticket = sign_in_as("tom"), open_ticket(sign_in_as)
    triage.take(tom, [ticket])
    visits.plan_visit(tom, [ticket], at("03-03 14:00"), 60, anyway=True)
    visit = open_at(lea, at("03-03 14:30"), person="tom")
    assert visit.what is Clash.APPOINTMENT_OFF_SHIFT
    assert logins(lea, visit) == ["tina"]
    other = open_ticket(sign_in_as)
    triage.take(sign_in_as("tina"), [other])
    visits.plan_visit(sign_in_as("tina"), [other], at("03-03 14:30"), 60)
    assert logins(lea, visit) == []


def test_the_visit_of_somebody_who_left_is_for_others_of_the_team(lea: Session, sign_in_as: SignIn) -> None:
    ticket = open_ticket(sign_in_as)
    triage.assign(lea, [ticket], "tom")
    visits.plan_visit(lea, [ticket], at("03-04 15:00"), 60, person="tom", anyway=True)
    leave(sign_in_as("ada"), "tom")
    of = scheduled(lea, MONDAY, SUNDAY)
    visit = next(one for one in to_settle(of) if one.text.startswith("tom has left"))
    assert logins(lea, visit) == ["tina"]
    assert ask_for_cover(lea, visit, ids(lea, visit)).sentence.startswith("Asked tina")


def test_who_is_asked_is_told_and_the_journal_keeps_it(lea: Session, desk: Desk, sign_in_as: SignIn) -> None:
    schedule.add_absence(lea, "tom", at("03-02 23:00"), at("03-03 23:00"), "sick")
    missed = open_at(lea, at("03-03 08:00"), person="tom")
    change = ask_for_cover(lea, missed, ids(lea, missed))
    assert change.sentence == "Asked tina to cover Tue 3 Mar 2026 08:00 to 14:00."
    assert not change.undoable
    told = "lea asks whether you could cover Tue 3 Mar 2026 08:00 to 14:00: tom is away (sick) and has a shift."
    assert unread(sign_in_as("tina"))[0].text == told
    assert not any("cover" in one.text for one in unread(sign_in_as("tom")))
    verb, facts = desk.database.row("SELECT verb, facts FROM journal WHERE seq = ?", (change.seqs[0],))
    assert verb == "cover_asked"
    assert json.loads(facts)["people"] == ids(lea, missed)
    assert "sick" not in facts
    assert verify_journal(sign_in_as("otto")).intact
    assert schedule.undo_last_of_schedule(lea).sentence == "Undid the absence of tom."


def test_nobody_is_asked_in_vain(lea: Session, sign_in_as: SignIn) -> None:
    schedule.add_absence(lea, "tom", at("03-02 23:00"), at("03-03 23:00"), "sick")
    missed = open_at(lea, at("03-03 08:00"), person="tom")
    asked = ids(lea, missed)
    schedule.add_absence(lea, "tina", at("03-03 00:00"), at("03-03 23:00"), "dentist")
    with pytest.raises(Refused, match="None of them could step in any more"):
        ask_for_cover(lea, missed, asked)
    schedule.undo_last_of_schedule(lea)
    schedule.drop_shift(lea, "tom", date(2026, 3, 3))
    with pytest.raises(Refused, match="settled meanwhile"):
        ask_for_cover(lea, missed, asked)
    with pytest.raises(NotFound, match="nothing to settle for tom at Tue 3 Mar 2026 09:00"):
        open_at(lea, at("03-03 08:00"), person="tom")
    assert not any("cover" in one.text for one in unread(sign_in_as("tina")))


@pytest.mark.parametrize("role", list(Role))
def test_staff_asks_for_cover(role: Role, lea: Session, sign_in_as: SignIn) -> None:
    schedule.add_absence(lea, "tom", at("03-02 23:00"), at("03-03 23:00"), "sick")
    missed = open_at(lea, at("03-03 08:00"), person="tom")
    session = sign_in_as(LOGINS[role])
    if role in STAFF:
        assert ask_for_cover(session, missed, ids(lea, missed)).seqs
    else:
        with pytest.raises(Refused, match="may not ask for cover"):
            ask_for_cover(session, missed, ids(lea, missed))
