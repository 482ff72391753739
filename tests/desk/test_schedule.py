"""Every change of the schedule: who may, what it does, that undo takes all of it back, and what is refused."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from itdesk.desk import schedule, triage, visits
from itdesk.desk.change import Change
from itdesk.desk.compliance import verify_journal
from itdesk.desk.errors import NotFound, Refused
from itdesk.desk.queries import calendar_entries, hours
from itdesk.desk.queries import schedule as queries
from itdesk.desk.queries.duty import duties
from itdesk.desk.queries.notices import unread
from itdesk.desk.session import Desk, Session, sign_in
from itdesk.desk.undo import undo
from itdesk.domain.people import LEADS, STAFF, Role
from itdesk.domain.schedule import Clash, Missing
from tests.desk.acts import LOGINS, open_ticket
from tests.support.desks import SignIn, StillClock

MONDAY = date(2026, 3, 2)
TUESDAY = MONDAY + timedelta(days=1)
SUNDAY = MONDAY + timedelta(days=6)
OFFICE = (480, 960)
DAY = timedelta(days=1)

Deed = Callable[[Session], Change]


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}+00:00")


def rota(session: Session) -> Change:
    """Tom has mornings, Tina afternoons, from Monday to Friday."""
    schedule.add_weekly_shifts(session, ["tom"], range(5), 480, 840, first_day=MONDAY)
    return schedule.add_weekly_shifts(session, ["tina"], range(5), 720, 1080, first_day=MONDAY)


def first_shift(session: Session) -> Any:
    return queries.weekly_shifts_of(session, "tom")[0]


def sick(session: Session) -> Change:
    return schedule.add_absence(session, "tom", at("03-03 00:00"), None, "sick")


def on_call(session: Session) -> Change:
    return schedule.add_on_call(session, "tom", at("03-06 15:00"), at("03-09 07:00"))


def my(session: Session, what: str) -> int:
    person = queries.scheduled(session, MONDAY, SUNDAY, person="tom").people[0]
    return int(getattr(person.plan, what)[0].id)


@dataclass(frozen=True)
class Act:
    """A change of the schedule: what it says, and on how many people's schedules it leaves an entry."""

    name: str
    deed: Deed
    verb: str
    says: str
    first: Sequence[Deed] = ()
    entries: int = 1


ACTS = (
    Act("weekly shifts", rota, "weekly_shift_added", "tina is on shift mon-fri 12:00-18:00 from Mon 2 Mar 2026 on."),
    Act(
        "change a weekly shift",
        lambda session: schedule.change_weekly_shift(
            session, replace(first_shift(session), starts=540, last_day=SUNDAY)
        ),
        "weekly_shift_changed",
        "tom is now on shift mon 09:00-14:00 from Mon 2 Mar 2026 until Sun 8 Mar 2026.",
        (rota,),
    ),
    Act(
        "move a weekly shift",
        lambda session: schedule.move_weekly_shift(
            session, first_shift(session).id, MONDAY, to_day=TUESDAY, times=(300, 420), to_person="tom"
        ),
        "weekly_shift_changed",
        "tom is now on shift tue 05:00-07:00 from Tue 3 Mar 2026 on, not mon 08:00-14:00.",
        (rota,),
    ),
    Act(
        "give a weekly shift",
        lambda session: schedule.move_weekly_shift(
            session, first_shift(session).id, MONDAY, to_day=MONDAY, times=(480, 840), to_person="wes"
        ),
        "weekly_shift_changed",
        "wes is on shift mon 08:00-14:00 from Mon 2 Mar 2026 on, for tom.",
        (rota,),
        entries=2,
    ),
    Act(
        "remove a weekly shift",
        lambda session: schedule.remove_weekly_shifts(session, [first_shift(session).id]),
        "weekly_shift_removed",
        "Removed 1 weekly shift of tom.",
        (rota,),
    ),
    Act(
        "add a shift",
        lambda session: schedule.add_shift(session, "tom", SUNDAY, 1320, 360),
        "shift_added",
        "tom is on shift Sun 8 Mar 2026 22:00-06:00.",
    ),
    Act(
        "drop a shift",
        lambda session: schedule.drop_shift(session, "tom", MONDAY),
        "shift_dropped",
        "tom is not on shift Mon 2 Mar 2026 08:00 to 14:00.",
        (rota,),
    ),
    Act(
        "move a shift",
        lambda session: schedule.move_shift(session, "tom", MONDAY, to_day=SUNDAY, times=(600, 720)),
        "shift_moved",
        "The shift of tom of Mon 2 Mar 2026 08:00 to 14:00 is now Sun 8 Mar 2026 10:00-12:00.",
        (rota,),
    ),
    Act(
        "give a shift",
        lambda session: schedule.move_shift(session, "tom", MONDAY, to_person="wes"),
        "shift_moved",
        "is now wes's: Mon 2 Mar 2026 08:00-14:00.",
        (rota,),
        entries=2,
    ),
    Act(
        "swap shifts",
        lambda session: schedule.swap_shifts(session, "tom", MONDAY, "tina", TUESDAY - timedelta(days=1)),
        "shift_swapped",
        "tom and tina swapped: Mon 2 Mar 2026 08:00 to 14:00 is tina's, Mon 2 Mar 2026 12:00 to 18:00 is tom's.",
        (rota,),
        entries=2,
    ),
    Act("an absence", sick, "absence_added", "tom is away from Tue 3 Mar 2026 01:00 on: sick."),
    Act(
        "change an absence",
        lambda session: schedule.change_absence(
            session, my(session, "absences"), start=at("03-02 23:00"), end=at("03-04 23:00"), reason="flu"
        ),
        "absence_changed",
        "tom is now away Tue 3 Mar 2026 to Wed 4 Mar 2026: flu.",
        (sick,),
    ),
    Act(
        "remove an absence",
        lambda session: schedule.remove_absence(session, my(session, "absences")),
        "absence_removed",
        "tom is not away",
        (sick,),
    ),
    Act(
        "on call", on_call, "on_call_added", "tom is on call for network Fri 6 Mar 2026 16:00 to Mon 9 Mar 2026 08:00."
    ),
    Act(
        "change duty on call",
        lambda session: schedule.change_on_call(session, my(session, "on_call"), end=at("03-08 07:00")),
        "on_call_changed",
        "tom is now on call for network Fri 6 Mar 2026 16:00 to Sun 8 Mar 2026 08:00.",
        (on_call,),
    ),
    Act(
        "give duty on call",
        lambda session: schedule.change_on_call(session, my(session, "on_call"), to_person="tina"),
        "on_call_changed",
        "tina is on call for network Fri 6 Mar 2026 16:00 to Mon 9 Mar 2026 08:00, for tom.",
        (on_call,),
        entries=2,
    ),
    Act(
        "no longer on call",
        lambda session: schedule.remove_on_call(session, my(session, "on_call")),
        "on_call_removed",
        "tom is not on call",
        (on_call,),
    ),
)
every_act = pytest.mark.parametrize("act", ACTS, ids=lambda act: act.name.replace(" ", "-"))


