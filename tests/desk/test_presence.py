"""Who else has a ticket open, without a trace in the journal."""

from itdesk.desk.presence import here, left
from itdesk.desk.queries.feed import Feed
from itdesk.desk.queries.presence import Other, others
from itdesk.desk.queries.queue import last_change
from tests.desk.acts import open_ticket
from tests.support.desks import SignIn, StillClock


def test_others_are_shown_while_they_are_there(sign_in_as: SignIn, clock: StillClock) -> None:
    ticket, tom, tina = open_ticket(sign_in_as), sign_in_as("tom"), sign_in_as("tina")
    here(tom, ticket, writing=False)
    assert others(tom, ticket) == ()
    assert others(tina, ticket) == (Other("tom", False),)
    here(tom, ticket, writing=True)
    assert others(tina, ticket) == (Other("tom", True),)
    clock.advance(minutes=2)
    assert others(tina, ticket) == (Other("tom", True),)
    clock.advance(minutes=1)
    assert others(tina, ticket) == ()
    here(tom, ticket, writing=False)
    left(tom, ticket)
    assert others(tina, ticket) == ()


def test_a_requester_does_not_see_who_reads_his_ticket(sign_in_as: SignIn) -> None:
    ticket = open_ticket(sign_in_as)
    here(sign_in_as("tom"), ticket, writing=True)
    assert others(sign_in_as("rita"), ticket) == ()
    assert others(sign_in_as("otto"), ticket) == (Other("tom", True),)


def test_a_heartbeat_is_no_news(sign_in_as: SignIn) -> None:
    ticket, tom = open_ticket(sign_in_as), sign_in_as("tom")
    feed = Feed(tom, last_change(tom))
    feed.poll()
    here(sign_in_as("tina"), ticket, writing=True)
    assert feed.poll(own_writes=True) is None
