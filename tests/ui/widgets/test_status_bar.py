"""The last row: hints whole or not at all, help to the last, a long sentence over the rows above, or cut."""

from collections.abc import Sequence

import pytest
from textual.app import ComposeResult
from textual.content import Content

from itdesk.ui.actions import Scope, hints, shown
from itdesk.ui.text import content
from itdesk.ui.widgets.lines import Lines
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


@pytest.mark.parametrize("alarm", [False, True])
async def test_what_is_to_be_read_is_never_cut_for_a_hint(alarm: bool) -> None:
    sentence = "x" * 74 + "end"
    assert await row(80, sentence, alarm=alarm) == f" {sentence}"


WARNING = (
    "jonas is on call for network Thu 26 Nov 2026 16:00 to Fri 27 Nov 2026 08:00. "
    "jonas is away then: holiday, from Thu 26 Nov 2026 to Fri 27 Nov 2026."
)


class UnderTheBar(Lines):
    """Something that fills the screen above the bar and knows how often its height changed."""

    heights: list[int]

    def on_mount(self) -> None:
        self.heights = []

    def on_resize(self) -> None:
        self.heights.append(self.size.height)

    def line(self, y: int, width: int) -> Content:
        return content(f"row {y}")


class HostWithRows(Host):
    def compose(self) -> ComposeResult:
        yield UnderTheBar()
        yield self._make()


def told(app: Host) -> list[str]:
    """The rows at the bottom that are not what stands under the bar."""
    return [line.strip() for line in screen_lines(app) if not line.startswith("row ")]


async def test_a_long_sentence_is_shown_whole_with_its_keys_until_the_next_key_and_nothing_moves() -> None:
    app = HostWithRows(lambda: StatusBar(QUEUE))
    async with app.run_test(size=(80, 24)) as pilot:
        bar, under = app.query_one(StatusBar), app.query_one(UnderTheBar)
        bar.say(WARNING, offers=UNDO)
        await pilot.pause()
        *rows, last = told(app)
        assert " ".join([*rows, last]).startswith(f"{WARNING} u undo")
        bar.shorten()
        await pilot.pause()
        [last] = told(app)
        assert last.endswith("… u undo  ? help")
        bar.say("Took INC-12.", offers=UNDO)
        await pilot.pause()
        assert told(app)[0].startswith("Took INC-12. u undo")
        assert under.heights == [23]


async def test_undo_stands_below_a_sentence_that_leaves_it_no_room_and_hints_give_way_until_the_next_key() -> None:
    app = HostWithRows(lambda: StatusBar(QUEUE))
    async with app.run_test(size=(80, 24)) as pilot:
        bar = app.query_one(StatusBar)
        bar.say("x" * 70 + " end", offers=UNDO)
        await pilot.pause()
        sentence, keys = told(app)
        assert sentence == "x" * 70 + " end"
        assert keys.startswith("u undo")
        assert keys.endswith("? help")
        bar.say("x" * 66 + " end", offers=UNDO)
        await pilot.pause()
        assert told(app) == ["x" * 66 + " end u undo"]
        bar.shorten()
        await pilot.pause()
        assert told(app)[0].endswith("… u undo  ? help")


async def test_an_alarm_stays_whole_after_the_next_key_and_moves_what_is_above_until_the_second() -> None:
    app = HostWithRows(lambda: StatusBar(QUEUE))
    async with app.run_test(size=(80, 24)) as pilot:
        bar = app.query_one(StatusBar)
        bar.say(WARNING, alarm=True)
        await pilot.pause()
        bar.shorten()
        await pilot.pause()
        assert " ".join(told(app)).startswith(WARNING)
        assert app.query_one(UnderTheBar).size.height == 22
        bar.shorten()
        await pilot.pause()
        [last] = told(app)
        assert last.endswith("…  ? help")
        assert app.query_one(UnderTheBar).size.height == 23


async def test_an_alarm_is_put_away_at_once_by_a_key_that_closes_something() -> None:
    app = HostWithRows(lambda: StatusBar(QUEUE))
    async with app.run_test(size=(80, 24)) as pilot:
        app.query_one(StatusBar).say(WARNING, alarm=True)
        await pilot.pause()
        app.query_one(StatusBar).shorten(at_once=True)
        await pilot.pause()
        assert len(told(app)) == 1


async def test_an_alarm_that_stays_is_whole_until_something_else_is_said() -> None:
    app = HostWithRows(lambda: StatusBar(QUEUE))
    async with app.run_test(size=(80, 24)) as pilot:
        bar = app.query_one(StatusBar)
        bar.say(WARNING, alarm=True, stays=True)
        for _ in range(3):
            bar.shorten(at_once=True)
        await pilot.pause()
        assert " ".join(told(app)).startswith(WARNING)
        bar.say(WARNING)
        bar.shorten()
        await pilot.pause()
        assert len(told(app)) == 1


async def test_what_comes_while_one_reads_takes_one_row_and_a_very_long_text_a_third_of_the_screen() -> None:
    app = HostWithRows(lambda: StatusBar(QUEUE))
    async with app.run_test(size=(80, 24)) as pilot:
        bar = app.query_one(StatusBar)
        bar.say(WARNING, in_one_row=True)
        await pilot.pause()
        assert len(told(app)) == 1
        bar.say(WARNING * 20, offers=UNDO)
        await pilot.pause()
        assert len(told(app)) == 8
        assert told(app)[-1].endswith("… u undo  ? help")
