"""Approvals: nobody's vote is passed over, whatever the order of the votes."""

from dataclasses import replace
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from itdesk.domain.approvals import SUBSTITUTE, Need, Outcome, Voter, is_stuck, may_vote, outcome, seats_of_vote

YES, NO = Outcome.APPROVED, Outcome.REJECTED
LEA, TOM, SAM, SUB = Voter(1, 1), Voter(2, 1), Voter(3, 2), Voter(4, SUBSTITUTE)

VOTERS = st.lists(
    st.builds(Voter, st.integers(1, 6), st.integers(0, 3), st.booleans(), st.sampled_from([None, YES, NO])),
    min_size=1,
    max_size=6,
    unique_by=lambda voter: (voter.person, voter.seat),
)


def voted(voter: Voter, vote: Outcome) -> Voter:
    return replace(voter, vote=vote)


def test_of_all_each_seat_must_approve_and_those_of_a_seat_stand_for_each_other() -> None:
    assert outcome(Need.ALL, [LEA, voted(TOM, YES), SAM]) is None
    assert outcome(Need.ALL, [LEA, voted(TOM, YES), voted(SAM, YES)]) is YES
    assert outcome(Need.ALL, [LEA, voted(TOM, NO), voted(SAM, YES)]) is NO


def test_of_any_the_first_vote_decides() -> None:
    assert outcome(Need.ANY, [LEA, TOM, SAM]) is None
    assert outcome(Need.ANY, [LEA, TOM, voted(SAM, YES)]) is YES
    assert outcome(Need.ANY, [LEA, TOM, voted(SAM, NO)]) is NO


def test_an_approval_is_stuck_once_those_who_are_left_cannot_bring_it_to_an_end() -> None:
    lea_left, sam_left, sub_left = (replace(one, active=False) for one in (LEA, SAM, SUB))
    assert not is_stuck(Need.ALL, [LEA, TOM, SAM])
    assert not is_stuck(Need.ALL, [lea_left, TOM, SAM]), "Tom has the same seat"
    assert is_stuck(Need.ALL, [LEA, TOM, sam_left])
    assert not is_stuck(Need.ALL, [LEA, TOM, sam_left, SUB])
    assert is_stuck(Need.ALL, [LEA, TOM, sam_left, sub_left])
    assert not is_stuck(Need.ANY, [LEA, TOM, sam_left])
    assert is_stuck(Need.ANY, [lea_left, sam_left])
    assert is_stuck(Need.ALL, [lea_left, sam_left, Voter(SUB.person, LEA.seat, vote=YES)])
    assert is_stuck(Need.ALL, [replace(TOM, seat=SAM.seat, active=False), TOM]), "his other seat helps nobody"


def test_a_substitute_waits_for_the_deadline_or_for_a_seat_with_nobody_left() -> None:
    assert not may_vote([LEA, SAM, SUB], SUB.person, overdue=False)
    assert may_vote([LEA, SAM, SUB], SUB.person, overdue=True)
    assert may_vote([LEA, replace(SAM, active=False), SUB], SUB.person, overdue=False)
    assert not may_vote([LEA, replace(TOM, active=False), SAM, SUB], SUB.person, overdue=False)


def test_a_substitute_stands_for_those_who_left_and_after_the_deadline_for_all_who_are_silent() -> None:
    left = replace(SAM, active=False)
    voters = [LEA, left, SUB]
    assert seats_of_vote(voters, SUB.person, overdue=False) == [SAM.seat]
    assert seats_of_vote(voters, SUB.person, overdue=True) == [SUBSTITUTE]
    stood_in = Voter(SUB.person, SAM.seat, vote=YES)
    assert outcome(Need.ALL, [voted(LEA, YES), left, SUB, stood_in]) is YES
    assert outcome(Need.ALL, [LEA, SAM, voted(SUB, YES)]) is YES


def test_what_a_substitute_said_for_one_who_left_counts_for_nobody_else_and_he_decides_again_when_it_is_his_turn() -> (
    None
):
    stood_in = Voter(SUB.person, SAM.seat, vote=YES)
    there, left = [LEA, replace(SAM, active=False), SUB, stood_in], [replace(LEA, active=False), SAM, SUB, stood_in]
    assert outcome(Need.ALL, there) is None
    assert not may_vote(there, SUB.person, overdue=False)
    assert seats_of_vote(there, SUB.person, overdue=True) == [SUBSTITUTE]
    assert outcome(Need.ALL, left) is None
    assert seats_of_vote(left, SUB.person, overdue=False) == [LEA.seat]
    assert not is_stuck(Need.ALL, left)


def test_what_somebody_said_before_he_left_stands() -> None:
    gone = replace(voted(SAM, YES), active=False)
    assert outcome(Need.ALL, [voted(LEA, YES), gone]) is YES
    assert not may_vote([LEA, gone, SUB], SUB.person, overdue=False)


@given(VOTERS, st.sampled_from(Need))
def test_the_order_of_the_voters_is_of_no_account(voters: list[Voter], need: Need) -> None:
    first = outcome(need, voters)
    assert all(outcome(need, list(other)) is first for other in list(permutations(voters))[:24])


@given(VOTERS, st.sampled_from(Need))
def test_nothing_is_approved_without_a_vote_nor_against_one(voters: list[Voter], need: Need) -> None:
    votes = {voter.vote for voter in voters}
    if outcome(need, voters) is YES and any(voter.seat for voter in voters):
        assert YES in votes
        assert NO not in votes


@given(VOTERS, st.booleans())
def test_whoever_has_voted_or_left_is_not_asked_again(voters: list[Voter], overdue: bool) -> None:
    for person in {voter.person for voter in voters}:
        if may_vote(voters, person, overdue=overdue):
            assert any(voter.person == person and voter.active and voter.vote is None for voter in voters)
    assert not may_vote(voters, 99, overdue=overdue)


@given(VOTERS)
def test_before_the_deadline_nobody_votes_for_somebody_who_still_may_or_has(voters: list[Voter]) -> None:
    for person in {voter.person for voter in voters}:
        for seat in seats_of_vote(voters, person, overdue=False):
            assert seat != SUBSTITUTE
            there = [one for one in voters if one.seat == seat and (one.active or one.vote is not None)]
            assert not there or Voter(person, seat) in there
