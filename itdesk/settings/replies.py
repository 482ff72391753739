"""The canned replies of a config folder: `replies/NAME.md`, settings on top, a text with placeholders below."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from itdesk.domain.canned import PLACEHOLDERS, CannedReply
from itdesk.domain.ticket import MessageKind
from itdesk.settings.errors import ConfigError, did_you_mean
from itdesk.settings.fields import CategoryPaths, Strict, Title, fault
from itdesk.settings.markdown_text import split
from itdesk.settings.names import Names
from itdesk.settings.reading import read
from itdesk.settings.validation import validate

FOLDER = "replies"

_ABSENT: Any = None


def _written_by_staff(kind: MessageKind) -> MessageKind:
    if kind is MessageKind.REQUESTER:
        raise fault("must be one of: reply, note")
    return kind


class ReplySettings(Strict):
    """What stands on top of a canned reply."""

    title: Title = Field(description="What it is called where one chooses it.")
    kind: Annotated[MessageKind, Field(strict=False), AfterValidator(_written_by_staff)] = Field(
        MessageKind.REPLY, description="reply (the requester sees it; if left out) or note (staff only)."
    )
    categories: CategoryPaths = Field(_ABSENT, description="It comes first for these and all below them.")


def load_replies(folder: Path, files: list[str], names: Names) -> tuple[list[CannedReply], list[ConfigError]]:
    """The canned replies among the Markdown texts of a config folder (`replies/x.md`), and what is wrong with them."""
    replies: list[CannedReply] = []
    errors: list[ConfigError] = []
    for file in files:
        if Path(file).parent.name != FOLDER:
            continue
        where = str(folder / file)
        content, faults = read(folder / file)
        errors += faults
        if content is None:
            continue
        document, text, line, faults = split(content, where)
        errors += faults
        if document is not None:
            settings, faults = validate(ReplySettings, document, names, errors)
            errors += faults
            if settings is not None:
                kept = tuple(settings.categories or ())
                reply = CannedReply(
                    Path(file).stem, settings.title, settings.kind, kept, text.strip(), f"{file}:{line}"
                )
                replies.append(reply)
            errors += _text_faults(text, where, line)
    return replies, errors


def _text_faults(text: str, file: str, first: int) -> Iterator[ConfigError]:
    """What is wrong with the placeholders of a text that begins in line `first` of its file."""
    from jinja2 import TemplateSyntaxError, nodes
    from jinja2.sandbox import SandboxedEnvironment

    if not text.strip():
        yield ConfigError(file, first, 1, "has no text below its settings")
        return
    try:
        tree = SandboxedEnvironment().parse(text)
    except TemplateSyntaxError as error:
        yield ConfigError(file, first + error.lineno - 1, 1, f"the placeholders are faulty: {error.message}")
        return
    lines = text.splitlines()
    for name in tree.find_all(nodes.Name):
        if name.ctx == "load" and name.name not in PLACEHOLDERS:
            column = max(0, lines[name.lineno - 1].find(name.name)) + 1
            near = did_you_mean(name.name, PLACEHOLDERS) or f"; possible: {', '.join(PLACEHOLDERS)}"
            yield ConfigError(file, first + name.lineno - 1, column, f"there is no placeholder {name.name!r}{near}")
