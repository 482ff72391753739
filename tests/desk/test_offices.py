"""Whoever is asked to approve as what he is: when he is that no longer, he is one who has left his seat."""

from dataclasses import replace

import pytest

from itdesk.desk import approvals, triage
from itdesk.desk import rulebook as rulebooks
from itdesk.desk.approvals import Question
from itdesk.desk.errors import Refused
from itdesk.desk.intake import NewTicket, submit
from itdesk.desk.people import add_people
from itdesk.desk.queries import queue, tickets
from itdesk.desk.queries.notices import unread
from itdesk.desk.queries.procedures import progress
from itdesk.desk.session import SYSTEM, Desk, Session
from itdesk.domain.approvals import Need
from itdesk.domain.conditions import Field, StartsWith
from itdesk.domain.people import Role
from itdesk.domain.procedures import ApprovalRule, Procedures
from itdesk.domain.search_language import parse
from itdesk.domain.ticket import Status
from tests.desk.acts import open_ticket
from tests.support.desks import PEOPLE, SignIn, StillClock, shipped_rulebook

SAM, LEA, WES = (one for one in PEOPLE if one.login in ("sam", "lea", "wes"))
WES_ABOVE = replace(WES, role=Role.SUPERVISOR)
LEA_ELSEWHERE = replace(LEA, teams=("security",))
BUYING = ApprovalRule("buying", "policies.yaml:9", StartsWith(Field.CATEGORY, "purchase"), ("supervisor",), Need.ALL)


def told(session: Session, ticket: int) -> list[str]:
    return [notice.text for notice in unread(session) if notice.ticket_id == ticket]


def to_approve(session: Session) -> list[int]:
    return [row.id for row in queue.page(session, parse("approver:me"), limit=100).rows]


def test_whoever_is_no_longer_what_he_was_asked_as_decides_no_more(sign_in_as: SignIn) -> None:
    ticket, by_name, tom = open_ticket(sign_in_as), open_ticket(sign_in_as), sign_in_as("tom")
    add_people(sign_in_as("ada"), [WES_ABOVE])
    asked = approvals.ask(tom, [ticket], Question(["supervisor"]))
    assert asked.sentence == f"INC-{ticket} waits for the approval of sam or wes."
    approvals.ask(tom, [by_name], Question(["wes", "supervisor"]))
    assert add_people(sign_in_as("ada"), [WES]).sentence == "Updated wes."
    wes = sign_in_as("wes")
    assert told(wes, ticket) == [], "what asked him is over"
    assert to_approve(wes) == [by_name]
    for act in (approvals.approve, approvals.reject):
        with pytest.raises(Refused) as refused:
            act(wes, [ticket], "no")
        asked_as = f"wes was asked about INC-{ticket} as supervisor and is that no longer"
        assert str(refused.value) == f"{asked_as}; it waits for the approval of sam."
    words = [(one.login, one.in_words) for one in progress(tom, ticket).approvals[0].people]
    assert words == [("sam", "asked"), ("wes", "asked, no longer supervisor")]
    approvals.approve(wes, [by_name])
    approvals.approve(sign_in_as("sam"), [ticket])
    assert tickets.view(tom, ticket).status is Status.NEW
    add_people(sign_in_as("ada"), [WES_ABOVE])
    assert [one.in_words for one in progress(tom, ticket).approvals[0].people] == ["approved", "asked"]


def test_where_a_team_lead_leads_that_team_no_longer_the_substitutes_decide_or_whoever_asked_is_told(
    sign_in_as: SignIn,
) -> None:
    with_substitute, stuck, moved = (open_ticket(sign_in_as) for _ in range(3))
    tom, ada, sam = sign_in_as("tom"), sign_in_as("ada"), sign_in_as("sam")
    approvals.ask(tom, [with_substitute], Question(["team_lead"], substitutes=["sam"]))
    approvals.ask(tom, [stuck, moved], Question(["team_lead"]))
    triage.assign(tom, [moved], None, team="workplace")
    assert moved in to_approve(sign_in_as("lea")), "she leads the team that asked"
    approvals.approve(sign_in_as("lea"), [moved])
    changed = add_people(ada, [LEA_ELSEWHERE])
    again = add_people(ada, [LEA_ELSEWHERE])
    assert changed.sentence == (
        f"Updated lea. Substitutes may decide now: INC-{with_substitute}."
        f" To settle: approvals that nobody is left to give (INC-{stuck})."
    )
    assert again.sentence == "Updated lea.", "that is told once"
    [said] = told(sam, with_substitute)
    assert said.startswith(f"INC-{with_substitute} asks for your approval, since an approver is no longer team lead")
    assert f"INC-{stuck} waits for an approval that nobody is left to give" in told(tom, stuck)[-1]
    with pytest.raises(Refused, match=r"lea was asked about .* as team lead and is that no longer"):
        approvals.approve(sign_in_as("lea"), [with_substitute])
    approvals.approve(sam, [with_substitute])
    add_people(ada, [LEA])
    approvals.approve(sign_in_as("lea"), [stuck])


def test_where_a_rule_asks_an_office_that_nobody_holds_any_more_the_administrators_decide(
    desk: Desk, clock: StillClock, sign_in_as: SignIn
) -> None:
    rulebook = replace(shipped_rulebook(), procedures_data=Procedures(approvals=(BUYING,)).to_data())
    rulebooks.adopt(Session(desk, SYSTEM, clock), rulebook, "with a policy")
    ada = sign_in_as("ada")
    screen = NewTicket("A screen", requester="rita", category="purchase.equipment")
    (ticket,) = submit(sign_in_as("desi"), screen).tickets
    changed = add_people(ada, [replace(SAM, role=Role.ADMINISTRATOR)])
    assert changed.sentence == f"Updated sam. ada or sam may decide now: REQ-{ticket}."
    says = "passed the approval on to ada or sam instead of sam, who is no longer supervisor"
    assert tickets.events(ada, ticket)[-1].text == says
    approvals.approve(sign_in_as("sam"), [ticket])
    assert tickets.view(ada, ticket).status is Status.NEW