def seen(session: Session) -> Any:
    found = queries.scheduled(session, MONDAY, SUNDAY)
    return found.people, found.teams, [queries.weekly_shifts_of(session, login) for login in ("tom", "tina", "wes")]


def entry(desk: Desk, seq: int) -> tuple[str, str, str]:
    row = desk.database.row("SELECT verb, object, facts FROM journal WHERE seq = ?", (seq,))
    return row[0], row[1], row[2]


@every_act
def test_a_change_does_what_it_says_is_told_and_undo_takes_all_of_it_back(
    act: Act, desk: Desk, sign_in_as: SignIn, clock: StillClock
) -> None:
    lea, tom = sign_in_as("lea"), sign_in_as("tom")
    for deed in act.first:
        deed(lea)
    before, told = seen(lea), len(unread(tom))
    clock.advance(minutes=1)
    change = act.deed(lea)
    assert act.says in change.sentence
    assert change.undoable
    assert len(change.seqs) == act.entries
    verb, whose, facts = entry(desk, change.seqs[0])
    assert (verb, whose.partition(":")[0]) == (act.verb, "person")
    assert "sick" not in facts
    assert "flu" not in facts, "why somebody is away can be erased"
    assert seen(lea) != before
    assert len(unread(tom)) > told

    seq = change.seqs[-1]
    if act.name == "weekly shifts":  # Tom's were another command
        schedule.undo_last_of_schedule(lea)
        seq -= 1
    undone = undo(lea, seq)
    assert undone.sentence.startswith("Undid the ")
    assert seen(lea) == before
    with pytest.raises(Refused, match="undone before"):
        undo(lea, seq)
    assert verify_journal(sign_in_as("otto")).intact


@pytest.mark.parametrize("role", list(Role))
def test_leads_plan_for_everybody_and_others_nothing_but_their_own_absences(role: Role, sign_in_as: SignIn) -> None:
    session = sign_in_as(LOGINS[role])
    for deed in (rota, on_call, sick):
        if role in LEADS or (role in STAFF and deed is sick):  # LOGINS has Tom as technician
            assert deed(session).seqs
            continue
        with pytest.raises(Refused, match="may not"):
            deed(session)
    if role is Role.TECHNICIAN:
        with pytest.raises(Refused, match="may not enter absences of others"):
            schedule.add_absence(session, "tina", at("03-03 00:00"), None, "sick")


def test_what_others_planned_only_leads_undo(sign_in_as: SignIn) -> None:
    change = rota(sign_in_as("lea"))
    with pytest.raises(Refused, match="may not undo what others did"):
        undo(sign_in_as("tom"), change.seqs[0])
    own = sick(sign_in_as("tom"))
    assert undo(sign_in_as("tom"), own.seqs[0]).sentence == "Undid the absence of tom."
    with pytest.raises(Refused, match="nothing of yours"):
        schedule.undo_last_of_schedule(sign_in_as("tom"))


def test_undo_is_refused_once_somebody_changed_it_again(sign_in_as: SignIn) -> None:
    lea = sign_in_as("lea")
    added = sick(lea)
    schedule.change_absence(lea, my(lea, "absences"), end=at("03-05 00:00"))
    with pytest.raises(Refused, match="The schedule of tom changed since"):
        undo(lea, added.seqs[0])
    schedule.undo_last_of_schedule(lea)
    undo(lea, added.seqs[0])


def test_a_weekly_shift_is_not_undone_over_a_swap_which_would_stay_as_if_from_nowhere(sign_in_as: SignIn) -> None:
    lea, sam, wednesday, thursday = sign_in_as("lea"), sign_in_as("sam"), MONDAY + 2 * DAY, MONDAY + 3 * DAY
    schedule.add_weekly_shifts(lea, ["tom"], range(3), *OFFICE, first_day=MONDAY)
    schedule.add_weekly_shifts(lea, ["tina"], [3, 4], *OFFICE, first_day=MONDAY)
    schedule.swap_shifts(sam, "tom", wednesday, "tina", thursday)
    before = seen(lea)
    with pytest.raises(Refused) as refusal:
        schedule.undo_last_of_schedule(lea)
    assert str(refusal.value) == (
        "The schedule of tina changed since: the shift of Thu 5 Mar 2026 was swapped, moved or dropped. "
        "Take that back first."
    )
    assert seen(lea) == before
    schedule.undo_last_of_schedule(sam)
    for _ in range(2):
        schedule.undo_last_of_schedule(lea)
    assert duties_of(lea, "tom", "tina") == {True}, "without shifts, so always there again"


