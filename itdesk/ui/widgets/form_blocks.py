"""The parts of the form of a new ticket that are not typed in: its head, and what would become of it."""

from collections.abc import Sequence

from textual.content import Content

from itdesk.desk.queries.outlook import Outlook
from itdesk.domain.decisions import Decision, Thing
from itdesk.domain.rulebook import Rulebook
from itdesk.ui.text import EMPTY, between, content, fit, join
from itdesk.ui.theme import BOLD, roles
from itdesk.ui.widgets.lines import Lines
from itdesk.ui.widgets.ticket_facts import decided_value, in_short

LABEL = 11
"""Cells of the names at the left."""


class Head(Lines):
    """What this is, for whom, and by which channel."""

    DEFAULT_CSS = "Head { height: 1; background: $desk-bar; color: $desk-text; }"

    def __init__(self) -> None:
        super().__init__()
        self._who = self._channel = ""

    def show(self, who: str, channel: str) -> None:
        """Show for whom it is, and how it reached the desk."""
        self._who, self._channel = who, channel
        self.repaint()

    def line(self, y: int, width: int) -> Content:
        """The one line."""
        del y
        palette = roles(self)
        left = join(content(" ‹ ", palette.dim), content("New ticket", palette.text + BOLD))
        right = join(
            content("for ", palette.dim),
            content(self._who, palette.text).truncate(max(10, width // 2), ellipsis=True),
            content(f" · by {self._channel} ", palette.dim),
        )
        return between(left, right, width)


class About(Lines):
    """What is known of whoever stands in the field beside."""

    DEFAULT_CSS = "About { height: 1; padding: 0 0 0 2; }"

    def __init__(self, *, id: str) -> None:  # noqa: A002 Textual's word
        super().__init__(id=id)
        self._said = EMPTY

    def show(self, said: Content) -> None:
        """Show this."""
        self._said = said
        self.repaint()

    def line(self, y: int, width: int) -> Content:
        """The one line."""
        del y, width
        return join("  ", self._said)


class WouldBe(Lines, can_focus=True):
    """What the rules would decide, each with its reason. It has the focus while no field has it."""

    DEFAULT_CSS = "WouldBe { height: 4; }"

    def __init__(self) -> None:
        super().__init__()
        self._rows: Sequence[tuple[str, Content, Content]] = ()

    def show(self, seen: Outlook, rulebook: Rulebook) -> None:
        """Show these decisions."""
        palette = roles(self)
        category, priority, team = seen.of(Thing.CATEGORY), seen.of(Thing.PRIORITY), seen.of(Thing.TEAM)
        if category is None or priority is None or team is None:
            self._rows = [(name, content("-", palette.dim), EMPTY) for name in ("category", "priority", "goes to")]
            self.repaint()
            return
        kind, level, setting = seen.of(Thing.KIND), seen.of(Thing.LEVEL), rulebook.team(team.value)
        title = setting.title if setting else team.value
        self._rows = [
            (
                "category",
                content(category.value, palette.text),
                content(" · ".join([_reason(category), *([kind.value] if kind else [])]), palette.dim),
            ),
            (
                "priority",
                content(decided_value(priority, rulebook), palette.priority(int(priority.value)) + BOLD),
                content(_priority_reason(seen, priority), palette.dim),
            ),
            (
                "goes to",
                content(f"L{level.value} {title}" if level else title, palette.text),
                content(seen.standing or in_short(team), palette.dim),
            ),
        ]
        self.repaint()

    def on_focus(self) -> None:
        """The keys of the form act now."""
        self.repaint()

    def on_blur(self) -> None:
        """They do not act any more."""
        self.repaint()

    def line(self, y: int, width: int) -> Content:
        """A title, then a decision a line."""
        palette = roles(self)
        if y == 0:
            title = content("Would be", palette.accent + BOLD if self.has_focus else palette.dim + BOLD)
            keys = (
                "decided as you type · l p i override"
                if self.has_focus
                else "decided as you type · esc, then l p i override"
            )
            return between(join(self._bar(), title), content(f"{keys} ", palette.dim), width)
        if y > len(self._rows):
            return EMPTY
        name, value, why = self._rows[y - 1]
        room = max(16, width * 2 // 9)
        what = join(self._bar(), fit(content(name, palette.dim), LABEL), fit(value, room), "  ")
        reason: Content = why.truncate(width - what.cell_length - 1, ellipsis=True)
        return join(what, reason)

    def _bar(self) -> Content:
        return content("▌", roles(self).accent) if self.has_focus else Content(" ")


class Heading(Lines):
    """The title of the articles."""

    DEFAULT_CSS = "Heading { height: 1; }"

    def line(self, y: int, width: int) -> Content:
        """The one line."""
        del y
        palette = roles(self)
        left = join(" ", content("May solve it", palette.dim + BOLD))
        return between(left, content("tab goes there, enter reads ", palette.dim), width)


def _reason(decision: Decision) -> str:
    """Why, with the place of the text that matched: `“VPN” in the subject`."""
    if decision.evidence:
        from itdesk.domain.conditions import Field

        found = decision.evidence[0]
        if found.field == Field.VIP:
            return in_short(decision)
        return f"{in_short(decision)} in the {'text' if found.field == 'body' else found.field}"
    return in_short(decision)


def _priority_reason(seen: Outlook, priority: Decision) -> str:
    """The matrix's cell, with the texts that chose its row and column: `one team x high: “whole team”, “today”`."""
    quoted = [
        f"“{decision.evidence[0].text}”"
        for decision in (seen.of(Thing.IMPACT), seen.of(Thing.URGENCY))
        if decision is not None and decision.evidence
    ]
    said = priority.reason or in_short(priority)
    return f"{said}: {', '.join(quoted)}" if quoted else said
