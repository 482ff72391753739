"""Why a ticket has its category, priority and team: every decision with what it rests on."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.content import Content

from itdesk.desk.errors import DatabaseProblem, DeskError
from itdesk.desk.queries.tickets import StoredDecision, TicketView, in_force
from itdesk.domain.decisions import Decision, Source, Thing
from itdesk.domain.rulebook import Rulebook
from itdesk.ui.actions import Scope
from itdesk.ui.bindings import bindings
from itdesk.ui.context import DeskContext
from itdesk.ui.dialogs.reading import ReadingDialog
from itdesk.ui.text import EMPTY, between, content, fit, join
from itdesk.ui.theme import BOLD, UNDERLINE, Roles, roles
from itdesk.ui.times import moment
from itdesk.ui.widgets.scroll_lines import TextLine
from itdesk.ui.widgets.status_bar import Hint
from itdesk.ui.widgets.ticket_facts import decided_value

_Told = Callable[[datetime], str]
"""A moment in words."""

_LABEL = 11


class WhyDialog(ReadingDialog[str]):
    """Hands back `priority` or `category` if the person wants to override one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(Scope.WHY),
        Binding("w,q", "leave_it", show=False),
    ]
    HINTS = (
        Hint("esc", "close"),
        Hint("p", "priority"),
        Hint("l", "category"),
        Hint("enter", "the rules"),
        Hint("y", "copy"),
        Hint("j k", "scroll"),
    )

    def __init__(self, desk: DeskContext, ticket: TicketView, decided: Sequence[StoredDecision]) -> None:
        super().__init__(f"Why P{ticket.priority} and {ticket.category}?", said="Why")
        self._desk, self._ticket, self._decided = desk, ticket, decided

    def text_lines(self, width: int) -> list[TextLine]:
        """The explanation."""
        return why_lines(
            self._ticket,
            self._decided,
            width,
            palette=roles(self),
            rulebook=self._desk.rulebook,
            told=lambda at: moment(at, self._desk.clock(), self._desk.zone),
        )

    def action_priority(self) -> None:
        """Override the priority."""
        self.dismiss("priority")

    def action_category(self) -> None:
        """Override the category."""
        self.dismiss("category")

    @work(exclusive=True)
    async def action_open(self) -> None:
        """The rules themselves, as they are written."""
        from itdesk.desk.queries.rulebook import as_written
        from itdesk.ui.dialogs.rules import RulesDialog

        held = in_force(self._decided)
        places = list(dict.fromkeys(item.decision.place for item in held if item.decision.place))
        try:
            now, _ = await self._desk.threads.read(lambda session: session.desk.rulebook())
            folder, written = await self._desk.threads.read(lambda session: as_written(session, places))
        except (DeskError, DatabaseProblem) as error:
            self.show_hints(str(error), alarm=True)
            return
        old = any(item.rulebook not in (None, now) for item in held)
        if written:
            self.app.push_screen(RulesDialog(written, f"Now rulebook {now}: lines may have moved" if old else folder))
        else:
            self.show_hints("No rule of the settings decided here.")

    def action_copy(self) -> None:
        """Send the explanation to the clipboard."""
        self.app.copy_to_clipboard("\n".join(line.content.plain.rstrip() for line in self.text_lines(100)))
        self.show_hints("The explanation was sent to the terminal's clipboard. Again shows it.")


def why_lines(
    ticket: TicketView,
    decided: Sequence[StoredDecision],
    width: int,
    *,
    palette: Roles,
    rulebook: Rulebook,
    told: _Told,
) -> list[TextLine]:
    """A block for each decision in force: its value, what it rests on, what nearly won; the matrix with its cell."""
    parts: list[Content] = []
    held = in_force(decided)
    for item in held:
        thing = item.decision.thing
        parts += _block(item, width, palette, rulebook, told)
        if thing is Thing.PRIORITY and item.decision.source is not Source.IMPORT:
            parts += _matrix(ticket, palette, rulebook)
            parts += content(_otherwise(ticket, item, rulebook, told), palette.text).wrap(width)
        if thing not in (Thing.IMPACT, Thing.TEAM):
            parts.append(EMPTY)
    if not held:
        parts.append(content("Nothing was decided about this ticket.", palette.dim))
    overridden = len(decided) - len(held)
    if overridden:
        parts.append(content(f"{overridden} earlier decisions were replaced; the timeline tells when.", palette.dim))
    while parts and not parts[-1]:
        parts.pop()
    return [TextLine(part.truncate(width, ellipsis=True)) for part in parts]


