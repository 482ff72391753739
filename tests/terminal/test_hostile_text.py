"""Ten thousand hostile texts on a real terminal and in the commands: only the program's own bytes come out."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from itdesk.desk import communication, intake
from itdesk.desk.knowledge import NewArticle, add_articles
from itdesk.desk.people import NewPerson, add_people
from itdesk.desk.session import SYSTEM, Session
from itdesk.domain.ticket import MessageKind
from tests.support.command import itdesk
from tests.support.desks import StillClock, copy_sqlite, furnish, opened, sign_in_at
from tests.support.hostile import foreign, hostile_texts
from tests.support.terminal import Terminal

TICKETS, EACH = 100, 100


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk in which everything that people write is hostile: each of 100 tickets holds 100 texts."""
    path = tmp_path_factory.mktemp("hostile") / "desk.sqlite3"
    furnish(str(path))
    texts = iter(hostile_texts(TICKETS * EACH))
    with opened(str(path)) as desk:
        people = [
            NewPerson(f"evil{number}", f"Evil {text[:80]}") for number, text in zip(range(20), texts, strict=False)
        ]
        add_people(Session(desk, SYSTEM, StillClock()), people)
        tom = sign_in_at(desk, StillClock())("tom")
        articles = [
            NewArticle(f"Article {text[:60]}", next(texts) + "\n\nvpn", "network.vpn") for text in _some(texts, 20)
        ]
        add_articles(tom, articles)
        number = 0
        while (subject := next(texts, None)) is not None:
            body = "\n".join(_some(texts, EACH - 4))
            new = intake.NewTicket(f"S{number} {subject}", body, requester=f"evil{number % 20}")
            ticket = intake.submit(tom, new).tickets
            for text in _some(texts, 2):
                communication.reply(tom, ticket, f"R {text}")
            communication.save_draft(tom, ticket[0], MessageKind.REPLY, f"Draft {next(texts, '')}")
            number += 1
    return path


def _some(texts: Iterator[str], count: int) -> list[str]:
    return [text for text, _ in zip(texts, range(count), strict=False)]


@pytest.fixture
def place(template: Path, tmp_path: Path) -> str:
    """The hostile desk's file, to be worked on."""
    copy_sqlite(template, tmp_path / "desk.sqlite3")
    return str(tmp_path / "desk.sqlite3")


@pytest.mark.parametrize(("rows", "columns"), [(24, 80), (60, 160)])
def test_only_the_programs_own_bytes_reach_the_terminal(place: str, rows: int, columns: int) -> None:
    command = [sys.executable, "-m", "itdesk", "--database", place, "--as", "tom"]
    with Terminal(command, rows=rows, columns=columns) as terminal:
        terminal.wait_for("S0 ")
        for _ in range(6):
            terminal.press("ctrl+d")
        terminal.press("g", "enter")
        terminal.wait_for("‹ INC-")
        for _ in range(30):
            terminal.press("pagedown", "end", "]")
        terminal.wait_for("S30 ")
        terminal.press("shift+tab")
        terminal.wait_for("May solve it")
        terminal.press("w")
        terminal.wait_for("Why")
        terminal.press("esc")
        terminal.wait_gone("Why P")
        terminal.press("2")
        terminal.wait_for("% of what the ticket says")
        terminal.press("enter")
        terminal.wait_for("published")
        terminal.press("esc", "[")
        terminal.wait_for("articles, by title")
        for _ in range(20):
            terminal.press("j")
        terminal.press("enter")
        terminal.wait_for("published")
        terminal.press("1")
        terminal.wait_for("S30 ")
        terminal.press("n")
        terminal.wait_for("Would be")
        terminal.type("evil")
        terminal.wait_for("Evil")
        terminal.press("tab", "tab")
        terminal.type("vpn")
        terminal.wait_for("May solve it")
        terminal.wait_for("Draft kept")
        terminal.press("esc")
        terminal.wait_for("s submit")
        terminal.press("3")
        terminal.wait_for("Needs attention first")
        terminal.press("ctrl+q")
        assert terminal.wait_exit() == 0
        terminal.restored()
        assert "owned" not in terminal.title
    assert foreign(terminal.output, terminal=True)[:5] == []


def test_the_commands_print_no_foreign_character(place: str) -> None:
    listed = itdesk("list", "--status", "all", database=place, login="tom")
    assert (listed.status, foreign(listed.output)) == (0, [])
    tickets = json.loads(itdesk("list", "--status", "all", "--json", database=place, login="tom").output)
    assert len(tickets) > TICKETS / 2
    for number in [ticket["number"] for ticket in tickets[:10]]:
        for words in (("show", number), ("rules", "explain", number)):
            printed = itdesk(*words, database=place, login="tom")
            assert (printed.status, foreign(printed.output)) == (0, []), words
