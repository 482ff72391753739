"""The work log: who worked on what, on which day, how many minutes. Entries are added and retracted, not changed."""

from datetime import date
from zoneinfo import ZoneInfo

from itdesk.desk.change import Change, Targets, ids
from itdesk.desk.errors import Refused
from itdesk.desk.people import find_person
from itdesk.desk.transaction import Merged, Transaction, action, for_each, number
from itdesk.domain.people import LEADS, STAFF, Role
from itdesk.domain.text import storable
from itdesk.domain.work_time import MOST_MINUTES, in_words
from itdesk.models.fields import to_microseconds
from itdesk.models.tickets import Ticket
from itdesk.models.work import WorkLog

NOTE_LIMIT = 2_000


@action(STAFF, "log working time")
def log_time(
    tx: Transaction,
    targets: Targets,
    minutes: int,
    note: str = "",
    *,
    worked_on: date | None = None,
    for_whom: str | None = None,
) -> Change:
    """Log minutes of work on tickets, in any status; on several, each gets as many. Of a merged one the survivor does.

    `worked_on` is a day of the desk's time zone, today if it is left out. Only leads log for somebody else (a login or
    name). Raises Refused for no minutes, more than a day's, a day that is yet to come, and a note that is too long.
    """
    if not 0 < minutes <= MOST_MINUTES:
        raise Refused(f"An entry has between 1 and {MOST_MINUTES} minutes, not {minutes}: log each day by itself.")
    today = tx.now.astimezone(ZoneInfo(tx.session.rulebook.desk.time_zone)).date()
    day = worked_on or today
    if day > today:
        raise Refused(f"{day.isoformat()} is yet to come; work is logged when it is done.")
    note = " ".join(storable(note).split())
    if len(note) > NOTE_LIMIT:
        raise Refused(f"The note has {len(note):,} characters; an entry takes {NOTE_LIMIT:,}. Write a work note.")
    who, login = _worker(tx, for_whom)
    for_another = {"who": login} if who != tx.session.actor.id else {}

    def deed(ticket: Ticket) -> str:
        tx.update(ticket)
        row = {
            "ticket_id": ticket.id,
            "person_id": who,
            "minutes": minutes,
            "worked_on": day.isoformat(),
            "note": note,
            "logged_at": to_microseconds(tx.now),
        }
        [(entry,)] = tx.session.desk.database.insert_rows("work_log", [row], returning=("id",))
        facts = {"work": entry, "minutes": minutes, "person": who, "worked_on": day.isoformat()}
        tx.record("logged", ticket, facts=facts, payload=({"text": note} if note else {}) | for_another)
        whose = f" for {login}" if for_another else ""
        return f"Logged {in_words(minutes)}{whose} on {number(ticket)}."

    return for_each(tx, ids(targets), deed, f"Logged {in_words(minutes)} on", merged=Merged.PASSED_ON)


def _worker(tx: Transaction, for_whom: str | None) -> tuple[int, str]:
    """Whose work it was: id and login."""
    me = tx.session.actor
    person = find_person(for_whom) if for_whom else None
    if person is None or person.id == me.id:
        return me.id, me.login
    tx.session.require(LEADS, "log time for somebody else")
    if Role(person.role) not in STAFF:
        raise Refused(f"{person.login} is {Role(person.role).title}; only the work of staff is logged.")
    return person.id, person.login


def retract(tx: Transaction, entry: int) -> None:
    """Take an entry back inside a transaction; it stays in the table and counts no more."""
    WorkLog.update(retracted_at=tx.now).where(WorkLog.id == entry).execute()
