"""The last row: hints whole or not at all, help to the last, a sentence that is cut before `u undo` is."""

from collections.abc import Sequence

import pytest

from itdesk.ui.actions import Scope, hints, shown
from itdesk.ui.widgets.status_bar import Hint, StatusBar
from tests.ui.widgets.host import Host, screen_lines

QUEUE = [Hint(shown(action.keys[0]), action.title) for action in hints(Scope.QUEUE)]
LONG = "Took INC-12, which was assigned to somebody else until a moment ago, and told them."


UNDO = (Hint("u", "undo"),)


async def row(
    width: int, sentence: str = "", *, offers: Sequence[Hint] = (), counted: str = "", alarm: bool = False
) -> str:
    app = Host(lambda: StatusBar(QUEUE))
    async with app.run_test(size=(width, 3)) as pilot:
        app.query_one(StatusBar).say(sentence, offers=offers, alarm=alarm)
        app.query_one(StatusBar).show_counted(counted)
        await pilot.pause()
        return next(line for line in screen_lines(app) if line.strip())


@pytest.mark.parametrize(
    ("width", "words"),
    [
        (60, "r reply  c note  t take  s status  enter open  ? help"),
        (70, "r reply  c note  t take  s status  enter open  a assign  ? help"),
        (80, "r reply  c note  t take  s status  enter open  a assign  x resolve  ? help"),
        (100, "r reply  c note  t take  s status  enter open  a assign  x resolve  w why  ? help"),
    ],
)
async def test_as_many_hints_as_fit_by_rank(width: int, words: str) -> None:
    assert (await row(width)).strip() == words


@pytest.mark.parametrize("width", [60, 70, 80, 100])
async def test_help_stays_beside_a_long_sentence_and_undo_is_whole(width: int) -> None:
    shown_row = await row(width, LONG, offers=UNDO)
    assert shown_row.rstrip().endswith("? help")
    assert "u undo" in shown_row
    assert "…" in shown_row or LONG in shown_row


@pytest.mark.parametrize("width", range(20, 141, 7))
@pytest.mark.parametrize("sentence", ["", "Took INC-12.", LONG])
async def test_no_hint_is_ever_cut(width: int, sentence: str) -> None:
    known = {f"{hint.key} {hint.word}" for hint in QUEUE}
    shown_row = (await row(width, sentence, offers=UNDO if sentence else ())).rstrip()
    behind = shown_row.rpartition("u undo")[2] if sentence else shown_row
    assert {part for part in behind.strip().split("  ") if part.strip()} <= known


async def test_the_timer_stands_before_what_is_said() -> None:
    assert (await row(80, counted="+4m")).startswith(" +4m timer runs ")
    assert (await row(80, "Replied on INC-12.", offers=UNDO, counted="+4m")).startswith(
        " +4m  Replied on INC-12. u undo "
    )


async def test_an_alarm_is_never_cut_for_a_hint() -> None:
    sentence = "x" * 74 + "end"
    assert await row(80, sentence, alarm=True) == f" {sentence}"
    assert (await row(80, sentence)).endswith("…  ? help")
