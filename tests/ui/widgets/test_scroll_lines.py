"""Long texts scroll as if all of their lines were there, though those far above are made only when they come near."""

from collections.abc import Sequence
from functools import partial

from hypothesis import given
from hypothesis import strategies as st
from textual.geometry import Size

from itdesk.ui.text import content
from itdesk.ui.widgets.scroll_lines import Blocks, Builder, ScrollLines, TextLine

HEIGHT = 5


class Quiet(ScrollLines):
    """Lines outside any app, of a size that stands."""

    @property
    def size(self) -> Size:
        return Size(80, HEIGHT)

    def repaint(self) -> None:
        """There is no screen."""

    @property
    def in_view(self) -> list[str]:
        return [self.line(y, 80).plain for y in range(HEIGHT)]


class Flat:
    """The same with all lines at once."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.top = 0

    def scroll(self, by: int) -> None:
        self.top = max(0, min(self.top + by, len(self.lines) - HEIGHT))

    def show(self, lines: list[str], *, end: bool) -> None:
        end = end or self.top + HEIGHT >= len(self.lines)
        self.lines = lines
        self.scroll(len(lines) if end else 0)

    @property
    def in_view(self) -> list[str]:
        shown = self.lines[self.top : self.top + HEIGHT]
        return shown + [""] * (HEIGHT - len(shown))


def block(number: int, size: int) -> list[str]:
    return [f"{number}.{line}" for line in range(size)]


def built(sizes: Sequence[int], made: list[int] | None = None) -> Builder:
    """Blocks of these sizes; `made` gets the number of each that is made."""

    def make(number: int) -> list[TextLine]:
        if made is not None:
            made.append(number)
        return [TextLine(content(line)) for line in block(number, sizes[number])]

    return lambda _: Blocks([partial(make, number) for number in range(len(sizes))])


def flat(sizes: Sequence[int]) -> list[str]:
    return [line for number, size in enumerate(sizes) for line in block(number, size)]


sizes = st.lists(st.integers(0, 7), max_size=12)
moves = st.one_of(st.integers(-30, 30), st.sampled_from(["first", "last"]), sizes)


@given(sizes, st.booleans(), st.lists(moves, max_size=20))
def test_whatever_one_does_the_lines_in_view_are_those_of_the_whole_text(
    first: list[int], end: bool, acts: list[int | str | list[int]]
) -> None:
    shown, expected = Quiet(follow=True), Flat()
    known = first
    shown.show(built(known), end=end)
    expected.show(flat(known), end=end)
    for act in acts:
        match act:
            case int():
                shown.scroll_lines(act)
                expected.scroll(act)
            case "first":
                shown.scroll_first()
                expected.scroll(-len(expected.lines))
            case "last":
                shown.scroll_last()
                expected.scroll(len(expected.lines))
            case list():  # more arrived
                known = [*known, *act]
                shown.show(built(known))
                expected.show(flat(known), end=False)
        assert shown.in_view == expected.in_view


def test_of_a_long_conversation_only_what_is_near_the_end_is_made_until_one_scrolls_up() -> None:
    shown, made = Quiet(follow=True), list[int]()
    shown.show(built([3] * 200, made), end=True)
    assert len(made) < 10
    assert shown.in_view[-1] == "199.2"
    shown.scroll_first()
    assert sorted(made) == list(range(200))
    assert shown.in_view == ["0.0", "0.1", "0.2", "1.0", "1.1"]


def test_another_text_begins_at_its_first_line_unless_one_stays_where_one_reads() -> None:
    shown = Quiet()
    shown.show(built([4] * 10))
    shown.scroll_lines(20)
    shown.show(built([2] * 30), keep=False)
    assert shown.in_view == ["0.0", "0.1", "1.0", "1.1", "2.0"]
