"""What the desk makes of a ticket being written: who, what, what may solve it, what is alike. On each engine."""

from dataclasses import replace
from datetime import timedelta

import pytest

from itdesk.desk.errors import Refused
from itdesk.desk.intake import NewTicket, submit
from itdesk.desk.knowledge import NewArticle, add_articles
from itdesk.desk.people import NewPerson, add_people
from itdesk.desk.queries import duplicates, people
from itdesk.desk.queries.outlook import outlook
from itdesk.desk.resolution import cancel, resolve
from itdesk.desk.rulebook import adopt
from itdesk.domain.conditions import AllOf, Contains, Field, In
from itdesk.domain.decisions import Source, Thing
from tests.support.desks import SignIn, StillClock, shipped_rulebook


def open_ticket(sign_in_as: SignIn, subject: str, requester: str = "ron", category: str | None = "network.vpn") -> int:
    new = NewTicket(subject, requester=requester, category=category)
    return submit(sign_in_as("tom"), new).tickets[0]


def alike(
    sign_in_as: SignIn, subject: str, body: str = "", *, requester: str | None = None, category: str | None = None
) -> list[int]:
    tom = sign_in_as("tom")
    person = people.requester(tom, requester) if requester else None
    found = duplicates.likely_duplicates(
        tom, subject, body, requester_id=person.id if person else None, category=category
    )
    return [one.id for one in found]


# --- people ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def crowd(sign_in_as: SignIn) -> None:
    """People with names that need folding, and one who left."""
    add_people(
        sign_in_as("ada"),
        [
            NewPerson("soerensen", "Emil Sørensen", email="emil.soerensen@example.com"),
            NewPerson("lukasz", "Łukasz Żak", email="l.zak@example.org"),
            NewPerson("yuki", "山田 雪", email="yuki@example.com"),
            NewPerson("mary-ann", "Mary Ann", email="ma@example.com", department="Sales", site="Oslo"),
        ],
    )


@pytest.mark.usefixtures("crowd")
@pytest.mark.parametrize(
    ("typed", "logins"),
    [
        ("sorensen", ["soerensen"]),
        ("EMIL", ["soerensen"]),
        ("zak luk", ["lukasz"]),
        ("山", ["yuki"]),
        ("ann", ["mary-ann"]),
        ("ma@ex", ["mary-ann"]),
        ("rita@example.com", ["rita"]),
        ("tech", ["tina", "tom"]),
        ("t", ["tina", "tom"]),
        ("", []),
        ("  ", []),
        ("nobody", []),
        ("ensen", []),
        ("\0 \ud800 %_'\\", []),
    ],
)
def test_people_are_found_by_the_beginnings_of_login_name_and_address(
    sign_in_as: SignIn, typed: str, logins: list[str]
) -> None:
    assert [person.login for person in people.people_like(sign_in_as("tom"), typed, limit=2)] == logins


def test_who_is_named_is_known_with_what_they_have_open(sign_in_as: SignIn, clock: StillClock) -> None:
    for number in range(4):
        clock.advance(minutes=1)
        ticket = open_ticket(sign_in_as, f"Thing {number}", "rita")
    cancel(sign_in_as("tom"), [ticket], "a mistake")
    for who in ("rita", "Rita Requester", "RITA@example.com", "Rita <rita@example.com>"):
        found = people.requester(sign_in_as("tom"), who)
        assert found is not None
        assert (found.login, found.site, found.open_count) == ("rita", "Berlin", 3)
        assert found.open_numbers == (f"INC-{ticket - 1}", f"INC-{ticket - 2}", f"INC-{ticket - 3}")
    assert people.requester(sign_in_as("tom"), "nobody") is None


def test_requesters_are_not_told_who_else_there_is(sign_in_as: SignIn) -> None:
    for ask in (people.people_like, people.requester):
        with pytest.raises(Refused):
            ask(sign_in_as("rita"), "ron")


# --- likely duplicates -----------------------------------------------------------------------------------------------


def test_an_open_ticket_with_the_same_rare_words_is_alike(sign_in_as: SignIn) -> None:
    slow = open_ticket(sign_in_as, "VPN slow since the update")
    sap = open_ticket(sign_in_as, "SAP login fails for all of Finance", category="software.erp")
    open_ticket(sign_in_as, "Mouse is broken", category="hardware.peripherals")
    assert alike(sign_in_as, "SAP login fails") == [sap]
    assert alike(sign_in_as, "No SAP", "The login fails for everybody in finance") == []
    assert alike(sign_in_as, "SAP: no login", "It fails for everybody in finance") == [sap]
    assert alike(sign_in_as, "vpn slow") == [slow]
    assert alike(sign_in_as, "VPN") == []
    assert alike(sign_in_as, "the and of") == alike(sign_in_as, "") == []


def test_words_that_many_tickets_have_make_none_alike(sign_in_as: SignIn) -> None:
    for number in range(12):
        open_ticket(sign_in_as, f"Printer error code{number} floor{number} unit{number}", category="printing.printer")
    assert alike(sign_in_as, "Printer error in the canteen kitchen") == []
    assert len(alike(sign_in_as, "Printer error code3 floor3")) == 1