def _otherwise(ticket: TicketView, priority: StoredDecision, rulebook: Rulebook, told: _Told) -> str:
    """When and by which rulebook the priority was decided, and what a higher one would need."""
    by = "" if priority.rulebook is None else f" by rulebook {priority.rulebook}"
    sentences = [f"Decided {told(priority.decided_at)}{by}."]
    matrix = rulebook.priorities
    now = matrix.cells.get((ticket.impact, ticket.urgency))
    if now is None or priority.decision.source is not Source.MATRIX:
        return sentences[0]
    ways = [
        (matrix.cells[impact.name, ticket.urgency], f"impact {impact.title}")
        for impact in reversed(matrix.impacts)
        if matrix.cells[impact.name, ticket.urgency] < now
    ] + [
        (matrix.cells[ticket.impact, urgency.name], f"urgency {urgency.title}")
        for urgency in reversed(matrix.urgencies)
        if matrix.cells[ticket.impact, urgency.name] < now
    ]
    if ways:
        nearest = max(priority for priority, _ in ways)
        needed = dict.fromkeys(way for priority, way in ways if priority == nearest)
        sentences.append(f"P{nearest} would need {' or '.join(needed)}.")
    return " ".join(sentences)


def _block(item: StoredDecision, width: int, palette: Roles, rulebook: Rulebook, told: _Told) -> list[Content]:
    decision = item.decision
    label = fit(content(decision.thing.value.capitalize(), palette.dim), _LABEL)
    style = (
        palette.priority(int(decision.value))
        if decision.thing is Thing.PRIORITY and decision.value.isdecimal()
        else palette.text
    )
    value = content(decided_value(decision, rulebook), style + BOLD)
    place = content(
        " · ".join(filter(None, (decision.place, f"rule {decision.rule}" if decision.rule else ""))), palette.dim
    )
    indent = " " * _LABEL
    because = _because(item, palette, told)
    lines = _line_or_more(join(label, value), because, place, width, indent=_LABEL)
    for evidence in decision.evidence:
        said = join(
            indent,
            fit(content("text" if evidence.field == "body" else evidence.field, palette.dim), 9),
            "“",
            content(evidence.text, palette.accent + UNDERLINE),
            "”",
        )
        lines.append(said)
    lines += [
        join(
            indent,
            fit(content(one.login, palette.dim if one.why_not else palette.text), 14),
            fit(content(f"{one.load}/{one.capacity}", palette.text), 8),
            content(one.in_words, palette.dim),
        )
        for one in decision.candidates
    ]
    for near in decision.nearly:
        nearly = join(indent, fit(content("nearly", palette.dim), 9), content(near.value, palette.text))
        file, line = near.place.rpartition(":")[::2]
        beside = decision.place.startswith(f"{file}:")  # the same file need not be named again
        where = content(f":{line}" if beside else near.place, palette.dim)
        missing = content(near.missing, palette.dim)
        lines += _line_or_more(nearly, missing, where, width, indent=_LABEL + 9)
    return lines


def _line_or_more(what: Content, why: Content, where: Content, width: int, *, indent: int) -> list[Content]:
    """What, why and where in a line; a reason without room for all of it stands below."""
    line = join(what, "  ", why)
    if line.cell_length + where.cell_length < width:
        return [between(line, where, width)]
    below = why.wrap(max(10, width - indent))
    return [between(what, where, width), *(join(" " * indent, part) for part in below)]


def _because(item: StoredDecision, palette: Roles, told: _Told) -> Content:
    decision: Decision = item.decision
    match decision.source:
        case Source.MATRIX:
            return content(decision.reason or "cell of the matrix", palette.dim)
        case Source.ROUTE:
            return content("by its route", palette.dim)
        case Source.DEFAULT if decision.thing is Thing.AGREEMENT:
            return content(decision.reason, palette.dim)
        case Source.DEFAULT:
            return content("no rule fits: the desk's default", palette.dim)
        case Source.IMPORT:
            return content(f"imported  {decision.reason}".rstrip(), palette.dim)
        case Source.PERSON:
            who = f"{item.decided_by or 'somebody'}, {told(item.decided_at)}"
            return content(f"by {who}: {decision.reason}" if decision.reason else f"by {who}", palette.dim)
        case Source.RULE if decision.thing is Thing.ESCALATION:
            return content(f"{told(item.decided_at)}: {decision.reason}", palette.dim)
        case _:
            return content(decision.reason, palette.dim)


def _matrix(ticket: TicketView, palette: Roles, rulebook: Rulebook) -> list[Content]:
    matrix = rulebook.priorities
    if matrix.impact(ticket.impact) is None or matrix.urgency(ticket.urgency) is None:
        return []
    indent = " " * _LABEL
    titles = [
        fit(content(level.title, palette.text + BOLD if level.name == ticket.urgency else palette.dim), 10)
        for level in matrix.urgencies
    ]
    lines = [join(indent, fit(content("urgency", palette.dim), 16), *titles)]
    for impact in matrix.impacts:
        row = []
        for urgency in matrix.urgencies:
            priority = matrix.cells[impact.name, urgency.name]
            here = (impact.name, urgency.name) == (ticket.impact, ticket.urgency)
            text = f"[P{priority}]" if here else f" P{priority}"
            row.append(fit(content(text, palette.priority(priority) + BOLD if here else palette.dim), 10))
        title = content(impact.title, palette.text + BOLD if impact.name == ticket.impact else palette.dim)
        lines.append(join(indent, fit(title, 15), *row))
    return lines
