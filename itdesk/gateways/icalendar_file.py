"""The schedule as an iCalendar file (RFC 5545), for other calendars. Needs the extra `ical`."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from itdesk import __version__
from itdesk.desk.errors import DeskError
from itdesk.desk.queries.calendar_entries import CalendarEntry
from itdesk.domain.text import safe


class NoIcalendar(DeskError):
    """The library for calendar files is not installed."""


def calendar_file(name: str, entries: Iterable[CalendarEntry], zone: ZoneInfo, now: datetime) -> bytes:
    """The file: a VEVENT an entry, in the desk's time zone, with its VTIMEZONE. Raises NoIcalendar.

    UIDs stay from export to export, SEQUENCE rises with every change, what was cancelled has STATUS:CANCELLED.
    """
    try:
        from icalendar import Calendar, Event
    except ImportError:
        raise NoIcalendar(
            "Calendar files need the extra `ical`: install it with `pip install 'itdesk[ical]'` and try again."
        ) from None
    calendar = Calendar()
    calendar.add("prodid", f"-//itdesk//{__version__}//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", safe(name))
    for entry in entries:
        event = Event()
        event.add("uid", entry.uid)
        event.add("sequence", entry.sequence)
        event.add("dtstamp", now)
        event.add("last-modified", entry.changed_at)
        for key, moment in (("dtstart", entry.start), ("dtend", entry.end)):
            local = moment.astimezone(zone)
            # Of a wall time that comes twice a file with time zones means the first (RFC 5545, 3.3.5).
            event.add(key, local.date() if entry.whole_days else moment if local.fold else local)
        event.add("summary", safe(entry.summary))
        if entry.place:
            event.add("location", safe(entry.place))
        if entry.note:
            event.add("description", safe(entry.note, multiline=True))
        event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
        event.add("transp", "OPAQUE")
        calendar.add_component(event)
    calendar.add_missing_timezones()
    text: bytes = calendar.to_ical()
    return text
