"""The incident logs that tests import, and what they say by themselves, read without the program."""

import gzip
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

FIXTURE = Path(__file__).parent / "data" / "incident_log.csv"
"""19 tickets of our own making in 65 lines, with every trap that a log can have."""

REAL = "incident_event_log.csv.gz"
"""The name of the real log in the folder of real data: 15,000 tickets in 90,486 lines."""

END_OF_MARCH = datetime(2016, 3, 31, tzinfo=ZoneInfo("Europe/Berlin"))
"""2016-03-31 as a date in the shipped desk's time zone."""

COLUMNS = 36


def last_states(log: Path, until: datetime | None = None) -> dict[str, str]:
    """The state of each incident in its last row whose state is not -100, of the rows updated before `until`.

    A state that no mapping knows counts like -100; a date that is none, like that of the row before.
    """
    rows: dict[str, list[tuple[int, int, str, str]]] = {}
    for line, fields in enumerate(_lines(log)):
        if len(fields) == COLUMNS and not any('"' in field for field in fields) and fields[0] != "?":
            number, state, count, updated = fields[0], fields[1], int(fields[5]), fields[13]
            rows.setdefault(number, []).append((count, line, state, updated))
    states: dict[str, str] = {}
    for number, updates in rows.items():
        moment = datetime.min.replace(tzinfo=ZoneInfo("UTC"))
        for _, _, state, updated in sorted(updates):
            moment = _moment(updated) or moment
            if until is not None and moment >= until:
                continue
            if state not in ("-100", "On Hold"):
                states[number] = state
            else:
                states.setdefault(number, "New")
    return states


def copies(log: Path, times: int, target: Path) -> None:
    """A longer log: the log so many times over, each time with other numbers."""
    header, *lines = log.read_text().splitlines(keepends=True)
    with target.open("w") as file:
        file.write(header)
        for copy in range(times):
            file.writelines(line.replace("INC0900", f"INC{copy:04}", 1) for line in lines)


def _lines(log: Path) -> list[list[str]]:
    text = gzip.decompress(log.read_bytes()) if log.suffix == ".gz" else log.read_bytes()
    return [line.split(",") for line in text.decode().splitlines()[1:]]


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=ZoneInfo("Europe/Berlin"))
    except ValueError:
        return None
    return None if moment > END_OF_MARCH + timedelta(days=3650) else moment
