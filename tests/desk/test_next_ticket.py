"""The next ticket: the first in the fair order that nobody has and that fits me; two who ask at once get two."""

from dataclasses import replace
from random import Random

import pytest

from itdesk.desk import intake, links, triage
from itdesk.desk.abilities import set_abilities
from itdesk.desk.assignment import ranking, skills_of
from itdesk.desk.compliance import verify_journal
from itdesk.desk.errors import Refused
from itdesk.desk.intake import NewTicket
from itdesk.desk.people import NewPerson, add_people
from itdesk.desk.queries import tickets
from itdesk.desk.queries.next_ticket import next_ticket
from itdesk.desk.queries.queue import QueueRow
from itdesk.desk.session import SYSTEM, Desk, Session, sign_in
from itdesk.desk.undo import undo
from itdesk.domain.assignment import Mode, Skill, TeamSharing, Work, skill_for, skill_needed
from itdesk.domain.ticket import LinkType
from itdesk.models.schedule import Absence
from tests.desk.acts import cancel, resolve, wait
from tests.desk.test_assignment import share
from tests.support.desks import SignIn, StillClock, opened, sign_in_at
from tests.support.takers import take_together


def submit(sign_in_as: SignIn, subject: str, **more: str) -> int:
    (ticket,) = intake.submit(sign_in_as("rita"), NewTicket(subject, **more)).tickets  # type: ignore[arg-type]
    return ticket


def taken_by(sign_in_as: SignIn, login: str) -> list[int]:
    """What somebody takes, one after the other, until nothing is left."""
    taken: list[int] = []
    while next_ticket(sign_in_as(login)) is not None:
        taken += triage.take_next(sign_in_as(login)).tickets
    with pytest.raises(Refused, match="Nothing waits for you"):
        triage.take_next(sign_in_as(login))
    return taken


def test_tickets_are_taken_in_the_fair_order_of_all_my_teams(sign_in_as: SignIn, clock: StillClock) -> None:
    slow = submit(sign_in_as, "VPN is slow")
    clock.advance(minutes=1)
    phishing = submit(sign_in_as, "Phishing mail", category="security.phishing")
    clock.advance(minutes=1)
    urgent = submit(sign_in_as, "VPN down", impact="company", urgency="high")
    submit(sign_in_as, "The printer is jammed")
    first = next_ticket(sign_in_as("tina"))
    assert first is not None
    assert first.row.id == urgent
    assert taken_by(sign_in_as, "tina") == [urgent, *sorted([slow, phishing], key=lambda one: place(sign_in_as, one))]


def place(sign_in_as: SignIn, ticket: int) -> int:
    from itdesk.desk.queries.queue import rows_by_id
    from itdesk.domain.search_language import parse

    [row] = rows_by_id(sign_in_as("sam"), [ticket], parse("status:all"))
    return row.order_key


def test_what_waits_is_settled_has_somebody_or_is_above_my_level_is_passed_over(
    sign_in_as: SignIn, clock: StillClock
) -> None:
    waiting, resolved, given, above, free = (submit(sign_in_as, f"VPN {number}") for number in range(5))
    wait(sign_in_as("tina"), [waiting])
    resolve(sign_in_as("tina"), [resolved])
    triage.assign(sign_in_as("sam"), [given], "tina")
    triage.escalate(sign_in_as("sam"), [above], level=3, reason="x")
    assert taken_by(sign_in_as, "tom") == [free]


def test_a_duplicate_is_nobodys_work_until_it_stands_alone(sign_in_as: SignIn) -> None:
    original, first, second, late = (submit(sign_in_as, f"VPN {number}") for number in range(4))
    sam = sign_in_as("sam")
    links.link(sam, [first, second], LinkType.DUPLICATE_OF, original)
    triage.assign(sam, [original], "tina")
    resolve(sam, [cause := submit(sign_in_as, "VPN")])
    links.link(sam, [late], LinkType.DUPLICATE_OF, cause)
    assert taken_by(sign_in_as, "tom") == [late], "nothing will resolve it with its original"
    links.unlink(sam, [first], LinkType.DUPLICATE_OF, original)
    assert taken_by(sign_in_as, "tom") == [first]
    cancel(sam, [original])
    assert taken_by(sign_in_as, "tom") == [second]


