"""What can be said of conditions without a ticket: that they exclude each other, or that one leaves another none."""

from hypothesis import given
from hypothesis import strategies as st

from itdesk.domain.conditions import AllOf, AnyOf, Condition, Field, In, Not, StartsWith, contradict, outdone
from itdesk.domain.keywords import Keyword, KeywordIndex
from itdesk.domain.matching import Reading, TicketFacts, compile_condition
from itdesk.domain.people import Asker
from itdesk.domain.ticket import Kind

KINDS = [Kind.INCIDENT, Kind.REQUEST]
PATHS = ["network", "network.vpn", "networks", "software"]
TAGS = ["vip", "vips", "Köln"]


def some(values: list[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=3).map(tuple)


TESTS = st.one_of(
    st.builds(In, st.just(Field.KIND), some([kind.value for kind in KINDS])),
    st.builds(In, st.just(Field.CATEGORY), some(PATHS)),
    st.builds(StartsWith, st.just(Field.CATEGORY), st.sampled_from(PATHS)),
    st.builds(In, st.just(Field.TAGS), some([*TAGS, "KOLN"])),
    st.builds(StartsWith, st.just(Field.TAGS), st.sampled_from([*TAGS, "ko"])),
)
CONDITIONS: st.SearchStrategy[Condition] = st.recursive(
    TESTS,
    lambda parts: st.one_of(
        st.builds(Not, parts),
        st.builds(AnyOf, st.lists(parts, min_size=1, max_size=3).map(tuple)),
        st.builds(AllOf, st.lists(parts, max_size=3).map(tuple)),
    ),
    max_leaves=4,
)
TICKETS = [
    TicketFacts("", requester=Asker("Rita", "rita", ""), kind=kind, category=path, tags=tags)
    for kind in KINDS
    for path in PATHS
    for tags in [(), *((tag,) for tag in TAGS), ("vip", "Köln")]
]


def fitting(condition: Condition) -> list[TicketFacts]:
    part = compile_condition(condition, Keyword)
    return [ticket for ticket in TICKETS if part.holds(Reading(ticket, KeywordIndex(()), {}))]


@given(CONDITIONS, CONDITIONS)
def test_what_is_outdone_is_left_no_ticket_and_what_contradicts_has_none_in_common(
    one: Condition, other: Condition
) -> None:
    if list(outdone([one, other])):
        assert all(ticket in fitting(one) for ticket in fitting(other))
    if contradict(one, other):
        assert not [ticket for ticket in fitting(one) if ticket in fitting(other)]


@given(CONDITIONS)
def test_the_same_condition_is_outdone_and_so_is_all_behind_one_without_a_condition(one: Condition) -> None:
    assert list(outdone([one, one])) == list(outdone([AllOf(()), one])) == [(1, 0)]
