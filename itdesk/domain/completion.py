"""The names of a desk beside a search: completion while it is typed, and doubts about names that nobody has."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from itdesk.domain.search_language import ALIASES, CHOICES, ME, MINE, NONE, Key, Query, nearest
from itdesk.domain.text import fold


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The names of a desk, each list in the order in which they are offered.

    `logins` are of staff, `people` are (login, full name) of everybody, `left` of those who left the desk, `requesters`
    what may stand behind `from:`, `categories` are paths, `namesakes` says by login what tells people of the same name
    apart.
    """

    logins: tuple[str, ...] = ()
    people: tuple[tuple[str, str], ...] = ()
    left: tuple[tuple[str, str], ...] = ()
    requesters: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    namesakes: Mapping[str, str] = field(default_factory=dict)


def names_of(people: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """What may stand behind `from:` for these people: their logins, then each part of their names, folded."""
    people = list(people)
    parts = (fold(part) for _, name in people for part in name.split())
    return tuple(dict.fromkeys((*(login for login, _ in people), *parts)))


@dataclass(frozen=True, slots=True)
class Completion:
    """What a text would become, and what of it is still missing: behind the text, or in place of its last word.

    `tail` is empty where the last word itself changes (`cat:vpn` becomes `cat:network.vpn`).
    """

    text: str
    tail: str


def complete(text: str, known: Vocabulary) -> Completion | None:
    """The best completion of a text's last word, whatever its case and accents; None where nothing is missing."""
    before, word = _last_word(text)
    if not word:
        return None
    offered: tuple[str, ...]
    sign = "-" if word.startswith("-") else ""
    bare = word.removeprefix("-")
    if bare[:1] in ("@", "#"):
        head, typed, offered = bare[0], bare[1:], _logins(known) if bare[0] == "@" else known.tags
    elif ":" in bare:
        name, _, typed = bare.partition(":")
        key = ALIASES.get(name.lower()) or next((key for key in Key if key == name.lower()), None)
        if key is None:
            return None
        head, offered = f"{name}:", _values(key, known)
    elif len(bare) > 1:
        return _completed(before + sign, bare, _KEYS)
    else:
        return None
    if typed.startswith('"'):
        return _completed(f'{before}{sign}{head}"', typed[1:], offered, closing='"')
    done, comma, last = typed.rpartition(",")
    chosen = {fold(one) for one in done.split(",")}
    return _completed(f"{before}{sign}{head}{done}{comma}", last, offered, chosen=chosen)


def _last_word(text: str) -> tuple[str, str]:
    """What stands before the last word, and the word; a quotation that is open belongs to it."""
    quoted = False
    start = 0
    for at, character in enumerate(text):
        if character == '"':
            quoted = not quoted
        elif character.isspace() and not quoted:
            start = at + 1
    return text[:start], text[start:]


_KEYS = tuple(f"{key}:" for key in Key)


@lru_cache(maxsize=16)
def _folded(names: tuple[str, ...]) -> tuple[str, ...]:
    """Thousands of names are folded once, not with every letter that is typed."""
    return tuple(fold(name) for name in names)


def _completed(
    before: str, typed: str, offered: tuple[str, ...], *, chosen: Collection[str] = (), closing: str = ""
) -> Completion | None:
    wanted = fold(typed)
    inside: Completion | None = None
    for one, folded in zip(offered, _folded(offered), strict=True):
        begins = folded.startswith(wanted)
        within = not begins and inside is None and bool(wanted) and f".{wanted}" in folded
        if not (begins or within) or folded in chosen or (" " in one and not closing):
            continue
        if within:
            inside = Completion(f"{before}{one}{closing}", "")
            continue
        if len(fold(one[: len(typed)])) != len(wanted):
            continue  # `strasse` for `straße`: what is missing could not be told from what is there
        if folded == wanted and not closing:
            if one == typed:
                return None
            continue
        return Completion(f"{before}{one}{closing}", one[len(typed) :] + closing)
    return inside


def _logins(known: Vocabulary) -> tuple[str, ...]:
    return (ME, NONE, *known.logins)


def _values(key: Key, known: Vocabulary) -> tuple[str, ...]:
    match key:
        case Key.ASSIGNEE:
            return _logins(known)
        case Key.APPROVER | Key.WATCHING:
            return (ME, *known.logins)
        case Key.REQUESTER:
            return known.requesters
        case Key.TEAM:
            return (MINE, NONE, *known.teams)
        case Key.CATEGORY:
            return known.categories
        case Key.TAG:
            return known.tags
        case Key.SITE:
            return known.sites
        case Key.DUE:
            return ("<2h", "today", "no")
        case Key.OPENED:
            return (">7d", "<24h", ">30d")
        case _:
            return CHOICES.get(key, ())


def doubts(query: Query, known: Vocabulary) -> list[str]:
    """A sentence for each name in a search that the desk does not know, with the one that may have been meant."""
    branches = {path[:end] for path in known.categories for end in _ends(path)}
    places: dict[Key, tuple[str, Sequence[str]]] = {
        Key.ASSIGNEE: ("Nobody has the login", _logins(known)),
        Key.APPROVER: ("Nobody has the login", _values(Key.APPROVER, known)),
        Key.TEAM: ("There is no team", _values(Key.TEAM, known)),
        Key.CATEGORY: ("There is no category", sorted(branches)),
    }
    found = []
    for term in query.terms:
        said, names = places.get(term.key, ("", ()))
        folded = {fold(name): name for name in names}
        for value in term.values if names else ():
            if fold(value) not in folded:
                near = nearest(fold(value), folded)
                meant = f"; did you mean “{folded[near]}”?" if near else "."
                found.append(f"{said} “{value}”{meant}")
    return found


def _ends(path: str) -> list[int]:
    return [at for at, character in enumerate(path) if character == "."] + [len(path)]
