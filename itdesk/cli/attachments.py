"""`itdesk attach`."""

import sys
from pathlib import Path

import click

from itdesk.cli.change import tell
from itdesk.cli.invocation import Invocation
from itdesk.cli.output import say, say_json
from itdesk.cli.parameters import ROW_ID, as_json
from itdesk.cli.ticket_json import attached
from itdesk.desk import attachments
from itdesk.desk.queries import attachments as queries
from itdesk.desk.queries.tickets import find_ticket
from itdesk.domain.files import size_in_words
from itdesk.domain.text import safe
from itdesk.settings.locations import export_folder


@click.command("attach")
@click.argument("words", metavar="[NUMBER [FILE]...]", nargs=-1)
@click.option("--staff-only", is_flag=True, default=False, help="The requester does not see the files.")
@click.option("--name", metavar="NAME", default=None, help="The name of what - reads from standard input.")
@click.option("--list", "listing", is_flag=True, default=False, help="List the files of a ticket.")
@click.option("--save", "saved", metavar="ID", type=ROW_ID, default=None, help="Save a file into [DIR]; see below.")
@click.option("--remove", "removed", metavar="ID", type=ROW_ID, multiple=True, help="Remove a file; repeatable.")
@as_json
@click.pass_obj
def attach_command(
    invocation: Invocation,
    words: tuple[str, ...],
    staff_only: bool,
    name: str | None,
    listing: bool,
    saved: int | None,
    removed: tuple[int, ...],
    as_json: bool,
) -> None:
    """Attach files to a ticket, list, save or remove them.

    --save puts a file into DIR, else into your downloads folder, and never overwrites another.

    \b
    Examples:
      itdesk attach INC-1042 trace.log screenshot.png
      dmesg | itdesk attach INC-1042 - --name dmesg.txt --staff-only
      itdesk attach INC-1042 --list
      itdesk attach --save 17 ~/Desktop
      itdesk attach --remove 17
    """
    if sum((listing, saved is not None, bool(removed))) > 1:
        raise click.UsageError("One of --list, --save and --remove at a time.")
    with invocation.session(rules=not listing) as session:
        if listing:
            if len(words) != 1:
                raise click.UsageError("Name one ticket: itdesk attach INC-1042 --list.")
            _list(queries.attachments(session, find_ticket(session, words[0])), as_json)
        elif saved is not None:
            if len(words) > 1:
                raise click.UsageError("Name one folder at most: itdesk attach --save 17 DIR.")
            folder = Path(words[0]).expanduser() if words else export_folder()
            path = attachments.save(session, saved, folder)
            say_json({"path": str(path)}) if as_json else say(f"Saved {path}.")
        elif removed:
            if words:
                raise click.UsageError("--remove takes the ids of files and nothing else.")
            tell(session, attachments.detach(session, removed), as_json)
        else:
            if len(words) < 2:
                raise click.UsageError("Name a ticket and files: itdesk attach INC-1042 trace.log.")
            ticket = find_ticket(session, words[0])
            kept = [
                attachments.keep(session, sys.stdin.buffer, name or "standard-input")
                if word == "-"
                else attachments.keep_file(session, Path(word).expanduser())
                for word in words[1:]
            ]
            tell(session, attachments.attach(session, [ticket], kept, staff_only=staff_only), as_json)


def _list(found: tuple[queries.AttachedFile, ...], as_json: bool) -> None:
    if as_json:
        say_json([attached(file) for file in found])
        return
    for file in found:
        hidden = ", staff only" if file.staff_only else ""
        say(f"{file.id:>6}  {size_in_words(file.size):>9}  {safe(file.name)}  ({file.author}{hidden})")
    if not found:
        say("No files.")
