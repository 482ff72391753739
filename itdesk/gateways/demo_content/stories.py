"""The demo desk's tickets and articles, read from the files of this folder."""

from dataclasses import dataclass
from datetime import timedelta
from importlib.resources import files
from typing import Any

from itdesk.domain.ticket import Channel

_FOLDER = files(__package__)
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


@dataclass(frozen=True, slots=True)
class Deed:
    """Something done to a ticket: `act` is a word of open.yaml or history.yaml, `text` what stands behind it.

    `ago` is how long before the desk opens; `by` the login of who did it; `link_as` how a link is meant; `more` what
    else there is to say: the value of a step, the reason of an approval, what was tested or done, a file's text.
    """

    act: str
    text: str
    ago: timedelta = timedelta()
    by: str | None = None
    link_as: str = ""
    more: str = ""


@dataclass(frozen=True, slots=True)
class OpenStory:
    """A ticket that is open when the desk opens; see open.yaml."""

    name: str | None
    ago: timedelta
    requester: str
    channel: Channel
    category: str | None
    priority: int | None
    who: str | None
    subject: str
    body: str
    deeds: tuple[Deed, ...]


@dataclass(frozen=True, slots=True)
class PastStory:
    """A kind of request that comes again; see history.yaml. `hours` from opening to resolution, least and most."""

    category: str | None
    weight: int
    hours: tuple[float, float]
    channel: Channel | None
    asks: tuple[tuple[str, str], ...]
    talk: tuple[Deed, ...]
    resolution: str
    cause: str


@dataclass(frozen=True, slots=True)
class ArrivingStory:
    """What comes in while one watches; see arrivals.yaml."""

    channel: Channel
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class ArticleText:
    """An article in Markdown; `slug` is its file's name."""

    slug: str
    category: str
    title: str
    body: str


def open_stories() -> tuple[OpenStory, ...]:
    """The tickets of open.yaml."""
    return tuple(
        OpenStory(
            name=entry.get("name"),
            ago=_duration(entry["ago"]),
            requester=entry["from"],
            channel=Channel(entry["channel"]),
            category=entry.get("category"),
            priority=entry.get("priority"),
            who=entry.get("who"),
            subject=entry["subject"],
            body=entry["body"],
            deeds=tuple(deed for item in entry.get("then", ()) for deed in _deeds(item)),
        )
        for entry in _load("open.yaml")
    )


def past_stories() -> tuple[PastStory, ...]:
    """The kinds of request of history.yaml."""
    return tuple(
        PastStory(
            category=entry.get("category"),
            weight=entry["weight"],
            hours=(entry["hours"][0], entry["hours"][1]),
            channel=Channel(entry["channel"]) if "channel" in entry else None,
            asks=tuple((ask["subject"], ask["body"]) for ask in entry["asks"]),
            talk=tuple(deed for item in entry["talk"] for deed in _deeds(item)),
            resolution=entry["resolution"],
            cause=entry.get("cause", ""),
        )
        for entry in _load("history.yaml")
    )


def arriving_stories() -> tuple[ArrivingStory, ...]:
    """The tickets of arrivals.yaml."""
    return tuple(
        ArrivingStory(Channel(entry["channel"]), entry["subject"], entry["body"]) for entry in _load("arrivals.yaml")
    )


def articles() -> tuple[ArticleText, ...]:
    """The articles, in the order of their files' names."""
    found = sorted((_FOLDER / "articles").iterdir(), key=lambda file: file.name)
    return tuple(_article(file.name, file.read_text(encoding="utf-8")) for file in found if file.name.endswith(".md"))


def _article(name: str, text: str) -> ArticleText:
    _, header, rest = text.split("---\n", 2)
    title, _, body = rest.partition("\n")
    return ArticleText(
        slug=name.removesuffix(".md"),
        category=header.strip().removeprefix("category: "),
        title=title.removeprefix("# ").strip(),
        body=body.strip(),
    )


def _deeds(item: dict[str, Any]) -> list[Deed]:
    """What one entry of `then` or `talk` says; usually one deed, a note may stand with another."""
    ago = _duration(item["ago"]) if "ago" in item else timedelta()
    acts = [(act, value) for act, value in item.items() if act not in ("ago", "by", "as", "with")]
    return [
        Deed(
            act,
            value if isinstance(value, str) else "",
            ago,
            item.get("by"),
            item.get("as", ""),
            item.get("with", ""),
        )
        for act, value in acts
    ]


def _duration(text: str) -> timedelta:
    """`43m`, `19h` or `3d`."""
    return int(text[:-1]) * _UNITS[text[-1]]


def _load(name: str) -> list[dict[str, Any]]:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    entries: list[dict[str, Any]] = yaml.load((_FOLDER / name).read_text(encoding="utf-8"), loader)  # noqa: S506
    return entries