def test_the_same_requester_and_category_are_alike_and_the_likeliest_comes_first(
    sign_in_as: SignIn, clock: StillClock
) -> None:
    mine = open_ticket(sign_in_as, "Something else", "rita")
    clock.advance(minutes=1)
    words = open_ticket(sign_in_as, "Tunnel drops hourly", "ron")
    assert alike(sign_in_as, "Tunnel drops", requester="rita", category="network.vpn") == [words, mine]
    assert alike(sign_in_as, "Tunnel drops", requester="rita", category="network.wifi") == [words]
    assert alike(sign_in_as, "Nothing of it", requester="rita", category=None) == []


def test_what_is_older_than_a_week_or_ended_is_not_alike(sign_in_as: SignIn, clock: StillClock) -> None:
    old = open_ticket(sign_in_as, "SAP login fails")
    clock.advance(days=7, seconds=-1)
    assert alike(sign_in_as, "SAP login fails") == [old]
    clock.advance(seconds=2)
    assert alike(sign_in_as, "SAP login fails") == []
    gone = open_ticket(sign_in_as, "SAP login fails")
    resolve(sign_in_as("tom"), [gone], "Restarted it.")
    assert alike(sign_in_as, "SAP login fails") == [gone], "its requester has not confirmed it yet"
    cancel(sign_in_as("tom"), [open_ticket(sign_in_as, "Badge printer jammed")], "a mistake")
    assert alike(sign_in_as, "Badge printer jammed") == []


def test_requesters_are_shown_only_their_own(sign_in_as: SignIn) -> None:
    open_ticket(sign_in_as, "SAP login fails", "ron")
    rita = sign_in_as("rita")
    assert duplicates.likely_duplicates(rita, "SAP login fails", "", requester_id=None, category=None) == ()


# --- everything at once ----------------------------------------------------------------------------------------------


def test_everything_is_said_at_once(sign_in_as: SignIn, clock: StillClock) -> None:
    add_articles(sign_in_as("tom"), [NewArticle("VPN drops", "Lower the MTU.", "network.vpn")])
    same = open_ticket(sign_in_as, "VPN drops at home", "rita")
    clock.advance(minutes=5)
    seen = outlook(sign_in_as("tom"), NewTicket("VPN drops", requester="Rita Requester"))
    assert seen.requester is not None
    assert seen.requester.login == "rita"
    assert [person.login for person in seen.like] == ["rita"], "a name may be completed to a login"
    category = seen.of(Thing.CATEGORY)
    assert category is not None
    assert (category.value, category.source) == ("network.vpn", Source.RULE)
    assert [fit.article.title for fit in seen.fits] == ["VPN drops"]
    [one] = seen.alike
    assert (one.id, one.number, one.same_requester) == (same, f"INC-{same}", True)
    assert clock() - one.opened_at == timedelta(minutes=5)


def test_of_an_empty_form_only_people_are_said(sign_in_as: SignIn) -> None:
    seen = outlook(sign_in_as("tom"), NewTicket(" ", requester="ri"))
    assert seen.requester is None
    assert [person.login for person in seen.like] == ["rita"]
    assert (seen.decisions, seen.fits, seen.alike) == ((), (), ())
    assert outlook(sign_in_as("tom"), NewTicket(" ", requester="rita")).like == ()


def test_the_rules_see_the_site_and_the_name_of_the_requester(sign_in_as: SignIn) -> None:
    new = NewTicket("VPN drops", requester="rita")
    said = {decision.thing: decision.value for decision in outlook(sign_in_as("tom"), new).decisions}
    ticket = submit(sign_in_as("tom"), new).tickets[0]
    from itdesk.desk.queries.tickets import decisions_in_force

    made = {item.decision.thing: item.decision.value for item in decisions_in_force(sign_in_as("tom"), ticket)}
    assert said == made


def test_a_requester_is_told_of_their_own_tickets_and_of_nobody_else(sign_in_as: SignIn) -> None:
    mine = open_ticket(sign_in_as, "VPN drops at home", "rita")
    open_ticket(sign_in_as, "VPN drops at home", "ron")
    seen = outlook(sign_in_as("rita"), NewTicket("VPN drops", requester="ron"))
    assert (seen.requester, seen.like) == (None, ())
    assert seen.of(Thing.CATEGORY) is not None
    assert [one.id for one in seen.alike] == [mine]


def test_staff_are_told_that_a_vip_asks_and_requesters_are_not(sign_in_as: SignIn) -> None:
    ada, book = sign_in_as("ada"), shipped_rulebook()
    a_vip = AllOf((Contains(Field.SUBJECT, ("vpn",)), In(Field.VIP, ("yes",))))
    adjustments = tuple(
        replace(one, when=a_vip) if one.id == "very-important-person" else one for one in book.priorities.adjustments
    )
    priorities = replace(book.priorities, adjustments=adjustments)
    adopt(ada, replace(book, priorities_data=priorities.to_data()), "VIPs alone")
    add_people(ada, [NewPerson("rita", "Rita Requester", vip=True)])

    def seen(by: str, requester: str) -> tuple[int, int]:
        decision = outlook(sign_in_as(by), NewTicket("VPN drops", requester=requester)).of(Thing.PRIORITY)
        assert decision is not None
        return len(decision.evidence), len(decision.nearly)

    assert (seen("tom", "rita"), seen("rita", "rita")) == ((2, 0), (1, 0))
    assert (seen("tom", "ron"), seen("ron", "ron")) == ((0, 1), (0, 0))
