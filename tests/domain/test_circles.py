"""Steps that hand tickets round in a circle: what is told can happen, and where nothing is told every way ends."""

from dataclasses import replace
from functools import reduce

from hypothesis import given
from hypothesis import strategies as st

from itdesk.domain.agreements import OLA
from itdesk.domain.conditions import AllOf, Condition, Field, In, Not, StartsWith
from itdesk.domain.escalation import AtClock, Lasting, Step, TooLong, circles

TEAMS = ("first", "network", "software")
LEVELS = {"first": 1, "network": 2, "software": 2}
EVERY = AllOf(())
LEVELS_OF_SUPPORT = (1, 2, 3)


def step(
    name: str, when: Condition = EVERY, *, ola: int | None = None, team: str | None = None, level: int | None = None
) -> Step:
    trigger = AtClock(OLA[ola]) if ola else TooLong(Lasting.UNASSIGNED, 10)
    return Step(name, "e:1", when, trigger, team=team, level=level)


def of(*teams: str) -> Condition:
    return In(Field.TEAM, teams)


def told(*steps: Step) -> list[str]:
    return [" ".join(one.name for one in circle) for circle in circles(steps, LEVELS)]


def test_a_team_brings_its_own_level_where_a_step_names_none() -> None:
    up, down = step("up", ola=1, team="network"), step("down", ola=2, team="first")
    assert told(up, down) == ["up down"]
    assert told(step("up", of("first"), team="network"), down) == ["up down"]
    assert told(step("up", ola=1, team="network", level=3), down) == []


def test_a_step_that_only_changes_the_level_leaves_the_ticket_to_the_steps_of_its_team() -> None:
    assert told(step("up", of("network"), ola=1, level=2), step("down", of("network"), level=1)) == ["up down"]


def test_gathering_the_tickets_of_a_level_in_one_team_is_no_circle() -> None:
    assert told(step("gather", ola=2, team="network")) == []
    assert told(step("gather", ola=2, team="network", level=2)) == []


def test_steps_for_different_tickets_are_no_circle() -> None:
    network, software = (StartsWith(Field.CATEGORY, name) for name in ("network", "software"))
    up = step("up", network, ola=1, team="network")
    assert told(up, step("down", software, ola=2, team="first")) == []
    assert told(up, step("down", StartsWith(Field.CATEGORY, "network.vpn"), ola=2, team="first")) == ["up down"]
    assert told(up, step("down", AllOf((network, Not(of("software")))), ola=2, team="first")) == ["up down"]


def test_a_step_that_moves_nothing_is_told_and_one_that_nothing_fits_is_not() -> None:
    assert told(step("stay", of("network"), team="network")) == ["stay"]
    assert told(step("none", AllOf((of("first"), of("network"))), team="software")) == []


CONDITIONS = [EVERY, of("first", "network"), *(of(team) for team in TEAMS), *(Not(of(team)) for team in TEAMS)]
STEPS = st.lists(
    st.builds(
        lambda when, ola, team, level: step("", when, ola=ola, team=team, level=level),
        st.sampled_from(CONDITIONS),
        st.sampled_from([None, 1, 2, 3]),
        st.sampled_from([None, *TEAMS]),
        st.sampled_from([None, 1, 2, 3]),
    ),
    max_size=5,
).map(lambda steps: [replace(one, name=str(index)) for index, one in enumerate(steps)])
PLACES = [(team, level) for team in (*TEAMS, "another") for level in LEVELS_OF_SUPPORT]


def way(one: Step, place: tuple[str, int]) -> tuple[str, int]:
    """Where a step that says from where puts a ticket."""
    team, level = place
    match one.when:
        case In(_, teams):
            fits, says = team in teams, True
        case Not(In(_, teams)):
            fits, says = team not in teams, True
        case _:
            fits, says = True, False
    if isinstance(one.trigger, AtClock):
        fits, says = fits and one.trigger.clock is OLA[level], True
    if not (fits and says):
        return place
    to = one.team or team
    return to, one.level or (LEVELS[to] if to != team else level)


@given(STEPS)
def test_a_circle_that_is_told_leads_back_and_without_one_every_ticket_comes_to_rest(steps: list[Step]) -> None:
    found = list(circles(steps, LEVELS))
    for circle in found:
        ends = {place: reduce(lambda at, one: way(one, at), circle, place) for place in PLACES}
        assert any(ends[place] == place for place in PLACES)
    if not found:
        reached = set(PLACES)
        for _ in PLACES:  # a way longer than there are places would come by one of them twice
            reached = {way(one, place) for place in reached for one in steps if way(one, place) != place}
        assert not reached
