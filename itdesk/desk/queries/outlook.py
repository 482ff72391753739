"""What the desk would make of a ticket that is being written."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from itdesk.desk import intake
from itdesk.desk.assignment import languages_of
from itdesk.desk.intake import NewTicket
from itdesk.desk.queries.candidates import standing
from itdesk.desk.queries.duplicates import Alike, likely_duplicates
from itdesk.desk.queries.knowledge import Fit, fitting
from itdesk.desk.queries.people import Requester, people_like, requester
from itdesk.desk.queries.withheld import decision_without, is_withheld
from itdesk.desk.session import Session
from itdesk.domain.assignment import Work
from itdesk.domain.decisions import Decision, Source, Thing
from itdesk.domain.people import READERS, STAFF


@dataclass(frozen=True, slots=True)
class Outlook:
    """Who is named, or who may be meant; what would be decided; what may solve it; which open tickets are alike.

    `standing` says who of the team is there; only staff learn that.
    There are no decisions while nothing is written.
    """

    requester: Requester | None = None
    like: tuple[Requester, ...] = ()
    decisions: tuple[Decision, ...] = ()
    fits: tuple[Fit, ...] = ()
    alike: tuple[Alike, ...] = ()
    standing: str = ""

    def of(self, thing: Thing) -> Decision | None:
        """The decision about a thing."""
        return next((decision for decision in self.decisions if decision.thing is thing), None)


def outlook(session: Session, new: NewTicket, *, people: int = 5, articles: int = 3, alike: int = 5) -> Outlook:
    """Everything in one go, at most so many of each; nothing is written. Requesters are told of nobody else."""
    may_see_people = session.actor.role in READERS
    named = requester(session, new.requester) if new.requester and may_see_people else None
    like: tuple[Requester, ...] = ()
    if new.requester and may_see_people and (named is None or named.login != new.requester):
        like = people_like(session, new.requester, limit=people)
    if not f"{new.subject}{new.body}".strip():
        return Outlook(named, like)
    asks = requester(session, session.actor.login) if may_see_people and not new.requester else named
    own_id = None if may_see_people else session.actor.id
    known = replace(new, requester=asks.login, site=asks.site or None) if asks else new
    decisions = intake.preview(session, known).decisions
    if not may_see_people:
        decisions = tuple(decision_without(one) for one in decisions if not is_withheld(one.thing))
    category = next(decision for decision in decisions if decision.thing is Thing.CATEGORY)
    path = "" if category.source is Source.DEFAULT else category.value
    fits = fitting(session, new.subject, new.body, path, limit=articles)
    same = likely_duplicates(
        session,
        new.subject,
        new.body,
        requester_id=asks.id if asks else own_id,
        category=path or None,
        limit=alike,
    )
    return Outlook(named, like, decisions, fits, same, _standing(session, decisions, asks))


def _standing(session: Session, decisions: Iterable[Decision], asks: Requester | None) -> str:
    """Who of the team that gets the ticket is there."""
    if session.actor.role not in STAFF:
        return ""
    decided = {decision.thing: decision.value for decision in decisions}
    spoken = languages_of(session, asks.id) if asks else ()
    work = Work(decided[Thing.CATEGORY], int(decided[Thing.PRIORITY]), int(decided[Thing.LEVEL]), languages=spoken)
    return standing(session, decided[Thing.TEAM], work)