def test_skills_choose_and_without_any_everything_fits(sign_in_as: SignIn, clock: StillClock) -> None:
    vpn, wifi = submit(sign_in_as, "VPN", category="network.vpn"), submit(sign_in_as, "x", category="network.wifi")
    set_abilities(sign_in_as("lea"), "tom", skills=[Skill("network.wifi", 4), Skill("network.names", 1)])
    set_abilities(sign_in_as("lea"), "tina", skills=[Skill("network", 2)])
    found = next_ticket(sign_in_as("tom"))
    assert found is not None
    assert found.row.id == wifi
    assert (
        found.reason == "first in the fair order of network that nobody has and fits your skill network.wifi (4 of 5)"
    )
    assert taken_by(sign_in_as, "tom") == [wifi]
    assert taken_by(sign_in_as, "tina") == [vpn]


def test_next_is_only_what_the_level_of_a_skill_is_enough_for(
    desk: Desk, sign_in_as: SignIn, clock: StillClock
) -> None:
    categories = ("network.vpn", "network.wifi", "network.wired", "network.names", "network.internet")
    ids = {submit(sign_in_as, category, category=category): category for category in categories}
    random = Random(4)
    branches = ("network", *categories)
    several = 0
    for _ in range(30):
        skills = [Skill(one, random.randint(1, 5)) for one in random.sample(branches, random.randint(1, 3))]
        needed = {one: random.randint(1, 5) for one in random.sample(branches, random.randint(0, 3))}
        share(desk, clock, needed)
        tom = sign_in_as("tom")
        before = {one.category for one in skills_of(tom, [tom.actor.id]).get(tom.actor.id, ())}
        set_abilities(sign_in_as("lea"), "tom", skills=skills, forget=before - {one.category for one in skills})
        found: list[str] = []
        row: QueueRow | None = None
        while (following := next_ticket(sign_in_as("tom"), after=row)) is not None:
            row = following.row
            found.append(ids[row.id])
        fit = [one for one in categories if (skill_for(skills, one) or 0) >= skill_needed(needed, one)]
        assert sorted(found) == sorted(fit), (skills, needed)
        several += 0 < len(fit) < len(categories)
    assert several > 10, "both sides were tried"


def test_next_is_only_what_the_ranking_of_the_team_finds_fit(desk: Desk, sign_in_as: SignIn, clock: StillClock) -> None:
    """By languages, skills and levels, whoever is away or at capacity: as `domain.assignment` ranks each ticket."""
    random = Random(7)
    ada, lea = sign_in_as("ada"), sign_in_as("lea")
    [network] = sign_in_as("tom").actor.team_ids
    spoken = [(), ("en",), ("fr", "en-gb"), ("pt-br",), ("pt", "de"), ("fil",)]
    add_people(ada, [NewPerson(f"caller-{number}", "C", languages=own) for number, own in enumerate(spoken)])
    categories = ("network.vpn", "network.wifi")
    works: dict[int, Work] = {}
    for number, own in enumerate(spoken):
        for category in categories:
            for impact, priority in (("company", 1), ("person", 3)):
                caller = Session(desk, sign_in(desk, f"caller-{number}"), clock)
                new = NewTicket("Network", category=category, impact=impact, urgency="high")
                (ticket,) = intake.submit(caller, new).tickets
                works[ticket] = Work(category, priority, 2, languages=own)
    decided = 0
    for _ in range(20):
        for login in ("tom", "tina", "lea"):
            own = tuple(random.sample(("de", "en", "en-us", "fr", "pt", "fi"), random.randint(0, 2)))
            skills = tuple(Skill(one, 3) for one in random.sample(categories, random.randint(0, 1)))
            level = random.choice((None, 1, 3))
            role, teams = sign_in_as(login).actor.role, tuple(sign_in_as(login).actor.team_names)
            known = NewPerson(login, login, role, level=level, teams=teams, skills=skills, languages=own)
            add_people(ada, [replace(known, capacity=random.choice((0, 20)))])
            Absence.delete().where(Absence.person == sign_in_as(login).actor.id).execute()
        away = sign_in_as(random.choice(("tina", "lea"))).actor.id
        if random.random() < 0.5:
            Absence.create(person=away, starts_at=clock.now, ends_at=None, reason="sick", changed_at=clock.now)
        found: list[int] = []
        row: QueueRow | None = None
        while (following := next_ticket(sign_in_as("tom"), after=row)) is not None:
            row = following.row
            found.append(row.id)
        wanted = [
            ticket
            for ticket, work in works.items()
            for one in ranking(lea, network, work, clock.now).ranked
            if one.candidate.login == "tom" and one.why_not in ("", "at capacity")
        ]
        assert sorted(found) == sorted(wanted)
        decided += 0 < len(found) < len(works)
    assert decided > 5, "both sides were tried"


