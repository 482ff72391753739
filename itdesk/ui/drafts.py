"""Drafts: whatever stands in a composer or a form is kept until it is sent or thrown away."""

import asyncio
from collections.abc import Callable, Hashable, Mapping, Sequence
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Protocol, TypeVar

from itdesk.desk.errors import DatabaseProblem, DeskError
from itdesk.desk.session import Session
from itdesk.domain.text import storable
from itdesk.domain.ticket import MessageKind
from itdesk.ui.work import DeskThreads

if TYPE_CHECKING:  # the stages of the workflow are not loaded at the start
    from itdesk.desk.communication import KeptDraft
    from itdesk.desk.form_drafts import Form
    from itdesk.desk.intake import NewTicket

T = TypeVar("T")

_PATIENCE_SECONDS = 2.0
"""How long somebody who leaves a text waits for the database to take it."""


@dataclass(frozen=True, slots=True)
class _Known:
    """The draft of a message as the database was last given it from here, or gave it; empty for none.

    It begins with `above`, which is from another window of the same person.
    """

    draft: str = ""
    above: str = ""


class Unsaved(Protocol):
    """A text that the database does not have yet. `place` is the same for the texts of which the newest counts."""

    @property
    def place(self) -> Hashable: ...

    @property
    def name(self) -> str:
        """What would be lost with it, such as `Your reply on INC-3`; empty where it says nothing."""

    def save(self, session: Session) -> object: ...


@dataclass(frozen=True, slots=True)
class UnsavedMessage:
    """A text as it stands in a composer; `seen_seq` is the newest journal entry that its writer had seen."""

    ticket_id: int
    number: str
    kind: MessageKind
    text: str
    seen_seq: int | None

    @property
    def place(self) -> tuple[int, MessageKind]:
        """The composer."""
        return self.ticket_id, self.kind

    @property
    def name(self) -> str:
        """By its ticket."""
        return f"Your {self.kind.value} on {self.number}" if self.text.strip() else ""

    def save(self, session: Session, *, above: str = "", before: str | None = None) -> str:
        """Keep it as a draft, below what stands `above`; the draft as it is kept. `before`: see `save_draft`."""
        from itdesk.desk import communication

        text = f"{above}{self.text}" if self.text.strip() else above
        return communication.save_draft(session, self.ticket_id, self.kind, text, self.seen_seq, before=before)


@dataclass(frozen=True, slots=True)
class UnsavedForm:
    """What a person wrote in the fields of a form, by their names."""

    form: "Form"
    texts: Mapping[str, str]

    @property
    def place(self) -> "Form":
        """The form."""
        return self.form

    @property
    def name(self) -> str:
        """By what stands above the form."""
        return f"Your text in “{self.form.heading}”" if any(self.texts.values()) else ""

    def save(self, session: Session) -> None:
        """Keep it as a draft."""
        from itdesk.desk.form_drafts import save_form

        save_form(session, self.form, self.texts)


NEW_TICKET = "new ticket"
"""The place of the one new ticket that a person is writing."""


@dataclass(frozen=True, slots=True)
class UnsavedTicket:
    """A new ticket as it stands in its form."""

    new: "NewTicket"

    @property
    def place(self) -> str:
        """There is one."""
        return NEW_TICKET

    @property
    def name(self) -> str:
        """It has no number yet."""
        return "Your new ticket" if self.new.is_written else ""

    def save(self, session: Session) -> None:
        """Keep it as a draft."""
        from itdesk.desk import intake

        intake.save_draft(session, self.new)


