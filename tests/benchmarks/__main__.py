"""`python -m tests.benchmarks`: measures speed, memory and bytes, and prints a table.

`--quick` measures desks of 1,000 and 50,000 tickets and ends with exit status 1 where a ratio or a count of bytes is
not what it must be. Times of one machine mean nothing on another: they are only printed.
"""

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path

from tests.benchmarks import clocks, imports, peers, reads, replay, rulebooks, screens, writes
from tests.benchmarks.figures import Figure, table
from tests.benchmarks.generator import BigDesk, big_desk
from tests.support import environment

SMALL, QUICK, FULL = 1_000, 50_000, 1_000_000


def main() -> int:
    """Measure as the command line says; the exit status."""
    environment.clean()
    wanted = _parser().parse_args()
    tickets = wanted.tickets or (QUICK if wanted.quick else FULL)
    with _folder(wanted.keep) as folder:
        small = big_desk(SMALL, folder, _say)
        large = big_desk(tickets, folder, _say)
        figures: list[Figure] = []
        for part, measure in _parts(wanted.only, quick=wanted.quick).items():
            _say(f"{part} …")
            figures += measure(small, large)
    print(json.dumps([_plain(figure) for figure in figures], indent=1) if wanted.json else table(figures))
    missed = [figure for figure in figures if figure.portable and not figure.reached]
    for figure in missed:
        _say(f"Not reached: {figure.name} is {figure.value:.2f} {figure.unit} and must be {figure.must}.")
    return 1 if wanted.quick and missed else 0


Measure = Callable[[BigDesk, BigDesk], Sequence[Figure]]
"""Figures of a small and a large desk."""


def _reading(small: BigDesk, large: BigDesk) -> Sequence[Figure]:
    return [
        *reads.page_figures(*reads.page_times(small, large)),
        *reads.closed_figures(large),
        *reads.count_figures(large),
        *reads.search_figures(large),
        *reads.ticket_figures(large),
        *reads.metrics_figures(large),
        *reads.assignment_figures(large),
    ]


def _change(small: BigDesk, _large: BigDesk) -> Sequence[Figure]:
    with _copy(small) as copy:
        return [screens.changed_row_figure(copy, lambda ticket: writes.assign_to_another(copy, ticket))]


def _writing(_small: BigDesk, large: BigDesk) -> Sequence[Figure]:
    with _copy(large) as copy:
        return writes.change_figures(copy)


def _clocks(_small: BigDesk, large: BigDesk) -> Sequence[Figure]:
    many = big_desk(2 * clocks.OPEN, large.database.parent.parent, _say, live=clocks.OPEN)
    with _copy(many) as copy:
        return [*clocks.business_time_figures(), *clocks.recomputing_figures(copy)]


_QUICK: Mapping[str, Measure] = {
    "start": screens.start_figures,
    "keys": lambda _, large: screens.key_figures(large),
    "change": _change,
    "reading": _reading,
}
_SLOW: Mapping[str, Measure] = {
    "ticket": lambda _, large: screens.ticket_figures(large),
    "writing": _writing,
    "clocks": _clocks,
    "rules": lambda _small, _large: rulebooks.rule_figures(),
    "import": lambda _, large: imports.import_figures(large.database.parent),
    "replay": lambda _, large: replay.replay_figures(large.database.parent),
    "peers": lambda _, large: peers.peer_figures(large),
}


def _parts(names: Sequence[str] | None, *, quick: bool) -> Mapping[str, Measure]:
    everything = {**_QUICK, **_SLOW}
    if names:
        return {name: everything[name] for name in names}
    return _QUICK if quick else everything


@contextmanager
def _folder(kept: Path | None) -> Iterator[Path]:
    """Where the desks are: in a folder that stays, else in one that goes with the program."""
    if kept is not None:
        yield kept
        return
    with tempfile.TemporaryDirectory(prefix="itdesk-benchmarks-") as folder:
        yield Path(folder)


@contextmanager
def _copy(desk: BigDesk) -> Iterator[BigDesk]:
    """A desk that may be changed, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="copy-", dir=desk.database.parent) as folder:
        database = Path(folder) / "desk.sqlite3"
        shutil.copyfile(desk.database, database)
        database.chmod(0o600)
        yield replace(desk, database=database)


def _plain(figure: Figure) -> dict[str, object]:
    return asdict(figure) | {"reached": figure.reached}


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two small desks; fail on ratios and bytes")
    parser.add_argument("--tickets", type=int, metavar="N", help=f"size of the large desk (default {FULL:,})")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep the desks in DIR and use those that are there")
    parser.add_argument("--only", action="append", choices=[*_QUICK, *_SLOW], help="measure only this; repeatable")
    return parser


if __name__ == "__main__":
    sys.exit(main())