def duties_of(session: Session, *logins: str) -> set[bool]:
    """Whether these people are on shift on a Sunday night."""
    people = [sign_in(session.desk, login).id for login in logins]
    return {duty.on_shift for duty in duties(session, people, at("03-08 23:00")).values()}


def test_a_longer_weekly_shift_is_not_made_shorter_again_by_undo_over_a_day_that_was_given_away(
    sign_in_as: SignIn,
) -> None:
    lea, sam = sign_in_as("lea"), sign_in_as("sam")
    schedule.add_weekly_shifts(lea, ["tom"], [0], *OFFICE, first_day=MONDAY, last_day=SUNDAY)
    schedule.drop_shift(lea, "tom", MONDAY)
    longer = schedule.change_weekly_shift(lea, replace(first_shift(lea), last_day=None))
    given = schedule.move_shift(sam, "tom", MONDAY + 7 * DAY, to_person="tina")
    with pytest.raises(Refused, match=r"The schedule of tom changed since: the shift of Mon 9 Mar 2026 was swapped"):
        undo(lea, longer.seqs[0])
    undo(sam, given.seqs[0])
    undo(lea, longer.seqs[0])
    assert mondays(lea, "tom") == []


def mondays_of_tom(session: Session) -> Change:
    return schedule.add_weekly_shifts(session, ["tom"], [0], *OFFICE, first_day=MONDAY)


def tom_on_monday(session: Session) -> Change:
    return schedule.add_shift(session, "tom", MONDAY, 840, 1080)


def none_weekly_of_tom(session: Session) -> Change:
    return schedule.remove_weekly_shifts(session, [first_shift(session).id])


A_SHIFT = "tom is on shift then already: Mon 2 Mar 2026 {}; drop or move that shift first."


@pytest.mark.parametrize(
    ("first", "taken_away", "in_its_place", "why"),
    [
        (
            mondays_of_tom,
            lambda lea: schedule.drop_shift(lea, "tom", MONDAY),
            tom_on_monday,
            A_SHIFT.format("14:00 to 18:00"),
        ),
        (
            mondays_of_tom,
            lambda lea: schedule.move_shift(lea, "tom", MONDAY, to_person="wes"),
            tom_on_monday,
            A_SHIFT.format("14:00 to 18:00"),
        ),
        (
            rota,
            lambda lea: schedule.swap_shifts(lea, "tom", MONDAY, "tina"),
            lambda sam: schedule.add_shift(sam, "tom", MONDAY, 360, 540),
            A_SHIFT.format("06:00 to 09:00"),
        ),
        (
            tom_on_monday,
            lambda lea: schedule.drop_shift(lea, "tom", MONDAY),
            mondays_of_tom,
            A_SHIFT.format("08:00 to 16:00"),
        ),
        (mondays_of_tom, none_weekly_of_tom, tom_on_monday, A_SHIFT.format("14:00 to 18:00")),
        (
            mondays_of_tom,
            lambda lea: schedule.change_weekly_shift(lea, replace(first_shift(lea), ends=840)),
            tom_on_monday,
            A_SHIFT.format("14:00 to 18:00"),
        ),
        (
            mondays_of_tom,
            none_weekly_of_tom,
            lambda sam: schedule.add_weekly_shifts(sam, ["tom"], [0], 600, 720, first_day=SUNDAY),
            (
                "tom is on shift then already: weekly shift 2, mon 10:00-12:00 from Sun 8 Mar 2026 on; "
                "change or remove it first."
            ),
        ),
        (
            on_call,
            lambda lea: schedule.remove_on_call(lea, my(lea, "on_call")),
            lambda sam: schedule.add_on_call(sam, "tom", at("03-08 06:00"), at("03-10 06:00")),
            (
                "tom is on call for network then already: Sun 8 Mar 2026 07:00 to Tue 10 Mar 2026 07:00; "
                "change or remove that first."
            ),
        ),
    ],
    ids=["dropped", "given", "swapped", "of a day", "weekly", "changed", "weekly twice", "on call"],
)
def test_undo_gives_nobody_a_shift_or_duty_at_a_time_at_which_he_got_another(
    first: Deed, taken_away: Deed, in_its_place: Deed, why: str, sign_in_as: SignIn
) -> None:
    lea, sam = sign_in_as("lea"), sign_in_as("sam")
    first(lea)
    there = seen(lea)
    taken_away(lea)
    in_its_place(sam)
    before = seen(lea)
    with pytest.raises(Refused) as refusal:
        schedule.undo_last_of_schedule(lea)
    assert str(refusal.value) == why
    assert seen(lea) == before
    schedule.undo_last_of_schedule(sam)
    schedule.undo_last_of_schedule(lea)
    assert seen(lea) == there


