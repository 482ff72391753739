"""Who takes a ticket: me, the next one; or somebody of its team, as they stand."""

from functools import partial

from itdesk.desk.queries.candidates import Candidates
from itdesk.ui.messages import OpenTicket
from itdesk.ui.text import content
from itdesk.ui.theme import roles
from itdesk.ui.verbs import TicketScreenWithVerbs
from itdesk.ui.widgets.choice_list import Choice


async def action_take_next(screen: TicketScreenWithVerbs) -> None:
    """Name the next ticket that fits me; take it, or look at the one after it. Where others were first, the next."""
    from itdesk.desk import triage
    from itdesk.desk.change import TicketRef
    from itdesk.desk.queries.next_ticket import NextTicket, next_ticket, nothing_fits
    from itdesk.desk.session import Session
    from itdesk.ui.dialogs.next_ticket import TAKE, NextTicketDialog

    seen: NextTicket | None = None
    missed = ""

    def read(session: Session) -> NextTicket | str:
        return next_ticket(session, after=seen.row if seen else None) or nothing_fits(session)

    while True:
        found = await screen.read(read, after_writes=True)
        if found is None:
            return
        if isinstance(found, str):
            screen.say("There is none after that one." if seen else f"{missed} {found}".lstrip(), alarm=not seen)
            return
        asked = await screen.app.push_screen_wait(NextTicketDialog(screen.desk, found, missed=missed))
        if asked is None:
            return
        if asked != TAKE:
            seen, missed = found, ""
            continue
        ref = TicketRef(found.row.id, found.row.version)
        refusal = await screen.done_or_why(partial(triage.take, targets=[ref]))
        if refusal is None:
            screen.post_message(OpenTicket(ref.id))
            return
        screen.say(refusal, alarm=True)
        seen, missed = None, refusal


async def action_assign(screen: TicketScreenWithVerbs) -> None:
    """Give tickets to a person, the best of the team first, or to a team."""
    from itdesk.desk import triage
    from itdesk.desk.queries.candidates import candidates

    chosen = screen.targets()
    if not chosen:
        return
    first = chosen[0] if len({ticket.team for ticket in chosen}) == 1 else None
    found = await screen.read(lambda session: candidates(session, first.id if first else None))
    if found is None:
        return
    dim = roles(screen.query_one("*")).dim
    whose = f" for {first.number}" if first and len(chosen) > 1 else ""
    choices = [*_ranked(screen, found, whose), *_others(screen, found)]
    choices += [Choice(("person", None), content("nobody"), content("back to the team", dim))]
    choices += [Choice("", content("Teams", dim), heading=True)]
    choices += [
        Choice(("team", team.name), content(team.title), content(f"{team.name} · L{team.level}", dim))
        for team in screen.desk.rulebook.desk.teams
    ]
    match await screen.choose(screen.titled("Assign", chosen), choices):
        case ("person", login):
            what = f"They go to {login}." if login else "Nobody has them any more: they go back to their teams."
            await screen.act("Assign", chosen, lambda session, refs: triage.assign(session, refs, login), what=what)
        case ("team", team):
            await screen.act(
                "Assign",
                chosen,
                lambda session, refs: triage.assign(session, refs, None, team=team),
                what=f"They go to the team {team}.",
            )


def _ranked(screen: TicketScreenWithVerbs, found: Candidates, whose: str) -> list[Choice]:
    """The people of the team, the best first, with their load and why not; `whose` is the ticket, if of several."""
    if found.ranking is None or not found.ranking.ranked:
        return []
    palette = roles(screen.query_one("*"))
    aside = f"; {found.ranking.left_aside}" if found.ranking.left_aside else ""
    heading = content(f"{found.team}, best first{whose}{aside}", palette.dim)
    choices = [Choice("", heading, content("load", palette.dim), heading=True)]
    for one in found.ranking.ranked:
        person = one.candidate
        load, said = f"{person.load}/{person.capacity}", one.why_not or ("on call" if person.is_called else "")
        choices.append(
            Choice(
                ("person", person.login),
                content(f"{person.login}  {found.names.get(person.login, '')}", palette.dim if one.why_not else ""),
                content(f"{said}  {load:>6}" if said else f"{load:>6}", palette.dim),
            )
        )
    return choices


def _others(screen: TicketScreenWithVerbs, found: Candidates) -> list[Choice]:
    """Everybody else, oneself first."""
    dim = roles(screen.query_one("*")).dim
    me = screen.desk.me.login
    choices = [Choice("", content("Others" if found.ranking else "People", dim), heading=True)]
    for member in sorted(found.others, key=lambda member: member.login != me):
        teams = ", ".join(member.teams)
        choices.append(
            Choice(
                ("person", member.login),
                content(f"{member.login}  {member.name}"),
                content(f"{teams}  {found.loads.get(member.login, 0):>6}", dim),
            )
        )
    return choices
