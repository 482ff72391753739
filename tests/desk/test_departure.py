"""People who leave: what they had is handed over, what they planned is to be settled, what they did stays theirs."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from itdesk.desk import approvals, communication, resolution, rulebook, schedule, triage, visits, watchers
from itdesk.desk.approvals import Question
from itdesk.desk.compliance import verify_journal
from itdesk.desk.departure import come_back, leave
from itdesk.desk.errors import NotFound, Refused
from itdesk.desk.intake import NewTicket, submit
from itdesk.desk.people import NewPerson, add_people
from itdesk.desk.queries import candidates, notices, queue, tickets
from itdesk.desk.queries import people as known
from itdesk.desk.queries import schedule as schedules
from itdesk.desk.queries import watchers as watched
from itdesk.desk.queries.visits import visits as of_ticket
from itdesk.desk.queries.vocabulary import vocabulary
from itdesk.desk.session import SYSTEM, Desk, Session, sign_in
from itdesk.desk.undo import undo_last
from itdesk.domain.approvals import Need
from itdesk.domain.assignment import Mode, TeamSharing
from itdesk.domain.conditions import Field, StartsWith
from itdesk.domain.decisions import Thing
from itdesk.domain.people import Role
from itdesk.domain.procedures import ApprovalRule, Procedures
from itdesk.domain.schedule import Missing
from itdesk.domain.search_language import parse
from itdesk.domain.ticket import Status, WaitingReason
from tests.desk.acts import open_ticket
from tests.support.desks import SignIn, StillClock, shipped_rulebook

MONDAY = date(2026, 3, 2)
SUNDAY = MONDAY + timedelta(days=6)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}+00:00")


def stands(session: Session, ticket: int) -> tuple[Status, str | None]:
    found = tickets.view(session, ticket)
    return found.status, found.assignee


def told(session: Session) -> list[str]:
    return [one.text for one in notices.unread(session)]


# tickets


def test_open_tickets_wait_in_the_queue_of_their_team_again(desk: Desk, sign_in_as: SignIn) -> None:
    tom, ada, lea = sign_in_as("tom"), sign_in_as("ada"), sign_in_as("lea")
    assigned, begun, waiting, solved = (open_ticket(sign_in_as) for _ in range(4))
    triage.assign(sign_in_as("tina"), [assigned], "tom")
    triage.take(tom, [begun, waiting, solved])
    resolution.change_status(tom, [waiting], Status.WAITING, waiting_reason=WaitingReason.VENDOR)
    resolution.resolve(tom, [solved], "restarted it")
    change = leave(ada, "tom")
    assert change.sentence == (
        "tom is no longer active at this desk. "
        f"Tickets: INC-{assigned}, INC-{begun}, INC-{waiting} unassigned, in the queue of their team."
    )
    assert (change.tickets, change.undoable) == ((assigned, begun, waiting), False)
    assert stands(ada, assigned) == stands(ada, begun) == (Status.NEW, None)
    assert stands(ada, waiting) == (Status.WAITING, None)
    assert stands(ada, solved) == (Status.RESOLVED, "tom"), "who solved it is history"
    assert tickets.events(ada, begun)[-1].text == "gave it back: tom left the desk"
    assert told(lea)[-1].startswith("tom is no longer active at this desk. Tickets: ")
    assert [row.id for row in queue.page(ada, parse("assignee:tom status:all"), limit=9).rows] == [solved]
    [decided] = [one.decision for one in tickets.decisions_in_force(ada, begun) if one.decision.thing is Thing.ASSIGNEE]
    assert (decided.value, decided.reason) == ("", "tom left the desk")
    assert triage.take(lea, [begun]).tickets == (begun,)
    assert verify_journal(ada).intact


def test_or_they_go_to_somebody_who_is_told(sign_in_as: SignIn) -> None:
    tom, ada = sign_in_as("tom"), sign_in_as("ada")
    new, begun = open_ticket(sign_in_as), open_ticket(sign_in_as)
    triage.assign(sign_in_as("tina"), [new], "tom")
    triage.take(tom, [begun])
    assert f"Tickets: INC-{new}, INC-{begun} went to tina." in leave(ada, "tom", to="tina").sentence
    assert (stands(ada, new), stands(ada, begun)) == ((Status.ASSIGNED, "tina"), (Status.IN_PROGRESS, "tina"))
    assert sum("assigned" in text for text in told(sign_in_as("tina"))) == 2
    assert tickets.events(ada, begun)[-1].text == "assigned it to tina: tom left the desk"


def test_a_team_that_pushes_gives_them_to_others_at_once(sign_in_as: SignIn) -> None:
    ada, ticket = sign_in_as("ada"), open_ticket(sign_in_as)
    triage.take(sign_in_as("tom"), [ticket])
    book = shipped_rulebook()
    sharing = book.sharing
    pushing = {**sharing.teams, "network": TeamSharing(Mode.PUSH)}
    rulebook.adopt(ada, replace(book, sharing_data=replace(sharing, teams=pushing).to_data()), "pushing")
    assert "went to " in leave(ada, "tom").sentence
    status, holder = stands(ada, ticket)
    assert (status, holder in {"lea", "tina"}) == (Status.ASSIGNED, True)


def test_a_ticket_that_is_reopened_later_waits_to_be_taken(sign_in_as: SignIn) -> None:
    tom, ada, ticket = sign_in_as("tom"), sign_in_as("ada"), open_ticket(sign_in_as)
    triage.take(tom, [ticket])
    resolution.resolve(tom, [ticket], "restarted it")
    leave(ada, "tom")
    resolution.reopen(sign_in_as("rita"), [ticket], "still broken")
    assert stands(ada, ticket) == (Status.NEW, None)


def test_undo_gives_no_open_ticket_back_to_somebody_who_left(sign_in_as: SignIn) -> None:
    tom, ada, lea = sign_in_as("tom"), sign_in_as("ada"), sign_in_as("lea")
    handed, solved = open_ticket(sign_in_as), open_ticket(sign_in_as)
    triage.take(tom, [handed, solved])
    resolution.resolve(tom, [solved], "restarted it")
    leave(ada, "tom")
    with pytest.raises(Refused, match=f"INC-{handed} cannot go back to tom, who is no longer active .* Assign it"):
        undo_last(lea, handed, of="ada")
    with pytest.raises(Refused, match=f"INC-{solved} cannot go back to tom.* Reopen it instead"):
        undo_last(lea, solved, of="tom")
    come_back(ada, "tom")
    undo_last(lea, handed, of="ada")
    assert stands(ada, handed) == (Status.IN_PROGRESS, "tom")


# who may leave


def test_the_last_administrator_cannot_be_given_another_role_but_can_hand_it_over(
    desk: Desk, clock: StillClock
) -> None:
    ada = Session(desk, sign_in(desk, "ada"), clock)
    with pytest.raises(Refused, match="ada is the last administrator of this desk"):
        add_people(ada, [NewPerson("ada", "Ada", Role.TECHNICIAN)])
    add_people(ada, [NewPerson("ada", "Ada", Role.TECHNICIAN), NewPerson("eve", "Eve", Role.ADMINISTRATOR)])
    with pytest.raises(Refused, match="eve is the last administrator of this desk"):
        leave(Session(desk, SYSTEM, clock), "eve")


def test_nobody_makes_himself_inactive_and_the_last_administrator_stays(desk: Desk, clock: StillClock) -> None:
    ada = Session(desk, sign_in(desk, "ada"), clock)
    with pytest.raises(Refused, match="ada is the last administrator"):
        leave(Session(desk, SYSTEM, clock), "ada")
    add_people(ada, [NewPerson("eve", "Eve", Role.ADMINISTRATOR)])
    with pytest.raises(Refused, match="Nobody makes himself inactive"):
        leave(ada, "ada")
    eve = Session(desk, sign_in(desk, "eve"), clock)
    leave(eve, "ada")
    with pytest.raises(Refused, match="ada is no longer active at this desk already"):
        leave(eve, "ada")
    with pytest.raises(Refused, match=r"ada is no longer active at this desk\."):
        leave(ada, "eve")
    with pytest.raises(Refused, match=r"ada is no longer active at this desk\."):
        sign_in(desk, "ada")


def test_whoever_left_is_offered_nowhere_and_can_be_named_nowhere(sign_in_as: SignIn) -> None:
    ada, lea, ticket = sign_in_as("ada"), sign_in_as("lea"), open_ticket(sign_in_as)
    communication.note(sign_in_as("tom"), [ticket], "the router is from 2009")
    watchers.watch(sign_in_as("tom"), [ticket])
    leave(ada, "tom")
    found = candidates.candidates(lea, ticket)
    assert found.ranking is not None
    assert "tom" not in {one.candidate.login for one in found.ranking.ranked} | {one.login for one in found.others}
    assert "tom" not in vocabulary(lea).logins
    assert "tom" not in known.staff_logins(lea), "mentions"
    assert known.people_like(lea, "tom") == ()
    assert watched.watchers(lea, [ticket]) == {}
    names: tuple[Callable[[], object], ...] = (
        lambda: triage.assign(lea, [ticket], "tom"),
        lambda: watchers.watch(lea, [ticket], "tom"),
        lambda: approvals.ask(lea, [ticket], Question(["tom"])),
        lambda: visits.plan_visit(lea, [ticket], at("03-04 09:00"), 60, person="tom"),
    )
    for name in names:
        with pytest.raises((NotFound, Refused), match="tom is no longer active at this desk"):
            name()
    assert [one.author for one in tickets.messages(lea, ticket)] == ["Tom Technician"], "history"


# what was planned


def cancel_visit(session: Session, ticket: int) -> None:
    visits.cancel_visit(session, [ticket], reason="the part is late")


def resolve(session: Session, ticket: int) -> None:
    resolution.resolve(session, [ticket], "A new cable.")


def give_visit_away(session: Session, ticket: int) -> None:
    visits.move_visit(session, [ticket], person="tina")


@pytest.mark.parametrize(
    ("act", "way"),
    [
        (cancel_visit, "Plan another one by hand."),
        (resolve, "Reopen it instead."),
        (give_visit_away, "Plan another one by hand."),
    ],
)
def test_undo_gives_no_visit_back_to_somebody_who_left(
    act: Callable[[Session, int], None], way: str, sign_in_as: SignIn
) -> None:
    lea, ticket = sign_in_as("lea"), open_ticket(sign_in_as)
    triage.take(lea, [ticket])
    visits.plan_visit(lea, [ticket], at("03-04 09:00"), 60, person="wes")
    act(lea, ticket)
    leave(sign_in_as("ada"), "wes")
    before = of_ticket(lea, ticket), stands(lea, ticket)
    with pytest.raises(Refused) as refusal:
        undo_last(lea, ticket)
    assert str(refusal.value) == (
        f"The visit for INC-{ticket} cannot go back to wes, who is no longer active at this desk. {way}"
    )
    assert (of_ticket(lea, ticket), stands(lea, ticket)) == before
    come_back(sign_in_as("ada"), "wes")
    undo_last(lea, ticket)
    assert [(one.person, one.state) for one in of_ticket(lea, ticket)] == [("wes", "planned")]


def test_visits_shifts_and_duty_on_call_are_to_be_settled_and_gaps_show(
    sign_in_as: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, lea, ticket = sign_in_as("ada"), sign_in_as("lea"), open_ticket(sign_in_as)
    schedule.add_weekly_shifts(lea, ["tom"], range(5), 480, 840, first_day=MONDAY)
    schedule.add_on_call(lea, "tom", at("03-06 15:00"), at("03-09 07:00"))
    triage.take(sign_in_as("tom"), [ticket])
    visits.plan_visit(sign_in_as("tom"), [ticket], at("03-04 09:00"), 60, place="Room 4")
    before = schedules.scheduled(lea, MONDAY, SUNDAY, team="network")
    assert not [gap for gap in before.teams[0].gaps if gap.missing is Missing.ON_CALL and gap.start > at("03-06 15:00")]
    assert leave(ada, "tom").sentence.endswith(
        f"To settle: visits of tom (INC-{ticket}); shifts of tom, which nobody has now; "
        "duty on call, for which nobody is there now."
    )
    after = schedules.scheduled(lea, MONDAY, SUNDAY, team="network")
    assert "tom" not in {one.login for one in after.people}
    assert stands(ada, ticket) == (Status.WAITING, None)
    settle = {one.text: one.grave for one in schedules.to_settle(after)}
    assert settle[f"tom has left and has an appointment: INC-{ticket}"]
    assert f"tom has left and has an appointment: INC-{ticket}" in {
        one.text for one in schedules.to_settle(schedules.scheduled(lea, MONDAY, SUNDAY))
    }
    assert [one.text for one in schedules.to_settle(schedules.scheduled(lea, MONDAY, SUNDAY, team="security"))] == []
    with pytest.raises(Refused, match="tom is no longer active at this desk; say who goes to"):
        visits.move_visit(lea, [ticket], starts_at=at("03-05 09:00"))
    visits.move_visit(lea, [ticket], person="tina")
    assert not any("appointment" in one.text for one in schedules.to_settle(schedules.scheduled(lea, MONDAY, SUNDAY)))
    come_back(ada, "tom")
    again = schedules.scheduled(lea, MONDAY, SUNDAY, person="tom").people[0].plan
    assert (len(again.shifts), len(again.on_call)) == (5, 1)


def test_substitutes_are_told_and_an_approval_that_nobody_can_give_is_named(sign_in_as: SignIn) -> None:
    ada, tom = sign_in_as("ada"), sign_in_as("tom")
    with_substitute, stuck, of_two = (open_ticket(sign_in_as) for _ in range(3))
    approvals.ask(tom, [with_substitute], Question(["lea"], substitutes=["sam"], deadline=timedelta(days=2)))
    approvals.ask(tom, [stuck], Question(["lea"]))
    approvals.ask(tom, [of_two], Question(["lea", "sam"], need=Need.ANY))
    sentence = leave(ada, "lea").sentence
    assert f"Substitutes may decide now: INC-{with_substitute}." in sentence
    assert f"To settle: approvals that nobody is left to give (INC-{stuck})." in sentence
    assert any(f"INC-{with_substitute} asks for your approval, since" in text for text in told(sign_in_as("sam")))
    assert any(f"INC-{stuck} waits for an approval that nobody is left to give" in text for text in told(tom))
    assert approvals.approve(sign_in_as("sam"), [with_substitute]).tickets == (with_substitute,)
    assert approvals.withdraw(tom, [stuck], "lea left").tickets == (stuck,)


def test_who_asked_for_an_approval_that_nobody_can_give_is_told_or_whoever_can_do_something_about_it(
    sign_in_as: SignIn,
) -> None:
    """Not somebody who left as well, nor one who is a requester."""
    ada, tom, tina = sign_in_as("ada"), sign_in_as("tom"), sign_in_as("tina")
    held, nobodys = open_ticket(sign_in_as), open_ticket(sign_in_as)
    triage.take(tina, [held])
    approvals.ask(tom, [held, nobodys], Question(["sam"]))
    leave(ada, "tom")
    leave(ada, "sam")
    stuck = "waits for an approval that nobody is left to give: withdraw it, then ask others."
    assert f"INC-{held} {stuck}" in told(tina)
    assert f"INC-{nobodys} {stuck}" in told(sign_in_as("lea"))
    assert not any(stuck in text for text in told(sign_in_as("rita")))


def test_where_a_rule_asks_and_nobody_is_left_the_supervisors_decide_else_the_administrators(
    desk: Desk, clock: StillClock, sign_in_as: SignIn
) -> None:
    rule = ApprovalRule("all", "policies.yaml:3", StartsWith(Field.CATEGORY, "purchase"), ("lea", "wes"), Need.ALL)
    book = replace(shipped_rulebook(), procedures_data=Procedures(approvals=(rule,)).to_data())
    rulebook.adopt(Session(desk, SYSTEM, clock), book, "with a policy")
    ada, sam = sign_in_as("ada"), sign_in_as("sam")
    (ticket,) = submit(sign_in_as("rita"), NewTicket("A larger screen", category="purchase.equipment")).tickets
    approvals.approve(sign_in_as("wes"), [ticket])
    assert f"sam may decide now: REQ-{ticket}." in leave(ada, "lea").sentence
    assert f"REQ-{ticket} asks for your approval: A larger screen" in told(sam)
    assert tickets.events(sam, ticket)[-1].text == "passed the approval on to sam instead of lea, who left"
    decided = {item.decision.thing: item.decision for item in tickets.decisions_in_force(sam, ticket)}
    assert decided[Thing.APPROVAL].value == "asked: sam"
    assert f"ada may decide now: REQ-{ticket}." in leave(ada, "sam").sentence
    assert f"REQ-{ticket} asks for your approval: A larger screen" in told(ada)
    approvals.approve(ada, [ticket])
    assert stands(ada, ticket) == (Status.NEW, None)
