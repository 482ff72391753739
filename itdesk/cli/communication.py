"""`itdesk reply` and `itdesk note`."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from itdesk.cli.change import tell
from itdesk.cli.invocation import Invocation
from itdesk.cli.output import say, say_json
from itdesk.cli.parameters import as_json, number, read_text
from itdesk.desk import communication
from itdesk.desk.change import Change
from itdesk.desk.queries.tickets import find_ticket
from itdesk.desk.session import Session
from itdesk.domain.ticket import Channel, MessageKind

F = TypeVar("F", bound=Callable[..., Any])

_text = click.argument("text", metavar="[TEXT]...", nargs=-1)


def _canned(command: F) -> F:
    """Let a command take its text from the settings."""
    show = click.option("--show", is_flag=True, default=False, help="With --canned: print its text, send nothing.")
    name = click.option("--canned", metavar="NAME", default=None, help="The text of replies/NAME.md of the settings.")
    return name(show(command))


@click.command("reply")
@number
@_text
@_canned
@as_json
@click.pass_obj
def reply_command(
    invocation: Invocation, number: str, text: tuple[str, ...], canned: str | None, show: bool, as_json: bool
) -> None:
    """Write to the requester. Without TEXT, or with -, standard input is the text.

    \b
    Examples:
      itdesk reply INC-1042 "Please try again now."
      itdesk reply INC-1042 < answer.txt
      itdesk reply INC-1042 --canned need-more-details --show
    """

    def send(session: Session, ticket_id: int, written: str) -> Change:
        return communication.reply(session, [ticket_id], written, channel=Channel.CLI)

    _write(invocation, MessageKind.REPLY, number, text, canned, show, as_json, send)


@click.command("note")
@number
@_text
@_canned
@as_json
@click.pass_obj
def note_command(
    invocation: Invocation, number: str, text: tuple[str, ...], canned: str | None, show: bool, as_json: bool
) -> None:
    """Write a work note, which only staff see. Without TEXT, or with -, standard input is the text.

    \b
    Examples:
      itdesk note INC-1042 "Certificate on gw2 expired on Sunday."
      ping -c 3 gw2 | itdesk note INC-1042 -
    """

    def send(session: Session, ticket_id: int, written: str) -> Change:
        return communication.note(session, [ticket_id], written)

    _write(invocation, MessageKind.NOTE, number, text, canned, show, as_json, send)


def _write(
    invocation: Invocation,
    kind: MessageKind,
    number: str,
    text: tuple[str, ...],
    canned: str | None,
    show: bool,
    as_json: bool,
    send: Callable[[Session, int, str], Change],
) -> None:
    if canned is not None and text:
        raise click.UsageError("Give a text or --canned, not both.")
    if show and canned is None:
        raise click.UsageError("--show is for --canned NAME.")
    with invocation.session() as session:
        ticket_id = find_ticket(session, number)
        if canned is None:
            written = read_text(" ".join(text) or "-")
        else:
            from itdesk.desk.canned import filled_reply

            reply = filled_reply(session, ticket_id, canned)
            if reply.kind is not kind:
                raise click.UsageError(
                    f"{canned} is a canned {reply.kind.value}: `itdesk {reply.kind.value} --canned`."
                )
            written = reply.text
            if show:
                say_json({"name": reply.name, "title": reply.title, "text": written}) if as_json else say(written)
                return
        tell(session, send(session, ticket_id, written), as_json)
