"""What the commands print: every text passes `safe()`, JSON escapes all that is not ASCII."""

import json
import shutil
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import click

from itdesk.domain.text import safe


def say(text: str) -> None:
    """Print a text for people."""
    click.echo(safe(text, multiline=True))


def warn(text: str) -> None:
    """Tell on standard error what the person should know; the command goes on."""
    click.echo(f"Warning: {safe(text, multiline=True)}", err=True)


def remark(text: str) -> None:
    """Tell something beside the output, on standard error, where it does not get into a pipe."""
    click.echo(safe(text, multiline=True), err=True)


def complain(text: str) -> None:
    """Tell on standard error why the command ends."""
    click.echo(f"Error: {safe(text, multiline=True)}", err=True)


def say_json(data: Any) -> None:
    """Print data as JSON. Nothing is lost, and no terminal can be steered: what is not plain ASCII is escaped."""
    click.echo(_json(data))


def say_line(data: Any) -> None:
    """Print data as JSON on a line of its own, at once."""
    click.echo(_json(data, indent=None))
    sys.stdout.flush()


def say_json_array(items: Iterable[Any]) -> None:
    """Print an array as it comes, an item a line."""
    before = "[\n"
    for item in items:
        click.echo(f"{before}{_json(item, indent=None)}", nl=False)
        before = ",\n"
    click.echo("[]" if before == "[\n" else "\n]")


def _json(data: Any, *, indent: int | None = 2) -> str:
    return json.dumps(data, indent=indent, default=_plain).replace("\x7f", "\\u007f")


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return utc(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def utc(moment: datetime) -> str:
    """An aware moment in ISO 8601, UTC, to the second: `2026-11-23T19:53:29Z`."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def terminal_width() -> int | None:
    """The width of the terminal that reads the output, in cells; None where no terminal does."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None
