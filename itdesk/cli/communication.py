"""`itdesk reply` and `itdesk note`."""

import click

from itdesk.cli.change import tell
from itdesk.cli.invocation import Invocation
from itdesk.cli.parameters import as_json, number, read_text
from itdesk.desk import communication
from itdesk.desk.queries.tickets import find_ticket
from itdesk.domain.ticket import Channel

_text = click.argument("text", metavar="[TEXT]...", nargs=-1)


@click.command("reply")
@number
@_text
@as_json
@click.pass_obj
def reply_command(invocation: Invocation, number: str, text: tuple[str, ...], as_json: bool) -> None:
    """Write to the requester. Without TEXT, or with -, standard input is the text.

    \b
    Examples:
      itdesk reply INC-1042 "Please try again now."
      itdesk reply INC-1042 < answer.txt
    """
    with invocation.session() as session:
        ticket_id = find_ticket(session, number)
        written = read_text(" ".join(text) or "-")
        tell(session, communication.reply(session, [ticket_id], written, channel=Channel.CLI), as_json)


@click.command("note")
@number
@_text
@as_json
@click.pass_obj
def note_command(invocation: Invocation, number: str, text: tuple[str, ...], as_json: bool) -> None:
    """Write a work note, which only staff see. Without TEXT, or with -, standard input is the text.

    \b
    Examples:
      itdesk note INC-1042 "Certificate on gw2 expired on Sunday."
      ping -c 3 gw2 | itdesk note INC-1042 -
    """
    with invocation.session() as session:
        ticket_id = find_ticket(session, number)
        written = read_text(" ".join(text) or "-")
        tell(session, communication.note(session, [ticket_id], written), as_json)
