"""The arguments and options that several commands share."""

import re
import sys
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, TypeVar

import click

from itdesk.cli.output import remark
from itdesk.desk.queries.tickets import find_ticket
from itdesk.desk.session import Session
from itdesk.domain.ticket import LEVELS, PRIORITIES

E = TypeVar("E", bound=StrEnum)
F = TypeVar("F", bound=Callable[..., Any])


class Word(click.ParamType[E]):
    """A word of the field, as people type it: `in-progress`, `In_Progress`."""

    name = "word"

    def __init__(self, words: type[E], some: Sequence[E] = ()) -> None:
        """`some`: only these of them."""
        self._words = tuple(some or words)

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:  # noqa: ARG002
        """The words, for the help."""
        return f"[{'|'.join(word.replace('_', '-') for word in self._words)}]"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> E:
        """The member that the word means."""
        try:
            wanted = str(value).strip().lower().replace("-", "_").replace(" ", "_")
            return next(word for word in self._words if word == wanted)
        except StopIteration:
            possible = ", ".join(word.replace("_", "-") for word in self._words)
            self.fail(f"{value!r} is none of: {possible}.", param, ctx)


class RowId(click.ParamType[int]):
    """The id of something in the database, as lists show it."""

    name = "id"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number."""
        if not re.fullmatch(r"[0-9]{1,18}", str(value)):
            self.fail(f"{value!r} is no id.", param, ctx)
        return int(value)


ROW_ID = RowId()


class Short(click.ParamType[int]):
    """A number that may carry its letter: `P2` or 2, `L1` or 1."""

    name = "short"

    def __init__(self, letter: str, numbers: Sequence[int]) -> None:
        self._words = {f"{letter}{number}": number for number in numbers}
        self._letter = letter

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:  # noqa: ARG002
        """The numbers, for the help."""
        return f"[{'|'.join(self._words)}]"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number."""
        number = self._words.get(f"{self._letter}{str(value).strip().upper().removeprefix(self._letter)}")
        if number is None:
            self.fail(f"{value!r} is none of: {', '.join(self._words)}.", param, ctx)
        return number


PRIORITY = Short("P", PRIORITIES)
LEVEL = Short("L", LEVELS)

as_json = click.option("--json", "as_json", is_flag=True, default=False, help="Print JSON.")
number = click.argument("number", metavar="NUMBER")
_numbers = click.argument("numbers", metavar="NUMBER...", nargs=-1, required=True)
_skip_refused = click.option(
    "--skip-refused", is_flag=True, default=False, help="Leave out tickets that refuse, instead of changing none."
)


def numbers(command: F) -> F:
    """Let a command take several ticket numbers, and leave out those that refuse."""
    return _numbers(_skip_refused(command))


def reason(text: str, *, required: bool = False) -> Callable[[F], F]:
    """A reason."""
    if required:
        return click.option("--reason", metavar="TEXT", required=True, help=text)
    return click.option("--reason", metavar="TEXT", default="", help=text)


def ids(session: Session, named: Sequence[str]) -> list[int]:
    """The tickets of those numbers: `INC-1042`, `1042`, or a number of the desk they came from. Raises NotFound."""
    return [find_ticket(session, one) for one in named]


def no_options_of_ours(words: Sequence[str]) -> None:
    """Where words may begin with `-`: refuse those with `--`, which are options that there are not."""
    for word in words:
        if word.startswith("--"):
            known = [name for option in click.get_current_context().command.params for name in option.opts]
            raise click.NoSuchOption(word, possibilities=get_close_matches(word, known))


def read_text(value: str) -> str:
    """The text itself, or all of standard input where it is `-`."""
    if value.strip() != "-":
        return value
    if sys.stdin.isatty():
        remark("Write the text; a line with Ctrl-D ends it, Ctrl-C drops it.")
    return sys.stdin.buffer.read().decode("utf-8", "replace")
