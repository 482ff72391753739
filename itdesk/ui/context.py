"""What every screen of a session works with."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from functools import partial
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from itdesk.desk.session import Actor, Session
from itdesk.domain.rulebook import Rulebook
from itdesk.domain.ticket import MessageKind
from itdesk.ui.actions import Keymap
from itdesk.ui.work import DeskThreads

if TYPE_CHECKING:  # the stages of the workflow are not loaded at the start
    from itdesk.desk.change import Change
    from itdesk.desk.communication import KeptDraft
    from itdesk.desk.intake import NewTicket
    from itdesk.desk.queries.queue import QueueRow
    from itdesk.domain.time_left import TimeLeft
    from itdesk.ui.stopwatch import Stopwatch


WriteCalendar = Callable[[Session, str, date, int, str | None, str | None], str]
"""Writes a calendar file and says so: its name, the first day, how many weeks, a team's name or a person's login.

Raises DeskError.
"""


@dataclass(frozen=True, slots=True)
class Unsaved:
    """A text as it stands in a composer; `seen_seq` is the newest journal entry that its writer had seen."""

    ticket_id: int
    kind: MessageKind
    text: str
    seen_seq: int | None

    def save(self, session: Session) -> None:
        """Keep it as a draft."""
        from itdesk.desk import communication

        communication.save_draft(session, self.ticket_id, self.kind, self.text, self.seen_seq)


class DraftsOnTheirWay:
    """Texts that were given to the write thread, each until the database has it.

    A ticket that is read meanwhile has them too, and what the database did not take is given to it again.
    """

    def __init__(self) -> None:
        self._texts: dict[tuple[int, MessageKind], Unsaved] = {}
        self._sent: tuple[int, MessageKind, str] | None = None
        self._lock = Lock()

    def send(self, threads: DeskThreads, unsaved: Unsaved | None) -> None:
        """Give this text to the write thread, and what it could not save before."""
        with self._lock:
            if unsaved is not None and not self._was_sent(unsaved):
                self._texts[unsaved.ticket_id, unsaved.kind] = unsaved
            waiting = tuple(self._texts.values())
        for text in waiting:
            threads.write_soon(partial(self._save, text))

    def keep(self, text: Unsaved, session: Session) -> None:
        """Keep a text as a draft, unless it was sent meanwhile."""
        if not self._was_sent(text):
            text.save(session)

    def _was_sent(self, text: Unsaved) -> bool:
        return self._sent == (text.ticket_id, text.kind, text.text)

    def _save(self, text: Unsaved, session: Session) -> None:
        place = text.ticket_id, text.kind
        if self._texts.get(place) is text:
            text.save(session)
            with self._lock:
                if self._texts.get(place) is text:
                    del self._texts[place]

    def forget(self, ticket_id: int, kind: MessageKind, sent: str | None = None) -> None:
        """It was thrown away, or `sent`: that is kept no more, also where the program ends before it knows."""
        with self._lock:
            self._texts.pop((ticket_id, kind), None)
            self._sent = None if sent is None else (ticket_id, kind, sent)

    def begin(self) -> None:
        """Something new is written: it may be the same once more."""
        self._sent = None

    def of(self, ticket_id: int) -> "tuple[Unsaved, ...]":
        """A ticket's texts that the database may not have yet."""
        with self._lock:
            return tuple(text for text in self._texts.values() if text.ticket_id == ticket_id)


def with_those_on_their_way(
    kept: "Sequence[KeptDraft]", on_their_way: Sequence[Unsaved], now: datetime
) -> "tuple[KeptDraft, ...]":
    """The drafts that the database has, and in the place of the older ones those that it is about to get."""
    from itdesk.desk.communication import KeptDraft

    newer = {text.kind: text for text in on_their_way}
    return (
        *(KeptDraft(text.kind, text.text, text.seen_seq or 0, now) for text in newer.values() if text.text.strip()),
        *(draft for draft in kept if draft.kind not in newer),
    )


_SENT: ContextVar[tuple[Hashable, ...]] = ContextVar("forms that a verb was handed", default=())
"""A verb is a task of its own: it learns of no other one's forms."""


class UnsentForms:
    """What was written in forms and is not done: left by `esc`, not agreed to in the end, or refused by the desk.

    It lasts as long as the program. A form is known by its title and what it is about.
    """

    def __init__(self) -> None:
        self._texts: dict[Hashable, Mapping[str, str]] = {}

    def of(self, form: Hashable) -> Mapping[str, str]:
        """What was written in the fields of a form, by their names."""
        return self._texts.get(form, {})

    def keep(self, form: Hashable, texts: Mapping[str, str], *, sent: bool) -> None:
        """Keep what was written; `sent`: until what the verb does with it is done."""
        if texts:
            self._texts[form] = texts
        else:
            self._texts.pop(form, None)
        if sent:
            _SENT.set((*_SENT.get(), form))

    def done(self) -> None:
        """What this verb was told in forms is done."""
        for form in _SENT.get():
            self._texts.pop(form, None)
        _SENT.set(())


@dataclass(frozen=True, slots=True)
class OwnFiles:
    """Where this person's files are: the home folder; `exports` says into which folder something is saved."""

    home: Path
    exports: Callable[[], Path]


@dataclass(slots=True)
class DeskContext:
    """Who works here, under which rulebook and keys, and the way to the desk.

    `clock` gives the present as an aware UTC datetime, `zone` is the desk's time zone; `done` holds what this person
    did in this session and may still undo, the newest last; `stale_since` is the moment of the last good reading while
    the database does not answer; `notices` are sentences to show before anything else; `unsaved` and `unsaved_form` are
    what is being written, in a composer and in the form of a new ticket, and not yet kept as a draft; `files` is None
    where the files of this machine are not this person's, and `write_calendar` with it; `stopwatch` counts the time on
    tickets once staff opened one; `unread` is how many notices this person has not read; `swept_at` is when somebody
    last let happen what was due, None while that is not known; `told_at` is when the status bar said what became of an
    act, None once a key was pressed since.
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
    stale_since: datetime | None = None
    unsaved: Unsaved | None = None
    unsaved_form: "NewTicket | None" = None
    stopwatch: "Stopwatch | None" = None
    unread: int = 0
    write_calendar: WriteCalendar | None = None
    swept_at: datetime | None = None
    told_at: datetime | None = None
    drafts: DraftsOnTheirWay = field(default_factory=DraftsOnTheirWay)
    forms: UnsentForms = field(default_factory=UnsentForms)

    def time_left(self, row: "QueueRow", now: datetime) -> "TimeLeft | None":
        """How much business time a ticket has left; None where nothing was promised, and no calendar is needed."""
        if row.agreement is None and row.due_at is None:
            return None
        from itdesk.domain.time_left import time_left_of

        return time_left_of(
            self.rulebook,
            now,
            agreement=row.agreement,
            due_at=row.due_at,
            due_clock=row.due_clock,
            status=row.status,
        )

    def keep_draft(self) -> None:
        """Give what is being written, and whatever else is not kept yet, to the write thread."""
        self.drafts.send(self.threads, self.unsaved)
        self.unsaved = None
        if self.unsaved_form is not None:
            from itdesk.desk import intake

            self.threads.write_soon(partial(intake.save_draft, new=self.unsaved_form))
            self.unsaved_form = None
