"""Makes big desks: years of tickets with messages, decisions, a valid journal and a filled search index, in minutes.

Rows go into SQLite in bulk, past the desk's actions, but as those would have left them: order keys, versions, closing
times, routes and the chain of the journal. A desk is kept in a folder and used again while schema and generator stay
the same.
"""

import hashlib
import heapq
import json
import math
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from itertools import accumulate
from json.encoder import encode_basestring
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from itdesk.desk import rulebook as rulebooks
from itdesk.desk.clocks import due_columns
from itdesk.desk.session import SYSTEM, Session, open_desk
from itdesk.domain import calendar, clock_events, journal, rules
from itdesk.domain.agreement_rules import agreements_of
from itdesk.domain.clock_events import Entry
from itdesk.domain.clocks import State, Terms, fold
from itdesk.domain.decisions import Decision
from itdesk.domain.people import Role
from itdesk.domain.queue_order import order_key
from itdesk.domain.rulebook import Rulebook
from itdesk.domain.text import words
from itdesk.domain.ticket import Channel, Kind, MessageKind, Status, WaitingReason
from itdesk.models import fields as stored
from itdesk.models import migrations
from itdesk.settings.config_folder import content_hash
from itdesk.settings.loader import load_rulebook
from itdesk.settings.locations import shipped_config
from tests.benchmarks.words import Sentences

YEARS = 3
LIVE_SHARE = 0.042
LEAST_LIVE = 500
TECHNICIANS = 40
REQUESTERS = 5_000
LONG_CONVERSATION = 200
SEED = 20_260_301

VIEWER = "tech07"
"""The technician whose queue is measured."""

_BATCH = 20_000
_DAY = 86_400_000_000
_HOUR = _DAY // 24
_MINUTE = _HOUR // 60
_REOPENED_SHARE = 0.03
_BACKLOG_AGE = 45
"""Days: a ticket's chance to be live falls to 1/e over them."""

_HOUR_WEIGHTS = (*[1] * 6, 4, 12, 24, 28, 25, 20, 14, 20, 24, 20, 14, 8, 4, *[2] * 5)
_LIVE_STATUSES = {
    Status.NEW: 24,
    Status.ASSIGNED: 12,
    Status.IN_PROGRESS: 25,
    Status.WAITING: 20,
    Status.TESTING: 3,
    Status.RESOLVED: 16,
}
_IMPACTS, _URGENCIES = (3, 22, 75), (12, 63, 25)
_CHANNELS = {Channel.MAIL: 45, Channel.PORTAL: 25, Channel.PHONE: 15, Channel.CLI: 5, Channel.MONITORING: 10}
_MESSAGE_COUNTS = (15, 30, 25, 15, 8, 4, 2, 1)  # of 0, 1, 2 … messages; 2 on the average
_SITES = ("Berlin", "Hamburg", "Leipzig", "Wien", "Brno", "")
_DEPARTMENTS = ("Sales", "Finance", "Logistics", "Production", "Legal", "Research")


@dataclass(frozen=True, slots=True)
class BigDesk:
    """A made desk: its file, what it holds, and the ticket with LONG_CONVERSATION messages."""

    database: Path
    tickets: int
    live: int
    entries: int
    long_ticket: int
    requester: str


