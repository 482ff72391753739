"""`itdesk undo`."""

import click

from itdesk.cli.change import tell
from itdesk.cli.invocation import Invocation
from itdesk.cli.parameters import as_json, number
from itdesk.desk.queries.tickets import find_ticket
from itdesk.desk.undo import undo_last


@click.command("undo")
@number
@as_json
@click.pass_obj
def undo_command(invocation: Invocation, number: str, as_json: bool) -> None:
    """Take back the last change of a ticket, as long as nothing has changed since.

    What one command did to many tickets is taken back on all of them.

    \b
    Example:
      itdesk undo INC-1042
    """
    with invocation.session() as session:
        tell(session, undo_last(session, find_ticket(session, number)), as_json)
