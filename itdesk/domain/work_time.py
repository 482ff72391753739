"""Working time as people write it: `25m`, `1h30`, `1.5h`, `90`."""

import re

MOST_MINUTES = 24 * 60
"""No entry of a work log is longer: nobody works longer on one day."""

_FORMS = (
    re.compile(r"(?P<hours>\d{1,3})(?:h|:)(?P<minutes>[0-5]\d)m?"),
    re.compile(r"(?:(?P<hours>\d{1,3})h)?(?:(?P<minutes>\d{1,4})m(?:in)?)?"),
    re.compile(r"(?P<minutes>\d{1,4})"),
    re.compile(r"(?P<part>\d{1,3}[.,]\d{1,2})h"),
)


def parse_minutes(text: str) -> int | None:
    """The minutes that a text means; None for one that means none, or more than a day."""
    written = "".join(text.split()).lower()
    for form in _FORMS:
        found = form.fullmatch(written) if written else None
        if found is None:
            continue
        named = found.groupdict()
        part = float((named.get("part") or "0").replace(",", "."))
        minutes = int(named.get("hours") or 0) * 60 + int(named.get("minutes") or 0) + round(part * 60)
        return minutes if 0 < minutes <= MOST_MINUTES else None
    return None


def in_words(minutes: int) -> str:
    """`25m`, `1h`, `1h05m`, `26h10m`: hours are the largest unit, since they are what is billed."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest}m"
    return f"{hours}h{rest:02}m" if rest else f"{hours}h"
