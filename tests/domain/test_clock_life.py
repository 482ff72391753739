"""Clocks through changed terms: whatever happens in whatever order, what was told and what was missed stays so."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from itdesk.domain.agreements import Agreement, ClockName, OnCalendarChange, OnPriorityChange, OnReopen
from itdesk.domain.calendar import EPOCH, Calendar
from itdesk.domain.clock_events import Entry, Event, events, undone
from itdesk.domain.clock_life import Life
from itdesk.domain.clocks import ClockState, History, Promise, Terms, fold, states
from itdesk.domain.ticket import WaitingReason
from tests.domain import test_clocks as lives
from tests.domain.test_clocks import ALWAYS, NORMAL, OFFICE, TARGETS, URGENT, Deed, agreed, at, opened, us

LONGER = Calendar("office", "UTC", dict.fromkeys(range(5), ((480, 1200),)))

Book = Mapping[str, Terms]
"""The terms of a rulebook, by the agreement's name."""


def book(*agreements: Agreement, office: Calendar = OFFICE) -> Book:
    return {one.name: Terms(one, {"office": office, "always": ALWAYS}[one.calendar]) for one in agreements}


def find_by(books: Sequence[Book]) -> Callable[[int], Callable[[str, int], Terms | None]]:
    """Of an agreement that is gone the last terms since it was made, as the desk finds them."""

    def find(recomputed: int, name: str, version: int) -> Terms | None:
        newest = max(recomputed, version, 1)
        for one in range(newest, max(version, 1) - 1, -1):
            terms = books[(one - 1) % len(books)].get(name)
            if terms is not None:
                return terms if one == newest else gone(terms)
        return None

    return lambda recomputed: partial(find, recomputed)


@cache
def gone(terms: Terms) -> Terms:
    return replace(terms, gone=True)


ADOPT: Deed = ("rulebook_adopted", {})
"""The next rulebook comes into force."""


def entries_of(told: Sequence[tuple[datetime, Deed]]) -> list[Entry]:
    """As the journal has them: a changed agreement is one of the rulebook in force."""
    found, version = [], 1
    for seq, (when, (verb, facts)) in enumerate(told, start=1):
        if verb == "rulebook_adopted":
            version += 1
            facts = {"version": version}
        elif "terms" in facts:
            facts = {**facts, "terms": version}
        found.append(Entry(seq, verb, facts, us(when), 3))
    return found


def lived(entries: Sequence[Entry], books: Sequence[Book]) -> tuple[Life, History]:
    history: History = {}
    life = Life(find_by(books), history)
    life.happen(events(entries, undone(entries)))
    return life, history


def clock(entries: Sequence[Entry], books: Sequence[Book], name: ClockName, now: datetime) -> ClockState:
    life, history = lived(entries, books)
    (found,) = [one for one in states(life.state, life.find, now, history) if one.name is name]
    return found


def told(of: ClockState) -> list[tuple[datetime, str, str]]:
    return [(one.at, one.what, one.why) for one in of.history]


def with_target(minutes: int, of: Agreement = NORMAL) -> Agreement:
    return replace(of, targets={**of.targets, ClockName.RESOLUTION: minutes})


def test_a_due_moment_that_was_promised_stays_in_the_history() -> None:
    entries = entries_of([(at(10), opened()), (at(11), ADOPT), (at(12), ADOPT)])
    found = clock(entries, [book(NORMAL), book(with_target(420)), book(NORMAL)], ClockName.RESOLUTION, at(13))
    assert [(one.target_minutes, one.left_minutes, one.due_at) for one in found.history] == [
        (480, 480, at(10, day=1)),
        (420, 360, at(17)),
        (480, 360, at(10, day=1)),
    ]
    assert [one.before for one in found.history[1:]] == [
        Promise(480, 420, at(10, day=1)),
        Promise(420, 300, at(17)),
    ]


def test_a_change_is_told_to_the_clocks_that_it_moves_alone() -> None:
    entries = entries_of([(at(10), opened()), (at(11), ADOPT)])
    _, history = lived(entries, [book(NORMAL), book(with_target(420))])
    assert {name.value: [one.what for one in rows][1:] for name, rows in history.items()} == {
        "first_response": [],
        "resolution": ["terms_changed"],
        "ola_l1": [],
    }
    _, history = lived(entries, [book(NORMAL), book(NORMAL, office=LONGER)])
    moved = {name.value: [one.why for one in rows][1:] for name, rows in history.items()}
    assert moved == {
        "first_response": [],
        "resolution": ["calendar office changed"],
        "ola_l1": [],
    }, "what is due the same day at the same hour is not moved"


