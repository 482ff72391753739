"""The demo desk's people for a given rulebook: who is in which team, and who does what."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle

from itdesk.desk.people import NewPerson
from itdesk.domain.assignment import Mode, Skill, TeamSharing
from itdesk.domain.people import Role
from itdesk.domain.rulebook import Rulebook
from itdesk.gateways.demo_content.people import (
    PUSHED,
    REQUESTERS,
    SUPERVISOR,
    TECHNICIANS,
    DemoRequester,
    DemoTechnician,
)


def people(rulebook: Rulebook) -> tuple[NewPerson, ...]:
    """Staff and requesters, to be added to a desk with this rulebook."""
    teams = members(rulebook)
    staff = tuple(
        NewPerson(
            login=one.login,
            name=one.name,
            role=one.role,
            email=f"{one.login}@example.com",
            level=one.level,
            teams=tuple(team for team, logins in teams.items() if one.login in logins),
            department="IT",
            site=one.site,
            skills=tuple(Skill(category, level) for category, level in one.skills if rulebook.category(category)),
            capacity=one.capacity,
        )
        for one in (*TECHNICIANS, SUPERVISOR)
    )
    requesters = tuple(
        NewPerson(one.login, one.name, email=one.email, department=one.department, site=one.site, vip=one.vip)
        for one in REQUESTERS
    )
    return staff + requesters


def members(rulebook: Rulebook) -> dict[str, tuple[str, ...]]:
    """The technicians' logins by team, for whatever teams the rulebook has; nobody and no team is left out."""
    teams = rulebook.desk.teams
    found = {
        team.name: [one.login for one in TECHNICIANS if _fits(one, f"{team.name} {team.title}".casefold())]
        for team in teams
    }
    busy = {login for logins in found.values() for login in logins}
    idle = [one.login for one in TECHNICIANS if one.login not in busy]
    in_turn = _endless(idle)
    for logins in found.values():
        if not logins:
            logins += [next(in_turn), next(in_turn)]
    assigned = {login for logins in found.values() for login in logins}
    found[rulebook.desk.default_team] += [login for login in idle if login not in assigned]
    return {team: tuple(logins) for team, logins in found.items()}


def pushing(rulebook: Rulebook) -> Rulebook:
    """The rulebook with one of the teams that get their tickets pushed, unless it says itself how teams share them."""
    sharing = rulebook.sharing
    names = [team for team, logins in members(rulebook).items() if PUSHED in logins]
    if sharing.teams or not names:
        return rulebook
    teams = {names[0]: TeamSharing(Mode.PUSH)}
    return replace(rulebook, sharing_data=replace(sharing, teams=teams).to_data())


def requester(name: str) -> DemoRequester:
    """The requester of that name."""
    return next(one for one in REQUESTERS if one.name == name)


def _fits(one: DemoTechnician, team: str) -> bool:
    return any(word in team for word in one.knows)


def _endless(idle: list[str]) -> Iterator[str]:
    """Those without a team first, then everybody in turn."""
    yield from idle
    yield from cycle(one.login for one in TECHNICIANS if one.role is Role.TECHNICIAN)
