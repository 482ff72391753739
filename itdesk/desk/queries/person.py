"""One person of the desk: all that is known, and how things stand with him now."""

from dataclasses import dataclass

from itdesk.desk.errors import NotFound
from itdesk.desk.queries.duty import Duty, duties
from itdesk.desk.queries.hours import desk_zone
from itdesk.desk.queries.people import Colleague, known_person
from itdesk.desk.queries.schedule import scheduled
from itdesk.desk.session import Session
from itdesk.domain.people import STAFF


@dataclass(frozen=True, slots=True)
class AtWork:
    """How things stand with an active member of staff at a moment.

    `open_tickets` is how many he has that are not resolved and the reader may see, `load` what all of them weigh; from
    `capacity` on, his own or the usual one, he gets nothing more. `has_rota`: shifts were entered for him, else he
    counts as always there. `on_call_for` are names of teams.
    """

    open_tickets: int
    load: int
    capacity: int
    duty: Duty
    has_rota: bool
    on_call_for: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PersonCard:
    """What is known of a person; `at_work` is None of whoever has left, and of whoever is not staff."""

    person: Colleague
    at_work: AtWork | None


def person_card(session: Session, login: str) -> PersonCard:
    """The card of a person, whether he has left or not. Raises Refused, and NotFound for nobody."""
    person = known_person(session, login)
    if person is None:
        raise NotFound(f"The desk knows nobody called {login!r}.")
    staff = person.active and person.role in STAFF
    return PersonCard(person, _at_work(session, person) if staff else None)


def _at_work(session: Session, card: Colleague) -> AtWork:
    now = session.clock()
    today = now.astimezone(desk_zone(session)).date()
    of = scheduled(session, today, today, person=card.login)
    [person] = of.people
    called = {duty.team_id for duty in person.plan.on_call if duty.of_member and duty.start <= now < duty.end}
    return AtWork(
        person.open_tickets,
        person.load,
        max(person.capacities.values(), default=session.rulebook.sharing.capacity_of("", card.capacity)),
        duties(session, [person.id], now)[person.id],
        person.plan.has_rota,
        tuple(sorted(of.team_names[team] for team in called)),
    )