def test_a_clock_that_stands_still_says_what_is_left_before_and_since() -> None:
    entries = entries_of([(at(10), opened()), (at(11), lives.waits("new")), (at(12), ADOPT)])
    found = clock(entries, [book(NORMAL), book(with_target(240))], ClockName.RESOLUTION, at(13))
    changed = found.history[-1]
    assert (changed.what, changed.why) == ("terms_changed", "agreement normal: 8h → 4h")
    assert (changed.left_minutes, changed.due_at, changed.before) == (180, None, Promise(480, 420))


def test_what_is_missed_by_new_terms_at_once_is_told_after_them() -> None:
    entries = entries_of([(at(10), opened()), (at(15), ADOPT)])
    found = clock(entries, [book(NORMAL), book(with_target(240))], ClockName.RESOLUTION, at(16))
    assert told(found) == [
        (at(10), "started", "opened"),
        (at(15), "terms_changed", "agreement normal: 8h → 4h"),
        (at(14), "breached", "by these terms its time was used up already"),
    ]
    assert (found.state, found.breached_at, found.history[1].left_minutes) == ("breached", at(14), -60)


def test_an_agreement_for_new_tickets_only_changes_nothing_until_another_holds() -> None:
    new_only = replace(with_target(240), on_calendar_change=OnCalendarChange.NEW_ONLY)
    happened = [(at(10), opened()), (at(11), ADOPT), (at(12), agreed("normal", "urgent"))]
    books = [book(NORMAL, URGENT), book(new_only, URGENT)]
    assert len(told(clock(entries_of(happened[:2]), books, ClockName.RESOLUTION, at(12)))) == 1
    found = clock(entries_of(happened), books, ClockName.RESOLUTION, at(12))
    assert [one.target_minutes for one in found.history] == [480, 120]


# An agreement of another kind: told in the same words


def test_a_clock_that_goes_on_after_a_reopening_says_what_its_target_was_and_is() -> None:
    ticket = lives.Ticket(
        (at(10), opened()), (at(11), lives.RESOLVE), (at(12), agreed("normal", "urgent")), (at(13), lives.REOPEN)
    )
    found = ticket.clock("resolution", at(13))
    assert told(found) == [
        (at(10), "started", "opened"),
        (at(11), "met", "resolved"),
        (at(13), "resumed", "reopened"),
        (at(13), "target_changed", "urgent: 8 h → 2 h"),
    ]
    assert lives.standing(found)[2:] == [("resumed", 120, 60, at(14)), ("target_changed", 120, 60, at(14))]
    assert found.history[-1].before == Promise(480, 420)
    assert [one.what for one in ticket.clock("first_response", at(13)).history] == ["started", "met"]


def test_an_agreement_with_another_calendar_says_so_where_the_target_is_the_same() -> None:
    always = agreement_always()
    ticket = lives.Ticket((at(10), opened()), (at(16), agreed("normal", "urgent")), by=(NORMAL, always))
    found = ticket.clock("resolution", at(16))
    assert told(found)[1:] == [(at(16), "terms_changed", "urgent: calendar office → always")]
    assert (found.history[-1].due_at, found.history[-1].before) == (at(18), Promise(480, 120, at(10, day=1)))


def agreement_always() -> Agreement:
    return replace(NORMAL, name="urgent", calendar="always")


# Whatever happens

NEW_CYCLES = replace(NORMAL, on_reopen=OnReopen.NEW_CYCLE, on_priority_change=OnPriorityChange.RESTART)
PAUSELESS = replace(NORMAL, pause_reasons=frozenset(), targets={**TARGETS, ClockName.RESOLUTION: 600})
ALL_PAUSED = replace(NORMAL, pause_reasons=frozenset(WaitingReason), pause_clocks=frozenset(ClockName))
NEW_ONLY = replace(with_target(240), on_calendar_change=OnCalendarChange.NEW_ONLY)
FOR_URGENT = [URGENT, agreement_always(), replace(NEW_CYCLES, name="urgent"), replace(ALL_PAUSED, name="urgent")]
BOOKS: list[Book] = [
    *(book(one, other) for one in (NORMAL, NEW_CYCLES, PAUSELESS, ALL_PAUSED, NEW_ONLY) for other in FOR_URGENT),
    *(book(one, URGENT, office=LONGER) for one in (NORMAL, with_target(240))),
    *(book(one) for one in (NORMAL, with_target(420), URGENT)),
]
"""Rulebooks: in some, agreements are missing."""

