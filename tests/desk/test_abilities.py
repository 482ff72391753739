"""What people can do is changed, and taken back while nobody has changed it since."""

import pytest

from itdesk.desk.abilities import USUAL_CAPACITY, set_abilities, undo_last_of_abilities
from itdesk.desk.errors import Refused
from itdesk.desk.queries.people import Colleague
from itdesk.desk.queries.person import person_card
from itdesk.desk.session import Session
from itdesk.desk.undo import undo
from itdesk.domain.assignment import Skill
from tests.support.desks import SignIn


def person(session: Session, login: str) -> Colleague:
    return person_card(session, login).person


def test_undo_puts_back_what_somebody_could_do(sign_in_as: SignIn) -> None:
    lea = sign_in_as("lea")
    set_abilities(lea, "tom", skills=[Skill("network", 3), Skill("access", 1)], languages=["de"], capacity=7)
    before = person(lea, "tom")
    changed = set_abilities(
        lea,
        "tom",
        skills=[Skill("network", 5)],
        forget=["access"],
        languages=["fr", "it"],
        capacity=USUAL_CAPACITY,
    )
    assert person(lea, "tom") != before
    assert undo(lea, changed.seqs[0]).sentence == "Undid the change of what tom can do."
    assert person(lea, "tom") == before
    with pytest.raises(Refused, match="was undone before"):
        undo(lea, changed.seqs[0])


def test_one_takes_back_his_own_last_change_and_then_the_one_before(sign_in_as: SignIn) -> None:
    lea, ada = sign_in_as("lea"), sign_in_as("ada")
    known = [person(lea, "tom")]
    for level in (2, 3):
        set_abilities(lea, "tom", skills=[Skill("network", level)])
        known.append(person(lea, "tom"))
    set_abilities(ada, "tina", capacity=4)
    for before in (known[1], known[0]):
        undo_last_of_abilities(lea)
        assert person(lea, "tom") == before
    with pytest.raises(Refused, match="nothing of yours"):
        undo_last_of_abilities(lea)
    assert person(lea, "tina").capacity == 4


def test_undo_refuses_where_others_changed_it_since_and_leaves_alone_what_it_did_not_change(sign_in_as: SignIn) -> None:
    lea, ada = sign_in_as("lea"), sign_in_as("ada")
    changed = set_abilities(lea, "rita", languages=["fr"])
    set_abilities(ada, "rita", languages=["de"])
    with pytest.raises(Refused, match="What rita can do changed since"):
        undo(lea, changed.seqs[0])
    changed = set_abilities(lea, "tom", capacity=4)
    set_abilities(ada, "tom", languages=["de"])
    undo(lea, changed.seqs[0])
    assert (person(lea, "tom").capacity, person(lea, "tom").languages) == (None, ("de",))


def test_only_those_who_may_change_it_undo_it(sign_in_as: SignIn) -> None:
    changed = set_abilities(sign_in_as("lea"), "tom", capacity=4)
    with pytest.raises(Refused, match="may not change what people can do"):
        undo(sign_in_as("tina"), changed.seqs[0])
