"""Clocks: what runs, pauses, is met and missed, whatever happens to a ticket and in whatever order."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from itdesk.domain.agreements import Agreement, ClockName, OnPriorityChange, OnReopen
from itdesk.domain.calendar import EPOCH, Calendar
from itdesk.domain.clock_events import ClockEvent, Entry, Event, events
from itdesk.domain.clocks import ClockState, Happening, History, State, Terms, breaches, fold, nearest, states
from itdesk.domain.conditions import AllOf
from itdesk.domain.ticket import WaitingReason

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
"""Midnight; the office opens at nine."""

OFFICE = Calendar("office", "UTC", dict.fromkeys(range(5), ((540, 1020),)))
ALWAYS = Calendar("always", "UTC", always=True)
TARGETS = {
    ClockName.FIRST_RESPONSE: 60,
    ClockName.UPDATE: 120,
    ClockName.RESOLUTION: 480,
    ClockName.OLA_L1: 120,
    ClockName.OLA_L2: 240,
}


def agreement(name: str = "normal", calendar: str = "office", **changes: Any) -> Agreement:
    made = Agreement(
        name, "sla.yaml:1", AllOf(()), calendar, TARGETS, pause_reasons=frozenset({WaitingReason.REQUESTER})
    )
    return replace(made, **changes)


NORMAL = agreement()
URGENT = agreement("urgent", targets={name: minutes // 4 for name, minutes in TARGETS.items()})


def finder(*agreements: Agreement) -> Callable[[str, int], Terms | None]:
    known = {one.name: Terms(one, {"office": OFFICE, "always": ALWAYS}[one.calendar]) for one in agreements}
    return lambda name, _: known.get(name)


Deed = tuple[str, dict[str, Any]]
"""A verb and its facts."""


def opened(agreement: str | None = "normal", level: int = 1) -> Deed:
    return "submitted", {"agreement": agreement, "terms": 1, "level": level, "status": "new"}


def status(old: str, new: str, reason: tuple[str | None, str | None] | None = None) -> Deed:
    changes: dict[str, Any] = {"status": [old, new]}
    if reason:
        changes["waiting_reason"] = list(reason)
    return "status_changed", {"changes": changes}


def waits(old: str = "in_progress", reason: str = "requester") -> Deed:
    return status(old, "waiting", (None, reason))


def goes_on(reason: str = "requester") -> Deed:
    return status("waiting", "in_progress", (reason, None))


def agreed(old: str | None, new: str | None) -> Deed:
    return "prioritized", {"changes": {"agreement": [old, new]}, "terms": 1}


def to_level(old: int, new: int) -> Deed:
    return "escalated", {"changes": {"level": [old, new]}}


def raised_to_level(old: int, new: int) -> Deed:
    """To another level and to a stricter agreement at once, as a step of escalation does it."""
    return "escalated", {"changes": {"level": [old, new], "agreement": ["normal", "urgent"]}, "terms": 1}


REPLY: Deed = ("replied", {"kind": "reply", "message": 1})
FROM_REQUESTER: Deed = ("replied", {"kind": "requester", "message": 1})
NOTE: Deed = ("noted", {"kind": "note", "message": 1})
TAKE: Deed = ("taken", {"changes": {"status": ["new", "in_progress"], "assignee": [None, 3]}})
RESOLVE: Deed = ("resolved", {"changes": {"status": ["in_progress", "resolved"]}})
REOPEN: Deed = ("reopened", {"changes": {"status": ["resolved", "in_progress"]}})
CLOSE: Deed = ("closed", {"changes": {"status": ["resolved", "closed"]}})
CANCEL: Deed = ("cancelled", {"changes": {"status": ["new", "cancelled"]}})
LINK: Deed = ("linked", {"link": "duplicate_of", "other": 7})
UNLINK: Deed = ("unlinked", {"link": "duplicate_of", "other": 7})
MERGE: Deed = ("merged", {"into": 7, "changes": {"status": ["new", "closed"]}})


def at(hours: float, day: int = 0) -> datetime:
    return MONDAY + timedelta(days=day, hours=hours)


def us(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)


class Ticket:
    """A ticket to which things happen at moments, and its clocks."""

    def __init__(self, *told: tuple[datetime, Deed], by: Sequence[Agreement] = (NORMAL, URGENT)) -> None:
        self.entries = [Entry(seq, verb, facts, us(when), 3) for seq, (when, (verb, facts)) in enumerate(told, start=1)]
        self.find = finder(*by)
        self.undone: set[int] = set()

    def folded(self) -> tuple[State, History]:
        history: History = {}
        return fold({}, events(self.entries, self.undone), self.find, history), history

    def clocks(self, now: datetime) -> dict[str, ClockState]:
        state, history = self.folded()
        return {one.name.value: one for one in states(state, self.find, now, history)}

    def clock(self, name: str, now: datetime) -> ClockState:
        return self.clocks(now)[name]

    def due(self) -> tuple[datetime, str] | None:
        found = nearest(self.folded()[0])
        return None if found is None else (EPOCH + timedelta(microseconds=found[0]), found[1])


def told(clock: ClockState) -> list[tuple[str, str]]:
    return [(one.what, one.why) for one in clock.history]


# What happens in a ticket's life


def test_a_new_ticket_has_the_clocks_that_its_agreement_names() -> None:
    ticket = Ticket((at(10), opened()))
    clocks = ticket.clocks(at(10.5))
    assert {name: (one.state, one.elapsed_minutes, one.due_at) for name, one in clocks.items()} == {
        "first_response": ("running", 30, at(11)),
        "resolution": ("running", 30, at(10, day=1)),
        "ola_l1": ("running", 30, at(12)),
    }
    assert ticket.due() == (at(11), "first_response")
    assert clocks["resolution"] == ClockState(
        ClockName.RESOLUTION, "running", 480, 30, at(10, day=1), None, "office", 1,
        (Happening(at(10), "started", "opened", 1, 480, 480, at(10, day=1)),), running=True,
    )  # fmt: skip


def test_the_whole_life_of_a_ticket() -> None:
    ticket = Ticket(
        (at(10), opened()),
        (at(10.5), TAKE),
        (at(10.75), REPLY),
        (at(11), to_level(1, 2)),
        (at(12), waits()),
        (at(16), goes_on()),
        (at(9, day=1), RESOLVE),
        (at(10, day=1), CLOSE),
    )
    clocks = ticket.clocks(at(12, day=3))
    assert {name: (one.state, one.elapsed_minutes) for name, one in clocks.items()} == {
        "first_response": ("met", 45),
        "update": ("breached", 375),  # it runs on while the ticket waits
        "resolution": ("met", 180),
        "ola_l1": ("met", 60),
        "ola_l2": ("met", 120),
    }
    assert clocks["update"].breached_at == at(12.75)
    assert told(clocks["resolution"]) == [
        ("started", "opened"),
        ("paused", "waiting: requester"),
        ("resumed", "waits no longer"),
        ("met", "resolved"),
    ]
    assert told(clocks["update"]) == [
        ("started", "answered"),
        ("breached", "its time was used up"),
        ("stopped", "resolved, too late"),
    ]
    assert ticket.due() is None


def test_a_reply_out_of_hours_takes_no_time() -> None:
    clock = Ticket((at(3), opened()), (at(4), REPLY)).clock("first_response", at(12))
    assert (clock.state, clock.elapsed_minutes) == ("met", 0)


def test_what_is_done_at_the_very_moment_is_met() -> None:
    assert Ticket((at(10), opened()), (at(11), REPLY)).clock("first_response", at(12)).state == "met"
    late = Ticket((at(10), opened()), (at(11) + timedelta(microseconds=1), REPLY))
    assert late.clock("first_response", at(12)).state == "breached"


def test_a_missed_clock_stays_missed_and_keeps_its_moment() -> None:
    ticket = Ticket((at(10), opened()), (at(12), REPLY), (at(13), agreed("normal", "urgent")), (at(14), RESOLVE))
    clock = ticket.clock("first_response", at(15))
    assert (clock.state, clock.breached_at, clock.elapsed_minutes, clock.due_at) == ("breached", at(11), 120, None)
    running = Ticket((at(10), opened())).clock("first_response", at(12))
    assert (running.state, running.breached_at, running.due_at, running.running) == ("breached", at(11), at(11), True)
    assert told(running) == [("started", "opened"), ("breached", "its time is used up")]


def test_a_missed_clock_that_pauses_and_goes_on_is_overdue_by_what_was_missed() -> None:
    ticket = Ticket((at(10), opened()), (at(12), waits("new")), (at(15), goes_on()))
    clock = ticket.clock("first_response", at(15.5))
    assert (clock.state, clock.breached_at) == ("breached", at(11))
    assert clock.due_at == at(14)  # an hour was over before the pause: 15:00 less that
    assert OFFICE.between(clock.due_at, at(15.5)) == clock.elapsed_minutes - 60


def test_nobody_is_blamed_for_the_time_of_another_level() -> None:
    ticket = Ticket((at(9), opened()), (at(12), to_level(1, 2)), (at(13), to_level(2, 1)), (at(13.5), to_level(1, 2)))
    clocks = ticket.clocks(at(15))
    assert (clocks["ola_l1"].state, clocks["ola_l1"].breached_at) == ("breached", at(11))
    assert (clocks["ola_l1"].elapsed_minutes, clocks["ola_l2"].elapsed_minutes) == (210, 150)
    assert (clocks["ola_l2"].state, clocks["ola_l2"].due_at) == ("running", at(16.5))
    assert told(clocks["ola_l2"]) == [("started", "at L2"), ("met", "at L1"), ("resumed", "at L2")]


def test_a_level_that_is_left_is_not_measured_by_the_agreement_that_holds_from_then_on() -> None:
    ticket = Ticket((at(9), opened()), (at(10.5), raised_to_level(1, 2)))
    left = ticket.clock("ola_l1", at(12))
    assert (left.state, left.target_minutes, left.breached_at) == ("met", 120, None)
    assert told(left) == [("started", "opened"), ("met", "at L2")]
    there = ticket.clock("ola_l2", at(11))
    assert (there.state, there.target_minutes, there.due_at) == ("running", 60, at(11.5))


def test_a_clock_without_a_target_is_not_there() -> None:
    ticket = Ticket((at(10), opened(level=3)), by=(NORMAL,))
    assert set(ticket.clocks(at(11))) == {"first_response", "resolution"}


# Where professional desks disagree: what this one does (service desks differ in every row)

DISAGREEMENTS: dict[str, tuple[list[tuple[datetime, Deed]], datetime, dict[str, Any]]] = {
    "a reply that the requester sees is the first response": (
        [(at(10), opened()), (at(10.5), REPLY)], at(12), {"first_response": "met"}),
    "a work note is no response": (
        [(at(10), opened()), (at(10.5), NOTE)], at(10.75), {"first_response": "running"}),
    "taking it is no response": (
        [(at(10), opened()), (at(10.5), TAKE)], at(10.75), {"first_response": "running"}),
    "what the requester writes is no response": (
        [(at(10), opened()), (at(10.5), FROM_REQUESTER)], at(10.75), {"first_response": "running"}),
    "an automatic mail is no response": (
        [(at(10), opened()), (at(10.5), ("replied", {"kind": "reply", "automatic": True}))], at(10.75),
        {"first_response": "running"}),
    "a resolution is read by the requester, and so a response": (
        [(at(10), opened()), (at(10.5), RESOLVE)], at(12), {"first_response": "met", "resolution": "met"}),
    "hours are opening hours": (
        [(at(16), opened())], at(16.5), {"ola_l1": at(10, day=1)}),
    "a pause shifts every clock that it names, first response too": (
        [(at(10), opened()), (at(10.5), waits("new")), (at(14), goes_on())], at(14),
        {"first_response": at(14.5), "resolution": at(13.5, day=1)}),
    "a pause does not stop the clock of updates": (
        [(at(10), opened()), (at(10.5), REPLY), (at(11), waits())], at(12),
        {"update": at(12.5), "resolution": "paused"}),
    "while it is paused, nothing is due": (
        [(at(10), opened()), (at(10.5), waits("new"))], at(16), {"first_response": None, "resolution": None}),
    "only the reasons that the agreement names pause": (
        [(at(10), opened()), (at(10.5), waits("new", "vendor"))], at(12), {"resolution": at(10, day=1)}),
    "another reason ends the pause": (
        [(at(10), opened()), (at(10.5), waits("new")),
         (at(11), ("status_changed", {"changes": {"waiting_reason": ["requester", "vendor"]}}))], at(11),
        {"resolution": at(10.5, day=1)}),
    "a reopened ticket goes on with what was left": (
        [(at(10), opened()), (at(11), RESOLVE), (at(14), REOPEN)], at(14),
        {"resolution": at(13, day=1), "first_response": "met"}),
    "another priority keeps the time that was used": (
        [(at(10), opened()), (at(11.5), agreed("normal", "urgent"))], at(11.5), {"resolution": at(12)}),
    "what was passed before stays passed": (
        [(at(10), opened()), (at(10.5), REPLY), (at(11), agreed("normal", "urgent"))], at(11),
        {"first_response": "met"}),
    "another target may be missed at once, at that moment": (
        [(at(10), opened()), (at(13), agreed("normal", "urgent"))], at(13), {"resolution": "breached"}),
    "a missed goal that is made longer stays missed": (
        [(at(10), opened("urgent")), (at(12.5), agreed("urgent", "normal"))], at(13), {"resolution": "breached"}),
}  # fmt: skip


@pytest.mark.parametrize("case", DISAGREEMENTS)
def test_where_peers_disagree(case: str) -> None:
    happened, now, wanted = DISAGREEMENTS[case]
    clocks = Ticket(*happened).clocks(now)
    for name, state in wanted.items():
        clock = clocks[name]
        assert (clock.state if isinstance(state, str) else clock.due_at) == state, name


def test_policies_can_be_chosen_the_other_way_round() -> None:
    new_cycle = agreement(on_reopen=OnReopen.NEW_CYCLE)
    ticket = Ticket((at(10), opened()), (at(11), RESOLVE), (at(14), REOPEN), by=(new_cycle,))
    clocks = ticket.clocks(at(14))
    assert (clocks["resolution"].cycle, clocks["resolution"].due_at) == (2, at(14, day=1))
    assert (clocks["first_response"].cycle, clocks["first_response"].state) == (1, "met"), "there is one only"
    assert (clocks["ola_l1"].cycle, clocks["ola_l1"].due_at) == (2, at(16))
    restart = agreement("urgent", targets=URGENT.targets, on_priority_change=OnPriorityChange.RESTART)
    clock = Ticket((at(10), opened()), (at(15), agreed("normal", "urgent")), by=(NORMAL, restart)).clock(
        "resolution", at(15)
    )
    assert (clock.cycle, clock.elapsed_minutes, clock.due_at) == (2, 0, at(17))
    same = agreement("urgent", targets=NORMAL.targets, on_priority_change=OnPriorityChange.RESTART)
    clock = Ticket((at(10), opened()), (at(15), agreed("normal", "urgent")), by=(NORMAL, same)).clock(
        "resolution", at(15)
    )
    assert (clock.cycle, clock.elapsed_minutes) == (2, 0), "another agreement holds, though it promises the same"
    everything = agreement(pause_clocks=frozenset(ClockName))
    paused = Ticket((at(10), opened()), (at(10.5), REPLY), (at(11), waits()), by=(everything,)).clock("update", at(16))
    assert (paused.state, paused.elapsed_minutes) == ("paused", 30)


def test_a_level_that_was_left_before_a_reopening_begins_a_new_cycle_when_the_ticket_is_back() -> None:
    new_cycle = agreement(on_reopen=OnReopen.NEW_CYCLE)
    ticket = Ticket(
        (at(9), opened()), (at(12), to_level(1, 2)), (at(13), RESOLVE), (at(14), REOPEN), (at(15), to_level(2, 1)),
        by=(new_cycle,),
    )  # fmt: skip
    clock = ticket.clock("ola_l1", at(15.5))
    assert (clock.cycle, clock.state, clock.elapsed_minutes) == (2, "running", 30)
    assert (ClockName.OLA_L1, 1, at(11)) in breaches(ticket.folded()[1])


# Bugs that users of other desks live with


def test_a_short_update_target_does_not_override_the_first_response() -> None:  # zammad 5177
    short = agreement(targets={ClockName.FIRST_RESPONSE: 240, ClockName.UPDATE: 30})
    ticket = Ticket((at(10), opened()), by=(short,))
    assert ticket.due() == (at(14), "first_response")
    assert "update" not in ticket.clocks(at(12))


def test_what_the_requester_writes_anywhere_ends_the_pause_at_once() -> None:  # zammad 1322
    verb, facts = FROM_REQUESTER
    answer = (verb, facts | {"changes": {"status": ["waiting", "in_progress"], "waiting_reason": ["requester", None]}})
    ticket = Ticket((at(10), opened()), (at(10.5), waits("new")), (at(15), answer))
    assert ticket.due() == (at(15.5), "first_response")


@pytest.mark.parametrize(("deed", "why"), [(MERGE, "merged into 7"), (LINK, "duplicate of 7"), (CANCEL, "cancelled")])
def test_a_ticket_that_is_no_more_is_not_overdue(deed: Deed, why: str) -> None:  # zammad 904
    ticket = Ticket((at(10), opened()), (at(10.5), deed))
    clocks = ticket.clocks(at(16, day=3))
    assert {one.state for one in clocks.values()} == {"stopped"}
    assert told(clocks["resolution"]) == [("started", "opened"), ("stopped", why)]
    assert {one.breached_at for one in clocks.values()} == {None}
    assert ticket.due() is None


def test_an_agreement_that_is_gone_leaves_nobody_overdue() -> None:  # zammad 4353
    ticket = Ticket((at(10), opened()), (at(10.5), agreed("normal", None)))
    assert ticket.due() is None
    assert {one.state for one in ticket.clocks(at(16)).values()} == {"stopped"}
    unknown = Ticket((at(10), opened("of old")))
    assert (unknown.due(), unknown.clocks(at(16))) == (None, {})


def test_a_pause_over_night_leads_to_no_due_moment_at_night() -> None:  # glpi 9082
    ticket = Ticket((at(16.5), opened()), (at(20), waits("new")), (at(3, day=1), goes_on()))
    assert ticket.due() == (at(9.5, day=1), "first_response")


def test_a_clock_begins_when_the_ticket_was_sent_not_when_its_form_was_opened() -> None:  # glpi 4150
    assert Ticket((at(10), opened())).clock("resolution", at(10)).elapsed_minutes == 0


def test_time_in_which_it_was_resolved_is_neither_used_nor_a_pause() -> None:  # glpi 23359
    ticket = Ticket((at(10), opened()), (at(11), RESOLVE), (at(9, day=2), REOPEN))
    clock = ticket.clock("resolution", at(10, day=2))
    assert clock.elapsed_minutes == 120
    assert [one.what for one in clock.history] == ["started", "met", "resumed"]


def test_a_paused_clock_is_not_late_while_it_is_paused() -> None:  # glpi 24481
    ticket = Ticket((at(10), opened()), (at(10.5), waits("new")))
    clock = ticket.clock("first_response", at(16, day=3))
    assert (clock.state, clock.due_at, clock.breached_at, clock.elapsed_minutes) == ("paused", None, None, 30)


def test_a_pause_gives_the_time_back() -> None:  # rt without ExcludeTimeOnIgnoredStatuses
    ticket = Ticket((at(10), opened()), (at(11), waits("new")), (at(9, day=1), goes_on()))
    assert ticket.clock("resolution", at(9, day=1)).due_at == at(16, day=1)


# Where a clock stands in its history


def standing(clock: ClockState) -> list[tuple[str, int | None, float | None, datetime | None]]:
    return [(one.what, one.target_minutes, one.left_minutes, one.due_at) for one in clock.history]


def test_a_history_says_what_is_left_while_a_clock_stands_still_and_when_it_is_due_once_it_goes_on() -> None:
    ticket = Ticket(
        (at(10), opened()), (at(11), waits("new")), (at(20), agreed("normal", "urgent")), (at(22), goes_on()),
        (at(9.5, day=1), RESOLVE),
    )  # fmt: skip
    assert standing(ticket.clock("resolution", at(12, day=1))) == [
        ("started", 480, 480, at(10, day=1)),
        ("paused", 480, 420, None),
        ("target_changed", 120, 60, None),
        ("resumed", 120, 60, at(10, day=1)),
        ("met", None, None, None),
    ]


def test_a_history_says_by_how_much_a_clock_is_over_and_claims_no_due_moment() -> None:
    ticket = Ticket((at(10), opened()), (at(12), waits("new")), (at(15), goes_on()))
    assert standing(ticket.clock("first_response", at(15.5))) == [
        ("started", 60, 60, at(11)),
        ("breached", None, None, None),
        ("paused", 60, -60, None),
        ("resumed", 60, -60, None),
    ]
    shorter = Ticket((at(10), opened()), (at(13), agreed("normal", "urgent"))).clock("resolution", at(13))
    assert standing(shorter)[1:] == [("target_changed", 120, -60, None), ("breached", None, None, None)]


def test_what_has_no_time_left_in_closed_time_is_due_when_the_office_opens() -> None:
    exact = agreement("urgent", targets={ClockName.RESOLUTION: 420})
    changed = Ticket((at(10), opened()), (at(22), agreed("normal", "urgent")), by=(NORMAL, exact))
    clock = changed.clock("resolution", at(23))
    assert (clock.state, clock.due_at, clock.breached_at) == ("running", at(9, day=1), None)
    assert changed.clock("resolution", at(9.5, day=1)).breached_at == at(9, day=1)
    resumed = Ticket((at(10), opened()), (at(11), waits("new")), (at(20), goes_on())).clock("first_response", at(21))
    assert (resumed.state, resumed.due_at) == ("running", at(9, day=1))


def test_what_was_missed_at_the_end_of_a_day_was_due_then_whatever_happens_at_night() -> None:
    same = agreement("urgent")
    ticket = Ticket((at(9), opened()), (at(22), agreed("normal", "urgent")), by=(NORMAL, same))
    clock = ticket.clock("resolution", at(23))
    assert (clock.state, clock.breached_at, clock.due_at) == ("breached", at(17), at(17))


def test_a_reopened_ticket_is_not_measured_from_its_first_closing() -> None:  # zammad's solution "can only apply once"
    ticket = Ticket((at(10), opened()), (at(11), RESOLVE), (at(12), REOPEN))
    assert ticket.clock("resolution", at(13)).elapsed_minutes == 120


# An agreement that comes late


def test_an_agreement_that_comes_later_holds_from_the_opening_on() -> None:
    late = Ticket((at(10), opened(None)), (at(11), waits("new")), (at(14), goes_on()), (at(15), agreed(None, "normal")))
    early = Ticket((at(10), opened()), (at(11), waits("new")), (at(14), goes_on()))
    assert late.clocks(at(16)) == early.clocks(at(16))


def test_no_time_is_lost_while_no_agreement_held() -> None:
    gap = Ticket((at(10), opened()), (at(11), agreed("normal", None)), (at(13), agreed(None, "urgent")))
    straight = Ticket((at(10), opened()), (at(11), agreed("normal", "urgent")))
    seen, expected = (
        [replace(one, history=()) for one in ticket.clocks(at(13)).values()] for ticket in (gap, straight)
    )
    assert seen == expected


def test_a_clock_says_that_no_agreement_holds_and_when_one_does_again() -> None:
    events = [(at(10), opened()), (at(11), agreed("normal", None)), (at(13), agreed(None, "normal"))]
    found = Ticket(*events).clock("resolution", at(14))
    again = "normal holds, the gap counts"
    assert told(found) == [("started", "opened"), ("stopped", "no agreement holds"), ("resumed", again)]
    assert [one.at for one in found.history] == [at(10), at(11), at(13)]
    assert (found.history[-1].left_minutes, found.history[-1].due_at) == (300, at(10, day=1))
    events[2:2] = [(at(12), waits("new"))]
    found = Ticket(*events).clock("resolution", at(14))
    assert told(found)[2:] == [("paused", "waiting: requester"), ("paused", again)]
    assert [one.at for one in found.history[2:]] == [at(12), at(13)]
    assert [one.left_minutes for one in found.history[2:]] == [360, 360]


# Undo


def test_what_was_undone_counts_for_nothing() -> None:
    ticket = Ticket(
        (at(10), opened()),
        (at(10.5), waits("new")),
        (at(12), ("undone", {"reverts": 2, "verb": "status_changed"})),
        (at(13), REPLY),
    )
    ticket.undone = {2}
    plain = Ticket((at(10), opened()), (at(13), REPLY))
    assert ticket.clocks(at(15)) == plain.clocks(at(15))


def test_a_withdrawn_ticket_stops() -> None:
    ticket = Ticket((at(10), opened()), (at(11), ("undone", {"reverts": 1, "verb": "submitted"})))
    ticket.undone = {1}
    assert {one.state for one in ticket.clocks(at(16)).values()} == {"stopped"}


# Recorded breaches


def test_a_breach_that_was_written_down_stays_when_all_is_recomputed_by_a_kinder_agreement() -> None:
    breached = ("breached", {"clock": "first_response", "cycle": 1, "at": us(at(10.25))})
    kinder = agreement("urgent", targets={ClockName.FIRST_RESPONSE: 240})
    ticket = Ticket((at(10), opened("urgent")), (at(12), breached), by=(kinder,))
    clock = ticket.clock("first_response", at(12))
    assert (clock.state, clock.breached_at, clock.due_at) == ("breached", at(10.25), at(14))
    met = Ticket((at(10), opened("urgent")), (at(11), REPLY), (at(12), breached), by=(kinder,))
    assert met.clock("first_response", at(12)).state == "breached"


def test_a_breach_of_an_earlier_cycle_stays_in_the_history() -> None:
    breached = ("breached", {"clock": "update", "cycle": 1, "at": us(at(10.6))})
    ticket = Ticket((at(10), opened()), (at(10.5), REPLY), (at(11), REPLY), (at(12), breached))
    clock = ticket.clock("update", at(12))
    assert (clock.state, clock.cycle) == ("running", 2)
    assert breaches(ticket.folded()[1]) == {(ClockName.UPDATE, 1, at(10.6))}


# Whatever happens

DEEDS = st.sampled_from(
    [
        *(REPLY, FROM_REQUESTER, NOTE, TAKE, RESOLVE, REOPEN, CLOSE, CANCEL, LINK, UNLINK),
        *(waits(), waits("new", "vendor"), goes_on(), to_level(1, 2), to_level(2, 1), to_level(2, 3)),
        *(raised_to_level(1, 2), raised_to_level(2, 3)),
        *(agreed("normal", "urgent"), agreed("urgent", "normal"), agreed("normal", None), agreed(None, "normal")),
        ("reopened", {"changes": {"status": ["cancelled", "new"]}}),
        ("breached", {"clock": "resolution", "cycle": 1, "at": us(at(12))}),
    ]
)
SPANS = st.integers(0, 3 * 24 * 60)
LIVES = st.lists(st.tuples(SPANS, DEEDS), max_size=14)
POLICIES = st.builds(
    agreement,
    calendar=st.sampled_from(["office", "always"]),
    on_reopen=st.sampled_from(OnReopen),
    on_priority_change=st.sampled_from(OnPriorityChange),
    pause_reasons=st.frozensets(st.sampled_from(WaitingReason)),
    pause_clocks=st.frozensets(st.sampled_from(ClockName), min_size=1),
)


def living(life: list[tuple[int, Deed]], by: Sequence[Agreement], first: str | None = "normal") -> Ticket:
    moment, happened = at(10), [(at(10), opened(first))]
    for minutes, deed in life:
        moment += timedelta(minutes=minutes)
        happened.append((moment, deed))
    return Ticket(*happened, by=by)


def both(policy: Agreement, other: Agreement) -> tuple[Agreement, Agreement]:
    return policy, replace(other, name="urgent", targets=URGENT.targets)


@given(LIVES, POLICIES, POLICIES, st.sampled_from(["normal", None]), st.integers(0, 20))
def test_folding_in_parts_is_folding_at_once(
    life: list[tuple[int, Deed]], policy: Agreement, other: Agreement, first: str | None, cut: int
) -> None:
    ticket = living(life, both(policy, other), first)
    happened = events(ticket.entries)
    whole, history = ticket.folded()
    told: History = {}
    part = json.loads(json.dumps(fold({}, happened[:cut], ticket.find, told)))
    assert fold(part, happened[cut:], ticket.find, told) == whole
    assert told == history
    assert ticket.folded() == (whole, history)
    assert json.loads(json.dumps(whole)) == whole


@given(LIVES, POLICIES, POLICIES)
def test_no_clock_runs_backwards_and_no_breach_is_forgotten(
    life: list[tuple[int, Deed]], policy: Agreement, other: Agreement
) -> None:
    ticket = living(life, both(policy, other))
    state: State = {}
    before: dict[ClockName, ClockState] = {}
    for event in events(ticket.entries):
        state = fold(state, [event], ticket.find)
        now = EPOCH + timedelta(microseconds=state["at"])
        for clock in states(state, ticket.find, now):
            old = before.get(clock.name)
            if old is not None:
                assert clock.cycle >= old.cycle
                if clock.cycle == old.cycle:
                    assert clock.elapsed_minutes >= old.elapsed_minutes
                    assert old.breached_at is None or clock.breached_at is not None
            before[clock.name] = clock
            assert clock.running is (clock.due_at is not None) or clock.target_minutes is None
            if clock.running and clock.due_at is not None and clock.target_minutes is not None:
                terms = ticket.find(*state["agreement"])
                assert terms is not None
                left = terms.calendar.between(now, clock.due_at)
                assert left == pytest.approx(clock.target_minutes - clock.elapsed_minutes)


AT_NIGHT = [(0, waits("new")), (300, goes_on()), (420, agreed("normal", "urgent"))]
"""Two hours are used when the target becomes two hours, at ten in the evening."""


@given(LIVES, POLICIES, POLICIES)
@example(AT_NIGHT, NORMAL, NORMAL)
@example([*AT_NIGHT[:2], (120, waits("in_progress")), (180, goes_on())], URGENT, NORMAL)
def test_no_due_moment_lies_in_closed_time_and_none_is_claimed_while_a_clock_stands_still(
    life: list[tuple[int, Deed]], policy: Agreement, other: Agreement
) -> None:
    ticket = living(life, both(policy, other))
    state: State = {}
    history: History = {}
    moments: set[datetime] = set()
    held: list[Terms] = []
    for event in events(ticket.entries):
        known = {name: tuple(told) for name, told in history.items()}  # a miss is put among what came before it
        late = bool(state.get("held"))  # what happened while no agreement held is told by the one that comes
        state = fold(state, [event], ticket.find, history)
        now = EPOCH + timedelta(microseconds=state["at"])
        moments.add(now)
        terms = ticket.find(*state["agreement"]) if state["agreement"] else None
        held += [terms] if terms else []
        for clock in states(state, ticket.find, now, history):
            assert clock.due_at is None or clock.running
            for one in (fresh for fresh in clock.history if fresh not in known.get(clock.name, ())):
                if one.what == "breached" and event.event is not Event.BREACHED:
                    assert one.at in moments or any(is_open(one.at, old) for old in held)
                if one.due_at is not None:
                    assert one.what != "paused"
                    assert is_open(one.due_at, held[-1])
                    assert one.left_minutes is not None
                    assert one.left_minutes >= 0
                    assert late or (clock.running and one.due_at == clock.due_at)
                if one.left_minutes is not None:
                    target = one.target_minutes or 0
                    assert late or one.left_minutes == pytest.approx(target - clock.elapsed_minutes)
            if clock.due_at is not None:
                assert terms is not None
                assert is_open(clock.due_at, terms)


def is_open(moment: datetime, terms: Terms) -> bool:
    """Whether it lies in business time, or at the very begin or end of a frame."""
    around = timedelta(microseconds=1)
    return terms.calendar.between(moment - around, moment + around) > 0


DEEDS = st.sampled_from(["pause", "go on", "urgent", "normal", "resolve", "reopen"])


@given(st.lists(st.tuples(st.integers(1, 600), DEEDS), max_size=12))
def test_no_order_of_pause_priority_change_resolution_and_reopening_loses_time(life: list[tuple[int, str]]) -> None:
    """With one calendar, the time used is the time that passed less that of pauses and of what was resolved."""
    moment, happened = at(9), [(at(9), opened())]
    paused, settled, agreement_now, used = False, False, "normal", 0.0
    for minutes, deed in life:
        after = moment + timedelta(minutes=minutes)
        used += 0 if paused or settled else OFFICE.between(moment, after)
        moment = after
        match deed:
            case "pause" | "go on" if not settled and paused is (deed == "go on"):
                paused = not paused
                happened.append((moment, waits() if paused else goes_on()))
            case "urgent" | "normal" if deed != agreement_now:
                happened.append((moment, agreed(agreement_now, deed)))
                agreement_now = deed
            case "resolve" if not settled and not paused:
                settled = True
                happened.append((moment, RESOLVE))
            case "reopen" if settled:
                settled = False
                happened.append((moment, REOPEN))
    clock = Ticket(*happened).clock("resolution", moment)
    assert clock.elapsed_minutes == pytest.approx(used)
    if not settled:
        target = (NORMAL if agreement_now == "normal" else URGENT).targets[ClockName.RESOLUTION]
        assert clock.target_minutes == target


@given(LIVES)
def test_a_clock_that_is_set_back_takes_no_time_back(life: list[tuple[int, Deed]]) -> None:
    ticket = living(life, (NORMAL, URGENT))
    wrong = [event if place % 3 else ClockEvent(event.at - 10**11, event.event, event.value)
             for place, event in enumerate(events(ticket.entries))]  # fmt: skip
    state: State = {}
    reached = 0
    for event in wrong:
        state = fold(state, [event], ticket.find)
        assert state["at"] >= reached
        reached = state["at"]
