"""Canned replies are filled in for a ticket, and other people's words stay words."""

from dataclasses import replace

import pytest

from itdesk.desk import canned, intake, triage
from itdesk.desk import rulebook as rulebooks
from itdesk.desk.errors import NotFound
from itdesk.desk.session import SYSTEM, Desk, Session
from itdesk.domain.canned import PLACEHOLDERS, CannedReply
from itdesk.domain.ticket import MessageKind
from tests.desk.acts import open_ticket
from tests.support.desks import SignIn, StillClock, shipped_rulebook, sign_in_at


def test_every_placeholder_is_filled_in(shared_desk: Desk, clock: StillClock) -> None:
    text = "\n".join(f"{name}={{{{ {name} }}}}" for name in PLACEHOLDERS)
    reply = CannedReply("all", "All", MessageKind.NOTE, (), text, "replies/all.md:4")
    book = replace(shipped_rulebook(), replies=(reply,))
    rulebooks.adopt(Session(shared_desk, SYSTEM, clock), book, "with all placeholders")
    sign_in_as = sign_in_at(shared_desk, clock)
    ticket = open_ticket(sign_in_as)
    triage.take(sign_in_as("tina"), [ticket])
    assert canned.filled_reply(sign_in_as("tom"), ticket, "all").text.splitlines() == [
        "requester=Rita Requester",
        "first_name=Rita",
        f"number=INC-{ticket}",
        "subject=VPN does not connect",
        "category=VPN and remote access",
        "priority=P3",
        "status=in progress",
        "team=Network",
        "assignee=Tina Technician",
        "me=Tom Technician",
        "desk=IT Service Desk",
    ]


def test_a_subject_with_placeholders_and_escapes_is_only_text(sign_in_as: SignIn) -> None:
    ticket = open_ticket(sign_in_as, intake.NewTicket("{{ me }} \x1b[31m", requester="rita"))
    text = canned.filled_reply(sign_in_as("tom"), ticket, "try-again-now").text
    assert "“{{ me }} ␛[31m”" in text


def test_those_for_the_category_come_first_and_unknown_names_are_refused_with_the_known(sign_in_as: SignIn) -> None:
    ticket, tom = open_ticket(sign_in_as), sign_in_as("tom")
    found = canned.filled_replies(tom, ticket, MessageKind.REPLY)
    assert (found[0].name, found[0].fits, found[1].fits) == ("vpn-first-checks", True, False)
    assert all("{{" not in reply.text for reply in found)
    with pytest.raises(NotFound, match="there are: vpn-first-checks"):
        canned.filled_reply(tom, ticket, "nothing")
    with pytest.raises(NotFound):
        canned.filled_reply(sign_in_as("ron"), ticket, "try-again-now")
