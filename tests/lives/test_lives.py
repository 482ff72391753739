"""The same life of a ticket by functions, by commands and by keys: the same journal, the same clocks."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from itdesk.desk.queries import clocks as clock_queries
from itdesk.desk.queries import tickets, work
from itdesk.desk.session import Desk, Session, sign_in
from tests.lives import by_commands, by_functions, by_screens
from tests.lives.script import LIVES, Clock, Life
from tests.support.clocked import ClockFile, Commands
from tests.support.desks import opened

each_life = pytest.mark.parametrize("life", LIVES.values(), ids=LIVES)


@pytest.fixture(scope="module")
def commands(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Commands]:
    """The command line, on a clock of its own."""
    with Commands(ClockFile(tmp_path_factory.mktemp("clock") / "now")) as commands:
        yield commands


def lived(life: Life, desk: Desk, named: int | str) -> None:
    """Fail unless the journal and the clocks are those of the script; what the desk does by itself is left out."""
    session = Session(desk, sign_in(desk, "sam"), lambda: life.steps[-1].moment)
    ticket = named if isinstance(named, int) else tickets.find_ticket(session, named)
    entries = [
        (entry["actor"], entry["verb"], entry["occurred_at"])
        for entry in tickets.journal_entries(session, ticket)
        if entry["actor"] != "itdesk"
    ]
    assert entries == [(step.login, step.verb, step.moment) for step in life.steps]
    clocks = [
        Clock(
            str(clock.name),
            clock.state,
            clock.cycle,
            clock.target_minutes or 0,
            clock.elapsed_minutes,
            " ".join(one.what for one in clock.history),
        )
        for clock in clock_queries.clocks(session, ticket)
    ]
    assert clocks == list(life.clocks)
    assert work.total(work.work_on(session, ticket)) == life.worked
    found = tickets.view(session, ticket)
    assert (found.kind, found.status) == (life.kind, "closed")


@each_life
def test_a_life_by_functions(life: Life, desk: Desk) -> None:
    lived(life, desk, by_functions.live(life, desk))


@each_life
def test_a_life_by_commands_alone(life: Life, desk_url: str, commands: Commands) -> None:
    number = by_commands.live(life, commands, desk_url)
    shown = json.loads(commands.run("show", number, "--json", database=desk_url, login="sam").output)
    assert [(clock["name"], clock["state"], clock["elapsed_minutes"]) for clock in shown["clocks"]] == [
        (clock.name, clock.state, clock.elapsed) for clock in life.clocks
    ]
    assert shown["minutes_worked"] == life.worked
    with opened(desk_url) as desk:
        lived(life, desk, number)


@each_life
def test_a_life_by_keys_alone(life: Life, desk_url: str, tmp_path: Path) -> None:
    number = by_screens.live(life, ClockFile(tmp_path / "clock"), desk_url)
    with opened(desk_url) as desk:
        lived(life, desk, number)
