"""How long a ticket will take, judged by those like it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import ceil

LEAST = 5
"""From fewer tickets nothing is concluded."""

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Estimate:
    """Minutes from opening to resolution: half of `tickets` comparable ones took at most the median, nine of ten p90.

    `promised` says that the agreement allows less, so that both were cut to it.
    """

    median_minutes: int
    p90_minutes: int
    tickets: int
    promised: bool = False


def estimate(spans: Sequence[timedelta], bound: timedelta | None = None) -> Estimate | None:
    """The estimate from how long comparable tickets took, in whatever time they are measured, elapsed or business.

    `bound` is what the service agreement allows at most, in the same time. None for fewer than LEAST tickets.
    """
    if len(spans) < LEAST:
        return None
    ordered = sorted(max(span, timedelta()) for span in spans)
    limit = None if bound is None else max(bound, timedelta())
    median, p90 = (_cut(_nearest_rank(ordered, share), limit) for share in (0.5, 0.9))
    promised = limit is not None and _nearest_rank(ordered, 0.9) > limit
    return Estimate(_minutes(median), _minutes(p90), len(ordered), promised)


def _nearest_rank(ordered: Sequence[timedelta], share: float) -> timedelta:
    return ordered[ceil(share * len(ordered)) - 1]


def _cut(span: timedelta, limit: timedelta | None) -> timedelta:
    return span if limit is None else min(span, limit)


def _minutes(span: timedelta) -> int:
    """Whole minutes, rounded up: nobody is promised less than it took."""
    return -(-span // _MINUTE)


def in_words(figures: Mapping[str, int]) -> str:
    """An estimate's figures for people: `4 h, nine of ten within 2 d 3 h, as 43 like it`."""
    median, p90 = _span(figures["median_minutes"]), _span(figures["p90_minutes"])
    return f"{median}, nine of ten within {p90}, as {figures['tickets']} like it"


def _span(minutes: int) -> str:
    """Minutes in their two largest units."""
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [(days, "d"), (hours, "h"), (rest, "min")]
    first = next((place for place, (count, _) in enumerate(parts) if count), 2)
    told = [f"{count} {unit}" for count, unit in parts[first : first + 2] if count]
    return " ".join(told) or "0 min"
