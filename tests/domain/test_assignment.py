"""Who should take a ticket: never somebody who cannot, and always the same answer."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itdesk.domain.assignment import (
    Candidate,
    Mode,
    Sharing,
    Skill,
    TeamSharing,
    Work,
    is_of_level,
    rank,
    skill_for,
    skill_needed,
    with_more,
)

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CATEGORIES = ("network", "network.vpn", "network.vpn.client", "networks", "access", "general")
VPN = Work("network.vpn", 3, 2)

languages = st.lists(st.sampled_from(("de", "en", "fr", "en-gb")), max_size=2, unique=True).map(tuple)
skills = st.lists(st.builds(Skill, st.sampled_from(CATEGORIES), st.integers(1, 5)), max_size=2).map(tuple)
works = st.builds(Work, st.sampled_from(CATEGORIES), st.integers(1, 5), st.integers(1, 3), st.integers(1, 5), languages)
moments = st.none() | st.integers(0, 3).map(lambda hours: NOW - timedelta(hours=hours))


def candidate(number: int, draw: st.DrawFn) -> Candidate:
    return Candidate(
        id=number,
        login=f"p{number}",
        load=draw(st.integers(0, 6)),
        capacity=draw(st.integers(0, 6)),
        level=draw(st.none() | st.integers(1, 3)),
        skills=draw(skills),
        languages=draw(languages),
        on_shift=draw(st.booleans()),
        on_call=draw(st.booleans()),
        absent=draw(st.sampled_from(("", "", "holiday"))),
        last=draw(moments),
    )


@st.composite
def teams(draw: st.DrawFn) -> tuple[Candidate, ...]:
    return tuple(candidate(number, draw) for number in range(draw(st.integers(0, 7))))


def may(one: Candidate, work: Work, team: Iterable[Candidate]) -> bool:
    """Whether somebody may have the work, of a team with these people, he among them."""
    return (
        could_now(one, work)
        and could(one, work)
        and (
            understands(one, work)
            or not any(
                understands(other, work) and could(other, work) and (work.priority > 2 or could_now(other, work))
                for other in team
            )
        )
    )


def understands(one: Candidate, work: Work) -> bool:
    mine, theirs = ({code[:2] for code in codes} for codes in (one.languages, work.languages))
    return not mine or not theirs or bool(mine & theirs)


def could_now(one: Candidate, work: Work) -> bool:
    return one.load < one.capacity and (one.on_shift or (one.on_call and work.priority <= 2))


def could(one: Candidate, work: Work) -> bool:
    return (
        not one.absent
        and (one.level is None or one.level >= work.level)
        and (
            not one.skills
            or any(
                f"{work.category}.".startswith(f"{skill.category}.") and skill.level >= work.skill
                for skill in one.skills
            )
        )
    )


@given(teams(), works)
def test_nobody_gets_work_who_is_away_full_or_not_qualified_and_whoever_may_is_ranked(
    team: tuple[Candidate, ...], work: Work
) -> None:
    ranking = rank(team, work)
    assert {one.id for one in ranking.fitting} == {one.id for one in team if may(one, work, team)}
    assert sorted(one.candidate.id for one in ranking.ranked) == [one.id for one in team]
    assert all(bool(one.why_not) is not may(one.candidate, work, team) for one in ranking.ranked)
    assert (ranking.winner is None) == (not any(may(one, work, team) for one in team))
    assert ranking.reason()
    assert not any(one.login in ranking.reason() for one in team)


@given(teams(), works, st.randoms(use_true_random=False))
def test_the_answer_does_not_depend_on_the_order_in_which_people_are_named(
    team: tuple[Candidate, ...], work: Work, random: Random
) -> None:
    shuffled = list(team)
    random.shuffle(shuffled)
    assert rank(shuffled, work) == rank(team, work)


@given(teams(), works)
def test_who_is_on_shift_comes_first_then_the_lowest_load_then_the_longest_wait_then_the_lower_id(
    team: tuple[Candidate, ...], work: Work
) -> None:
    fitting = rank(team, work).fitting
    for first, second in pairwise(fitting):
        assert first.on_shift >= second.on_shift
        if first.on_shift is not second.on_shift:
            continue
        assert first.load <= second.load
        if first.load == second.load:
            assert first.last is None or (second.last is not None and first.last <= second.last)
            if first.last == second.last:
                assert first.id < second.id


@given(teams(), works, st.integers(1, 5))
def test_who_has_more_load_never_comes_sooner(team: tuple[Candidate, ...], work: Work, more: int) -> None:
    before = rank(team, work)
    if before.winner is None:
        return
    heavier = with_more(before.winner, more, NOW)
    after = rank([heavier if one.id == heavier.id else one for one in team], work)
    logins = [one.login for one in after.fitting]
    others = [one.login for one in before.fitting if one.id != heavier.id]
    full = heavier.login not in logins  # then languages may count no more, and colleagues fit who did not
    assert [login for login in logins if login in others or (not full and login != heavier.login)] == others
    if others and heavier.load > before.fitting[1].load and before.fitting[1].is_called is heavier.is_called:
        assert logins[0] != heavier.login


# --- languages --------------------------------------------------------------------------------------------------------


def fitting(team: Iterable[Candidate], work: Work) -> set[int]:
    return {one.id for one in rank(team, work).fitting}


@given(teams(), works)
def test_without_any_languages_of_staff_or_of_the_requester_nothing_differs(
    team: tuple[Candidate, ...], work: Work
) -> None:
    silent, anybody = [replace(one, languages=()) for one in team], replace(work, languages=())
    plain = rank(silent, anybody)
    for ranking in (rank(silent, work), rank(team, anybody)):
        assert [(one.candidate.id, one.why_not) for one in ranking.ranked] == [
            (one.candidate.id, one.why_not) for one in plain.ranked
        ]
        assert ranking.reason() == plain.reason()


@given(teams(), works, st.sampled_from(("de", "en", "fr")), st.data())
def test_who_learns_another_language_is_never_less_fit(
    team: tuple[Candidate, ...], work: Work, language: str, data: st.DataObject
) -> None:
    polyglots = [one for one in team if one.languages]
    if not polyglots:
        return
    one = data.draw(st.sampled_from(polyglots))
    taught = [replace(each, languages=(*each.languages, language)) if each is one else each for each in team]
    assert one.id not in fitting(team, work) or one.id in fitting(taught, work)


@given(teams(), works)
def test_for_the_sake_of_a_language_work_waits_only_for_somebody_who_will_come_and_what_cannot_wait_never_does(
    team: tuple[Candidate, ...], work: Work
) -> None:
    anyhow, found = fitting(team, replace(work, languages=())), fitting(team, work)
    assert found <= anyhow
    if anyhow and not found:
        assert work.priority > 2
        assert any(understands(one, work) and could(one, work) and not could_now(one, work) for one in team)


ENGLISH = replace(VPN, languages=("en", "fr"))
"""The requester speaks English and French."""


def test_a_ticket_is_for_those_who_speak_with_its_requester_as_long_as_there_is_somebody() -> None:
    german, british = replace(FIT, languages=("de",)), replace(FIT, id=2, load=5, languages=("de", "en-gb"))
    assert rank([german, british], ENGLISH).winner == british
    assert [one.why_not for one in rank([german, british], ENGLISH).ranked] == [
        "",
        "no common language: de, not en or fr",
    ]
    at_night = replace(british, on_shift=False)
    assert rank([german, at_night], ENGLISH).winner is None
    assert rank([german, at_night], ENGLISH).reason() == "nobody of 2 fits: 1 no common language, 1 off shift"
    unmet = "the only one of 2 who fits; nobody who could take it speaks en or fr"
    for ranking in (
        rank([german, replace(british, absent="holiday")], ENGLISH),
        rank([german, replace(british, level=1)], ENGLISH),
        rank([german, at_night], replace(ENGLISH, priority=2)),
    ):
        assert (ranking.winner, ranking.reason()) == (german, unmet)
    assert rank([german, replace(FIT, id=3)], ENGLISH).winner == replace(FIT, id=3), "who states none speaks with all"


FIT = Candidate(1, "anna", load=0, capacity=8, level=2)


@pytest.mark.parametrize(
    ("one", "why"),
    [
        (FIT, ""),
        (replace(FIT, skills=(Skill("network", 1),)), ""),
        (replace(FIT, skills=(Skill("network.vpn", 1),)), ""),
        (replace(FIT, skills=(Skill("network.vpn.client", 5), Skill("net", 5))), "no skill for network.vpn"),
        (replace(FIT, level=None), ""),
        (replace(FIT, level=3), ""),
        (replace(FIT, level=1), "L1, and it needs L2"),
        (replace(FIT, absent="holiday", on_shift=False), "absent: holiday"),
        (replace(FIT, on_shift=False), "off shift"),
        (replace(FIT, on_shift=False, on_call=True), "on call, for P1 and P2 only, and this is P3"),
        (replace(FIT, load=7), ""),
        (replace(FIT, load=8), "at capacity"),
        (replace(FIT, capacity=0), "at capacity"),
    ],
)
def test_why_somebody_is_left_out_is_said(one: Candidate, why: str) -> None:
    assert one.why_not(VPN) == why
    assert rank([one], VPN).winner == (None if why else one)


def test_on_call_is_enough_for_what_cannot_wait() -> None:
    assert rank([replace(FIT, on_shift=False, on_call=True)], replace(VPN, priority=2)).winner is not None


def test_nobody_is_called_while_somebody_is_there_and_the_reason_says_so() -> None:
    urgent, called = replace(VPN, priority=1), replace(FIT, id=7, login="tom", on_shift=False, on_call=True, load=0)
    there = replace(FIT, load=FIT.capacity - 1)
    ranking = rank([called, there], urgent)
    assert ranking.winner == there
    assert ranking.reason() == "on shift, others only on call, 2 of 2 fit"
    assert [one.in_words for one in ranking.considered()] == ["fits", "fits, on call"]
    full = rank([called, replace(there, load=FIT.capacity)], urgent)
    assert (full.winner, full.reason()) == (called, "the only one of 2 who fits, on call")
    both = rank([called, replace(called, id=8, login="tina", load=1)], urgent)
    assert both.reason() == "lowest load, on call, 2 of 2 fit"


def test_nobody_being_there_is_told_in_numbers() -> None:
    team = [
        replace(FIT, id=1, absent="holiday"),
        replace(FIT, id=2, absent="sick"),
        replace(FIT, id=3, on_shift=False),
        replace(FIT, id=4, skills=(Skill("access", 2),)),
    ]
    assert rank(team, VPN).reason() == "nobody of 4 fits: 2 absent, 1 off shift, 1 no skill for network.vpn"
    assert rank([], VPN).reason() == "the team has nobody"
    assert rank([FIT], VPN).reason() == "the only one there is"
    assert rank([FIT, *team], VPN).reason() == "the only one of 5 who fits"
    assert rank([FIT, replace(FIT, id=2, load=3)], VPN).reason() == "lowest load, 2 of 2 fit"


def test_a_skill_of_too_low_a_level_is_told_with_the_one_that_is_needed() -> None:
    one = replace(FIT, skills=(Skill("network", 2), Skill("access", 5)))
    assert one.why_not(replace(VPN, skill=3)) == "skill 2, and network.vpn needs 3"
    assert one.why_not(replace(VPN, skill=2)) == ""
    assert FIT.why_not(replace(VPN, skill=5)) == "", "who has no skills is fit for everything"


def test_skills_and_levels_by_themselves() -> None:
    assert skill_for((), "anything") is None
    skills = (Skill("network", 2), Skill("network.vpn", 4))
    assert [skill_for(skills, one) for one in ("network.vpn.client", "network.wifi", "networks")] == [4, 2, 0]
    needed = {"network": 3, "network.wifi": 1}
    assert [skill_needed(needed, one) for one in ("network.vpn", "network.wifi.guest", "access")] == [3, 1, 1]
    assert is_of_level(None, 3)


def test_loads_weigh_by_priority_and_what_waits_weighs_less() -> None:
    sharing = Sharing(weights=(8, 5, 3, 2, 1), waiting=1, capacity=20, teams={"network": TeamSharing(capacity=7)})
    assert [sharing.weight(priority, "in_progress") for priority in range(1, 6)] == [8, 5, 3, 2, 1]
    assert sharing.weight(1, "waiting") == 1
    assert sharing.weight(1, "resolved") == sharing.weight(1, "closed") == 0
    assert (sharing.capacity_of("network", None), sharing.capacity_of("other", None)) == (7, 20)
    assert sharing.capacity_of("network", 0) == 0
    assert sharing.team("other").mode is Mode.PULL


def test_sharing_is_stored_and_read_back_and_older_rulebooks_have_the_defaults() -> None:
    teams = {"network": TeamSharing(Mode.PUSH, 4, 2, "routing.yaml:9")}
    sharing = Sharing((9, 8, 7, 6, 5), 0, 3, teams, {"network": 3})
    assert Sharing.from_data(sharing.to_data()) == sharing
    assert Sharing.from_data({}) == Sharing()
