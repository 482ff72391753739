"""`itdesk follow`, `itdesk unfollow` and `itdesk notices`: what happens on tickets that are not one's own."""

import click

from itdesk.cli.change import tell
from itdesk.cli.invocation import Invocation
from itdesk.cli.output import remark, say, say_json, terminal_width
from itdesk.cli.parameters import as_json, ids, numbers
from itdesk.cli.table import table
from itdesk.desk import notices, watchers
from itdesk.desk.queries.notices import unread
from itdesk.ui.times import age

_person = click.option("--person", metavar="WHO", default=None, help="Somebody else (a login or name); for staff.")


@click.command("follow")
@numbers
@_person
@as_json
@click.pass_obj
def follow_command(
    invocation: Invocation, numbers: tuple[str, ...], skip_refused: bool, person: str | None, as_json: bool
) -> None:
    """Watch tickets: you get a notice of what others do on them. (`itdesk watch` is the live pane.)

    `itdesk list watching:me` shows what you watch.

    \b
    Examples:
      itdesk follow INC-1042 INC-1050
      itdesk follow INC-1042 --person anna
    """
    with invocation.session(skip_refused=skip_refused) as session:
        tell(session, watchers.watch(session, ids(session, numbers), person), as_json)


@click.command("unfollow")
@numbers
@_person
@as_json
@click.pass_obj
def unfollow_command(
    invocation: Invocation, numbers: tuple[str, ...], skip_refused: bool, person: str | None, as_json: bool
) -> None:
    """Stop watching tickets.

    \b
    Example:
      itdesk unfollow INC-1042
    """
    with invocation.session(skip_refused=skip_refused) as session:
        tell(session, watchers.unwatch(session, ids(session, numbers), person), as_json)


@click.command("notices")
@click.option("--read", "mark", is_flag=True, default=False, help="Mark what is shown as read.")
@as_json
@click.pass_obj
def notices_command(invocation: Invocation, mark: bool, as_json: bool) -> None:
    """Show what you were told and have not read: the newest first.

    \b
    Examples:
      itdesk notices
      itdesk notices --read
    """
    with invocation.session(rules=False) as session:
        found = unread(session)
        if as_json:
            say_json(
                [{"kind": one.kind, "text": one.text, "number": one.number, "told_at": one.told_at} for one in found]
            )
        else:
            now = session.clock()
            rows = ((age(now - one.told_at), one.kind.value, one.text) for one in found)
            for line in table(("Age", "Why", "What"), rows, width=terminal_width()):
                say(line)
            if not found:
                remark("You have no unread notices.")
        if mark and found:
            notices.mark_read(session, [one.id for one in found])