SOME_BOOKS = st.lists(st.sampled_from(BOOKS), min_size=5, max_size=5)
CARRYING = [
    one
    for one in BOOKS
    if len(one) > 1 and all(terms.agreement.on_priority_change is OnPriorityChange.CARRY for terms in one.values())
]
"""Those that know both agreements, and by which a clock goes on whichever holds."""

SOME_CARRYING = st.lists(st.sampled_from(CARRYING), min_size=5, max_size=5)

DEEDS = st.sampled_from(
    [
        *(lives.REPLY, lives.NOTE, lives.TAKE, lives.RESOLVE, lives.REOPEN, lives.CLOSE, lives.LINK, lives.UNLINK),
        *(lives.waits(), lives.waits("new", "vendor"), lives.goes_on(), lives.to_level(1, 2), lives.to_level(2, 1)),
        *(lives.raised_to_level(1, 2), agreed("normal", "urgent"), agreed("urgent", "normal")),
        *(agreed("normal", None), agreed(None, "normal")),
    ]
)
LIVES = st.lists(st.tuples(lives.SPANS, st.one_of(DEEDS, st.just(ADOPT))), max_size=14)


def living(life: Sequence[tuple[int, Deed]]) -> list[tuple[datetime, Deed]]:
    moment, happened = at(10), [(at(10), opened())]
    for minutes, deed in life:
        moment += timedelta(minutes=minutes)
        happened.append((moment, deed))
    return happened


@given(LIVES, SOME_BOOKS)
def test_what_a_history_has_told_stays_as_it_was_told(life: list[tuple[int, Deed]], books: list[Book]) -> None:
    entries = entries_of(living(life))
    history: History = {}
    parts = Life(find_by(books), history)
    for event in events(entries):
        known = {name: tuple(rows) for name, rows in history.items()}
        before = parts.state
        parts.happen([event])
        assert {name: tuple(rows[: len(known.get(name, ()))]) for name, rows in history.items()} == {
            name: known.get(name, ()) for name in history
        }
        if event.event is Event.TERMS_CHANGED:
            now = EPOCH + timedelta(microseconds=before["at"])
            was = {one.name: one for one in states(before, parts.find, now) if one.breached_at}
            is_now = {one.name: one for one in states(parts.state, parts.find, now)}
            for name, one in was.items():
                assert is_now[name].cycle != one.cycle or is_now[name].breached_at is not None
    whole, whole_history = lived(entries, books)
    assert (whole.state, whole_history) == (parts.state, history)
    assert json.loads(json.dumps(whole.state)) == whole.state


@given(LIVES, SOME_BOOKS)
def test_a_clock_that_goes_on_is_measured_by_the_newest_terms_from_the_opening_on(
    life: list[tuple[int, Deed]], books: list[Book]
) -> None:
    assume(all(one["normal"].agreement is not NEW_ONLY for one in books if "normal" in one))
    endings = (lives.RESOLVE, lives.CLOSE, lives.LINK)
    entries = entries_of([(when, deed) for when, deed in living(life) if deed not in endings])
    version = 1 + sum(entry.verb == "rulebook_adopted" for entry in entries)
    happened = [event for event in events(entries) if event.event is not Event.TERMS_CHANGED]
    found, _ = lived(entries, books)
    assume(not found.awaits_agreement)
    plain = fold({}, happened, find_by(books)(version))
    place = list(ClockName).index(ClockName.RESOLUTION)
    mine, theirs = found.state["clocks"][place], plain["clocks"][place]
    assume(mine and theirs)
    phase, cycle, elapsed, since, due, _, target, calendar, turn = range(9)
    for part in (phase, cycle, elapsed, since, target, calendar, turn):
        assert mine[part] == theirs[part]
    if target_left(mine[target], mine[elapsed]):
        assert mine[due] == theirs[due]


def target_left(target: int | None, elapsed: int) -> bool:
    return target is not None and target * 60_000_000 != elapsed


def recomputed(told: Sequence[tuple[datetime, Deed]], books: Sequence[Book]) -> list[Entry]:
    """As the desk does it: after each new rulebook it writes down what was missed until then."""
    entries: list[Entry] = []
    for entry in entries_of(told):
        entries.append(entry)
        if entry.verb != "rulebook_adopted":
            continue
        without = undone(entries)
        known = {
            (one.facts["clock"], one.facts["cycle"])
            for one in entries
            if one.verb == "breached" and one.seq not in without
        }
        for name, cycle, moment in sorted(lived(entries, books)[0].missed):
            if (name.value, cycle) not in known:
                facts: dict[str, Any] = {"clock": name.value, "cycle": cycle, "at": us(moment)}
                entries.append(Entry(entry.seq, "breached", facts, entry.at, 0))
    return [entry._replace(seq=seq) for seq, entry in enumerate(entries, start=1)]


