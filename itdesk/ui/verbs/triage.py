"""Verbs of triage: who does it, what it is about, how important it is, what it belongs to."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from itdesk.domain.ticket import LEVELS
from itdesk.ui.text import content
from itdesk.ui.theme import roles
from itdesk.ui.verbs import TicketScreenWithVerbs
from itdesk.ui.widgets.choice_list import Choice

if TYPE_CHECKING:
    from itdesk.desk.change import Change, Targets
    from itdesk.desk.session import Session
    from itdesk.domain.rulebook import TeamSetting
    from itdesk.ui.dialogs.priority import Prioritized


async def action_take(screen: TicketScreenWithVerbs) -> None:
    """Take: the tickets become mine."""
    from itdesk.desk import triage

    chosen = screen.targets()
    holders = Counter(ticket.assignee for ticket in chosen if ticket.assignee not in (None, screen.desk.me.login))
    theirs = ", ".join(f"{count} from {login}" for login, count in holders.most_common())
    await screen.act(
        "Take", chosen, triage.take, what=f"They become yours: {theirs}." if theirs else "They become yours."
    )


async def action_category(screen: TicketScreenWithVerbs) -> None:
    """Choose a category by typing."""
    from itdesk.desk import triage

    chosen = screen.targets()
    if not chosen:
        return
    dim = roles(screen.query_one("*")).dim
    choices = [
        Choice(leaf.path, content(leaf.path), content(leaf.title, dim)) for leaf in screen.desk.rulebook.leaves()
    ]
    category = await screen.choose(screen.titled("Category of", chosen), choices, current=chosen[0].category)
    if isinstance(category, str):
        await screen.act(
            "Categorize",
            chosen,
            lambda session, refs: triage.categorize(session, refs, category),
            what=f"Their category becomes {category}.",
        )


async def action_priority(screen: TicketScreenWithVerbs) -> None:
    """Impact x urgency, or a priority by hand with a reason."""
    from itdesk.desk import triage
    from itdesk.ui.dialogs.form import Field
    from itdesk.ui.dialogs.priority import PriorityDialog

    chosen = screen.targets()
    ticket = await screen.whole(chosen)
    if ticket is None:
        return
    title = screen.titled("Priority of", chosen)
    asked: Prioritized | None = await screen.app.push_screen_wait(
        PriorityDialog(title, screen.desk.rulebook.priorities, ticket.impact, ticket.urgency)
    )
    if asked is None:
        return

    def prioritize(session: "Session", refs: "Targets", written: Mapping[str, str]) -> "Change":
        reason, (impact, urgency, priority) = written.get("text", ""), (asked.impact, asked.urgency, asked.priority)
        return triage.prioritize(session, refs, impact=impact, urgency=urgency, priority=priority, reason=reason)

    if asked.priority is None:
        what = _prioritized(screen, asked)
        await screen.act("Prioritize", chosen, lambda session, refs: prioritize(session, refs, {}), what=what)
        return
    await screen.act_by_form(
        "Prioritize",
        chosen,
        [Field("text", "Reason")],
        prioritize,
        title=f"{title} by hand: P{asked.priority}",
        does="set",
        remark="It stands beside the matrix's own value.",
        what=lambda _: f"Their priority becomes P{asked.priority}, by hand.",
    )


def _prioritized(screen: TicketScreenWithVerbs, asked: "Prioritized") -> str:
    matrix = screen.desk.rulebook.priorities
    impact, urgency = matrix.impact(asked.impact or ""), matrix.urgency(asked.urgency or "")
    told = [f"impact {impact.title}"] if impact else []
    told += [f"urgency {urgency.title}"] if urgency else []
    return f"They get {' and '.join(told)}." if told else ""


async def action_escalate(screen: TicketScreenWithVerbs) -> None:
    """To another team or level, or to management, with a reason."""
    from itdesk.desk import triage
    from itdesk.desk.escalation import escalate_to_management
    from itdesk.ui.dialogs.form import Field

    chosen = screen.targets()
    if not chosen:
        return
    dim = roles(screen.query_one("*")).dim

    def is_elsewhere(team: str | None, level: int) -> bool:
        """Whether any of them is not there already."""
        return any(ticket.level != level or team not in (None, ticket.team) for ticket in chosen)

    choices = [Choice("", content("To a team", dim), heading=True)]
    choices += [
        Choice(("team", team.name, team.level), content(team.title), content(f"{team.name} · L{team.level}", dim))
        for team in screen.desk.rulebook.desk.teams
        if is_elsewhere(team.name, team.level)
    ]
    choices += [Choice("", content("Within its team", dim), heading=True)]
    choices += [
        Choice(("level", None, level), content(f"Support level {level}"), content(f"L{level}", dim))
        for level in LEVELS
        if is_elsewhere(None, level)
    ]
    choices += [Choice("", content("Without moving it", dim), heading=True)]
    choices += [
        Choice(("management", None, 0), content("To management"), content("team lead and supervisors are told", dim))
    ]
    step_up = _step_up(max(ticket.level for ticket in chosen), screen.desk.rulebook.desk.teams)
    where = await screen.choose(screen.titled("Escalate", chosen), choices, current=step_up)
    if not isinstance(where, tuple):
        return
    kind, team, level = where

    def escalate(session: "Session", refs: "Targets", written: Mapping[str, str]) -> "Change":
        if kind == "management":
            return escalate_to_management(session, refs, written["text"])
        return triage.escalate(session, refs, team=team, level=level, reason=written["text"])

    what = f"They go to {team or 'their own team'}, L{level}; whoever has one hands it over."
    if kind == "management":
        what = "They stay where they are; team lead and supervisors are told."
    await screen.act_by_form(
        "Escalate",
        chosen,
        [Field("text", "Reason")],
        escalate,
        does="escalate",
        remark="What was tried, what is needed.",
        what=lambda _: what,
    )


def _step_up(level: int, teams: Sequence["TeamSetting"]) -> tuple[str, str | None, int]:
    """Where tickets of a level mostly go next: to a team that solves more, to its next level, to management."""
    above = [("team", team.name, team.level) for team in teams if team.level > level]
    if level == LEVELS[0] and above:
        return above[0]
    return ("level", None, level + 1) if level < LEVELS[-1] else ("management", None, 0)


async def action_tag(screen: TicketScreenWithVerbs) -> None:
    """Add tags, or remove them with a minus."""
    from itdesk.desk import triage
    from itdesk.ui.dialogs.form import Field

    chosen = screen.targets()
    ticket = await screen.whole(chosen)
    if ticket is None:
        return
    now = f"Now: {', '.join(ticket.tags)}. " if ticket.tags else ""

    def tag(session: "Session", refs: "Targets", written: Mapping[str, str]) -> "Change":
        add, remove = _tags(written["text"])
        return triage.tag(session, refs, add=add, remove=remove)

    def what(written: Mapping[str, str]) -> str:
        add, remove = _tags(written["text"])
        return f"Their tags change: {' '.join([*(f'+{name}' for name in add), *(f'-{name}' for name in remove)])}"

    await screen.act_by_form(
        "Tag",
        chosen,
        [Field("text", "Tags")],
        tag,
        does="tag",
        remark=f"{now}Words apart by blanks; a minus in front removes one.",
        what=what,
    )


def _tags(typed: str) -> tuple[list[str], list[str]]:
    """The tags to add, and those to remove."""
    names = typed.replace(",", " ").split()
    add = [name for name in names if not name.startswith("-")]
    return add, [name[1:] for name in names if name.startswith("-") and len(name) > 1]


async def action_major(screen: TicketScreenWithVerbs) -> None:
    """Declare a major incident, or withdraw it."""
    from itdesk.desk import triage
    from itdesk.ui.dialogs.form import Field

    chosen = screen.targets()
    if not chosen:
        return
    withdraw = chosen[0].major
    verb = "Withdraw the major incident" if withdraw else "Declare a major incident"
    deed = triage.withdraw_major if withdraw else triage.declare_major
    what = "They lose their rank." if withdraw else "They stand on top of every queue."
    await screen.act_by_form(
        verb,
        chosen,
        [Field("text", "Reason")],
        lambda session, refs, written: deed(session, refs, written["text"]),
        title=screen.titled(f"{verb} ·", chosen),
        does="withdraw" if withdraw else "declare",
        remark="" if withdraw else "It will stand on top of every queue. Everybody will ask why.",
        what=lambda _: what,
    )
