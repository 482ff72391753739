"""The throw-away sample desk: filled through the desk's own actions, each at its time in the past."""

from datetime import datetime, timedelta
from random import Random

from itdesk.desk import triage
from itdesk.desk.change import Change, TicketRef
from itdesk.desk.errors import Conflict, Refused
from itdesk.desk.intake import NewTicket
from itdesk.desk.knowledge import add_articles
from itdesk.desk.notices import mark_read
from itdesk.desk.people import add_people
from itdesk.desk.queries import tickets
from itdesk.desk.queries.notices import unread
from itdesk.desk.rulebook import adopt
from itdesk.desk.session import SYSTEM, Actor, Clock, Desk, Session, sign_in
from itdesk.domain.rulebook import Rulebook
from itdesk.domain.ticket import Channel, Status
from itdesk.gateways.demo_acts import Submit, perform
from itdesk.gateways.demo_content.people import REQUESTERS
from itdesk.gateways.demo_content.stories import arriving_stories
from itdesk.gateways.demo_plan import MACHINE, SEED, Plan, make_plan
from itdesk.gateways.demo_schedule import plan_days, plan_shifts
from itdesk.gateways.demo_slots import Slots
from itdesk.gateways.demo_staff import members, people, pushing

VISITOR = "anna"
"""The login of the technician as whom one visits the demo desk."""

_NEWS = timedelta(days=5)
"""What the visitor was told longer ago is read."""


def fill(desk: Desk, now: datetime) -> None:
    """Fill an empty desk that has a rulebook with people, articles, and 90 days of tickets up to `now` (aware).

    The same moment gives the same desk. All in one transaction: 2,000 actions wait for the disk once. From then on one
    of the teams gets its tickets pushed.
    """
    rulebook = desk.rulebook()[1]
    plan = make_plan(rulebook, now)
    desk.together(lambda: _play(desk, rulebook, plan, now))
    adopt(Session(desk, SYSTEM, lambda: now), pushing(rulebook), "demo: a team that pushes")
    visitor = _Cast(desk).session(VISITOR, now)
    mark_read(visitor, [notice.id for notice in unread(visitor) if notice.told_at < now - _NEWS])


def _play(desk: Desk, rulebook: Rulebook, plan: Plan, now: datetime) -> None:
    add_people(Session(desk, SYSTEM, lambda: plan.begins), people(rulebook))
    cast = _Cast(desk)
    plan_shifts(cast.session, plan.begins)
    for article in plan.articles:
        add_articles(cast.session(article.owner, article.at), [article.new])
    ids: dict[int, int] = {}
    for event in plan.events:
        session = cast.session(event.actor, event.at)
        change = perform(session, event.act, ids.get(event.ticket, 0), ids.__getitem__)
        if isinstance(event.act, Submit):
            ids[event.ticket] = change.tickets[0]
    plan_days(cast.session, rulebook, now)


class Arrivals:
    """What comes in while one watches: new tickets, and colleagues who take some of them.

    The caller waits `wait()` and then lets the next thing `happen()`, from whatever thread it likes.
    """

    def __init__(self, desk: Desk, clock: Clock, seed: int = SEED) -> None:
        self._cast = _Cast(desk)
        self._clock = clock
        self._random = Random(seed)
        staff = {login for logins in members(desk.rulebook()[1]).values() for login in logins}
        self._colleagues = sorted(staff - {VISITOR})
        self._stories = arriving_stories()
        self._arrived: list[int] = []
        self._count = 0

    def wait(self) -> timedelta:
        """How long until the next thing happens: the first soon, then between 12 and 75 seconds."""
        return timedelta(seconds=self._random.uniform(12, 75) if self._count else 15)

    def happen(self) -> Change | None:
        """The next thing. None where a visitor was faster than the colleague who wanted to take a ticket."""
        self._count += 1
        if len(self._arrived) > 1 and self._random.random() < 0.4:
            return self._colleague_takes(self._arrived.pop(0))
        return self._ticket_arrives()

    def _ticket_arrives(self) -> Change:
        story = self._stories[self._count % len(self._stories)]
        who = self._random.choice(REQUESTERS)
        text = Slots(self._random, who).fill
        by_requester = story.channel not in (Channel.PHONE, Channel.MONITORING)
        new = NewTicket(
            subject=text(story.subject),
            body=text(story.body),
            requester=None if by_requester else who.login,
            channel=story.channel,
        )
        change = perform(self._session(who.login if by_requester else MACHINE), Submit(new), 0, int)
        self._arrived += change.tickets
        return change

    def _colleague_takes(self, ticket: int) -> Change | None:
        session = self._session(self._random.choice(self._colleagues))
        seen = tickets.view(session, ticket)
        if seen.status is not Status.NEW:
            return None
        try:
            return triage.take(session, [TicketRef(ticket, seen.version)])
        except (Refused, Conflict):
            return None

    def _session(self, login: str) -> Session:
        return self._cast.session(login, self._clock())


class _Cast:
    """The demo's people, each signed in once."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._actors: dict[str, Actor] = {MACHINE: SYSTEM}

    def session(self, login: str, at: datetime) -> Session:
        """A session of that person at that moment (aware)."""
        if login not in self._actors:
            self._actors[login] = sign_in(self._desk, login)
        return Session(self._desk, self._actors[login], lambda: at)