@given(LIVES, SOME_CARRYING, st.integers(0, 14), DEEDS)
def test_nothing_is_left_of_what_was_undone_whatever_was_recomputed_meanwhile(
    life: list[tuple[int, Deed]], books: list[Book], place: int, mistake: Deed
) -> None:
    happened = living(life)
    place = 1 + place % len(happened)
    without = recomputed(happened, books)
    moment = happened[place - 1][0]
    entries = recomputed([*happened[:place], (moment, mistake), *happened[place:]], books)
    seq = [one.seq for one in entries if one.verb != "breached"][place]
    entries.append(Entry(len(entries) + 1, "undone", {"reverts": seq, "verb": mistake[0]}, entries[-1].at, 3))
    now = happened[-1][0] + timedelta(days=2)
    seen = []
    for one in (entries, without):
        life_so_far, history = lived(one, books)
        seen.append([replace(clock, history=()) for clock in states(life_so_far.state, life_so_far.find, now, history)])
    assert seen[0] == seen[1]


PAIRS = st.builds(
    book,
    st.sampled_from([NORMAL, NEW_CYCLES, ALL_PAUSED, replace(NORMAL, calendar="always")]),
    st.sampled_from(FOR_URGENT),
)
QUIET_DEEDS = DEEDS.filter(lambda deed: "terms" not in deed[1])
"""What happens without another agreement."""


@given(
    st.lists(st.tuples(lives.SPANS, DEEDS), max_size=14),
    st.lists(st.tuples(lives.SPANS, QUIET_DEEDS), max_size=5),
    PAIRS,
    st.booleans(),
)
def test_no_clock_moves_when_an_agreement_that_does_not_hold_is_renamed_or_removed(
    life: list[tuple[int, Deed]], later: list[tuple[int, Deed]], pair: Book, removed: bool
) -> None:
    happened = living([*life, *later])
    place = 1 + len(life)
    holds = lived(entries_of(happened[:place]), [pair])[0].state["agreement"]
    assume(holds is not None)
    (other,) = set(pair) - {holds[0]}
    changed = {holds[0]: pair[holds[0]]} | ({} if removed else {"pressing": pair[other]})
    with_change = [*happened[:place], (happened[place - 1][0], ADOPT), *happened[place:]]
    now = happened[-1][0] + timedelta(days=2)
    seen = []
    for told_so, books in ((happened, [pair]), (with_change, [pair, changed])):
        life_so_far, history = lived(entries_of(told_so), books)
        seen.append(states(life_so_far.state, life_so_far.find, now, history))
    assert seen[0] == seen[1]


@pytest.mark.parametrize("policy", list(OnPriorityChange))
def test_the_agreement_that_holds_can_be_renamed_and_no_clock_moves(policy: OnPriorityChange) -> None:
    before = replace(NORMAL, on_priority_change=policy)
    after = replace(before, name="standard", place="elsewhere:7")
    entries = entries_of([(at(10), opened()), (at(12), ADOPT), (at(12), agreed("normal", "standard"))])
    found = clock(entries, [book(before), book(after)], ClockName.RESOLUTION, at(13))
    assert (found.elapsed_minutes, found.cycle, found.due_at) == (180, 1, at(10, day=1))
    assert [one.what for one in found.history] == ["started"]


def test_what_was_used_under_an_agreement_that_is_gone_stays_used() -> None:
    always = agreement_always()
    entries = entries_of([(at(16), opened()), (at(10, day=1), ADOPT), (at(10, day=1), agreed("normal", "urgent"))])
    found = clock(entries, [book(NORMAL, always), book(always)], ClockName.RESOLUTION, at(11, day=1))
    assert (found.elapsed_minutes, found.due_at) == (180, at(16, day=1)), "the night was no time of the office"


@pytest.mark.parametrize("version", [1, 2])
def test_a_rulebook_with_the_same_terms_is_not_told(version: int) -> None:
    entries = entries_of([(at(10), opened()), *[(at(11), ADOPT)] * version])
    same = replace(NORMAL, place="elsewhere:7")
    found = clock(entries, [book(NORMAL), book(same), book(same)], ClockName.RESOLUTION, at(12))
    assert [one.what for one in found.history] == ["started"]