class DraftsOnTheirWay:
    """Texts that are being written, each until the database has it.

    Whatever is read meanwhile has them too, and what the database did not take is given to it again.
    """

    def __init__(self) -> None:
        self._texts: dict[Hashable, Unsaved] = {}
        self._known: dict[Hashable, _Known] = {}
        self._sent: tuple[Hashable, str] | None = None
        self._lock = Lock()
        self.problem: Exception | None = None
        """Why the database did not take the last that it was given; None where it did, or did not answer yet."""

    def note(self, unsaved: Unsaved) -> None:
        """This is what is written now."""
        with self._lock:
            if not (isinstance(unsaved, UnsavedMessage) and self._sent == (unsaved.place, unsaved.text)):
                self._texts[unsaved.place] = unsaved

    def send(self, threads: DeskThreads) -> tuple[Unsaved, ...]:
        """Give all of it to the write thread; what that is."""
        with self._lock:
            waiting = tuple(self._texts.values())
        for text in waiting:
            threads.write_soon(partial(self._save, text))
        return waiting

    async def kept(self, threads: DeskThreads) -> bool:
        """Send it, and whether the database has all of it then. It is not waited for for long: see `problem`.

        What is written meanwhile is for the next time.
        """
        self.problem = None
        sent = self.send(threads)
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await threads.write(lambda _: None)  # behind the others
        return not any(text.name and self.at(text.place) is text for text in sent)

    @property
    def names(self) -> tuple[str, ...]:
        """What the database does not have yet."""
        with self._lock:
            texts = tuple(self._texts.values())
        return tuple(text.name for text in texts if text.name)

    def _save(self, text: Unsaved, session: Session) -> None:
        if self._texts.get(text.place) is text:
            try:
                if isinstance(text, UnsavedMessage):
                    self._save_message(text, session)
                else:
                    text.save(session)
            except (DeskError, DatabaseProblem) as problem:
                self.problem = problem
                return
            self.problem = None
            with self._lock:
                if self._texts.get(text.place) is text:
                    del self._texts[text.place]

    def _save_message(self, text: UnsavedMessage, session: Session) -> None:
        """What the same person writes in another window stays above it."""
        known = self._known.get(text.place, _Known())
        own = storable(text.text)
        kept = text.save(session, above=known.above, before=known.draft)
        self._known[text.place] = _Known(kept, kept.removesuffix(own) if own.strip() else "")

    def learn(self, place: Hashable, draft: str) -> None:
        """A composer goes on with the draft of a message as the database has it."""
        self._known[place] = _Known(draft)

    def end(self, session: Session, place: tuple[int, MessageKind], end: Callable[[str], T]) -> T:
        """Do what ends the draft of a message, given as the database has it; what another window wrote stays."""
        from itdesk.desk import communication

        known = self._known.get(place, _Known())
        done = end(known.draft)
        self._known.pop(place, None)
        if known.above.strip():
            communication.save_draft(session, *place, known.above.rstrip(), before="")
        return done

    def forget(self, place: Hashable, sent: str | None = None) -> None:
        """It was thrown away, or `sent`: that is kept no more, also where the program ends before it knows."""
        with self._lock:
            self._texts.pop(place, None)
            self._sent = None if sent is None else (place, sent)

    def begin(self) -> None:
        """Something new is written: it may be the same once more."""
        self._sent = None

    def at(self, place: Hashable) -> Unsaved | None:
        """What was written there, where the database may not have it yet."""
        with self._lock:
            return self._texts.get(place)

    def of_ticket(self, ticket_id: int) -> tuple[UnsavedMessage, ...]:
        """A ticket's messages that the database may not have yet."""
        with self._lock:
            texts = tuple(self._texts.values())
        return tuple(text for text in texts if isinstance(text, UnsavedMessage) and text.ticket_id == ticket_id)


def with_those_on_their_way(
    kept: "Sequence[KeptDraft]", on_their_way: Sequence[UnsavedMessage], now: datetime
) -> "tuple[KeptDraft, ...]":
    """The drafts that the database has, and in the place of the older ones those that it is about to get."""
    from itdesk.desk.communication import KeptDraft

    newer = {text.kind: text for text in on_their_way}
    return (
        *(KeptDraft(text.kind, text.text, text.seen_seq or 0, now) for text in newer.values() if text.text.strip()),
        *(draft for draft in kept if draft.kind not in newer),
    )


_HANDED: ContextVar[tuple["Form", ...]] = ContextVar("forms that a verb was handed", default=())
"""A verb is a task of its own: it learns of no other one's forms."""


def was_handed(form: "Form") -> None:
    """A person saved a form: what this verb does next is what the form says."""
    _HANDED.set((*_HANDED.get(), form))


def ends_drafts(drafts: DraftsOnTheirWay, act: Callable[[Session], T]) -> Callable[[Session], T]:
    """The act, after which nothing is kept of the forms that this verb was handed. They are kept if it fails.

    It is one step: the line may be cut before the screen hears of it.
    """
    handed = _HANDED.get()
    if not handed:
        return act

    def act_and_forget(session: Session) -> T:
        from itdesk.desk.form_drafts import discard_form

        done = act(session)
        for form in handed:
            drafts.forget(form)
            discard_form(session, form)
        return done

    return act_and_forget
