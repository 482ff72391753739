"""Steps of escalation: what is read, and every fault with its place and what was meant."""

from pathlib import Path

import pytest

from itdesk.domain.agreements import ClockName
from itdesk.domain.conditions import AllOf, Field, In
from itdesk.domain.escalation import AtClock, Lasting, Reopened, Step, TooLong
from itdesk.domain.rule_check import warnings
from itdesk.domain.rulebook import Rulebook
from itdesk.domain.ticket import WaitingReason
from itdesk.settings.loader import load_rulebook
from itdesk.settings.locations import shipped_config
from tests.settings.folders import OPTIONAL, faults, small_folder

CALENDARS, SLA, STEPS = (OPTIONAL[f"{name}.yaml"] for name in ("calendars", "sla", "escalation"))


def folder(path: Path, escalation: str) -> Path:
    return small_folder(path / "config", calendars=CALENDARS, sla=SLA, escalation=escalation)


def test_steps_are_read_and_kept_with_the_rulebook(tmp_path: Path) -> None:
    book = load_rulebook(folder(tmp_path, STEPS))
    every = AllOf(())
    assert book.escalation == (
        Step("soon", "escalation.yaml:2", every, AtClock(ClockName.RESOLUTION, percent=75), ("assignee",)),
        Step("early", "escalation.yaml:6", every, AtClock(ClockName.FIRST_RESPONSE, -30), ("team", "anna")),
        Step(
            "late",
            "escalation.yaml:10",
            In(Field.TEAM, ("first",)),
            AtClock(ClockName.OLA_L1, 60),
            raise_priority=1,
            team="network",
            level=2,
        ),
        Step(
            "vendor",
            "escalation.yaml:16",
            every,
            TooLong(Lasting.WAITING, 3 * 24 * 60, "office", frozenset({WaitingReason.VENDOR})),
            ("management",),
        ),
        Step("again", "escalation.yaml:19", every, Reopened(2), tell_management=True, review=True),
    )
    assert Rulebook.from_json(book.to_json()).escalation == book.escalation


def test_a_desk_without_the_file_has_no_steps_nor_has_an_earlier_rulebook(tmp_path: Path) -> None:
    book = load_rulebook(small_folder(tmp_path / "config"))
    assert book.escalation == ()
    assert Rulebook.from_json(book.to_json().replace('"escalation":[],', "")).escalation == ()


def test_the_shipped_steps_can_all_happen() -> None:
    book = load_rulebook(shipped_config())
    assert len(book.escalation) >= 10
    assert not [warning for warning in warnings(book) if warning.place.startswith("escalation")]


def test_the_example_of_the_documentation_is_right(tmp_path: Path) -> None:
    page = Path(__file__).parents[2].joinpath("docs", "configuration.md").read_text()
    example = page.partition("```yaml\n# escalation.yaml\n")[2].partition("```")[0]
    assert example
    assert faults(folder(tmp_path, example)) == []


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("clock: resolutoin, at: 75 %, notify: assignee", "2:23: 'clock' cannot be the text 'resolutoin' … did"),
        ("clock: update, at: 75, notify: assignee", "2:35: a part of the target is a percentage from"),
        ("clock: update, notify: assignee", "step 'a': 'before', 'after' or 'at' is needed: one of"),
        ("clock: update, at: 5 %, after: 3 h, notify: tom", "step 'a': 'before', 'after' or 'at' is needed: one of"),
        ("condition: { reopened: 2 }, after: 3 h, notify: tom", "'before', 'after' or 'at' goes with a clock"),
        ("notify: assignee", "step 'a' needs either 'clock' or 'condition'"),
        ("clock: update, after: 0 min", "step 'a' does nothing: it needs 'notify'"),
        ("clock: update, after: 90 s, notify: tom", "a span must be whole minutes"),
        ("clock: update, after: 0 min, notify: team-leads", "'team-leads' is nobody … did you mean 'team_lead'?"),
        ("clock: update, after: 0 min, move: { team: netwrok }", "there is no team 'netwrok' … did you"),
        ("clock: update, after: 0 min, move: {}", "say where to: 'team', 'level' or both"),
        ("clock: update, after: 0 min, raise_prio: 1", "unknown key 'raise_prio' … did you mean 'raise_priority'?"),
        ("condition: { waiting_longer_than: 3 d, reopened: 2 }, notify: tom", "a condition is one of: reopened"),
        ("condition: { no_update_since: 3 d, reasons: vendor }, notify: tom", "'reasons' belong to"),
        ("condition: { no_update_since: 3 d, calendar: offcie }, notify: tom", "there is no calendar 'offcie'"),
        ("condition: { reopened: 2, calendar: office }, notify: tom", "'calendar' belongs to a condition that lasts"),
        ("condition: { rating_below: 3 }, notify: tom", "unknown key 'rating_below'"),
    ],
)  # fmt: skip
def test_a_fault_says_where_and_what_was_meant(tmp_path: Path, written: str, fault: str) -> None:
    [told] = faults(folder(tmp_path, f"steps:\n  - {{ name: a, {written} }}\n"))
    assert fault in told


def move(name: str, start: str, to: str) -> str:
    return f"  - {{ name: {name}, {start}, after: 0 min, move: {{ {to} }} }}\n"


