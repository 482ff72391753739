"""Another desk's incidents lived through once more at ours: each update at its time, with our clocks and assignment."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from statistics import mean
from zlib import crc32
from zoneinfo import ZoneInfo

from itdesk.desk import assignment, communication, intake, resolution
from itdesk.desk import clocks as kept
from itdesk.desk import rulebook as rulebooks
from itdesk.desk.intake import NewTicket
from itdesk.desk.people import NewPerson, add_people
from itdesk.desk.session import SYSTEM, Desk, Session, sign_in
from itdesk.domain.assignment import Mode, Sharing, TeamSharing
from itdesk.domain.clock_events import Entry, events
from itdesk.domain.clocks import State, fold, states
from itdesk.domain.imported import ImportedTicket
from itdesk.domain.mapping import EventLogMapping
from itdesk.domain.people import Role
from itdesk.domain.rulebook import Rulebook
from itdesk.domain.ticket import Status, WaitingReason
from itdesk.gateways.import_report import RowCount, Warnings
from itdesk.gateways.incident_log import IncidentLog
from itdesk.models.fields import from_microseconds
from itdesk.settings.locations import shipped_config
from itdesk.settings.mappings import load_mapping
from tests.support.desks import StillClock, shipped_rulebook

OF_A_TEAM = 6
"""How many people a team has, all equally qualified and always on shift."""

_REQUESTERS = 40
_TOGETHER = 400
"""So many acts are written to the disk at once."""

_NOON = 12
_OUT = (Status.RESOLVED, Status.CLOSED, Status.CANCELLED)


@dataclass(frozen=True, slots=True)
class Replayed:
    """What the desk has then. `clocks` counts (name, state); `loads` are the mean weighted loads at noon of the people
    of each team; `faults` are sentences, none if all is well.
    """

    tickets: int
    acts: int
    clocks: dict[tuple[str, str], int]
    loads: dict[str, tuple[float, ...]]
    faults: tuple[str, ...]

    def spread(self, team: str) -> float:
        """How unlike the loads of a team's people are: (most - least) / mean."""
        loads = self.loads[team]
        return (max(loads) - min(loads)) / (mean(loads) or 1)

    @property
    def in_words(self) -> str:
        """How the load was spread, by team, the busiest first."""
        teams = sorted(self.loads, key=lambda team: -mean(self.loads[team]))
        return ", ".join(f"{team} {self.spread(team):.1%} of {mean(self.loads[team]):.1f}" for team in teams)

    def share_breached(self, name: str) -> float:
        """Which part of the clocks of that name that have come to their end, or past it, was missed."""
        counts = {state: self.clocks.get((name, state), 0) for state in ("met", "breached")}
        return counts["breached"] / max(1, sum(counts.values()))


def prepare(desk: Desk, begins: datetime) -> None:
    """Give an empty desk the shipped settings with teams that all push, their people, and requesters."""
    clock = StillClock(begins)
    book = shipped_rulebook()
    pushing = TeamSharing(Mode.PUSH, capacity=10_000)
    sharing = Sharing(teams={team.name: pushing for team in book.desk.teams})
    rulebooks.adopt(Session(desk, SYSTEM, clock), replace(book, sharing_data=sharing.to_data()), "everybody pushes")
    staff = [
        NewPerson(f"{team.name}-{place}", f"{team.title} {place}", Role.TECHNICIAN, level=3, teams=(team.name,))
        for team in book.desk.teams
        for place in range(OF_A_TEAM)
    ]
    callers = [NewPerson(f"caller-{place}", f"Caller {place}") for place in range(_REQUESTERS)]
    add_people(Session(desk, SYSTEM, clock), [*staff, *callers, NewPerson("sam", "Sam", Role.SUPERVISOR)])


def log_of(path: Path, until: datetime | None = None) -> list[ImportedTicket]:
    """The tickets of an incident log, as they stood at `until` (aware; None: in the end)."""
    mapping = load_mapping("servicenow-log", [shipped_config()], shipped_rulebook())
    assert isinstance(mapping, EventLogMapping)
    zone = ZoneInfo(mapping.time_zone or shipped_rulebook().desk.time_zone)
    now = datetime(2026, 1, 1, tzinfo=zone)
    log = IncidentLog(path, mapping, zone=zone, now=now, until=until, rows=RowCount(), warnings=Warnings())
    return list(log.tickets(lambda _: None))


def replay(desk: Desk, log: Sequence[ImportedTicket]) -> Replayed:
    """Live the tickets through at an empty desk, and look at what is there then."""
    prepare(desk, min(ticket.opened_at for ticket in log))
    playing = _Playing(desk)
    acts = sorted((act for ticket in log for act in _acts(ticket)), key=lambda act: act[0])
    for start in range(0, len(acts), _TOGETHER):
        desk.together(partial(playing.play, acts[start : start + _TOGETHER]))
    return playing.result(len(acts))


_Act = tuple[datetime, ImportedTicket, str, "Status | None", "WaitingReason | None"]
"""When, on which ticket, what: `open`, `answer`, `move` to a status, `reopen`."""


