"""What every screen of a session works with."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from itdesk.desk.session import Actor, Session
from itdesk.domain.rulebook import Rulebook
from itdesk.ui.actions import Keymap
from itdesk.ui.drafts import DraftsOnTheirWay
from itdesk.ui.work import DeskThreads

if TYPE_CHECKING:  # the stages of the workflow are not loaded at the start
    from itdesk.desk.change import Change
    from itdesk.desk.queries.queue import QueueRow
    from itdesk.domain.time_left import TimeLeft
    from itdesk.ui.stopwatch import Stopwatch


WriteCalendar = Callable[[Session, str, date, int, str | None, str | None], str]
"""Writes a calendar file and says so: its name, the first day, how many weeks, a team's name or a person's login.

Raises DeskError.
"""


@dataclass(frozen=True, slots=True)
class OwnFiles:
    """Where this person's files are: the home folder; `exports` says into which folder something is saved."""

    home: Path
    exports: Callable[[], Path]


@dataclass(slots=True)
class DeskContext:
    """Who works here, under which rulebook and keys, and the way to the desk.

    `clock` gives the present as an aware UTC datetime, `zone` is the desk's time zone; `done` holds what this
    person did in this session and may still undo, the newest last; `told` is what the status bar told of last;
    `trouble` is what the database said, None while it answers; `stale_since` is the moment of the last good reading
    while the database does not answer; `notices` are sentences to show before anything else; `drafts` holds what is
    being written and not yet kept; `files` is None where the files of this machine are not this person's, and
    `write_calendar` with it; `stopwatch` counts the time on tickets once staff opened one; `unread` is how many
    notices this person has not read; `swept_at` is when somebody last let happen what was due (see `last_swept`), None
    while that is not known; `told_at` is when the status bar said what became of an act, None once a key or a button
    was pressed.
    """

    threads: DeskThreads
    me: Actor
    rulebook: Rulebook
    keymap: Keymap
    clock: Callable[[], datetime]
    zone: tzinfo
    editor: str | None = None
    files: OwnFiles | None = None
    notices: tuple[str, ...] = ()
    done: "list[Change]" = field(default_factory=list)
    told: "Change | None" = None
    stale_since: datetime | None = None
    stopwatch: "Stopwatch | None" = None
    unread: int = 0
    write_calendar: WriteCalendar | None = None
    swept_at: datetime | None = None
    told_at: datetime | None = None
    trouble: str | None = None
    drafts: DraftsOnTheirWay = field(default_factory=DraftsOnTheirWay)

    def time_left(self, row: "QueueRow", now: datetime) -> "TimeLeft | None":
        """How much business time a ticket has left; None where nothing was promised, and no calendar is needed."""
        if row.due_clock is None:
            return None
        from itdesk.domain.time_left import time_left_of

        return time_left_of(
            self.rulebook,
            now,
            agreement=row.agreement,
            due_at=row.due_at,
            due_clock=row.due_clock,
        )

    def keep_draft(self) -> None:
        """Give what is being written, and whatever else is not kept yet, to the write thread."""
        self.drafts.send(self.threads)