TO_FIRST, IN_NETWORK = "team: first", "{ team: { is: network } }"
IN_FIRST_NOW, KIND = "{ team: { is: first } }", "{ kind: { is: request } }"
IN_FIRST = "clock: update, when: { team: { is: first } }"


@pytest.mark.parametrize(
    ("steps", "circle"),
    [
        (
            move("up", "clock: ola_l1", "level: 2") + move("down", "clock: ola_l2", "level: 1"),
            "2:5: circular escalation: up → down → up",
        ),
        (
            move("up", "clock: ola_l1", "team: network") + move("down", "clock: ola_l2", TO_FIRST),
            "2:5: circular escalation: up → down → up",
        ),
        (
            f"  - {{ name: up, when: {IN_FIRST_NOW}, condition: {{ reopened: 1 }}, move: {{ team: network }} }}\n"
            + move("down", "clock: ola_l2", TO_FIRST),
            "2:5: circular escalation: up → down → up",
        ),
        (move("up", "clock: ola_l1", "team: network") + move("more", "clock: ola_l2", "team: network, level: 3"), ""),
        (
            move("there", IN_FIRST, "team: network")
            + move("else", "clock: resolution, when: { kind: { is: request } }", "level: 3")
            + move("back", f"clock: update, when: {{ all: [{IN_NETWORK}, {{ kind: {{ is: request }} }}] }}", TO_FIRST),
            "2:5: circular escalation: there → back → there",
        ),
        (move("stay", "clock: ola_l2", "level: 2"), "2:5: circular escalation: stay → stay"),
        (
            move("f", f"clock: update, when: {{ any: [{IN_NETWORK}, {{ team: {{ in: [network] }} }}] }}", TO_FIRST)
            + move("g", IN_FIRST, "team: network"),
            "2:5: circular escalation: f → g → f",
        ),
        (
            move("f", "clock: update, when: { not: { team: { is: first } } }", TO_FIRST)
            + move("g", IN_FIRST, "team: network"),
            "2:5: circular escalation: f → g → f",
        ),
        (
            move("f", f"clock: update, when: {{ not: {IN_NETWORK} }}", TO_FIRST) + move("g", IN_FIRST, "team: network"),
            "",
        ),
        (move("f", IN_FIRST, TO_FIRST), "2:5: circular escalation: f → f"),
        (move("f", f"clock: update, when: {{ any: [{IN_FIRST_NOW}, {KIND}] }}", TO_FIRST), ""),
        (
            move("f", f"clock: update, when: {{ all: [{{ not: {IN_NETWORK} }}, {IN_FIRST_NOW}] }}", "team: network"),
            "",
        ),
        (move("up", "clock: ola_l1", "level: 2") + move("more", "clock: ola_l2", "level: 3"), ""),
        (move("any", "clock: update", TO_FIRST) + move("one", IN_FIRST, "level: 2"), ""),
    ],
)  # fmt: skip
def test_steps_that_hand_a_ticket_round_in_a_circle_are_a_fault(tmp_path: Path, steps: str, circle: str) -> None:
    told = faults(folder(tmp_path, f"steps:\n{steps}"))
    assert len(told) == bool(circle)
    assert not circle or circle in told[0]


def test_a_circle_is_told_beside_a_misspelt_clock_with_its_own_place(tmp_path: Path) -> None:
    steps = (
        move("typo", "clock: resolutoin", "level: 3")
        + move("up", "clock: ola_l1", "level: 2")
        + move("down", "clock: ola_l2", "level: 1")
    )
    told = faults(folder(tmp_path, f"steps:\n{steps}"))
    assert [one.partition(" ")[0] for one in told] == ["escalation.yaml:2:26:", "escalation.yaml:3:5:"]
    assert "circular escalation: up → down → up" in told[1]


def test_a_circle_by_the_levels_of_teams_is_told_beside_a_faulty_team(tmp_path: Path) -> None:
    config = folder(
        tmp_path, "steps:\n" + move("up", "clock: ola_l1", "team: network") + move("down", "clock: ola_l2", TO_FIRST)
    )
    desk = config / "desk.yaml"
    desk.write_text(desk.read_text().replace("defaults:", "  - { name: third, title: Third, level: 4 }\ndefaults:"))
    told = faults(config)
    assert [one.partition(":")[0] for one in told] == ["desk.yaml", "escalation.yaml"]
    assert "circular escalation: up → down → up" in told[1]


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("clock: ola_l2, after: 0 min", "no agreement of sla.yaml has a target for ola_l2"),
        ("clock: first_response, before: 90 h", "no target for first_response is longer than 90 h"),
        (
            "when: { all: [{ priority: { is: P1 } }, { priority: { is: P2 } }] }, clock: update, after: 0 min",
            "its conditions exclude each other",
        ),
    ],
)
def test_rules_check_names_steps_that_can_never_happen(tmp_path: Path, written: str, why: str) -> None:
    book = load_rulebook(folder(tmp_path, f"steps:\n  - {{ name: a, {written}, notify: tom }}\n"))
    [warning] = [one for one in warnings(book) if one.place.startswith("escalation")]
    assert str(warning) == f"escalation.yaml:2: step a can never happen: {why}"