def test_one_may_look_at_the_one_after_it(sign_in_as: SignIn, clock: StillClock) -> None:
    many = []
    for number in range(3):
        clock.advance(minutes=1)
        many.append(submit(sign_in_as, f"VPN {number}"))
    seen, found = [], next_ticket(sign_in_as("tom"))
    while found is not None:
        seen.append(found.row.id)
        found = next_ticket(sign_in_as("tom"), after=found.row)
    assert seen == many


def test_what_was_taken_is_decided_journalled_and_undone(sign_in_as: SignIn) -> None:
    ticket = submit(sign_in_as, "VPN")
    change = triage.take_next(sign_in_as("tom", key="k"))
    assert triage.take_next(sign_in_as("tom", key="k")) == change
    assert change.sentence.startswith(f"Took INC-{ticket}, P4, network.vpn: first in the fair order of network")
    view = tickets.view(sign_in_as("tom"), ticket)
    assert (view.assignee, view.status) == ("tom", "in_progress")
    [decided] = [one for one in tickets.decisions_in_force(sign_in_as("tom"), ticket) if one.decided_by]
    assert decided.decision.reason.startswith("took the next: ")
    assert tickets.journal_entries(sign_in_as("tom"), ticket)[-1]["verb"] == "taken"
    undo(sign_in_as("tom"), change.seqs[0])
    assert tickets.view(sign_in_as("tom"), ticket).assignee is None


def test_nothing_is_next_where_tickets_are_assigned_by_hand_or_one_has_no_team(
    desk: Desk, sign_in_as: SignIn, clock: StillClock
) -> None:
    submit(sign_in_as, "VPN")
    with pytest.raises(Refused, match="sam is in no team"):
        next_ticket(sign_in_as("sam"))
    with pytest.raises(Refused, match="may not take tickets"):
        next_ticket(sign_in_as("rita"))
    share(desk, clock, network=TeamSharing(Mode.MANUAL))
    with pytest.raises(Refused, match="assigned by hand"):
        triage.take_next(sign_in_as("tom"))
    assert next_ticket(sign_in_as("tina")) is None  # security pulls, and has none
    add_people(Session(desk, SYSTEM, clock), [NewPerson("tom", "Tom", sign_in_as("tom").actor.role)])
    with pytest.raises(Refused, match="tom is in no team"):
        triage.take_next(sign_in_as("tom"))


def test_400_takes_by_8_processes_give_400_tickets(desk_url: str, clock: StillClock) -> None:
    with opened(desk_url) as desk:
        sign_in_as = sign_in_at(desk, clock)

        def submit_all() -> None:
            for number in range(420):
                submit(sign_in_as, f"VPN {number}")

        desk.together(submit_all)
    taken = take_together(desk_url, processes=8, takes=50)
    assert len(taken) == len(set(taken)) == 400
    with opened(desk_url) as desk:
        sign_in_as = sign_in_at(desk, clock)
        assert len(taken_by(sign_in_as, "tom")) == 20
        assert verify_journal(sign_in_as("otto")).intact
