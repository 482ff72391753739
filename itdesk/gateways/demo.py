"""The throw-away sample desk: filled through the desk's own actions, each at its time in the past."""

from datetime import datetime
from random import Random

from itdesk.desk.change import Change
from itdesk.desk.errors import Conflict, Refused
from itdesk.desk.intake import NewTicket
from itdesk.desk.knowledge import add_articles
from itdesk.desk.people import add_people
from itdesk.desk.session import SYSTEM, Actor, Clock, Desk, Session, sign_in
from itdesk.domain.ticket import Channel
from itdesk.gateways.demo_acts import Act, Submit, Take, perform
from itdesk.gateways.demo_content.people import REQUESTERS
from itdesk.gateways.demo_content.stories import arriving_stories
from itdesk.gateways.demo_plan import MACHINE, SEED, make_plan
from itdesk.gateways.demo_slots import Slots
from itdesk.gateways.demo_staff import members, people

VISITOR = "anna"
"""The login of the technician as whom one visits the demo desk."""

_SECONDS_BETWEEN_ARRIVALS = (12.0, 75.0)
_A_COLLEAGUE_TAKES = 0.4


def fill(desk: Desk, now: datetime) -> None:
    """Fill an empty desk that has a rulebook: people, articles, and 90 days of tickets up to `now` (aware).

    The same moment gives the same desk. Raises DeskError if the desk is not empty.
    """
    rulebook = desk.rulebook()[1]
    plan = make_plan(rulebook, now)
    add_people(Session(desk, SYSTEM, lambda: plan.begins), people(rulebook))
    staff = _Actors(desk)
    for article in plan.articles:
        staff.do_knowledge(article)
    tickets: dict[int, int] = {}
    for event in plan.events:
        change = staff.act(event.actor, event.act, event.at, tickets.get(event.ticket, 0), tickets)
        if isinstance(event.act, Submit):
            tickets[event.ticket] = change.tickets[0]
