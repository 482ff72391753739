"""The card of a person: all that is known, and how things stand with him now."""

from datetime import datetime, timedelta

import pytest

from itdesk.desk import schedule, triage
from itdesk.desk.abilities import set_abilities
from itdesk.desk.departure import leave
from itdesk.desk.errors import NotFound, Refused
from itdesk.desk.people import NewPerson, add_people
from itdesk.desk.queries.person import AtWork, person_card
from itdesk.desk.session import Session
from itdesk.domain.assignment import Skill
from itdesk.domain.people import Role
from tests.desk.acts import open_ticket
from tests.support.desks import OPENING, SignIn


def at_work(session: Session, login: str) -> AtWork:
    found = person_card(session, login).at_work
    assert found is not None
    return found


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}+00:00")


def test_it_tells_what_somebody_can_do_and_how_much_he_has(sign_in_as: SignIn) -> None:
    lea, otto = sign_in_as("lea"), sign_in_as("otto")
    before = at_work(otto, "tom")
    triage.take(sign_in_as("tom"), [open_ticket(sign_in_as)])
    set_abilities(lea, "tom", skills=[Skill("network", 3)], languages=["de"], capacity=7)
    card, now = person_card(otto, "tom"), at_work(otto, "tom")
    assert (card.person.name, card.person.role, card.person.teams) == ("Tom Technician", Role.TECHNICIAN, ("network",))
    assert (card.person.skills, card.person.languages, card.person.capacity) == ((Skill("network", 3),), ("de",), 7)
    assert (now.open_tickets, now.capacity) == (before.open_tickets + 1, 7)
    assert now.load > before.load
    assert before.capacity == lea.rulebook.sharing.capacity_of("network", None)


def test_it_tells_whether_somebody_is_there(sign_in_as: SignIn) -> None:
    lea = sign_in_as("lea")
    assert not at_work(lea, "tom").has_rota
    assert at_work(lea, "tom").duty.on_shift, "whoever has no shifts counts as always there"
    schedule.add_weekly_shifts(lea, ["tom", "tina"], range(5), 480, 960, first_day=OPENING.date())
    assert (at_work(lea, "tom").has_rota, at_work(lea, "tom").duty.until) == (True, at("03-02 15:00"))
    schedule.add_on_call(lea, "tom", at("03-02 08:00"), at("03-03 07:00"), "network")
    assert (at_work(lea, "tom").duty.on_call, at_work(lea, "tom").on_call_for) == (True, ("network",))
    assert at_work(lea, "tina").on_call_for == ()
    schedule.add_absence(lea, "tom", OPENING - timedelta(hours=1), at("03-04 00:00"), "sick")
    assert (at_work(lea, "tom").duty.absent, at_work(lea, "tom").duty.on_shift) == ("sick", False)


def test_whoever_left_and_whoever_only_asks_have_a_card_without_work(sign_in_as: SignIn) -> None:
    ada = sign_in_as("ada")
    add_people(ada, [NewPerson("rita", "Rita Requester", vip=True)])
    leave(ada, "tom")
    gone, rita = person_card(ada, "tom"), person_card(ada, "rita")
    assert (gone.person.active, gone.at_work, gone.person.teams) == (False, None, ("network",))
    assert (rita.person.active, rita.at_work, rita.person.vip) == (True, None, True)


def test_requesters_see_nobodys_card_and_nobody_has_none(sign_in_as: SignIn) -> None:
    with pytest.raises(Refused, match="rita is requester and may not see people"):
        person_card(sign_in_as("rita"), "tom")
    with pytest.raises(NotFound, match="The desk knows nobody called 'nobody'"):
        person_card(sign_in_as("tom"), "nobody")
