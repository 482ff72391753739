"""What the clocks of a ticket need to know of its journal."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from itdesk.domain.ticket import SETTLED, LinkType, MessageKind, Status


class Event(StrEnum):
    """What happens to clocks. Behind each stands the form of its value, all of it plain data."""

    OPENED = "opened"
    """Level, status, waiting reason."""
    AGREED = "agreed"
    """The agreement's name (None: none holds), the version of the rulebook that brought its terms, and why (`Because`)
    where nothing happened to the ticket itself."""
    LEVEL = "level"
    """The level where it is now."""
    ANSWERED = "answered"
    """Nothing: a person of staff wrote what the requester sees, here or on a ticket that was merged into this one, when
    it was written."""
    STATUS = "status"
    """Status (None: the same) and waiting reason."""
    DUPLICATE = "duplicate"
    """The original's ticket id."""
    NO_DUPLICATE = "no_duplicate"
    """The id of what was taken for the original."""
    MERGED = "merged"
    """The id of the ticket into which it went, 0 where it is not known."""
    TERMS_CHANGED = "terms_changed"
    """The version of the rulebook whose terms hold from here on: see `domain.clock_life`. By itself it moves none."""
    BREACHED = "breached"
    """Clock, cycle, and the moment that stays its breach, whatever is recomputed later."""


class Because(StrEnum):
    """Why another agreement holds for a ticket to which nothing happened."""

    SETTINGS = "settings"
    """The agreements were changed: no clock begins anew by that."""
    RENAMED = "renamed"
    """Its agreement only has another name now."""


@dataclass(frozen=True, slots=True)
class ClockEvent:
    """Something that happens to a ticket's clocks; `at` in UTC microseconds."""

    at: int
    event: Event
    value: Any = None


class Entry(NamedTuple):
    """A journal entry of a ticket; `at` is when it occurred, in UTC microseconds."""

    seq: int
    verb: str
    facts: Mapping[str, Any]
    at: int
    actor: int


def _is_answer(entry: Entry) -> bool:
    """Whether a person of staff wrote what the requester sees, be it an answer or a request to test."""
    facts = entry.facts
    return facts.get("kind") == MessageKind.REPLY and bool(entry.actor) and not facts.get("automatic")


_AT_WORK = frozenset(Status) - SETTLED - {Status.WAITING}
_OPENING = 2
"""So many events are those of the opening."""
SILENT = ("noted",)
"""Verbs that never move a clock."""

PENDING = 2**62
"""The number of entries that have none yet."""


def events(entries: Collection[Entry], without: Collection[int] = ()) -> list[ClockEvent]:
    """The events in a ticket's whole journal; its first entry is its opening.

    What a merge brought stands where it happened, before the merge. What was undone (`without` are its entries) counts
    for nothing, nor does its undoing; that of the opening cancels the ticket. An agreement that the desk chose by what
    was undone later is that which the undoing chose.
    """
    found: list[ClockEvent] = []
    chosen = _chosen_anew(entries)
    for place, entry in enumerate(entries):
        if place == 0:
            found += opening(entry)
        elif entry.seq in chosen:
            found.append(ClockEvent(entry.at, Event.AGREED, chosen[entry.seq]))
        elif entry.seq not in without:
            for event in events_of(entry):
                found.insert(_place(found, event) if event.at < entry.at else len(found), event)
    return found


def _place(found: Sequence[ClockEvent], event: ClockEvent) -> int:
    """Where an event belongs by its moment, at the earliest after the opening."""
    place = len(found)
    while place > _OPENING and found[place - 1].at > event.at:
        place -= 1
    return place


def _chosen_anew(entries: Collection[Entry]) -> dict[int, list[Any]]:
    """By entry of the desk about another agreement: what an undoing made of it, as the value of its event."""
    return {
        entry.seq: [undoing.facts["agreement"], undoing.facts["terms"], *_because(entry.facts)]
        for undoing in entries
        if undoing.verb == "undone" and undoing.facts.get("terms")
        for entry in entries
        if entry.verb == "agreement_changed" and undoing.facts["reverts"] < entry.seq < undoing.seq
    }


def _because(facts: Mapping[str, Any]) -> list[str]:
    return [facts["because"]] if "because" in facts else []


def undone(entries: Collection[Entry]) -> set[int]:
    """The entries of a ticket that count for nothing.

    Beside those that were undone, breaches that were written down while one of these still moved a clock: what was
    missed without it is found anew.
    """
    undoings = {entry.facts["reverts"]: entry.seq for entry in entries if entry.verb == "undone"}
    if not undoings:
        return set()
    moved = [(entry.seq, undoings[entry.seq]) for entry in entries if entry.seq in undoings and events_of(entry)]
    unsure = {
        entry.seq
        for entry in entries
        if entry.verb == "breached" and any(seq < entry.seq < until for seq, until in moved)
    }
    return unsure | set(undoings)


def opening(entry: Entry) -> list[ClockEvent]:
    """The events in the entry that opened a ticket."""
    facts = entry.facts
    opened = [int(facts.get("level", 1)), facts.get("status", Status.NEW), facts.get("waiting_reason")]
    return [
        ClockEvent(entry.at, Event.AGREED, [facts.get("agreement"), facts.get("terms", 0)]),
        ClockEvent(entry.at, Event.OPENED, opened),
    ]


def events_of(entry: Entry) -> list[ClockEvent]:
    """The events in a later entry; most entries have none."""
    at, facts = entry.at, entry.facts
    changes = facts.get("changes", {})
    found = []
    if entry.verb == "undone":
        if facts.get("terms"):  # what holds now is not what held before the undone entry
            found.append(ClockEvent(at, Event.AGREED, [facts.get("agreement"), facts["terms"]]))
        if facts["verb"] == "submitted":
            found.append(ClockEvent(at, Event.STATUS, [Status.CANCELLED, None]))
        return found
    if "level" in changes:  # before the agreement: a level that is left is not measured by what holds from then on
        found.append(ClockEvent(at, Event.LEVEL, changes["level"][1]))
    if "agreement" in changes:
        agreed = [changes["agreement"][1], facts.get("terms", 0), *_because(facts)]
        found.append(ClockEvent(at, Event.AGREED, agreed))
    match entry.verb:
        case "replied" | "test_asked" if _is_answer(entry):
            found.append(ClockEvent(at, Event.ANSWERED))
        case "linked" | "unlinked" if facts.get("link") == LinkType.DUPLICATE_OF:
            event = Event.DUPLICATE if entry.verb == "linked" else Event.NO_DUPLICATE
            if not facts.get("settled"):  # an original that is settled will not resolve it
                found.append(ClockEvent(at, event, facts["other"]))
        case "merged_from":
            # Older journals say only that it was answered.
            moments = facts.get("answered_at", (at,) if facts.get("answered") else ())
            found += [ClockEvent(then, Event.ANSWERED) for then in moments]
        case "merged":
            found.append(ClockEvent(at, Event.MERGED, facts.get("into", 0)))
        case "rulebook_adopted":
            found.append(ClockEvent(at, Event.TERMS_CHANGED, facts["version"]))
        case "breached":
            found.append(ClockEvent(at, Event.BREACHED, [facts["clock"], facts["cycle"], facts["at"]]))
    if "status" in changes or "waiting_reason" in changes:
        old, new = changes.get("status", (None, None))
        if not (old in _AT_WORK and new in _AT_WORK):
            found.append(ClockEvent(at, Event.STATUS, [new, changes.get("waiting_reason", (None, None))[1]]))
    return found
