"""Which agreement a ticket gets: the first that fits, with what nearly did."""

from dataclasses import replace

import pytest

from itdesk.domain import rules
from itdesk.domain.agreement_rules import agreements_of
from itdesk.domain.agreements import Agreement
from itdesk.domain.conditions import AllOf, Condition, Field, In, StartsWith
from itdesk.domain.decisions import Decision, Evidence, NearMiss, Source, Thing
from itdesk.domain.people import Asker
from itdesk.domain.rulebook import Rulebook
from itdesk.domain.rules import TicketFacts
from tests.domain.rulebooks import rule, rulebook

P1 = In(Field.PRIORITY, ("P1",))


def book(**agreements: Condition) -> Rulebook:
    """A rulebook with these agreements, a line each."""
    made = [
        Agreement(name, f"sla.yaml:{line}", when, "office", {})
        for line, (name, when) in enumerate(agreements.items(), start=1)
    ]
    return replace(rulebook(rule("vpn", ["vpn"], category="network.vpn")), agreements=tuple(made))


def agreed(book: Rulebook, subject: str = "VPN down", **facts: object) -> Decision:
    return rules.decide(book, TicketFacts(subject, **facts))[-1]  # type: ignore[arg-type]


def test_a_desk_without_agreements_decides_none() -> None:
    assert Thing.AGREEMENT not in {one.thing for one in rules.decide(rulebook(), TicketFacts("VPN down"))}


@pytest.mark.parametrize(
    ("when", "evidence"),
    [
        (In(Field.PRIORITY, ("P3", "P4")), Evidence("priority", "P4")),
        (In(Field.TEAM, ("network",)), Evidence("team", "network")),
        (StartsWith(Field.CATEGORY, "network"), Evidence("category", "network.vpn")),
        (In(Field.KIND, ("incident",)), Evidence("kind", "incident")),
        (In(Field.CHANNEL, ("phone",)), Evidence("channel", "phone")),
        (In(Field.REQUESTER, ("jo boss",)), Evidence("requester", "Jo Boss")),
    ],
)
def test_it_is_decided_by_what_else_was_decided(when: Condition, evidence: Evidence) -> None:
    found = agreed(book(this=when), channel="phone", requester=Asker("Jo Boss"))
    assert found == Decision(Thing.AGREEMENT, "this", Source.RULE, "this", "sla.yaml:1", evidence=(evidence,))
    assert agreed(book(this=when), "Lunch", channel="mail", requester=Asker("Al")).value == (
        "this" if evidence.field in ("priority", "kind") else ""
    )


def test_the_first_that_fits_wins_and_the_others_are_told() -> None:
    found = agreed(
        book(urgent=AllOf((P1, In(Field.TEAM, ("network",)))), vpn=In(Field.TEAM, ("network",)), rest=AllOf(()))
    )
    assert found.value == "vpn"
    assert found.nearly == (
        NearMiss("rest", "sla.yaml:3", "rest", "comes after vpn, which won"),
        NearMiss("urgent", "sla.yaml:1", "urgent", "needs priority “P1”"),
    )


def test_no_agreement_is_a_decision_as_well() -> None:
    assert agreed(book(urgent=P1)) == Decision(Thing.AGREEMENT, "", Source.DEFAULT, reason="no agreement fits")


def test_only_fields_that_agreements_look_at_matter() -> None:
    made = agreements_of(book(urgent=AllOf((P1, In(Field.TAGS, ("vip",))))))
    assert made.fields == {Field.PRIORITY, Field.TAGS}
    assert made.decide(TicketFacts("", priority="P1", tags=("vip",))).value == "urgent"
    assert made.decide(TicketFacts("", priority="P1", tags=("vip",))) is made.decide(
        TicketFacts("other", priority="P1", tags=("vip",))
    )
    assert not agreements_of(rulebook())


def test_an_agreement_for_every_ticket_says_so() -> None:
    found = agreed(book(urgent=P1, rest=AllOf(())))
    assert (found.value, found.source, found.reason) == ("rest", Source.DEFAULT, "fits every ticket")
