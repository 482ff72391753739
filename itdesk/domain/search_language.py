"""The search language of the queue: `status:open p:1,2 @me team:network -tag:audit "blue screen" vpn`.

Terms are joined by AND, values in one term (`p:1,2`) by OR, `-` in front of a term negates it. Bare words must begin
words of the ticket's text. Of several `status:` terms the last one holds, beside negated ones: what one types stands
behind the term of a view. Without a `status:` term, a number, a draft, or a time of resolution or closing, only
tickets that have not ended are meant. Days are those of the desk's time zone.
"""

import difflib
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from types import MappingProxyType

from itdesk.domain.text import storable, words
from itdesk.domain.ticket import ENDED, LEVELS, PRIORITIES, SETTLED, Channel, ClosureCode, Kind, Status, WaitingReason


class Key(StrEnum):
    """What a term is about."""

    STATUS = "status"
    WAITING = "waiting"
    PRIORITY = "priority"
    KIND = "kind"
    TEAM = "team"
    LEVEL = "level"
    CATEGORY = "category"
    ASSIGNEE = "assignee"
    REQUESTER = "requester"
    APPROVER = "approver"
    TAG = "tag"
    SITE = "site"
    CHANNEL = "channel"
    MAJOR = "major"
    OPENED = "opened"
    ARRIVED = "arrived"
    RESOLVED = "resolved"
    CLOSED = "closed"
    REOPENED = "reopened"
    ESCALATED = "escalated"
    SINCE = "since"
    WATCHING = "watching"
    DUE = "due"
    OVERDUE = "overdue"
    NUMBER = "number"
    CLOSURE = "closure"
    DRAFT = "draft"


ME = "me"
MINE = "mine"
NONE = "none"

ALIASES: Mapping[str, Key] = MappingProxyType(
    {"p": Key.PRIORITY, "cat": Key.CATEGORY, "who": Key.ASSIGNEE, "from": Key.REQUESTER}
)
"""Short names of keys."""

STATUS_GROUPS: Mapping[str, frozenset[Status]] = MappingProxyType(
    {
        "open": frozenset(Status) - ENDED,
        "active": frozenset(Status) - SETTLED - {Status.WAITING},
        "unresolved": frozenset(Status) - SETTLED,
        "ended": ENDED,
        "all": frozenset(Status),
    }
)
"""Names for several statuses at once."""

CHOICES: Mapping[Key, tuple[str, ...]] = {
    Key.STATUS: (*STATUS_GROUPS, *(status.value for status in Status)),
    Key.WAITING: tuple(reason.value for reason in WaitingReason),
    Key.PRIORITY: tuple(str(priority) for priority in PRIORITIES),
    Key.KIND: tuple(kind.value for kind in Kind),
    Key.LEVEL: tuple(str(level) for level in LEVELS),
    Key.CHANNEL: tuple(channel.value for channel in Channel),
    Key.MAJOR: ("yes", "no"),
    Key.CLOSURE: tuple(code.value for code in ClosureCode),
    Key.OVERDUE: ("yes", "no"),
    Key.DRAFT: (ME,),
}
"""The values of keys that have few."""

YES, NO, TWICE, TODAY = "yes", "no", "twice", "today"

MOMENTS: Mapping[Key, tuple[str, ...]] = MappingProxyType(
    {
        Key.OPENED: (),
        Key.RESOLVED: (),
        Key.CLOSED: (),
        Key.REOPENED: (YES, NO, TWICE),
        Key.ESCALATED: (YES, NO),
        Key.SINCE: (),
        Key.DUE: (TODAY, YES, NO),
    }
)
"""Terms about a moment, with the words that some of them know beside ages and days."""

_NOT_ONLY_LIVE = (Key.STATUS, Key.NUMBER, Key.RESOLVED, Key.CLOSED, Key.CLOSURE, Key.DRAFT)
EXACTLY = "="
"""In front of a category: this one, without those below it."""

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY_WORDS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
_ARRIVED = re.compile(rf"({'|'.join(WEEKDAYS)})(?:-([01][0-9]|2[0-3]))?")
_AGE = re.compile(r"([<>])([0-9]{1,4})([hdw])")
_DAY = r"(?:19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}"
_DAYS = re.compile(rf"(?P<day>{_DAY})|(?P<first>{_DAY})?\.\.(?P<last>{_DAY})?")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_UNIT_WORDS = {"h": "hours", "d": "days", "w": "weeks"}
_NUMBER = re.compile(r"(?:inc|req|prb)-?[0-9]{1,18}", re.IGNORECASE)
_TOKEN = re.compile(r'-?(?:[A-Za-z]+:)?"[^"]*"?|\S+')


