"""Rows in aligned columns."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice

from rich.cells import cell_len, set_cell_size

from itdesk.domain.text import safe

_SAMPLE = 1_000
_LEAST = 10


def table(
    head: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    width: int | None = None,
    widest: Mapping[str, int] | None = None,
) -> Iterator[str]:
    """The rows under their head as lines, every text made safe; nothing for no rows.

    Columns are as wide as the first thousand rows need, at most `widest` cells (by name); the last one takes what is
    left of `width` cells, or all that it needs where there is no width. `…` stands for what was cut.
    """
    shown = ([safe(field) for field in row] for row in rows)
    sample = list(islice(shown, _SAMPLE))
    if not sample:
        return
    widths = [
        min(max(cell_len(row[at]) for row in (head, *sample)), (widest or {}).get(name, _LEAST * 10))
        for at, name in enumerate(head[:-1])
    ]
    left = None if width is None else max(width - sum(widths) - len(widths), _LEAST)
    for row in chain([head], sample, shown):
        cells = [_fitted(field, size) for field, size in zip(row, widths, strict=False)]
        last = row[-1] if left is None or cell_len(row[-1]) <= left else _fitted(row[-1], left)
        yield " ".join([*cells, last])


def _fitted(text: str, size: int) -> str:
    """The text in exactly so many cells."""
    return set_cell_size(text, size) if cell_len(text) <= size else f"{set_cell_size(text, size - 1)}…"