def big_desk(
    tickets: int, folder: Path, say: Callable[[str], None] = lambda _: None, *, live: int | None = None
) -> BigDesk:
    """The desk of that many tickets in `folder`, made now if it is not there; hold it only to read.

    `live` of them have not ended: LIVE_SHARE where it is not said, half of them at most.
    """
    wanted = max(LEAST_LIVE, round(tickets * LIVE_SHARE)) if live is None else live
    wanted = min(tickets // 2, wanted)
    home = folder / f"{tickets}-{wanted}-{_fingerprint()}"
    told = home / "desk.json"
    if not told.exists():
        home.mkdir(parents=True, exist_ok=True)
        database = home / "desk.sqlite3"
        for left in home.iterdir():
            left.unlink()
        say(f"Making a desk of {tickets:,} tickets in {database} …")
        made = _Maker(database, tickets, wanted).make()
        told.write_text(json.dumps({name: str(value) for name, value in asdict(made).items()}))
    kept: dict[str, Any] = json.loads(told.read_text())
    return BigDesk(**{one.name: one.type(kept[one.name]) for one in fields(BigDesk)})  # type: ignore[operator]


def _fingerprint() -> str:
    digest = hashlib.sha256()
    steps = sorted(Path(migrations.__file__).parent.glob("step_*.py"))
    folded = sorted(Path(calendar.__file__).parent.glob("c*.py"))  # calendars, clocks and what happens to them
    for source in (Path(__file__), Path(__file__).with_name("words.py"), *steps, *folded):
        digest.update(source.read_bytes())
    digest.update(content_hash(shipped_config()).encode())
    return digest.hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class _Place:
    """What the rules give to tickets of one category."""

    path: str
    kind: str
    team: int
    team_name: str
    level: int
    place: str


class _Event(NamedTuple):
    """A journal entry to be, and the message that it tells of. A tuple, so that a heap orders it fast."""

    at: int
    number: int
    ticket: int
    verb: str
    actor: int
    facts: str
    payload: str
    message: tuple[str, str] | None = None


class _TicketClocks(NamedTuple):
    """What a ticket is promised, and its clocks."""

    agreement: Decision
    told: State

    @property
    def state(self) -> str:
        return json.dumps(self.told, separators=(",", ":"))

    def columns(self) -> tuple[Any, ...]:
        due = due_columns(self.told)
        return self.agreement.value, due["due_at"], due["due_clock"], due["due_key"]


def _indexed(texts: Iterable[str]) -> str:
    """Texts as the search index keeps them (see `models.search`)."""
    return " ".join(dict.fromkeys(word for text in texts for word in words(text)))


class _Maker:
    def __init__(self, database: Path, tickets: int, live: int) -> None:
        self.path = database
        self.count = tickets
        self.live = live
        self.random = Random(SEED)
        self.now = stored.to_microseconds(datetime.now(UTC).replace(minute=0, second=0, microsecond=0))
        self.rulebook: Rulebook = load_rulebook(shipped_config())
        self.places: list[_Place] = []
        self.place_weights: list[float] = []
        self.staff: dict[int, list[int]] = {}
        self.names: list[str] = []
        self.sentences: dict[str, Sentences] = {}
        self.events: list[_Event] = []
        self.event_count = 0
        self.message_count = 0
        self.previous = journal.GENESIS
        self.seq = 0
        self.rows: dict[str, list[tuple[Any, ...]]] = {}
        self.terms: dict[str, Terms | None] = {}
        self.tags: list[tuple[int, str]] = []

    def make(self) -> BigDesk:
        desk = open_desk(str(self.path), create=True)
        moment = stored.from_microseconds(self.now - YEARS * 366 * _DAY)
        session = Session(desk, SYSTEM, lambda: moment)
        rulebooks.adopt(session, self.rulebook, content_hash(shipped_config()), str(shipped_config()))
        desk.close()
        with closing(sqlite3.connect(self.path, isolation_level=None)) as connection:
            for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -400000", "foreign_keys = OFF"):
                connection.execute(f"PRAGMA {pragma}")
            indexes = connection.execute(
                "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql > ''"
            ).fetchall()
            triggers = connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
            for kind, objects in (("INDEX", indexes), ("TRIGGER", triggers)):
                for name, _ in objects:
                    connection.execute(f"DROP {kind} {name}")
            connection.execute("BEGIN")
            self._begin(connection)
            live, long_ticket = self._tickets(connection)
            for _, sql in (*indexes, *triggers):
                connection.execute(sql)
            connection.execute("COMMIT")
            assert not connection.execute("PRAGMA foreign_key_check").fetchall()
            connection.execute("PRAGMA journal_mode = WAL")
            closed = "SELECT login FROM person JOIN ticket ON requester_id = person.id WHERE closed_at IS NOT NULL"
            requester = connection.execute(
                f"{closed} GROUP BY login ORDER BY count(*) DESC LIMIT 1 OFFSET 50"
            ).fetchone()
        self.path.chmod(0o600)
        return BigDesk(self.path, self.count, live, self.seq, long_ticket, requester[0])

    # People, categories

    def _begin(self, connection: sqlite3.Connection) -> None:
        teams = dict(connection.execute("SELECT name, id FROM team").fetchall())
        last = connection.execute("SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
        self.seq, self.previous = last
        for category in self.rulebook.categories:
            if any(other.path.startswith(f"{category.path}.") for other in self.rulebook.categories):
                continue
            kind = category.kind or Kind(self.rulebook.desk.default_kind)
            team, level = rules.route(self.rulebook, category.path, kind)
            self.places.append(
                _Place(category.path, kind, teams[team.value], team.value, int(level.value), category.place)
            )
            self.sentences[category.path] = Sentences(category.path, category.title, SEED)
        self.place_weights = list(accumulate(1 / (rank + 3) for rank in range(len(self.places))))
        self.random.shuffle(self.places)
        people, members = self._people(sorted(teams.values()))
        connection.executemany(
            "INSERT INTO person (id, login, name, email, role, level, department, site, active)"
            " VALUES (?,?,?,?,?,?,?,?,1)",
            people,
        )
        connection.executemany("INSERT INTO membership VALUES (?,?)", members)

    def _people(self, teams: Sequence[int]) -> tuple[list[tuple[Any, ...]], list[tuple[int, int]]]:
        people: list[tuple[Any, ...]] = []
        members: list[tuple[int, int]] = []
        names = Sentences.people(TECHNICIANS + REQUESTERS, SEED)
        for number, name in enumerate(names, start=1):
            if number <= TECHNICIANS:
                team = teams[number % len(teams)]
                self.staff.setdefault(team, []).append(number)
                members.append((number, team))
                login, role, level = f"tech{number:02}", Role.TECHNICIAN, 1 + (number % 2)
            else:
                login, role, level = f"user{number - TECHNICIANS:05}", Role.REQUESTER, None
            department, site = self.random.choice(_DEPARTMENTS), self.random.choice(_SITES)
            people.append((number, login, name, f"{login}@example.com", role, level, department, site))
        self.names = ["", *names]
        return people, members

    # Tickets

    def _tickets(self, connection: sqlite3.Connection) -> tuple[int, int]:
        opened = self._opening_times()
        live = self._live(opened)
        live_ids = sorted(live)
        long_ticket = live_ids[len(live_ids) // 2] + 1
        for index, at in enumerate(opened):
            while self.events and self.events[0].at < at:
                self._happen(heapq.heappop(self.events))
            self._ticket(index + 1, at, index in live, index + 1 == long_ticket)
            if index % _BATCH == _BATCH - 1:
                self._store(connection)
        while self.events:
            self._happen(heapq.heappop(self.events))
        self._store(connection)
        return len(live), long_ticket

    def _opening_times(self) -> list[int]:
        """When tickets were opened, in order: office hours of working days, more from year to year."""
        days = YEARS * 365
        first = self.now - days * _DAY
        weights = []
        for day in range(days):
            weekday = stored.from_microseconds(first + day * _DAY).weekday()
            weights.append((0.12 if weekday >= 5 else 1.25 if weekday == 0 else 1.0) * (1 + 0.3 * day / days))
        midnight = first - first % _DAY
        chosen_days = self.random.choices(range(days), weights, k=self.count)
        hours = self.random.choices(range(24), _HOUR_WEIGHTS, k=self.count)
        uniform = self.random.random
        latest = self.now - 2 * _MINUTE
        return sorted(
            min(midnight + day * _DAY + hour * _HOUR + int(uniform() * _HOUR), latest)
            for day, hour in zip(chosen_days, hours, strict=True)
        )

    def _live(self, opened: Sequence[int]) -> set[int]:
        """The indexes of tickets that have not ended, mostly young ones (weighted sampling, A-ES)."""
        uniform, now = self.random.random, self.now
        keys = (
            (math.log(uniform() or 1e-300) * math.exp((now - at) / _DAY / _BACKLOG_AGE), index)
            for index, at in enumerate(opened)
        )
        return {index for _, index in heapq.nlargest(self.live, keys)}

    def _ticket(self, number: int, opened: int, live: bool, long: bool) -> None:
        rng = self.random
        place = rng.choices(self.places, cum_weights=self.place_weights)[0]
        text = self.sentences[place.path]
        requester = TECHNICIANS + 1 + int(rng.random() ** 2 * REQUESTERS)
        technician = rng.choice(self.staff[place.team])
        impact, urgency = self._levels()
        priority = self.rulebook.priorities.cells[impact, urgency]
        channel = rng.choices(tuple(_CHANNELS), tuple(_CHANNELS.values()))[0]
        status = self._status(live) if not long else Status.IN_PROGRESS
        major = live and priority == 1 and place.kind == Kind.INCIDENT and rng.random() < 0.05
        subject, body = text.request(rng, number)
        site = rng.choice(_SITES)
        events = self._history(number, opened, status, requester, technician, long, text)
        waiting = next((event.facts for event in reversed(events) if '"waiting_reason"' in event.facts), None)
        waiting_reason = (
            json.loads(waiting)["changes"]["waiting_reason"][1] if waiting and status == Status.WAITING else None
        )
        resolution = text.solution(rng) if status in (Status.RESOLVED, Status.CLOSED) else ""
        resolved_at = next((event.at for event in reversed(events) if event.verb == "resolved"), None)
        reopened_at = next((event.at for event in events if event.verb == "reopened"), None)
        status_since = next((event.at for event in reversed(events) if '"status":' in event.facts), opened)
        closed_at = events[-1].at if status in (Status.CLOSED, Status.CANCELLED) else None
        assigned = status not in (Status.NEW, Status.CANCELLED)
        key = order_key(stored.from_microseconds(opened), priority, major, self.rulebook.priorities.head_starts)
        said = [event.message for event in events if event.message is not None]
        replies = [text for kind, text in said if kind != MessageKind.NOTE]
        notes = [text for kind, text in said if kind == MessageKind.NOTE]
        clocks = self._clocks(place, priority, channel, opened, events)
        version = 1 + sum('"changes"' in event.facts for event in events)
        add = self.rows.setdefault
        add("ticket", []).append(
            (
                number, place.kind, f"OLD{number:07}" if number <= self.count // 4 else None, subject, body, requester,
                channel, site, status, waiting_reason, place.path, impact, urgency, priority, int(major), place.team,
                place.level, technician if assigned else None, resolution, "", opened,
                events[-1].at if events else opened, resolved_at, closed_at, key, None, version,
                status_since, reopened_at, int(reopened_at is not None), None, *clocks.columns(),
            )
        )  # fmt: skip
        add("ticket_clocks", []).append((number, clocks.state, 0, 1))
        add("ticket_search", []).append(
            (number, _indexed([subject, self.names[requester]]), _indexed([body, *replies]), _indexed(notes))
        )
        self._decisions(number, opened, place, impact, urgency, priority, clocks.agreement)
        self._push(
            opened, number, "submitted", requester,
            f'{{"agreement":"{clocks.agreement.value}","category":"{place.path}","channel":"{channel}","impact":"{impact}","kind":"{place.kind}",'
            f'"level":{place.level},"priority":{priority},"requester":{requester},"rulebook":1,"status":"new",'
            f'"tags":[],"team":{place.team},"terms":1,"urgency":"{urgency}"}}',
            f'{{"body":{encode_basestring(body)},"site":"{site}","subject":{encode_basestring(subject)}}}',
        )  # fmt: skip
        for event in events:
            heapq.heappush(self.events, event)

    def _levels(self) -> tuple[str, str]:
        priorities = self.rulebook.priorities
        impact = self.random.choices(priorities.impacts, _IMPACTS)[0].name
        return impact, self.random.choices(priorities.urgencies, _URGENCIES)[0].name

    def _status(self, live: bool) -> Status:
        if live:
            return self.random.choices(tuple(_LIVE_STATUSES), tuple(_LIVE_STATUSES.values()))[0]
        return Status.CANCELLED if self.random.random() < 0.05 else Status.CLOSED

    def _history(
        self, ticket: int, opened: int, status: Status, requester: int, technician: int, long: bool, text: Sentences
    ) -> list[_Event]:
        """What happened to a ticket after it was opened, in order, up to its status."""
        rng = self.random
        messages = LONG_CONVERSATION if long else rng.choices(range(len(_MESSAGE_COUNTS)), _MESSAGE_COUNTS)[0]
        deeds: list[tuple[str, int, str, str, tuple[str, str] | None]] = []
        before = "new"
        if status not in (Status.NEW, Status.CANCELLED):
            before = "assigned" if status == Status.ASSIGNED else "in_progress"
            verb = "assigned" if status == Status.ASSIGNED else "taken"
            changes = f'{{"changes":{{"assignee":[null,{technician}],"status":["new","{before}"]}}}}'
            deeds.append((verb, technician, changes, "{}", None))
        for _ in range(messages):
            author, kind = rng.choice(
                ((technician, MessageKind.REPLY), (technician, MessageKind.NOTE), (requester, MessageKind.REQUESTER))
            )
            said = text.sentence(rng)
            verb = "noted" if kind is MessageKind.NOTE else "replied"
            deeds.append(
                (verb, author, f'{{"kind":"{kind}","message":', f'{{"text":{encode_basestring(said)}}}', (kind, said))
            )
        if status == Status.WAITING:
            reason = rng.choice(tuple(WaitingReason))
            facts = f'{{"changes":{{"status":["{before}","waiting"],"waiting_reason":[null,"{reason}"]}}}}'
            deeds.append(("status_changed", technician, facts, "{}", None))
        if status == Status.TESTING:
            deeds.append(("status_changed", technician, '{"changes":{"status":["in_progress","testing"]}}', "{}", None))
        ends = {Status.RESOLVED: 1, Status.CLOSED: 2, Status.CANCELLED: 1}.get(status, 0)
        comes_back = status in (Status.RESOLVED, Status.CLOSED) and rng.random() < _REOPENED_SHARE
        times = self._times(opened, len(deeds) + ends + 2 * comes_back)
        resolved = 0
        for turn in range(1 + comes_back if status in (Status.RESOLVED, Status.CLOSED) else 0):
            if turn:
                facts = f'{{"changes":{{"resolved_at":[{resolved},null],"status":["resolved","in_progress"]}}}}'
                deeds.append(("reopened", requester, facts, "{}", None))
            resolved = times[len(deeds)]
            facts = f'{{"changes":{{"resolved_at":[null,{resolved}],"status":["in_progress","resolved"]}}}}'
            deeds.append(("resolved", technician, facts, "{}", None))
        if status in (Status.CLOSED, Status.CANCELLED):
            was, verb = ("resolved", "closed") if status == Status.CLOSED else ("new", "cancelled")
            facts = f'{{"changes":{{"closed_at":[null,{times[-1]}],"status":["{was}","{status}"]}}}}'
            deeds.append((verb, technician, facts, "{}", None))
        events = []
        for at, (verb, actor, facts, payload, message) in zip(times, deeds, strict=True):
            self.event_count += 1
            events.append(_Event(at, self.event_count, ticket, verb, actor, facts, payload, message))
        return events

    def _times(self, opened: int, count: int) -> list[int]:
        """Moments after the opening, in order, none after now."""
        span = min(int(self.random.expovariate(1 / (3 * _DAY))) + _HOUR, self.now - opened - _MINUTE)
        return sorted(opened + 1 + int(self.random.random() * span) for _ in range(count))

    def _clocks(
        self, place: _Place, priority: int, channel: str, opened: int, events: Sequence[_Event]
    ) -> "_TicketClocks":
        """The agreement and the clocks, as the actions would have left them."""
        facts = rules.TicketFacts(
            "", channel=channel, kind=place.kind, category=place.path, priority=f"P{priority}", team=place.team_name
        )
        agreement = agreements_of(self.rulebook).decide(facts)
        opening = {"agreement": agreement.value, "terms": 1, "level": place.level}
        entries = [Entry(0, "submitted", opening, opened, 0)]
        for event in events:
            if event.verb != "noted":
                told = {"kind": event.message[0]} if event.message else json.loads(event.facts)
                entries.append(Entry(0, event.verb, told, event.at, event.actor))
        return _TicketClocks(agreement, fold({}, clock_events.events(entries), self._find))

    def _find(self, name: str, _version: int) -> Terms | None:
        if name not in self.terms:
            held = self.rulebook.agreement(name)
            calendar = held and self.rulebook.calendar(held.calendar)
            self.terms[name] = Terms(held, calendar) if held and calendar else None
        return self.terms[name]

    def _decisions(
        self, ticket: int, at: int, place: _Place, impact: str, urgency: str, priority: int, agreement: Decision
    ) -> None:
        evidence = f'{{"evidence":[["subject","{place.path.rpartition(".")[2]}"]],"nearly":[]}}'
        nothing = '{"evidence":[],"nearly":[]}'
        matrix = f"{impact} x {urgency}"
        for thing, value, source, rule, where, reason, details in (
            ("kind", place.kind, "default", "", place.place, f"the kind of {place.path}", nothing),
            ("category", place.path, "rule", place.path, place.place, "", evidence),
            ("impact", impact, "default", "", "desk.yaml:40", "no rule holds", nothing),
            ("urgency", urgency, "default", "", "desk.yaml:40", "no rule holds", nothing),
            ("priority", str(priority), "matrix", "", "priorities.yaml:26", matrix, nothing),
            ("team", place.team_name, "route", "", "routing.yaml:12", "", nothing),
            ("level", str(place.level), "route", "", "routing.yaml:12", "", nothing),
            (
                "agreement",
                agreement.value,
                agreement.source,
                agreement.rule,
                agreement.place,
                agreement.reason,
                nothing,
            ),
        ):
            self.rows.setdefault("decision", []).append(
                (ticket, thing, value, source, rule, where, reason, details, 1, at)
            )

    # The journal

    def _push(self, at: int, ticket: int, verb: str, actor: int, facts: str, payload: str) -> None:
        self.event_count += 1
        heapq.heappush(self.events, _Event(at, self.event_count, ticket, verb, actor, facts, payload))

    def _happen(self, event: _Event) -> None:
        """Write an event down: its message, its journal entry with the next link of the chain."""
        facts = event.facts
        if event.message is not None:
            self.message_count += 1
            kind, text = event.message
            channel = Channel.MAIL if kind == MessageKind.REQUESTER else Channel.TERMINAL
            row = (self.message_count, event.ticket, kind, event.actor, text, channel, event.at)
            self.rows.setdefault("message", []).append(row)
            facts = f"{facts}{self.message_count}}}"
        self.seq += 1
        salt = self.random.randbytes(journal.SALT_BYTES)
        commitment = journal.commitment(salt, event.payload)
        entry = journal.Entry(
            self.seq, event.at, event.at, event.actor, event.verb, f"ticket:{event.ticket}", facts, commitment
        )
        self.previous = journal.chained(self.previous, entry)
        told = (self.seq, event.at, event.at, event.actor, event.verb, entry.object, facts, commitment, self.previous)
        self.rows.setdefault("journal", []).append(told)
        self.rows.setdefault("journal_payload", []).append((self.seq, salt, event.payload))

    def _store(self, connection: sqlite3.Connection) -> None:
        for table, sql in _INSERTS.items():
            connection.executemany(sql, self.rows.pop(table, []))


_INSERTS = {
    "ticket": (
        "INSERT INTO ticket (id, kind, external_id, subject, body, requester_id, channel, site, status, waiting_reason,"
        " category, impact, urgency, priority, major, team_id, level, assignee_id, resolution, root_cause, opened_at,"
        " changed_at, resolved_at, closed_at, order_key, imported_step, version, status_since, reopened_at,"
        f" reopen_count, escalated_at, agreement, due_at, due_clock, due_key) VALUES ({','.join('?' * 35)})"
    ),
    "ticket_clocks": "INSERT INTO ticket_clocks (ticket_id, state, recomputed, rulebook) VALUES (?,?,?,?)",
    "ticket_search": "INSERT INTO ticket_search (rowid, subject, body, notes) VALUES (?,?,?,?)",
    "message": (
        "INSERT INTO message (id, ticket_id, kind, author_id, body, channel, written_at) VALUES (?,?,?,?,?,?,?)"
    ),
    "decision": (
        "INSERT INTO decision (ticket_id, thing, value, source, rule, place, reason, details, rulebook, decided_at)"
        " VALUES (?,?,?,?,?,?,?,?,?,?)"
    ),
    "journal": "INSERT INTO journal VALUES (?,?,?,?,?,?,?,?,?)",
    "journal_payload": "INSERT INTO journal_payload VALUES (?,?,?)",
}