def _acts(ticket: ImportedTicket) -> Iterator[_Act]:
    """What happens to a ticket, as far as it is a matter of clocks. Its first update is its first answer."""
    at, status, waiting, answered = ticket.opened_at, Status.ASSIGNED, None, False
    yield at, ticket, "open", None, None
    for step in ticket.steps:
        at = max(at, step.at)
        if step.status in (Status.NEW, Status.ASSIGNED):
            continue
        if status in _OUT and step.status not in _OUT:
            yield at, ticket, "reopen", None, None
            status = Status.IN_PROGRESS
        if not answered and step.status not in _OUT:
            answered = True
            yield at, ticket, "answer", None, None
        if step.status is Status.CLOSED and status not in _OUT:
            yield at, ticket, "move", Status.RESOLVED, None
        if (step.status, step.waiting_reason) != (status, waiting) and not (
            status in _OUT and step.status is not Status.CLOSED
        ):
            yield at, ticket, "move", step.status, step.waiting_reason
            status, waiting = step.status, step.waiting_reason


class _Playing:
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.book: Rulebook = desk.rulebook()[1]
        self.clock = StillClock()
        self.dispatcher = Session(desk, sign_in(desk, "sam"), self.clock)
        self.callers = [Session(desk, sign_in(desk, f"caller-{place}"), self.clock) for place in range(_REQUESTERS)]
        paths = [category.path for category in self.book.categories]
        self.leaves = [path for path in paths if not any(other.startswith(f"{path}.") for other in paths)]
        self.ids: dict[str, int] = {}
        self.day: date | None = None
        self.noons: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
        self.teams = self._teams()

    def play(self, acts: Sequence[_Act]) -> None:
        for at, ticket, what, status, waiting in acts:
            self.clock.now = at
            if at.hour >= _NOON and at.date() != self.day:
                self.day = at.date()
                self._look()
            self._act(ticket, what, status, waiting)

    def _act(self, ticket: ImportedTicket, what: str, status: Status | None, waiting: WaitingReason | None) -> None:
        session = self.dispatcher
        if what == "open":
            self.ids[ticket.external_id] = self._open(ticket)
            return
        targets = [self.ids[ticket.external_id]]
        if what == "answer":
            communication.reply(session, targets, "We have it and look at it.")
        elif what == "reopen":
            resolution.reopen(session, targets, "as in the log")
        elif status is Status.RESOLVED:
            resolution.resolve(session, targets, "as in the log", without_steps="as in the log")
        elif status is Status.CLOSED:
            resolution.close(session, targets)
        elif status is Status.CANCELLED:
            resolution.cancel(session, targets, "as in the log")
        elif status is not None:
            resolution.change_status(session, targets, status, waiting_reason=waiting)

    def _open(self, ticket: ImportedTicket) -> int:
        first = ticket.steps[0]
        named = crc32((first.category or "").encode())
        caller = self.callers[crc32((ticket.requester or "").encode()) % len(self.callers)]
        new = NewTicket(
            ticket.subject or ticket.external_id,
            kind=ticket.kind,
            category=self.leaves[named % len(self.leaves)],
            impact=first.impact,
            urgency=first.urgency,
        )
        [opened] = intake.submit(caller, new).tickets
        return opened

    # How evenly

    def _teams(self) -> dict[str, list[int]]:
        rows = self.desk.database.execute(
            "SELECT team.name, membership.person_id FROM membership JOIN team ON team.id = membership.team_id"
        ).fetchall()
        teams: dict[str, list[int]] = defaultdict(list)
        for name, person in rows:
            teams[name].append(person)
        return teams

    def _look(self) -> None:
        """Note everybody's load."""
        loads = assignment.loads_of(self.dispatcher, [person for people in self.teams.values() for person in people])
        for team, people in self.teams.items():
            for person in people:
                self.noons[team][person].append(loads.get(person, 0))

    def _loads(self, team: str) -> tuple[float, ...]:
        return tuple(mean(loads) for loads in self.noons[team].values()) or (0.0,)

    # What is there then

    def result(self, acts: int) -> Replayed:
        counts: Counter[tuple[str, str]] = Counter()
        faults: list[str] = []
        ids = list(self.ids.values())
        for start in range(0, len(ids), _TOGETHER):
            some = ids[start : start + _TOGETHER]
            journals, index = kept.journals(self.desk.database, some), kept.stored(self.desk.database, some)
            for ticket in some:
                self._check_clocks(ticket, journals[ticket], index.get(ticket), counts, faults)
        [(without,)] = self.desk.database.execute(
            "SELECT count(*) FROM ticket WHERE assignee_id IS NULL AND status <> 'cancelled'"
        ).fetchall()
        if without:
            faults.append(f"{without} tickets have no owner.")
        return Replayed(len(ids), acts, dict(counts), {team: self._loads(team) for team in self.teams}, tuple(faults))

    def _check_clocks(
        self,
        ticket: int,
        journal: Sequence[Entry],
        stored: kept.Stored | None,
        counts: Counter[tuple[str, str]],
        faults: list[str],
    ) -> None:
        """Fold a ticket's journal event by event: no clock may lose time, and the index must say the same."""
        find, state, before = kept.Finder(self.dispatcher), State(), dict[tuple[str, int], float]()
        for event in events(journal):
            at = from_microseconds(event.at)
            told = states(state, find, at) if state else ()
            state = fold(state, [event], find)
            for clock in (*told, *states(state, find, at)):
                name = (str(clock.name), clock.cycle)
                if clock.elapsed_minutes < before.get(name, 0.0):
                    faults.append(f"{clock.name} of ticket {ticket} runs backwards at {at}.")
                before[name] = clock.elapsed_minutes
        now = states(state, find, self.clock.now)
        if not now:
            faults.append(f"Ticket {ticket} has no clock.")
        if stored is None or stored.state != state:
            faults.append(f"The clocks kept of ticket {ticket} are not those of its journal.")
        counts.update((str(clock.name), clock.state) for clock in now)
