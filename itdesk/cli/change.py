"""What a command says of the change that it made."""

from itdesk.cli.output import remark, say, say_json
from itdesk.desk.change import Change
from itdesk.desk.queries.queue import rows_by_id
from itdesk.desk.session import Session
from itdesk.domain.search_language import parse


def tell(session: Session, change: Change, as_json: bool) -> None:
    """Print a change: its sentence, and on standard error why tickets were left out; or all of it as JSON."""
    if as_json:
        numbers = {row.id: row.number for row in rows_by_id(session, change.tickets, parse("status:all"))}
        say_json(
            {
                "sentence": change.sentence,
                "tickets": [numbers[ticket_id] for ticket_id in change.tickets if ticket_id in numbers],
                "seqs": change.seqs,
                "undoable": change.undoable,
                "refused": [{"number": number, "reason": reason} for number, reason in change.refused],
            }
        )
        return
    say(change.sentence)
    for number, reason in change.refused[1:]:  # the sentence tells the first
        remark(f"Left out {number}: {reason}")
