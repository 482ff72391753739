"""What was tested on a ticket."""

from itdesk.desk.queries.procedures import RecordedTest
from itdesk.domain.procedures import TestOutcome
from itdesk.ui.text import between, content
from itdesk.ui.theme import Roles
from itdesk.ui.times import moment
from itdesk.ui.widgets.ticket_sections.section import Entry, Panelled, Section


def tests(of: Panelled, width: int, palette: Roles) -> Section | None:
    """The newest first: how it ended, what and how, by whom."""
    entries = tuple(_test(test, of, width, palette) for test in reversed(of.progress.tests))
    return Section("Tests", entries, len(entries), "T records one") if entries else None


def _test(test: RecordedTest, of: Panelled, width: int, palette: Roles) -> Entry:
    passed = test.outcome is TestOutcome.PASSED
    ended = content(test.outcome.value, palette.text if passed else palette.amber)
    by = content(f"{test.tested_by} {moment(test.tested_at, of.now, of.zone)}", palette.dim)
    said = f"  {test.what}{f', {test.how}' if test.how else ''}"
    return Entry((between(ended, by, width), *content(said, palette.text).wrap(max(10, width))))
