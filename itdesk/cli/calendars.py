"""Calendar files (.ics) of the schedule."""

from datetime import date, timedelta
from pathlib import Path

from itdesk.desk.errors import Refused
from itdesk.desk.queries.calendar_entries import calendar_entries
from itdesk.desk.queries.hours import desk_zone
from itdesk.desk.session import Session
from itdesk.gateways.icalendar_file import calendar_file


def calendar(
    session: Session, first: date, weeks: int, *, team: str | None = None, person: str | None = None
) -> tuple[bytes, int]:
    """The file of a team or a person (login or name), and how many entries it has that were not cancelled."""
    entries = calendar_entries(session, first, first + timedelta(weeks=weeks, days=-1), team=team, person=person)
    name = f"{team or person}, {session.rulebook.desk.name}"
    content = calendar_file(name, entries, desk_zone(session), session.clock())
    return content, sum(not one.cancelled for one in entries)


def write_calendar(session: Session, file: str, first: date, weeks: int, team: str | None, person: str | None) -> str:
    """Write the file, in the caller's name; what to say of it. Raises Refused where it cannot be written."""
    path = Path(file).expanduser()
    if path.suffix.lower() != ".ics":
        raise Refused(f"A calendar file ends in .ics: {path.name}.ics, for example.")
    content, count = calendar(session, first, weeks, team=team, person=person)
    try:
        path.write_bytes(content)
    except OSError as error:
        raise Refused(f"{path} could not be written: {error.strerror or error}.") from None
    return f"Wrote {count} entries to {path}."
