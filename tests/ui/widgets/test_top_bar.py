"""The first row: what it leaves out where there is no room."""

from datetime import UTC, datetime, timedelta

import pytest

from itdesk.ui.widgets.top_bar import TopBar
from tests.ui.widgets.host import Host

NOW = datetime(2026, 11, 16, 8, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    ("width", "unread", "frozen", "unswept", "right"),
    [
        (80, 0, True, 0, "frozen · Mon 08:14"),
        (80, 4, False, 0, "4 notices · 08:14"),
        (80, 4, True, 0, "frozen · 08:14"),
        (80, 0, False, 12, "! not swept 12m"),
        (80, 4, False, 12, "! not swept 12m"),
        (100, 4, True, 0, "4 notices · frozen · Mon 08:14"),
        (120, 120, False, 12, "99+ notices · ! not swept 12m · Mon 16 Nov  08:14"),
    ],
)
async def test_nothing_at_the_right_is_cut(width: int, unread: int, frozen: bool, unswept: int, right: str) -> None:
    app = Host(lambda: TopBar("1", NOW, UTC))
    async with app.run_test(size=(width, 5)) as pilot:
        bar = app.query_one(TopBar)
        bar.show(NOW, frozen=frozen, stale_since=None, swept_at=NOW - timedelta(minutes=unswept) if unswept else None)
        bar.count_notices(unread)
        await pilot.pause()
        assert app.screen_lines()[0].partition("Schedule")[2].strip() == right
