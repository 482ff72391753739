"""The verbs: what a person does to tickets, on the queue with the marked ones and on a ticket with this one."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from textual import work

from itdesk.desk.change import Change, Targets, TicketRef
from itdesk.desk.errors import Refused
from itdesk.desk.session import Session
from itdesk.domain.people import READERS
from itdesk.domain.ticket import (
    ENDED,
    TRANSITIONS,
    LinkType,
    MessageKind,
    Status,
    WaitingReason,
)
from itdesk.ui.messages import OpenForm, OpenTicket
from itdesk.ui.screen import DeskScreen
from itdesk.ui.text import content, plural
from itdesk.ui.theme import roles
from itdesk.ui.widgets.choice_list import Choice

if TYPE_CHECKING:
    # What a verb needs of the desk is loaded when a key asks for it: a tenth of every start otherwise.
    from itdesk.desk.queries.tickets import TicketView
    from itdesk.ui.dialogs.priority import Prioritized


_MOST_COPIED = 50
"""Whole tickets that the clipboard takes at once; terminals drop what is longer than some 100 kB."""


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
    def category(self) -> str: ...
    @property
    def major(self) -> bool: ...
    @property
    def version(self) -> int: ...


class TicketScreenWithVerbs(DeskScreen, inherit_bindings=True):
    """A screen with tickets to act on."""

    def targets(self) -> Sequence[Ticket]:
        """The tickets that a verb acts on: the marked ones, else the one under the cursor."""
        raise NotImplementedError

    async def acted(self, change: Change) -> None:
        """Show what a verb changed, before the next key acts on what is shown."""

    # --- how a verb is done --------------------------------------------------------------------------------------

    async def act(
        self, title: str, chosen: Sequence[Ticket], act: Callable[[Session, Targets], Change], *, what: str = ""
    ) -> Change | None:
        """Do it to the tickets as they were chosen: a change by somebody else since then is a conflict.

        What would happen to several is told first, as `what` says, with those that refuse; the others may then be done.
        """
        refs = [TicketRef(ticket.id, ticket.version) for ticket in chosen]
        if not refs:
            self.say("There is no ticket here.", alarm=True)
            return None
        several = len(refs) > 1
        if several and not await self._sure(title, what, chosen, lambda session: act(session, refs)):
            return None
        change = await self.write(lambda session: act(session, refs), skip_refused=several)
        if change is not None:
            await self.acted(change)
        return change

    async def _sure(self, title: str, what: str, chosen: Sequence[Ticket], act: Callable[[Session], Change]) -> bool:
        """Whether the person still wants it, knowing what would happen and what would not."""
        from itdesk.desk.transaction import rehearse
        from itdesk.ui.dialogs.confirm import NoticeDialog
        from itdesk.ui.dialogs.summary import SummaryDialog

        try:
            would = await self.attempt(lambda session: rehearse(session, act))
        except Refused as refused:
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
        return await self.app.push_screen_wait(dialog) is True

    def _title(self, verb: str, chosen: Sequence[Ticket]) -> str:
        """A dialog's title: the verb and what it concerns."""
        return f"{verb} {chosen[0].number}" if len(chosen) == 1 else f"{verb} {plural(len(chosen), 'ticket')}"

    async def _whole(self, chosen: Sequence[Ticket]) -> "TicketView | None":
        """The whole of the first ticket."""
        from itdesk.desk.queries import tickets

        if not chosen:
            self.say("There is no ticket here.", alarm=True)
            return None
        ticket_id = chosen[0].id
        return await self.read(lambda session: tickets.view(session, ticket_id))

    async def _ask(self, title: str, label: str, *, verb: str, remark: str = "", value: str = "") -> str | None:
        """One line of text, None if the person left."""
        from itdesk.ui.dialogs.form import Field, FormDialog

        values = await self.app.push_screen_wait(
            FormDialog(title, [Field("text", label, value=value)], verb=verb, remark=remark)
        )
        return None if values is None else values["text"]

    async def _choose(self, title: str, choices: Sequence[Choice], *, current: object = None, said: str = "") -> Any:
        """The value of the chosen entry, None if the person left."""
        from itdesk.ui.dialogs.choose import ChooseDialog

        return await self.app.push_screen_wait(ChooseDialog(title, choices, current=current, said=said))

    def _plain(self, value: object, label: str, right: str = "") -> Choice:
        return Choice(value, content(label), content(right, roles(self.query_one("*")).dim))

    # --- triage --------------------------------------------------------------------------------------------------

    @work(group="verb")
    async def action_take(self) -> None:
        """Take: the tickets become mine."""
        from itdesk.desk import triage

        await self.act("Take", self.targets(), triage.take, what="They become yours.")

    @work(group="verb")
    async def action_assign(self) -> None:
        """Give tickets to a person or a team."""
        from itdesk.desk import triage
        from itdesk.desk.queries import people

        chosen = self.targets()
        if not chosen:
            return
        members = await self.read(people.staff)
        if members is None:
            return
        dim = roles(self.query_one("*")).dim
        me = self.desk.me.login
        choices = [Choice("", content("People", dim), heading=True)]
        choices += [
            Choice(
                ("person", member.login),
                content(f"{member.login}  {member.name}"),
                content(", ".join(member.teams), dim),
            )
            for member in sorted(members, key=lambda member: member.login != me)
        ]
        choices += [Choice(("person", None), content("nobody"), content("back to the team", dim))]
        choices += [Choice("", content("Teams", dim), heading=True)]
        choices += [
            Choice(("team", team.name), content(team.title), content(f"{team.name} · L{team.level}", dim))
            for team in self.desk.rulebook.desk.teams
        ]
        match await self._choose(self._title("Assign", chosen), choices):
            case ("person", login):
                what = f"They go to {login}." if login else "Nobody has them any more: they go back to their teams."
                await self.act("Assign", chosen, lambda session, refs: triage.assign(session, refs, login), what=what)
            case ("team", team):
                await self.act(
                    "Assign",
                    chosen,
                    lambda session, refs: triage.assign(session, refs, None, team=team),
                    what=f"They go to the team {team}.",
                )

    @work(group="verb")
    async def action_category(self) -> None:
        """Choose a category by typing."""
        from itdesk.desk import triage

        chosen = self.targets()
        if not chosen:
            return
        dim = roles(self.query_one("*")).dim
        choices = [
            Choice(leaf.path, content(leaf.path), content(leaf.title, dim)) for leaf in self.desk.rulebook.leaves()
        ]
        category = await self._choose(self._title("Category of", chosen), choices, current=chosen[0].category)
        if isinstance(category, str):
            await self.act(
                "Categorize",
                chosen,
                lambda session, refs: triage.categorize(session, refs, category),
                what=f"Their category becomes {category}.",
            )

    @work(group="verb")
    async def action_priority(self) -> None:
        """Impact x urgency, or a priority by hand with a reason."""
        from itdesk.desk import triage
        from itdesk.ui.dialogs.priority import PriorityDialog

        chosen = self.targets()
        ticket = await self._whole(chosen)
        if ticket is None:
            return
        title = self._title("Priority of", chosen)
        asked: Prioritized | None = await self.app.push_screen_wait(
            PriorityDialog(title, self.desk.rulebook.priorities, ticket.impact, ticket.urgency)
        )
        if asked is None:
            return
        reason: str | None = ""
        if asked.priority is not None:
            remark = "It stands beside the matrix's own value."
            reason = await self._ask(f"{title} by hand: P{asked.priority}", "Reason", verb="set", remark=remark)
            if reason is None:
                return
        await self.act(
            "Prioritize",
            chosen,
            lambda session, refs: triage.prioritize(
                session,
                refs,
                impact=asked.impact,
                urgency=asked.urgency,
                priority=asked.priority,
                reason=reason or "",
            ),
            what=self._prioritized(asked),
        )

    def _prioritized(self, asked: "Prioritized") -> str:
        if asked.priority is not None:
            return f"Their priority becomes P{asked.priority}, by hand."
        matrix = self.desk.rulebook.priorities
        impact, urgency = matrix.impact(asked.impact or ""), matrix.urgency(asked.urgency or "")
        told = [f"impact {impact.title}"] if impact else []
        told += [f"urgency {urgency.title}"] if urgency else []
        return f"They get {' and '.join(told)}." if told else ""

    @work(group="verb")
    async def action_escalate(self) -> None:
        """To another team or level, with a reason."""
        from itdesk.desk import triage

        chosen = self.targets()
        if not chosen:
            return
        dim = roles(self.query_one("*")).dim
        choices = [Choice("", content("To a team", dim), heading=True)]
        choices += [
            Choice(("team", team.name, team.level), content(team.title), content(f"{team.name} · L{team.level}", dim))
            for team in self.desk.rulebook.desk.teams
        ]
        choices += [Choice("", content("Within its team", dim), heading=True)]
        choices += [
            Choice(("level", None, level), content(f"Support level {level}"), content(f"L{level}", dim))
            for level in (1, 2, 3)
        ]
        where = await self._choose(self._title("Escalate", chosen), choices)
        if not isinstance(where, tuple):
            return
        _, team, level = where
        reason = await self._ask(
            self._title("Escalate", chosen), "Reason", verb="escalate", remark="What was tried, what is needed."
        )
        if reason is None:
            return
        await self.act(
            "Escalate",
            chosen,
            lambda session, refs: triage.escalate(session, refs, team=team, level=level, reason=reason),
            what=f"They go to {team or 'their own team'}, L{level}; whoever has one hands it over.",
        )

    @work(group="verb")
    async def action_tag(self) -> None:
        """Add tags, or remove them with a minus."""
        from itdesk.desk import triage

        chosen = self.targets()
        ticket = await self._whole(chosen)
        if ticket is None:
            return
        now = f"Now: {', '.join(ticket.tags)}. " if ticket.tags else ""
        typed = await self._ask(
            self._title("Tag", chosen),
            "Tags",
            verb="tag",
            remark=f"{now}Words apart by blanks; a minus in front removes one.",
        )
        if not typed:
            return
        names = typed.replace(",", " ").split()
        add = [name for name in names if not name.startswith("-")]
        remove = [name[1:] for name in names if name.startswith("-") and len(name) > 1]
        told = " ".join([*(f"+{name}" for name in add), *(f"-{name}" for name in remove)])
        await self.act(
            "Tag",
            chosen,
            lambda session, refs: triage.tag(session, refs, add=add, remove=remove),
            what=f"Their tags change: {told}",
        )

    @work(group="verb")
    async def action_link(self) -> None:
        """Link tickets to another one."""
        from itdesk.desk import triage
        from itdesk.desk.queries import tickets

        chosen = self.targets()
        if not chosen:
            self.say("There is no ticket here.", alarm=True)
            return
        who = f"{chosen[0].number} is" if len(chosen) == 1 else f"{plural(len(chosen), 'ticket')} are"
        kinds = [
            self._plain(kind, f"{who} {kind.title} …" if kind is not LinkType.RELATED else f"{who} related to …")
            for kind in LinkType
        ]
        kind = await self._choose(self._title("Link", chosen), kinds)
        if not isinstance(kind, LinkType):
            return
        typed = await self._ask(f"{who} {kind.title} …", "Number", verb="link", remark="INC-1042, or 1042.")
        if not typed:
            return
        other = await self.read(lambda session: tickets.find_ticket(session, typed))
        if other is None:
            return
        await self.act(
            "Link",
            chosen,
            lambda session, refs: triage.link(session, refs, kind, other),
            what=f"Each of them becomes {kind.title} {typed}.",
        )

    @work(group="verb")
    async def action_major(self) -> None:
        """Declare a major incident, or withdraw it."""
        from itdesk.desk import triage

        chosen = self.targets()
        if not chosen:
            return
        withdraw = chosen[0].major
        verb = "Withdraw the major incident" if withdraw else "Declare a major incident"
        reason = await self._ask(
            f"{verb} · {', '.join(ticket.number for ticket in chosen)}",
            "Reason",
            verb="withdraw" if withdraw else "declare",
            remark="" if withdraw else "It will stand on top of every queue. Everybody will ask why.",
        )
        if reason is None:
            return
        deed = triage.withdraw_major if withdraw else triage.declare_major
        what = "They lose their rank." if withdraw else "They stand on top of every queue."
        await self.act(verb, chosen, lambda session, refs: deed(session, refs, reason), what=what)

    # --- resolution ----------------------------------------------------------------------------------------------

    @work(group="verb")
    async def action_status(self) -> None:
        """Another status; waiting with its reason; closing and cancelling as well."""
        from itdesk.desk import resolution

        chosen = self.targets()
        if not chosen:
            return
        possible = {status for ticket in chosen for status in TRANSITIONS[ticket.status]}
        if any(ticket.status is Status.WAITING for ticket in chosen):
            possible.add(Status.WAITING)
        back = all(ticket.status in ENDED or ticket.status is Status.RESOLVED for ticket in chosen)
        choices: list[Choice] = []
        for status in Status:
            if status not in possible:
                continue
            if status is Status.WAITING:
                choices += [self._plain((status, reason), f"waiting: {reason}") for reason in WaitingReason]
            elif back and status in (Status.IN_PROGRESS, Status.NEW):
                choices.append(self._plain(("reopen", None), status.title, "reopens it"))
            else:
                choices.append(self._plain((status, None), status.title))
        now = chosen[0].status.title if len(chosen) == 1 else plural(len(chosen), "ticket")
        picked = await self._choose(self._title("Status of", chosen), choices, said=f"Now {now}")
        match picked:
            case ("reopen", _):
                await self._with_reason("Reopen", chosen, resolution.reopen)
            case (Status.RESOLVED, _):
                await self._resolve(chosen)
            case (Status.CLOSED, _):
                await self.act("Close", chosen, resolution.close, what="They are closed for good.")
            case (Status.CANCELLED, _):
                await self._with_reason("Cancel", chosen, resolution.cancel)
            case (Status() as status, waiting):
                await self.act(
                    f"Set {status.title}",
                    chosen,
                    lambda session, refs: resolution.change_status(session, refs, status, waiting_reason=waiting),
                    what=f"Their status becomes {status.title}{f': {waiting}' if waiting else ''}.",
                )

    @work(group="verb")
    async def action_resolve(self) -> None:
        """Resolve, with what solved it."""
        await self._resolve(self.targets())

    async def _resolve(self, chosen: Sequence[Ticket]) -> None:
        from itdesk.desk import resolution
        from itdesk.ui.dialogs.form import Field, FormDialog

        if not chosen:
            return
        fields = [
            Field("cause", "Root cause", needed=False, placeholder="why it happened, if known"),
            Field("resolution", "Resolution", tall=True, placeholder="what solved it; the requester reads it"),
        ]
        values = await self.app.push_screen_wait(FormDialog(self._title("Resolve", chosen), fields, verb="resolve"))
        if values is None:
            return
        await self.act(
            "Resolve",
            chosen,
            lambda session, refs: resolution.resolve(session, refs, values["resolution"], root_cause=values["cause"]),
            what="They are resolved; their requesters read what solved it.",
        )

    @work(group="verb")
    async def action_reopen(self) -> None:
        """Reopen, with a reason."""
        from itdesk.desk import resolution

        await self._with_reason("Reopen", self.targets(), resolution.reopen)

    async def _with_reason(
        self, verb: str, chosen: Sequence[Ticket], act: Callable[[Session, Targets, str], Change]
    ) -> None:
        if not chosen:
            return
        reason = await self._ask(self._title(verb, chosen), "Reason", verb=verb.lower())
        if reason is not None:
            what = f"They are {'reopened' if verb == 'Reopen' else 'cancelled'}: {reason}"
            await self.act(verb, chosen, lambda session, refs: act(session, refs, reason), what=what)

    @work(group="verb")
    async def action_undo(self) -> None:
        """Take back what this person did last in this session."""
        from itdesk.desk import undo

        if not self.desk.done:
            self.say("There is nothing to undo: you changed nothing since you came.")
            return
        change = self.desk.done[-1]
        if await self.write(lambda session: undo.undo(session, change.seqs[0])) is not None:
            self.desk.done.remove(change)
            await self.acted(change)

    # --- saying --------------------------------------------------------------------------------------------------

    @work(group="verb")
    async def action_reply(self) -> None:
        """Write to the requester."""
        await self._write_message(MessageKind.REPLY)

    @work(group="verb")
    async def action_note(self) -> None:
        """Write a work note."""
        await self._write_message(MessageKind.NOTE)

    async def _write_message(self, kind: MessageKind) -> None:
        """One ticket: in its composer. Several: the same text to all, after asking."""
        from itdesk.desk import communication
        from itdesk.ui.dialogs.form import Field, FormDialog

        chosen = self.targets()
        if len(chosen) == 1:
            self.post_message(OpenTicket(chosen[0].id, compose=kind))
            return
        if not chosen:
            self.say("There is no ticket here.", alarm=True)
            return
        reply = kind is MessageKind.REPLY
        title = self._title("REPLY to the requesters of" if reply else "WORK NOTE, staff only, on", chosen)
        field = Field("text", "Reply" if reply else "Work note", tall=True)
        values = await self.app.push_screen_wait(FormDialog(title, [field], verb="send"))
        if values is not None:
            deed = communication.reply if reply else communication.note
            await self.act(
                "Reply to" if reply else "Note on",
                chosen,
                lambda session, refs: deed(session, refs, values["text"]),
                what="Every requester sees the text." if reply else "Only staff sees the note.",
            )

    # --- others --------------------------------------------------------------------------------------------------

    @work(group="verb")
    async def action_new(self) -> None:
        """The form of a new ticket, with what was written in it before."""
        from itdesk.desk import intake

        kept = await self.read(lambda session: (intake.kept_draft(session),), after_writes=True)
        if kept is not None:
            self.post_message(OpenForm(kept[0]))

    @work(group="verb")
    async def action_why(self) -> None:
        """Why the ticket is what it is."""
        from itdesk.desk.queries import tickets
        from itdesk.ui.dialogs.why import WhyDialog

        chosen = self.targets()
        ticket = await self._whole(chosen)
        if ticket is None:
            return
        decided = await self.read(lambda session: tickets.decisions(session, ticket.id))
        if decided is None:
            return
        asked = await self.app.push_screen_wait(WhyDialog(self.desk, ticket, decided))
        if asked == "priority":
            self.action_priority()
        elif asked == "category":
            self.action_category()

    def action_copy(self) -> None:
        """Send the numbers to the clipboard."""
        chosen = self.targets()
        if chosen:
            numbers = " ".join(ticket.number for ticket in chosen)
            self.copy(numbers, numbers if len(chosen) < 4 else f"The numbers of {len(chosen)} tickets")

    @work(group="verb")
    async def action_copy_all(self) -> None:
        """Send whole tickets to the clipboard, as plain text."""
        from itdesk.desk.queries import tickets
        from itdesk.ui.plain import ticket_as_text

        ids = [ticket.id for ticket in self.targets()]
        if not ids:
            self.say("There is no ticket here.", alarm=True)
            return
        if len(ids) > _MOST_COPIED:
            self.say(f"At most {_MOST_COPIED} whole tickets are copied at once; {len(ids)} are marked.", alarm=True)
            return
        zone = self.desk.zone

        def read(session: Session) -> list[tuple[str, str]]:
            whole = [(tickets.view(session, one), tickets.timeline(session, one)) for one in ids]
            return [(ticket.number, ticket_as_text(ticket, entries, zone)) for ticket, entries in whole]

        found = await self.read(read)
        if found is not None:
            what = found[0][0] if len(found) == 1 else plural(len(found), "ticket")
            self.copy("\n\n\n".join(text for _, text in found), f"All of {what}", "copy_all")

    def reader_only(self) -> bool:
        """Whether this person may look but not act."""
        return self.desk.me.role not in READERS
