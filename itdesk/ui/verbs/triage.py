"""Verbs of triage: who does it, what it is about, how important it is, what it belongs to."""

from collections import Counter
from typing import TYPE_CHECKING

from itdesk.ui.text import content
from itdesk.ui.theme import roles
from itdesk.ui.verbs import TicketScreenWithVerbs
from itdesk.ui.widgets.choice_list import Choice

if TYPE_CHECKING:
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
    reason: str | None = ""
    if asked.priority is not None:
        remark = "It stands beside the matrix's own value."
        reason = await screen.ask(f"{title} by hand: P{asked.priority}", "Reason", verb="set", remark=remark)
        if reason is None:
            return
    await screen.act(
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
        what=_prioritized(screen, asked),
    )


def _prioritized(screen: TicketScreenWithVerbs, asked: "Prioritized") -> str:
    if asked.priority is not None:
        return f"Their priority becomes P{asked.priority}, by hand."
    matrix = screen.desk.rulebook.priorities
    impact, urgency = matrix.impact(asked.impact or ""), matrix.urgency(asked.urgency or "")
    told = [f"impact {impact.title}"] if impact else []
    told += [f"urgency {urgency.title}"] if urgency else []
    return f"They get {' and '.join(told)}." if told else ""


async def action_escalate(screen: TicketScreenWithVerbs) -> None:
    """To another team or level, or to management, with a reason."""
    from itdesk.desk import triage
    from itdesk.desk.escalation import escalate_to_management

    chosen = screen.targets()
    if not chosen:
        return
    dim = roles(screen.query_one("*")).dim
    choices = [Choice("", content("To a team", dim), heading=True)]
    choices += [
        Choice(("team", team.name, team.level), content(team.title), content(f"{team.name} · L{team.level}", dim))
        for team in screen.desk.rulebook.desk.teams
    ]
    choices += [Choice("", content("Within its team", dim), heading=True)]
    choices += [
        Choice(("level", None, level), content(f"Support level {level}"), content(f"L{level}", dim))
        for level in (1, 2, 3)
    ]
    choices += [Choice("", content("Without moving it", dim), heading=True)]
    choices += [
        Choice(("management", None, 0), content("To management"), content("team lead and supervisors are told", dim))
    ]
    where = await screen.choose(screen.titled("Escalate", chosen), choices)
    if not isinstance(where, tuple):
        return
    kind, team, level = where
    reason = await screen.ask(
        screen.titled("Escalate", chosen), "Reason", verb="escalate", remark="What was tried, what is needed."
    )
    if reason is None:
        return
    if kind == "management":
        await screen.act(
            "Escalate",
            chosen,
            lambda session, refs: escalate_to_management(session, refs, reason),
            what="They stay where they are; team lead and supervisors are told.",
        )
        return
    await screen.act(
        "Escalate",
        chosen,
        lambda session, refs: triage.escalate(session, refs, team=team, level=level, reason=reason),
        what=f"They go to {team or 'their own team'}, L{level}; whoever has one hands it over.",
    )


async def action_tag(screen: TicketScreenWithVerbs) -> None:
    """Add tags, or remove them with a minus."""
    from itdesk.desk import triage

    chosen = screen.targets()
    ticket = await screen.whole(chosen)
    if ticket is None:
        return
    now = f"Now: {', '.join(ticket.tags)}. " if ticket.tags else ""
    typed = await screen.ask(
        screen.titled("Tag", chosen),
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
    await screen.act(
        "Tag",
        chosen,
        lambda session, refs: triage.tag(session, refs, add=add, remove=remove),
        what=f"Their tags change: {told}",
    )


async def action_major(screen: TicketScreenWithVerbs) -> None:
    """Declare a major incident, or withdraw it."""
    from itdesk.desk import triage

    chosen = screen.targets()
    if not chosen:
        return
    withdraw = chosen[0].major
    verb = "Withdraw the major incident" if withdraw else "Declare a major incident"
    reason = await screen.ask(
        screen.titled(f"{verb} ·", chosen),
        "Reason",
        verb="withdraw" if withdraw else "declare",
        remark="" if withdraw else "It will stand on top of every queue. Everybody will ask why.",
    )
    if reason is None:
        return
    deed = triage.withdraw_major if withdraw else triage.declare_major
    what = "They lose their rank." if withdraw else "They stand on top of every queue."
    await screen.act(verb, chosen, lambda session, refs: deed(session, refs, reason), what=what)
