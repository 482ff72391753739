"""The verbs: what a person does to tickets, on the queue with the marked ones and on a ticket with this one.

A verb is a function `action_NAME(screen)` of the module here that its stage of a request's life names.
"""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

from textual.worker import Worker

from itdesk.desk.errors import Refused
from itdesk.desk.session import Session
from itdesk.domain.ticket import MessageKind, Status, WaitingReason
from itdesk.ui.screen import DeskScreen
from itdesk.ui.text import plural
from itdesk.ui.times import clock

if TYPE_CHECKING:  # loaded with the first verb
    from itdesk.desk.change import Change, Targets
    from itdesk.desk.queries.meanwhile import Deed
    from itdesk.desk.queries.tickets import TicketView
    from itdesk.ui.dialogs.form import Field


class Ticket(Protocol):
    """What a verb must know of a ticket: a queue's row or a whole ticket."""

    @property
    def id(self) -> int: ...
    @property
    def number(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def status(self) -> Status: ...
    @property
    def waiting_reason(self) -> WaitingReason | None: ...
    @property
    def category(self) -> str: ...
    @property
    def team(self) -> str | None: ...
    @property
    def level(self) -> int: ...
    @property
    def assignee(self) -> str | None: ...
    @property
    def major(self) -> bool: ...
    @property
    def version(self) -> int: ...


def _verb(stage: str, name: str) -> Callable[["TicketScreenWithVerbs"], Worker[None]]:
    """The verb of a stage's module, which is loaded when a key asks for it: a tenth of every start otherwise."""

    async def run(screen: "TicketScreenWithVerbs") -> None:
        act: Callable[[TicketScreenWithVerbs], Coroutine[Any, Any, None]]
        act = getattr(import_module(f"{__name__}.{stage}"), f"action_{name}")
        await act(screen)

    def start(screen: "TicketScreenWithVerbs") -> Worker[None]:
        screen.begun = name
        return screen.run_worker(run(screen), name=name, group="verb")

    return start


class TicketScreenWithVerbs(DeskScreen, inherit_bindings=True):
    """A screen with tickets to act on."""

    action_new = _verb("intake", "new")
    action_take = _verb("triage", "take")
    action_take_next = _verb("assignment", "take_next")
    action_assign = _verb("assignment", "assign")
    action_category = _verb("triage", "category")
    action_priority = _verb("triage", "priority")
    action_escalate = _verb("triage", "escalate")
    action_tag = _verb("triage", "tag")
    action_link = _verb("links", "link")
    action_merge = _verb("links", "merge")
    action_split = _verb("links", "split")
    action_files = _verb("files", "files")
    action_major = _verb("triage", "major")
    action_status = _verb("resolution", "status")
    action_resolve = _verb("resolution", "resolve")
    action_reopen = _verb("resolution", "reopen")
    action_undo = _verb("resolution", "undo")
    action_visit = _verb("visits", "visit")
    action_diagnose = _verb("resolution", "diagnose")
    action_steps = _verb("procedures", "steps")
    action_tick = _verb("procedures", "tick")
    action_approve = _verb("procedures", "approve")
    action_test = _verb("procedures", "test")
    action_reply = _verb("communication", "reply")
    action_note = _verb("communication", "note")
    action_kept = _verb("communication", "kept")
    action_log = _verb("worklog", "log")
    action_watchers = _verb("watching", "watchers")
    action_notices = _verb("watching", "notices")
    action_why = _verb("knowledge", "why")
    action_clocks = _verb("clocks", "clocks")
    action_copy = _verb("knowledge", "copy")
    action_copy_all = _verb("knowledge", "copy_all")

    def targets(self) -> Sequence[Ticket]:
        """The tickets that a verb acts on: the marked ones, else the one under the cursor."""
        raise NotImplementedError

    def is_in_sight(self, ticket: Ticket) -> bool:  # noqa: ARG002
        """Whether a ticket that a verb acts on stands on the screen."""
        return True

    def chosen_ids(self) -> tuple[int, ...]:
        """Them by their ids."""
        return tuple(ticket.id for ticket in self.targets())

    def step_under_cursor(self) -> int | None:
        """The place of the checklist's step that the cursor is on."""
        return None

    async def write_message(self, kind: MessageKind) -> None:
        """Write a reply or a note on the tickets."""
        from itdesk.ui.verbs.communication import write_message

        await write_message(self, kind)

    # --- how a verb is done --------------------------------------------------------------------------------------

    async def act(
        self, title: str, chosen: Sequence[Ticket], act: "Callable[[Session, Targets], Change]", *, what: str = ""
    ) -> "Change | None":
        """Do it to the tickets as they were chosen: a change by somebody else since then is a conflict.

        What would happen to several, or to one that is out of sight, is told first, as `what` says, with those that
        refuse; the others may then be done.
        """
        from itdesk.desk.change import TicketRef

        refs = [TicketRef(ticket.id, ticket.version) for ticket in chosen]
        if not refs:
            self.say("There is no ticket here.", alarm=True)
            return None
        several = len(refs) > 1
        asks = several or not self.is_in_sight(chosen[0])
        if asks and not await self._sure(title, what, chosen, lambda session: act(session, refs)):
            return None
        change = await self.write(lambda session: act(session, refs), skip_refused=several)
        if change is not None:
            await self.acted(change)
        return change

    async def act_by_form(
        self,
        verb: str,
        chosen: Sequence[Ticket],
        fields: "Sequence[Field]",
        act: "Callable[[Session, Targets, Mapping[str, str]], Change]",
        *,
        title: str = "",
        does: str,
        remark: str = "",
        what: "Callable[[Mapping[str, str]], str]" = lambda _: "",
        check: Callable[[Mapping[str, str]], object] = lambda _: None,
    ) -> None:
        """Do to the tickets what a form says; it stands there until that is done, or the person leaves.

        What others did to them while one wrote is told first, once, and so is a refusal: nothing is done then, and the
        form has its text. `verb` and `what` are for several, as `act` has them; `does` says what saving does. `check`
        raises ValueError, with a sentence, for what it does not understand.
        """
        from itdesk.desk.change import TicketRef
        from itdesk.desk.queries.meanwhile import meanwhile, newest_entry

        if not chosen:
            self.say("There is no ticket here.", alarm=True)
            return
        opened = await self.read(newest_entry)
        if opened is None:
            return
        ids, several, seen = [ticket.id for ticket in chosen], len(chosen) > 1, opened
        refs: Targets = [TicketRef(ticket.id, ticket.version) for ticket in chosen]

        async def attempt(written: Mapping[str, str]) -> str | None:
            nonlocal seen, refs
            check(written)
            found = await self.result_or_why(lambda session: meanwhile(session, ids, after=seen))
            if isinstance(found, str):
                return found
            if found.deeds:
                seen, refs = found.seq, found.tickets
                if not await self._sure_all_the_same(chosen, found.deeds, does):
                    return ""
            if several and not await self._sure(
                verb, what(written), chosen, lambda session: act(session, refs, written)
            ):
                await self.say_that_form_is_kept()
                return None
            refusal = await self.done_or_why(lambda session: act(session, refs, written), skip_refused=several)
            refs = found.tickets  # whoever reads why knows how they are now
            return refusal

        await self.fill_in_until_done(
            title or self.titled(verb, chosen), fields, attempt, verb=does, remark=remark, about=tuple(ids)
        )

    async def _sure_all_the_same(self, chosen: Sequence[Ticket], deeds: "Sequence[Deed]", does: str) -> bool:
        """Whether the person still wants it, knowing what others did meanwhile."""
        from itdesk.ui.dialogs.confirm import ConfirmDialog

        numbers = {ticket.id: ticket.number for ticket in chosen}
        which = {numbers[deed.ticket_id] for deed in deeds}
        title = f"{min(which)} changed" if len(which) == 1 else f"{len(which)} of them changed"
        told = [f"{clock(deed.at, self.desk.zone)}  {deed.who} {deed.said}" for deed in deeds]
        if len(chosen) > 1:
            told = [f"{numbers[deed.ticket_id]}  {line}" for deed, line in zip(deeds, told, strict=True)]
        dialog = ConfirmDialog(
            f"{title} while you wrote",
            ["Nothing is done yet. Your text is kept.", "", *told],
            verb=does,
            no="back",
            keymap=self.desk.keymap,
        )
        return await self.app.push_screen_wait(dialog) is True

    async def _sure(self, title: str, what: str, chosen: Sequence[Ticket], act: "Callable[[Session], Change]") -> bool:
        """Whether the person still wants it, knowing what would happen and what would not."""
        from itdesk.desk.transaction import rehearse
        from itdesk.ui.dialogs.confirm import NoticeDialog
        from itdesk.ui.dialogs.summary import SummaryDialog

        try:
            would = await self.attempt(lambda session: rehearse(session, act))
        except Refused as refused:
            if not refused.tickets:  # it is about none of them, but about who asks
                self.say(str(refused), alarm=True)
                return False
            told = NoticeDialog(
                f"{title} · none of {len(chosen)} can be done", [reason for _, reason in refused.tickets]
            )
            await self.app.push_screen_wait(told)
            return False
        if would is None:
            return False
        refused_numbers = {number for number, _ in would.refused}
        willing = [(ticket.number, ticket.subject) for ticket in chosen if ticket.number not in refused_numbers]
        reasons = [reason for _, reason in would.refused]
        dialog = SummaryDialog(title, what, willing, reasons, keymap=self.desk.keymap)
        if await self.app.push_screen_wait(dialog) is not True:
            self.say("Nothing was changed; what is marked stays marked.")
            return False
        return True

    def titled(self, verb: str, chosen: Sequence[Ticket]) -> str:
        """A dialog's title: the verb and what it concerns."""
        return f"{verb} {chosen[0].number}" if len(chosen) == 1 else f"{verb} {plural(len(chosen), 'ticket')}"

    async def whole(self, chosen: Sequence[Ticket]) -> "TicketView | None":
        """The whole of the first ticket."""
        from itdesk.desk.queries import tickets

        if not chosen:
            self.say("There is no ticket here.", alarm=True)
            return None
        ticket_id = chosen[0].id
        return await self.read(lambda session: tickets.view(session, ticket_id))
