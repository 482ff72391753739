"""`itdesk undo`."""

import click

from itdesk.cli.change import tell
from itdesk.cli.invocation import Invocation
from itdesk.cli.parameters import as_json, number
from itdesk.desk.queries.tickets import find_ticket
from itdesk.desk.undo import undo_last


@click.command("undo")
@number
@click.option("--of", metavar="LOGIN", help="What this colleague did last, who is told; else what you did.")
@as_json
@click.pass_obj
def undo_command(invocation: Invocation, number: str, of: str | None, as_json: bool) -> None:
    """Take back what you, or the desk by itself, changed last on a ticket, as long as nothing has changed since.

    What one command did to many tickets is taken back on all of them.

    \b
    Examples:
      itdesk undo INC-1042
      itdesk undo INC-1042 --of anna
    """
    with invocation.session() as session:
        tell(session, undo_last(session, find_ticket(session, number), of=of), as_json)