@dataclass(frozen=True, slots=True)
class Term:
    """One term; its values are alternatives, in the language's own spelling (`in_progress`, `1`, `>7d`, a login)."""

    key: Key
    values: tuple[str, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """A part of a search that was left out: the part in quotation marks, what is wrong with it, what may help."""

    part: str
    wrong: str
    help: str

    def __str__(self) -> str:
        """A sentence."""
        return f"{self.part}{self.wrong}{self.help}"


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed search. `words` are folded; `faults` are about parts that were left out."""

    text: str
    terms: tuple[Term, ...] = ()
    words: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()

    @property
    def errors(self) -> tuple[str, ...]:
        """A sentence about each part that was left out."""
        return tuple(map(str, self.faults))

    @property
    def live_only(self) -> bool:
        """Whether only tickets that have not ended are meant."""
        named = [term for term in self.terms if term.key in _NOT_ONLY_LIVE and not term.negated]
        return not named or any(term.key is Key.STATUS and not (statuses(term) & ENDED) for term in named)

    @property
    def moves(self) -> bool:
        """Whether time alone brings tickets into what is found, and out of it."""
        return any(term.key is Key.OVERDUE or term.key in MOMENTS for term in self.terms)

    def understood(self) -> str:
        """How the search was understood, in words: `open tickets · mine · P1 or P2 · with “vpn”`."""
        said = any(term.key in _NOT_ONLY_LIVE and not term.negated for term in self.terms)
        parts = [] if said else ["open tickets"]
        parts += [_in_words(term) for term in sorted(self.terms, key=lambda term: term.key is not Key.STATUS)]
        if self.words:
            parts.append("with " + " ".join(f"“{word}”" for word in self.words))
        return " · ".join(parts)


_UNKNOWN = " is not known"


def parse(text: str) -> Query:
    """The query of a search text. Never fails: what is not understood is left out and named in `faults`."""
    terms: list[Term] = []
    found: list[str] = []
    faults: list[Fault] = []
    for token in _TOKEN.findall(storable(text)):
        negated = token.startswith("-") and len(token) > 1
        body = token[1:] if negated else token
        if body.startswith(("@", "#")) and (values := _split(body[1:])):
            key = Key.ASSIGNEE if body.startswith("@") else Key.TAG
            terms.append(Term(key, tuple(value.lower() for value in values), negated))
        elif _NUMBER.fullmatch(body) and not negated:
            terms.append(Term(Key.NUMBER, (body.upper(),)))
        elif re.match(r"[A-Za-z]+:", body) and not body.startswith(("http:", "https:")):
            name, _, value = body.partition(":")
            term = _term(name.lower(), value, negated, faults)
            if term is not None:
                terms.append(term)
        elif negated and words(body):
            faults.append(Fault(f"“{token}”", ": only terms like -status:waiting can be negated, not words.", ""))
        else:
            found += words(body)
    return Query(text.strip(), _with_one_status(terms), tuple(found), tuple(faults))


def _with_one_status(terms: Sequence[Term]) -> tuple[Term, ...]:
    asked = [term for term in terms if term.key is Key.STATUS and not term.negated]
    return tuple(term for term in terms if term not in asked or term is asked[-1])


def statuses(term: Term) -> frozenset[Status]:
    """The statuses that a status term names."""
    named: set[Status] = set()
    for value in term.values:
        named |= STATUS_GROUPS.get(value) or {Status(value)}
    return frozenset(named)


def period(value: str, now: datetime, zone: tzinfo) -> tuple[datetime | None, datetime | None]:
    """From when on and before when the moments lie that a value means; None for no bound. Aware UTC.

    `>7d` is over seven days ago, `<2h` within two hours; `2026-10-01` is a day in `zone`, `2026-10-01..2026-10-30` both
    days and what lies between; either may be missing. Raises ValueError for any other text.
    """
    if found := _AGE.fullmatch(value):
        moment = now - int(found[2]) * _UNITS[found[3]]
        return (None, moment) if found[1] == ">" else (moment, None)
    first, last = days(value)
    return (
        None if first is None else _midnight(first, zone),
        None if last is None else _midnight(last + timedelta(days=1), zone),
    )


def due_period(value: str, now: datetime, zone: tzinfo) -> tuple[datetime | None, datetime | None]:
    """As `period`, of what is to come: `<2h` is within two hours or overdue, `>2h` later, `today` the day in `zone`."""
    if found := _AGE.fullmatch(value):
        moment = now + int(found[2]) * _UNITS[found[3]]
        return (moment, None) if found[1] == ">" else (None, moment)
    return period(f"{now.astimezone(zone):%Y-%m-%d}" if value == TODAY else value, now, zone)


def days(value: str) -> tuple[date | None, date | None]:
    """The first and last day of `2026-10-01`, `2026-10-01..2026-10-30`, `2026-10-01..`; raises ValueError."""
    found = _DAYS.fullmatch(value)
    if found is None or value == "..":
        raise ValueError(f"{value!r} is no age like >7d, and no days like 2026-10-01..2026-10-30")
    if found["day"]:
        return date.fromisoformat(found["day"]), date.fromisoformat(found["day"])
    first, last = (date.fromisoformat(day) if day else None for day in (found["first"], found["last"]))
    if first and last and last < first:
        raise ValueError(f"{value!r} ends before it begins")
    return first, last


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def arrival(value: str) -> tuple[int, int | None]:
    """The weekday (0 is Monday) and the hour of an `arrived:` value: `mon-08` is Mondays between 08 and 09."""
    found = _ARRIVED.fullmatch(value)
    if found is None:
        raise ValueError(f"{value!r} is no weekday like mon, nor an hour of it like mon-08")
    return WEEKDAYS.index(found[1]), None if found[2] is None else int(found[2])


def _split(value: str) -> tuple[str, ...]:
    value = value.strip('"')
    return tuple(part.strip() for part in value.split(",") if part.strip())


def _term(name: str, value: str, negated: bool, faults: list[Fault]) -> Term | None:
    key = ALIASES.get(name) or next((key for key in Key if key == name), None)
    if key is None:
        faults.append(Fault(f"“{name}:”", _UNKNOWN, _did_you_mean(name, [*ALIASES, *Key]) or "."))
        return None
    values = _split(value)
    if not values:
        return None  # still being typed
    checked = tuple(_value(key, one, faults) for one in values)
    kept = tuple(one for one in checked if one is not None)
    return Term(key, kept, negated) if kept else None


def _value(key: Key, value: str, faults: list[Fault]) -> str | None:
    if key in MOMENTS:
        return _moment(key, value.lower(), faults)
    if key is Key.ARRIVED:
        if _ARRIVED.fullmatch(value.lower()):
            return value.lower()
        help_ = ": give a weekday like arrived:mon, or an hour of it like arrived:mon-08."
        faults.append(Fault(f"“arrived:{value}”", "", help_))
        return None
    choices = CHOICES.get(key)
    if choices is None:
        return value.lower() if key is not Key.NUMBER else value.upper()
    wanted = value.lower().replace("-", "_").replace(" ", "_")
    if key in (Key.PRIORITY, Key.LEVEL):
        wanted = wanted.lstrip("pl")
    if wanted == "progress":
        wanted = Status.IN_PROGRESS.value
    if wanted in choices:
        return wanted
    near = _did_you_mean(wanted, choices) or f"; possible: {', '.join(choices)}."
    faults.append(Fault(f"“{key}:{value}”", _UNKNOWN, near))
    return None


def _moment(key: Key, value: str, faults: list[Fault]) -> str | None:
    words = MOMENTS[key]
    if value in words or _AGE.fullmatch(value):
        return value
    try:
        days(value)
    except ValueError:
        said = f"an age like {key}:>7d or {key}:<2h, or days like {key}:2026-10-01..2026-10-30"
        faults.append(Fault(f"“{key}:{value}”", "", f": give {', '.join([*words, said])}."))
        return None
    return value


def nearest(name: str, known: Collection[str]) -> str | None:
    """The known name that was meant: one that begins so, else one that looks like it; None where none does."""
    begun = next((one for one in known if name and one.startswith(name)), None)
    return begun or next(iter(difflib.get_close_matches(name, known, n=1)), None)


def _did_you_mean(name: str, choices: Collection[str]) -> str:
    near = nearest(name, choices)
    return f", did you mean “{near}”?" if near else ""


def _in_words(term: Term) -> str:
    if not term.negated:
        return " or ".join(_value_in_words(term.key, value) for value in term.values)
    said = [_negated(term.key, value) for value in term.values]
    if len(said) > 1 and all(one.startswith(_NOT) for one in said):
        return f"neither {' nor '.join(one.removeprefix(_NOT) for one in said)}"
    return " and ".join(said)


_NOT = "not "
_THE_OTHER_WAY: Mapping[tuple[Key, str], str] = MappingProxyType(
    {
        (Key.STATUS, "unresolved"): "resolved or ended",
        (Key.STATUS, "all"): "of no status",
        (Key.ASSIGNEE, NONE): "assigned to somebody",
        (Key.TEAM, MINE): "not of my teams",
        (Key.MAJOR, YES): "no majors",
        (Key.MAJOR, NO): "major incidents",
        (Key.OVERDUE, YES): "not overdue",
        (Key.OVERDUE, NO): "overdue",
        (Key.DUE, YES): "not due",
        (Key.DUE, NO): "due some time",
        (Key.REOPENED, YES): "never reopened",
        (Key.REOPENED, NO): "reopened",
        (Key.REOPENED, TWICE): "reopened once at most",
        (Key.ESCALATED, YES): "never escalated",
        (Key.ESCALATED, NO): "escalated",
        (Key.DRAFT, ME): "without a draft of mine",
    }
)
"""What is said of values whose opposite has words of its own."""


def _negated(key: Key, value: str) -> str:
    """The opposite of `_value_in_words`."""
    if (key, value) in _THE_OTHER_WAY:
        return _THE_OTHER_WAY[key, value]
    said = _value_in_words(key, value)
    match key:
        case Key.STATUS:
            return f"not {said.removesuffix(' tickets')}"
        case Key.KIND:
            return f"no {said}"
        case Key.TAG:
            return f"without {said}"
        case Key.CATEGORY if value.startswith(EXACTLY):
            return f"not {said.removesuffix(' alone')} itself"
        case Key.TEAM | Key.CATEGORY | Key.CHANNEL | Key.SITE:
            return f"not of {said}"
        case _:
            return f"not {said}"


def _value_in_words(key: Key, value: str) -> str:
    match key:
        case Key.STATUS:
            title = value if value in STATUS_GROUPS else Status(value).title
            return f"{title} tickets"
        case Key.PRIORITY:
            return f"P{value}"
        case Key.LEVEL:
            return f"L{value}"
        case Key.ASSIGNEE:
            return {ME: "mine", NONE: "unassigned"}.get(value, f"assigned to {value}")
        case Key.DRAFT:
            return "with a draft of mine"
        case Key.WATCHING:
            return f"watched by {value}"
        case Key.TEAM if value == MINE:
            return "my teams"
        case Key.TAG:
            return f"#{value}"
        case Key.OVERDUE:
            return "overdue" if value == YES else "not overdue"
        case Key.DUE if found := _AGE.fullmatch(value):
            return f"due {'in over' if found[1] == '>' else 'within'} {_span_in_words(found)}"
        case Key.DUE if value in MOMENTS[key]:
            return {TODAY: "due today", YES: "due some time", NO: "not due"}[value]
        case Key.MAJOR:
            return "major incidents" if value == "yes" else "no majors"
        case Key.NUMBER:
            return value
        case Key.KIND:
            return f"{value}s"
        case Key.CLOSURE:
            return f"ended as {value}"
        case Key.WAITING:
            return f"waiting for {value}"
        case Key.REQUESTER:
            return "asked by me" if value == ME else f"from {value}"
        case Key.APPROVER:
            return f"to be approved by {value}"
        case Key.CATEGORY if value.startswith(EXACTLY):
            return f"category {value.removeprefix(EXACTLY)} alone"
        case Key.SINCE if found := _AGE.fullmatch(value):
            return f"in its status for {'over' if found[1] == '>' else 'under'} {_span_in_words(found)}"
        case Key.SINCE:
            return _moment_in_words("in its status", value)
        case Key.ARRIVED:
            weekday, hour = arrival(value)
            between = "" if hour is None else f" between {hour:02}:00 and {(hour + 1) % 24:02}:00"
            return f"arrived on {_WEEKDAY_WORDS[weekday]}{between}"
        case _ if key in MOMENTS:
            return _moment_in_words(key.value, value)
        case _:
            return f"{key} {value}"


def _moment_in_words(deed: str, value: str) -> str:
    if value in (YES, NO):
        return deed if value == YES else f"never {deed}"
    if value == TWICE:
        return f"{deed} twice or more"
    if found := _AGE.fullmatch(value):
        span = _span_in_words(found)
        return f"{deed} over {span} ago" if found[1] == ">" else f"{deed} within {span}"
    first, last = days(value)
    if first == last and first is not None:
        return f"{deed} on {_day_in_words(first)}"
    if first is None or last is None:
        return f"{deed} since {_day_in_words(first)}" if first else f"{deed} until {_day_in_words(last)}"
    return f"{deed} {_day_in_words(first)} to {_day_in_words(last)}"


def _span_in_words(age: re.Match[str]) -> str:
    count, unit = int(age[2]), _UNIT_WORDS[age[3]]
    return f"{count} {unit.removesuffix('s') if count == 1 else unit}"


def _day_in_words(day: date | None) -> str:
    return f"{day.day} {day:%b %Y}" if day else ""
