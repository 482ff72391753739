"""What a measurement hands back, and how timings are summed up."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure, with what it must reach and what it aims at (None: told for comparison only).

    `portable` figures are ratios and counts, which must hold on any machine.
    """

    name: str
    value: float
    unit: str
    must: float | None = None
    aim: float | None = None
    more_is_better: bool = False
    portable: bool = False
    remark: str = ""

    @property
    def reached(self) -> bool:
        """Whether the figure is as good as it must be."""
        return self.must is None or self._as_good_as(self.must)

    @property
    def verdict(self) -> str:
        """`aim`, `yes`, `NO`, or nothing where nothing is asked."""
        if self.must is None:
            return ""
        if self.aim is not None and self._as_good_as(self.aim):
            return "aim"
        return "yes" if self.reached else "NO"

    def _as_good_as(self, limit: float) -> bool:
        return self.value >= limit if self.more_is_better else self.value <= limit


def milliseconds(act: Callable[[], object], runs: int, warm: int = 3) -> list[float]:
    """How long each of so many runs took, after `warm` runs that are not counted."""
    for _ in range(warm):
        act()
    taken = []
    for _ in range(runs):
        begun = time.perf_counter()
        act()
        taken.append((time.perf_counter() - begun) * 1000)
    return taken


def median(values: Sequence[float]) -> float:
    """The middle value."""
    return statistics.median(values)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -int(-share * len(ordered) // 1) - 1))]


def table(figures: Sequence[Figure]) -> str:
    """The figures as a Markdown table."""
    lines = ["| figure | measured | must | aim | reached |", "|---|---:|---:|---:|---|"]
    for one in figures:
        name = f"{one.name} ({one.remark})" if one.remark else one.name
        limits = (_number(one.must), _number(one.aim))
        lines.append(f"| {name} | {_number(one.value)} {one.unit} | {limits[0]} | {limits[1]} | {one.verdict} |")
    return "\n".join(lines)


def _number(value: float | None) -> str:
    if value is None:
        return ""
    if value >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.2f}" if value < 10 else f"{value:.1f}"
