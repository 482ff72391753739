"""A person's card: who it is, what he can do, and how things stand with him now."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content

from itdesk.desk.change import Change
from itdesk.desk.queries.person import AtWork, PersonCard
from itdesk.domain.ability_words import USUAL
from itdesk.domain.people import ADMINISTRATORS, LEADS, STAFF
from itdesk.ui.actions import BY_ID, Scope, keys_of, shown
from itdesk.ui.bindings import bindings
from itdesk.ui.context import DeskContext
from itdesk.ui.dialogs.reading import ReadingDialog
from itdesk.ui.text import EMPTY, content, fit, join, plural
from itdesk.ui.theme import BOLD, roles
from itdesk.ui.times import moment
from itdesk.ui.widgets.scroll_lines import TextLine
from itdesk.ui.widgets.status_bar import Hint

Outcome = Change | str | None
"""What was just done with a person, or the sentence why it was not; None: nothing was tried."""

_LABEL = 11
_LEAST_VALUE = 10
_SCROLL = Hint("j k", "scroll")


class PersonDialog(ReadingDialog[str]):
    """Hands back `abilities`, `departure` or `comeback` if the one who reads it wants to change that."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(Scope.PERSON),
        Binding("p,q,enter", "leave_it", show=False),
    ]

    def __init__(self, desk: DeskContext, card: PersonCard, outcome: Outcome = None) -> None:
        """`outcome` stands above all else."""
        super().__init__(f"Person {card.person.login}")
        self._desk, self._card, self._outcome = desk, card, outcome

    def hints(self) -> Sequence[Hint]:
        """What may be changed by whoever reads it."""
        deeds = [BY_ID[deed] for deed in ("abilities", "departure", "comeback") if not self._why_not(deed)]
        keys = [(keys_of(action, self._desk.keymap), action.title) for action in deeds]
        return (
            Hint("esc", "close"),
            *(Hint(shown(own[0]), title) for own, title in keys if own),
            Hint("j k", "scroll"),
        )

    def text_lines(self, width: int) -> list[TextLine]:
        """A fact a line, or more where it is long."""
        palette = roles(self)
        parts: list[Content] = []
        if isinstance(self._outcome, str):
            parts += [*content(self._outcome, palette.red + BOLD).wrap(width), EMPTY]
        elif self._outcome is not None:
            parts += [*content(self._outcome.sentence, palette.accent).wrap(width), EMPTY]
        for label, value in self._facts():
            parts += _beside(content(label, palette.dim), value, width)
        return [TextLine(part) for part in parts]

    def _facts(self) -> Iterator[tuple[str, Content]]:
        palette, person, at_work = roles(self), self._card.person, self._card.at_work

        def fact(label: str, text: str) -> tuple[str, Content]:
            return label, content(text or "-", palette.text)

        yield "Name", content(person.name, palette.text + BOLD)
        yield fact("Login", person.login)
        yield fact("Role", f"{person.role.title}{', VIP' if person.vip else ''}")
        if not person.active:
            yield "Now", content("has left the desk", palette.amber + BOLD)
        if at_work is not None:
            yield fact("Now", self._duty(at_work))
        yield fact("Mail", person.email)
        yield fact("Site", ", ".join(filter(None, (person.site, person.department))))
        if person.role not in STAFF:
            yield fact("Languages", ", ".join(person.languages or ()))
            return
        yield fact("Teams", ", ".join(person.teams))
        yield fact("Level", f"L{person.level}" if person.level else "")
        if at_work is not None:
            full = at_work.load >= at_work.capacity
            load = content(f"{at_work.load} of {at_work.capacity}", palette.amber + BOLD if full else palette.text)
            tickets = content(f" · {plural(at_work.open_tickets, 'open ticket')}", palette.text)
            yield "Load", join(load, content(", full", palette.amber + BOLD) if full else EMPTY, tickets)
        yield fact("Capacity", f"{USUAL}, as in the team" if person.capacity is None else str(person.capacity))
        yield fact("Languages", ", ".join(person.languages or ()))
        if not person.skills:
            yield fact("Skills", "none entered: all tickets of the teams fit")
        for at, skill in enumerate(person.skills or ()):
            yield fact("" if at else "Skills", f"{skill.level}  {skill.category}")

    def _duty(self, at_work: AtWork) -> str:
        duty = at_work.duty
        if duty.absent:
            return f"away{self._until(duty.until)}: {duty.absent}"
        if duty.on_shift:
            on_shift = f"on shift{self._until(duty.until)}" if at_work.has_rota else "always there: no shifts entered"
        else:
            on_shift = f"off{self._until(duty.until)}"
        teams = ", ".join(at_work.on_call_for)
        on_call = f"on call for {teams}{'' if duty.on_shift else self._until(duty.until)}" if duty.on_call else ""
        return " · ".join(filter(None, (on_shift if duty.on_shift or not on_call else "", on_call)))

    def _until(self, at: datetime | None) -> str:
        """` until Fri 16:00`, or ` to Fri 20 Nov` where that day is the last whole one."""
        if at is None:
            return ""
        now, zone = self._desk.clock(), self._desk.zone
        local = at.astimezone(zone)
        if local.hour or local.minute:
            return f" until {moment(at, now, zone)}"
        last = local.date() - timedelta(days=1)
        return f" to {last:%a} {last.day} {last:%b}"

    # --- what can be changed -------------------------------------------------------------------------------------

    def action_abilities(self) -> None:
        """Change skills, languages and capacity."""
        self._answer("abilities")

    def action_departure(self) -> None:
        """Let the person leave."""
        self._answer("departure")

    def action_comeback(self) -> None:
        """Bring the person back."""
        self._answer("comeback")

    def _answer(self, deed: str) -> None:
        why_not = self._why_not(deed)
        if why_not:
            self.show_hints(why_not, alarm=True)
        else:
            self.dismiss(deed)

    def _why_not(self, deed: str) -> str:
        """Why the one who reads it may not do this; empty if he may. The desk checks it again."""
        me, person = self._desk.me, self._card.person
        match deed:
            case "abilities" if me.role not in LEADS:
                return "What people can do is changed by team leads, supervisors and administrators."
            case "departure" | "comeback" if me.role not in ADMINISTRATORS:
                return "Administrators let people leave, and bring them back."
            case "departure" if person.login == me.login:
                return "Nobody makes himself inactive; another administrator does it."
            case "comeback" if person.active:
                return f"{person.login} is active at this desk."
            case "abilities" | "departure" if not person.active:
                return f"{person.login} has left the desk."
        return ""


def _beside(label: Content, value: Content, width: int) -> list[Content]:
    """A value beside its label, in as many rows as it takes."""
    first, *others = value.wrap(max(_LEAST_VALUE, width - _LABEL))
    return [join(fit(label, _LABEL), first), *(join(" " * _LABEL, row) for row in others)]