def test_shifts_that_were_at_once_before_are_not_in_the_way_of_undo(
    sign_in_as: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    from itdesk.desk.queries import plans

    lea = sign_in_as("lea")
    schedule.add_shift(lea, "tom", TUESDAY, *OFFICE)
    monkeypatch.setattr(plans, "holidays", lambda *_: {MONDAY: "Founders' Day"})
    tom_on_monday(lea)
    mondays_of_tom(lea)
    monkeypatch.setattr(plans, "holidays", lambda *_: {})
    before = seen(lea)
    schedule.drop_shift(lea, "tom", TUESDAY)
    schedule.undo_last_of_schedule(lea)
    assert seen(lea) == before
    for _ in range(3):
        schedule.undo_last_of_schedule(lea)
    assert duties_of(lea, "tom") == {True}, "without shifts, so always there again"


def test_no_shift_of_every_week_lies_on_one_of_a_day(sign_in_as: SignIn) -> None:
    lea = sign_in_as("lea")
    schedule.add_shift(lea, "tom", MONDAY + 7 * DAY, *OFFICE)
    before = seen(lea)
    why = "tom is on shift then already: Mon 9 Mar 2026 08:00 to 16:00; drop or move that shift first."
    schedule.add_weekly_shifts(lea, ["tina"], [0], 840, 1080, first_day=MONDAY)
    of_tina = queries.weekly_shifts_of(lea, "tina")[0].id
    schedule.add_weekly_shifts(lea, ["tom"], [1], 600, 720, first_day=MONDAY)
    deeds: list[Deed] = [
        lambda lea: schedule.add_weekly_shifts(lea, ["tom"], range(7), 900, 1020, first_day=MONDAY),
        lambda lea: schedule.add_weekly_shifts(lea, ["tom"], [6], 1320, 481, first_day=MONDAY),
        lambda lea: schedule.change_weekly_shift(lea, replace(first_shift(lea), weekday=0)),
        lambda lea: schedule.move_weekly_shift(lea, of_tina, MONDAY, to_day=MONDAY, times=(840, 1080), to_person="tom"),
    ]
    for deed in deeds:
        with pytest.raises(Refused) as refusal:
            deed(lea)
        assert str(refusal.value) == why
    schedule.undo_last_of_schedule(lea)
    schedule.undo_last_of_schedule(lea)
    assert seen(lea) == before
    schedule.add_weekly_shifts(lea, ["tom"], [0], *OFFICE, first_day=MONDAY, last_day=MONDAY)
    schedule.add_weekly_shifts(lea, ["tom"], [6], 1320, 480, first_day=MONDAY)
    schedule.add_weekly_shifts(lea, ["tom"], [0], *OFFICE, first_day=MONDAY + 14 * DAY)


def test_it_is_said_who_has_a_first_or_no_shift_any_more_and_is_always_there_by_that(sign_in_as: SignIn) -> None:
    lea = sign_in_as("lea")
    none = " tom has no shifts any more, and counts as always there."
    first = " tom had no shifts and counted as always there; from now on only during shifts."
    assert tom_on_monday(lea).sentence.endswith(first)
    assert not mondays_of_tom_later(lea).sentence.endswith(first)
    assert not schedule.drop_shift(lea, "tom", MONDAY).sentence.endswith(none)
    assert none_weekly_of_tom(lea).sentence.endswith(none)
    assert schedule.undo_last_of_schedule(lea).sentence.endswith(first)
    given = schedule.move_weekly_shift(
        lea, first_shift(lea).id, MONDAY + 7 * DAY, to_day=MONDAY + 7 * DAY, times=OFFICE, to_person="wes"
    )
    assert given.sentence.endswith(none + first.replace("tom", "wes"))
    assert schedule.undo_last_of_schedule(lea).sentence.endswith(none.replace("tom", "wes") + first)
    assert duties_of(lea, "tom") == {False}
    assert duties_of(lea, "wes") == {True}


def mondays_of_tom_later(session: Session) -> Change:
    return schedule.add_weekly_shifts(session, ["tom"], [0], *OFFICE, first_day=MONDAY + 7 * DAY)


def test_a_shift_may_begin_where_one_that_ends_by_then_goes_over_midnight_or_not(sign_in_as: SignIn) -> None:
    lea = sign_in_as("lea")
    schedule.add_weekly_shifts(lea, ["tom"], [6], 1320, 360, first_day=MONDAY, last_day=SUNDAY)
    with pytest.raises(Refused, match="tom is on shift then already: weekly shift 1, sun 22:00-06:00"):
        schedule.add_weekly_shifts(lea, ["tom"], [0], 240, 720, first_day=SUNDAY + DAY)
    schedule.add_weekly_shifts(lea, ["tom"], [0], 240, 720, first_day=SUNDAY + 8 * DAY)
    schedule.add_weekly_shifts(lea, ["tina"], [6], 1320, 360, first_day=SUNDAY + DAY)
    schedule.add_weekly_shifts(lea, ["tina"], [0], 240, 720, first_day=SUNDAY + DAY, last_day=SUNDAY + DAY)


def test_a_weekly_shift_that_moves_keeps_the_weekday_that_another_lead_gave_it_meanwhile(sign_in_as: SignIn) -> None:
    lea = sign_in_as("lea")
    mondays_of_tom(lea)
    shift = first_shift(lea).id
    schedule.change_weekly_shift(sign_in_as("sam"), replace(first_shift(lea), weekday=1))
    said = schedule.move_weekly_shift(lea, shift, MONDAY + 7 * DAY, times=(540, 1020)).sentence
    assert said == "tom is now on shift tue 09:00-17:00 from Tue 10 Mar 2026 on, not tue 08:00-16:00."


def test_an_undo_of_the_schedule_is_not_undone(sign_in_as: SignIn) -> None:
    lea = sign_in_as("lea")
    mondays_of_tom(lea)
    [seq] = schedule.undo_last_of_schedule(lea).seqs
    with pytest.raises(Refused, match="is not brought back by undo: do it again"):
        undo(lea, seq)


def test_one_of_several_shifts_of_a_day_is_swapped_by_when_it_begins(sign_in_as: SignIn) -> None:
    lea = sign_in_as("lea")
    for login in ("tom", "tina"):
        schedule.add_weekly_shifts(lea, [login], [0], 480, 720, first_day=MONDAY)
    schedule.add_weekly_shifts(lea, ["tom"], [0], 780, 1020, first_day=MONDAY)
    schedule.add_weekly_shifts(lea, ["tina"], [1], 480, 540, first_day=MONDAY)
    schedule.add_weekly_shifts(lea, ["tina"], [1], 600, 660, first_day=MONDAY)
    with pytest.raises(Refused, match="Say at what time it starts"):
        schedule.swap_shifts(lea, "tom", MONDAY, "tina", TUESDAY)
    swapped = schedule.swap_shifts(lea, "tom", MONDAY, "tina", TUESDAY, starts=780, with_starts=600)
    assert swapped.sentence == (
        "tom and tina swapped: Mon 2 Mar 2026 13:00 to 17:00 is tina's, Tue 3 Mar 2026 10:00 to 11:00 is tom's."
    )


def test_a_shift_on_a_day_on_which_the_clocks_change_is_known_by_the_time_that_was_entered(sign_in_as: SignIn) -> None:
    lea, sunday = sign_in_as("lea"), date(2026, 3, 29)
    schedule.add_weekly_shifts(lea, ["tom"], [6], 150, 600, first_day=sunday)
    [shift] = queries.scheduled(lea, sunday, sunday, person="tom").people[0].plan.shifts
    assert (shift.times, shift.start) == ((150, 600), at("03-29 01:00"))
    schedule.drop_shift(lea, "tom", sunday, shift.times[0])
    assert not queries.scheduled(lea, sunday, sunday, person="tom").people[0].plan.shifts


def test_a_shift_of_hours_that_a_day_does_not_have_is_refused(sign_in_as: SignIn) -> None:
    lea, sunday = sign_in_as("lea"), date(2026, 3, 29)
    with pytest.raises(Refused, match=r"There is no 02:00-03:00 on Sun 29 Mar 2026: the clocks are put forward\."):
        schedule.add_shift(lea, "tom", sunday, 120, 180)
    assert not queries.scheduled(lea, sunday, sunday, person="tom").people[0].plan.shifts


def test_a_swapped_day_is_not_in_the_way_of_another_time_for_the_shift_of_every_week(sign_in_as: SignIn) -> None:
    lea = sign_in_as("lea")
    rota(lea)
    schedule.swap_shifts(lea, "tom", MONDAY, "tina")
    schedule.change_weekly_shift(lea, replace(first_shift(lea), ends=900))
    assert [hour for day, hour in mondays(lea, "tom") if day in (2, 9)] == [12, 8]


def test_a_shift_may_be_planned_beside_two_that_are_at_once_on_another_day(
    sign_in_as: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    from itdesk.desk.queries import plans

    lea = sign_in_as("lea")
    mondays_of_tom(lea)
    monkeypatch.setattr(plans, "holidays", lambda *_: {MONDAY: "Founders' Day"})
    tom_on_monday(lea)
    monkeypatch.setattr(plans, "holidays", lambda *_: {})
    schedule.add_shift(lea, "tom", TUESDAY, *OFFICE)
    with pytest.raises(Refused) as refusal:
        schedule.add_shift(lea, "tom", TUESDAY, 900, 1020)
    assert str(refusal.value) == "tom is on shift then already: Tue 3 Mar 2026 08:00 to 16:00."


@pytest.mark.parametrize(
    ("deed", "why"),
    [
        (
            lambda lea: schedule.add_weekly_shifts(lea, ["tom"], [0], 700, 900, first_day=MONDAY),
            "on shift then already",
        ),
        (lambda lea: schedule.add_weekly_shifts(lea, ["rita"], [0], 0, 0, first_day=MONDAY), "for staff only"),
        (
            lambda lea: schedule.add_weekly_shifts(lea, ["tom"], [5], 0, 0, first_day=TUESDAY, last_day=MONDAY),
            "cannot end",
        ),
        (lambda lea: schedule.add_shift(lea, "tom", MONDAY, 780, 900), "on shift then already"),
        (lambda lea: schedule.drop_shift(lea, "tom", SUNDAY), "no shift on Sun 8 Mar 2026"),
        (lambda lea: schedule.move_shift(lea, "tom", MONDAY), "Say where it goes"),
        (lambda lea: schedule.move_shift(lea, "tom", MONDAY, to_day=TUESDAY), "on shift then already"),
        (lambda lea: schedule.swap_shifts(lea, "tom", MONDAY, "tom"), "two people"),
        (lambda lea: schedule.swap_shifts(lea, "tom", MONDAY, "wes"), "wes has no shift"),
        (lambda lea: schedule.add_absence(lea, "tom", at("03-03 00:00"), at("03-03 00:00"), "x"), "ends after"),
        (lambda lea: schedule.add_absence(lea, "tom", at("03-03 00:00"), None, " "), "Say why"),
        (lambda lea: schedule.add_on_call(lea, "tina", at("03-03 00:00"), at("03-04 00:00")), "several teams"),
        (lambda lea: schedule.add_on_call(lea, "sam", at("03-03 00:00"), at("03-04 00:00")), "is in no team"),
    ],
)
def test_what_makes_no_sense_is_refused(deed: Deed, why: str, sign_in_as: SignIn) -> None:
    lea = sign_in_as("lea")
    rota(lea)
    before = seen(lea)
    with pytest.raises(Refused, match=why):
        deed(lea)
    assert seen(lea) == before


def test_nobody_is_on_call_twice_at_once_and_duty_that_changes_says_what_differs(sign_in_as: SignIn) -> None:
    lea = sign_in_as("lea")
    on_call(lea)
    duty = my(lea, "on_call")
    with pytest.raises(Refused, match="tom is on call for network then already: Fri 6 Mar 2026 16:00 to Mon"):
        schedule.add_on_call(lea, "tom", at("03-09 06:00"), at("03-10 06:00"))
    schedule.add_on_call(lea, "tina", at("03-09 06:00"), at("03-10 06:00"), "security")
    schedule.add_on_call(lea, "tina", at("03-09 06:00"), at("03-10 06:00"), "network")
    for change, why in (
        ({}, "already. Say what differs"),
        ({"end": at("03-01 06:00")}, "ends after it begins"),
        ({"to_person": "tina"}, "tina is on call for network then already"),
        ({"to_person": "tina", "end": at("03-10 06:00"), "team": "security"}, "tina is on call for security then alr"),
        ({"to_person": "rita"}, "for staff only"),
    ):
        with pytest.raises(Refused, match=why):
            schedule.change_on_call(lea, duty, **change)
    with pytest.raises(Refused, match="may not plan duty on call"):
        schedule.change_on_call(sign_in_as("tom"), duty, to_person="wes")


def test_only_members_are_on_call_for_a_team_as_nobody_else_is_given_its_tickets(sign_in_as: SignIn) -> None:
    lea = sign_in_as("lea")
    refused = "wes is not in network, whose tickets go to its members alone. Put somebody of it on call, or add wes to"
    with pytest.raises(Refused, match=refused):
        schedule.add_on_call(lea, "wes", at("03-09 06:00"), at("03-10 06:00"), "network")
    on_call(lea)
    with pytest.raises(Refused, match=refused):
        schedule.change_on_call(lea, my(lea, "on_call"), to_person="wes")
    with pytest.raises(Refused, match="tom is not in security"):
        schedule.change_on_call(lea, my(lea, "on_call"), team="security")
    schedule.change_on_call(lea, my(lea, "on_call"), to_person="tina")
    [duty] = queries.scheduled(lea, MONDAY, SUNDAY, person="tina").people[0].plan.on_call
    moved = schedule.change_on_call(lea, duty.id, team="security")
    assert moved.sentence.startswith("tina is now on call for security")


def test_both_people_are_told_whose_duty_it_is_now(sign_in_as: SignIn) -> None:
    lea = sign_in_as("lea")
    on_call(lea)
    schedule.change_on_call(lea, my(lea, "on_call"), to_person="tina")
    told = {login: unread(sign_in_as(login))[0].text for login in ("tom", "tina")}
    assert told["tom"].startswith("You are no longer on call for network Fri 6 Mar 2026 16:00 to")
    assert told["tom"].endswith("; tina is.")
    assert told["tina"].startswith("You are on call for network Fri 6 Mar 2026 16:00 to")


def test_what_is_not_there_is_not_found(sign_in_as: SignIn) -> None:
    lea = sign_in_as("lea")
    with pytest.raises(NotFound, match="no absence 99"):
        schedule.remove_absence(lea, 99)
    with pytest.raises(NotFound, match="no team 'netwrk'; the teams are"):
        queries.scheduled(lea, MONDAY, SUNDAY, team="netwrk")


def test_swapping_back_leaves_the_weekly_shifts_as_they_were(sign_in_as: SignIn) -> None:
    lea = sign_in_as("lea")
    rota(lea)
    before = seen(lea)
    schedule.swap_shifts(lea, "tom", MONDAY, "tina")
    schedule.swap_shifts(lea, "tina", MONDAY, "tom")
    assert seen(lea) == before


NEXT_MONDAY = MONDAY + 7 * DAY


@pytest.mark.parametrize("swap", [False, True])
@pytest.mark.parametrize(
    "change",
    [
        {"last_day": SUNDAY},
        {"first_day": NEXT_MONDAY + DAY},
        {"weekday": 1},
        {"on_holidays": False},
        {},
    ],
    ids=["ended", "begins later", "another weekday", "holiday", "removed"],
)
def test_who_gets_a_shift_has_it_though_the_weekly_one_that_he_dropped_is_not_on_that_day_any_more(
    change: dict[str, Any], swap: bool, sign_in_as: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("itdesk.desk.schedule", "itdesk.desk.queries.plans"):
        monkeypatch.setattr(f"{module}.holidays", lambda *_: {NEXT_MONDAY: "Founders' Day"})
    lea = sign_in_as("lea")
    schedule.add_weekly_shifts(lea, ["tom", "tina"], [0], *OFFICE, first_day=MONDAY, on_holidays=True)
    schedule.drop_shift(lea, "tom", NEXT_MONDAY)
    if change:
        schedule.change_weekly_shift(lea, replace(first_shift(lea), **change))
    else:
        schedule.remove_weekly_shifts(lea, [first_shift(lea).id])
    if swap:
        schedule.add_shift(lea, "tom", NEXT_MONDAY, 1200, 1260)
        schedule.swap_shifts(lea, "tina", NEXT_MONDAY, "tom")
    else:
        schedule.move_shift(lea, "tina", NEXT_MONDAY, to_person="tom")
    assert (9, 8) in mondays(lea, "tom")
    assert (9, 8) not in mondays(lea, "tina")


def test_who_gets_a_shift_has_it_though_undo_dropped_his_weekly_one_twice(sign_in_as: SignIn) -> None:
    lea, sam = sign_in_as("lea"), sign_in_as("sam")
    schedule.add_weekly_shifts(lea, ["tom", "tina"], [0], *OFFICE, first_day=MONDAY)
    schedule.drop_shift(lea, "tom", MONDAY)
    schedule.move_shift(lea, "tina", MONDAY, to_person="tom")
    schedule.drop_shift(sam, "tom", MONDAY)
    schedule.undo_last_of_schedule(lea)
    schedule.move_shift(lea, "tina", MONDAY, to_person="tom")
    assert mondays(lea, "tom")[0] == (2, 8)


def test_an_absence_within_another_is_refused_or_told_and_each_duty_counted_once(sign_in_as: SignIn) -> None:
    lea = sign_in_as("lea")
    schedule.add_weekly_shifts(lea, ["tom"], range(5), 480, 840, first_day=MONDAY)
    schedule.add_on_call(lea, "tom", at("03-03 15:00"), at("03-03 20:00"))
    schedule.add_absence(lea, "tom", at("03-02 23:00"), at("03-04 23:00"), "holiday")
    with pytest.raises(Refused, match="tom is away then already, Tue 3 Mar 2026 to Wed 4 Mar 2026: holiday"):
        schedule.add_absence(lea, "tom", at("03-02 23:00"), at("03-03 23:00"), "Holiday")
    told = schedule.add_absence(lea, "tom", at("03-03 23:00"), at("03-04 23:00"), "sick").sentence
    assert "tom is away Wed 4 Mar 2026: sick. Away already Tue 3 Mar 2026 to Wed 4 Mar 2026: holiday (absence" in told
    schedule.add_absence(lea, "tom", at("03-03 10:00"), at("03-03 23:00"), "training")
    texts = [one.text for one in queries.to_settle(queries.scheduled(lea, MONDAY, SUNDAY, person="tom"))]
    away = "tom is away (holiday, training, sick)"
    assert [text for text in texts if text.startswith("tom")] == [f"{away} and has 2 shifts", f"{away} and on call"]


def test_who_loses_what_was_planned_reads_whose_it_was_and_of_which_days(sign_in_as: SignIn) -> None:
    lea, tina = sign_in_as("lea"), sign_in_as("tina")
    rota(lea)
    planned: tuple[tuple[Callable[[], Change], str], ...] = (
        (
            lambda: schedule.swap_shifts(lea, "tom", MONDAY, "tina"),
            "The swap of shifts of tom and tina (Mon 2 Mar 2026) was taken back.",
        ),
        (
            lambda: schedule.add_absence(lea, "tina", at("03-03 10:00"), at("03-03 12:00"), "dentist"),
            "The absence of tina (Tue 3 Mar 2026 11:00 to 13:00) was taken back.",
        ),
        (
            lambda: schedule.add_weekly_shifts(lea, ["tina"], [5, 6], 600, 840, first_day=MONDAY),
            "The weekly shift of tina (sat,sun 10:00-14:00) was taken back.",
        ),
    )
    for deed, said in planned:
        undo(lea, deed().seqs[0])
        assert unread(tina)[0].text == said


def test_two_of_the_same_shift_are_not_swapped(sign_in_as: SignIn) -> None:
    lea = sign_in_as("lea")
    schedule.add_weekly_shifts(lea, ["tom", "tina"], [0], 480, 840, first_day=MONDAY)
    with pytest.raises(Refused, match="tom and tina have the same shift: Mon 2 Mar 2026 08:00 to 14:00"):
        schedule.swap_shifts(lea, "tom", MONDAY, "tina")


def mondays(session: Session, login: str) -> list[tuple[int, int]]:
    """The days of March on which somebody is on shift on a Monday, with the hour."""
    people = queries.scheduled(session, MONDAY, MONDAY + timedelta(days=28), person=login).people
    shifts = people[0].plan.shifts
    return [
        (one.day.day, one.start.astimezone(ZoneInfo("Europe/Berlin")).hour) for one in shifts if one.day.weekday() == 0
    ]


@pytest.mark.parametrize("person", ["tom", "wes"])
def test_a_weekly_shift_that_moves_from_a_day_on_stays_as_it_was_before_and_away_where_it_was_dropped(
    sign_in_as: SignIn, person: str
) -> None:
    lea = sign_in_as("lea")
    schedule.add_weekly_shifts(lea, ["tom"], [0], 480, 840, first_day=MONDAY)
    schedule.drop_shift(lea, "tom", MONDAY + timedelta(days=14))
    second = MONDAY + timedelta(days=7)
    moved = schedule.move_weekly_shift(
        lea, first_shift(lea).id, second, to_day=second, times=(600, 960), to_person=person
    )
    assert mondays(lea, person)[-3:] == [(9, 10), (23, 10), (30, 10)]
    assert mondays(lea, "tom")[0] == (2, 8)
    undo(lea, moved.seqs[-1])
    assert mondays(lea, "tom") == [(2, 8), (9, 8), (23, 8), (30, 8)]


def test_a_weekly_shift_that_is_where_it_should_go_already_is_refused(sign_in_as: SignIn) -> None:
    lea = sign_in_as("lea")
    rota(lea)
    with pytest.raises(Refused, match="like this already"):
        schedule.move_weekly_shift(lea, first_shift(lea).id, MONDAY, to_day=MONDAY, times=(480, 840), to_person="tom")
    with pytest.raises(Refused, match="tina is on shift then already"):
        schedule.move_weekly_shift(lea, first_shift(lea).id, MONDAY, to_day=MONDAY, times=(480, 840), to_person="tina")


# What is shown


def test_a_week_shows_people_teams_load_clashes_and_gaps(sign_in_as: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    office = [(at("03-02 07:00"), at("03-02 17:00"))]
    monkeypatch.setattr(queries, "business_frames", lambda *_: office)
    monkeypatch.setattr(hours, "holidays", lambda *_: {})
    lea, tom = sign_in_as("lea"), sign_in_as("tom")
    rota(lea)
    schedule.add_weekly_shifts(lea, ["lea"], [6], 600, 720, first_day=MONDAY)
    on_call(lea)
    schedule.add_absence(lea, "tom", at("03-02 06:00"), at("03-02 10:00"), "training")
    ticket = open_ticket(sign_in_as)
    triage.take(tom, [ticket])
    visits.plan_visit(tom, [ticket], at("03-02 09:30"), 60, place="Floor 3", anyway=True)

    found = queries.scheduled(lea, MONDAY, SUNDAY, team="network")
    assert [one.login for one in found.people] == ["lea", "tina", "tom"]
    shown = found.people[2]
    assert (shown.open_tickets, shown.teams, len(shown.plan.shifts)) == (1, ("network",), 5)
    assert [one.clash for one in shown.conflicts] == [Clash.SHIFT_WHILE_AWAY, Clash.APPOINTMENT_WHILE_AWAY]
    assert found.ticket(ticket) == (f"INC-{ticket}", "VPN does not connect")
    (team,) = found.teams
    on_shift = [(one.start, one.end) for one in team.gaps if one.missing is Missing.ON_SHIFT]
    assert on_shift == [(at("03-02 07:00"), at("03-02 10:00"))]
    uncovered = [(one.start, one.end) for one in team.gaps if one.missing is Missing.ON_CALL]
    assert uncovered[0] == (at("03-01 23:00"), at("03-02 07:00"))
    assert uncovered[-1] == (at("03-05 17:00"), at("03-06 07:00")), "Tom is on call from Friday on"
    told = [(one.grave, one.text) for one in queries.to_settle(found)]
    assert (False, "tom is away (training) and has a shift") in told
    assert (True, f"tom is away (training) and has an appointment: INC-{ticket}") in told
    assert (True, "network: nobody on shift, 1 wanted") in told
    assert (True, "network: nobody is on call") in told


def test_a_weekly_shift_is_not_on_a_holiday(sign_in_as: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    from itdesk.desk.queries import plans

    monkeypatch.setattr(plans, "holidays", lambda *_: {MONDAY: "Founders' Day"})
    lea = sign_in_as("lea")
    rota(lea)
    plan = queries.scheduled(lea, MONDAY, MONDAY, person="tom").people[0].plan
    assert plan.shifts == ()
    with pytest.raises(Refused, match="no shift on Mon"):
        schedule.drop_shift(lea, "tom", MONDAY)
    assert duties(lea, [plan.person_id], at("03-02 08:00"))[plan.person_id].until == at("03-03 07:00")


def test_requesters_see_no_schedule(sign_in_as: SignIn) -> None:
    for read in (
        lambda session: queries.scheduled(session, MONDAY, SUNDAY),
        lambda session: queries.weekly_shifts_of(session, "tom"),
        lambda session: calendar_entries.calendar_entries(session, MONDAY, SUNDAY, person="tom"),
    ):
        with pytest.raises(Refused, match="may not see the schedule"):
            read(sign_in_as("rita"))
    assert queries.scheduled(sign_in_as("otto"), MONDAY, SUNDAY).people


def test_who_gets_a_shift_or_duty_while_he_is_away_is_named(sign_in_as: SignIn) -> None:
    lea = sign_in_as("lea")
    rota(lea)
    schedule.add_absence(lea, "tina", at("03-01 23:00"), at("03-02 23:00"), "holiday")
    away = " tina is away then: holiday."
    assert schedule.swap_shifts(lea, "tom", MONDAY, "tina").sentence.endswith(f"18:00 is tom's.{away}")
    assert schedule.swap_shifts(lea, "tina", MONDAY, "tom").sentence.endswith(f"18:00 is tina's.{away}")
    assert schedule.move_shift(lea, "tom", MONDAY, times=(360, 480), to_person="tina").sentence.endswith(away)
    assert schedule.add_shift(lea, "tina", MONDAY, 1200, 1260).sentence.endswith(away)
    assert schedule.add_on_call(lea, "tina", at("03-02 20:00"), at("03-03 20:00"), "network").sentence.endswith(away)
    assert not schedule.add_on_call(lea, "tina", at("03-04 20:00"), at("03-05 20:00"), "network").sentence.endswith(
        away
    )
    duty = next(one for one in queries.scheduled(lea, MONDAY, SUNDAY, person="tina").people[0].plan.on_call)
    assert schedule.change_on_call(lea, duty.id, end=at("03-03 21:00")).sentence.endswith(away)
    given = schedule.change_on_call(lea, duty.id, to_person="tom")
    assert "is away" not in given.sentence
    assert schedule.change_on_call(lea, my(lea, "on_call"), to_person="tina").sentence.endswith(away)


def test_who_gets_a_weekly_shift_is_named_with_the_times_when_he_is_away(sign_in_as: SignIn) -> None:
    lea = sign_in_as("lea")
    schedule.add_absence(lea, "tom", at("03-02 23:00"), at("03-04 23:00"), "training")
    schedule.add_absence(lea, "tom", at("03-06 23:00"), at("03-08 23:00"), "moving house")  # a weekend
    schedule.add_absence(lea, "tom", at("04-01 22:00"), None, "sabbatical")
    away = " tom is away for some of it: training, Tue 3 Mar 2026 to Wed 4 Mar 2026; sabbatical, from Thu 2 Apr 2026"
    added = schedule.add_weekly_shifts(lea, ["tom", "tina"], range(5), 480, 840, first_day=MONDAY).sentence
    assert added.startswith(f"tom and tina are on shift mon-fri 08:00-14:00 from Mon 2 Mar 2026 on.{away}")
    assert "tina is away" not in added
    tuesday = queries.weekly_shifts_of(lea, "tom")[1]
    changed = schedule.change_weekly_shift(lea, replace(tuesday, last_day=TUESDAY)).sentence
    assert changed.endswith(" tom is away for some of it: training, Tue 3 Mar 2026 to Wed 4 Mar 2026.")
    friday = queries.weekly_shifts_of(lea, "tina")[4]
    given = schedule.move_weekly_shift(
        lea, friday.id, MONDAY + timedelta(days=4), to_day=SUNDAY, times=(480, 840), to_person="tom"
    )
    assert "moving house" in given.sentence
