"""The estimate of a new ticket: from those like it that were resolved of late, kept with it."""

from datetime import timedelta

import pytest

from itdesk.desk import intake, resolution, triage
from itdesk.desk.estimates import estimate_of
from itdesk.desk.intake import NewTicket
from itdesk.desk.queries import tickets
from itdesk.desk.undo import undo, undo_last
from itdesk.domain.decisions import Decision, Source, Thing
from tests.support.desks import SignIn, StillClock


def past(sign_in_as: SignIn, clock: StillClock, hours: list[float], category: str = "network.vpn") -> None:
    """Tickets that took so many hours each; the clock stands behind the last of them."""
    for span in hours:
        (ticket,) = intake.submit(sign_in_as("rita"), NewTicket("It is broken", category=category)).tickets
        clock.advance(hours=span)
        resolution.resolve(sign_in_as("sam"), [ticket], "Mended.")


def estimated(sign_in_as: SignIn, category: str = "network.vpn") -> Decision | None:
    (ticket,) = intake.submit(sign_in_as("rita"), NewTicket("It is broken", category=category)).tickets
    found = [
        one.decision
        for one in tickets.decisions_in_force(sign_in_as("rita"), ticket)
        if one.decision.thing is Thing.ESTIMATE
    ]
    return found[0] if found else None


def test_a_new_ticket_is_told_how_long_those_like_it_took(sign_in_as: SignIn, clock: StillClock) -> None:
    past(sign_in_as, clock, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    found = estimated(sign_in_as)
    assert found is not None
    assert (found.value, found.source) == ("300", Source.HISTORY)
    assert dict(found.figures) == {"median_minutes": 300, "p90_minutes": 540, "tickets": 10}
    assert found.reason == "10 tickets of network.vpn, P4, resolved in the last 90 days"


def test_where_few_were_like_it_the_branch_is_asked_and_with_few_there_nothing_is_said(
    sign_in_as: SignIn, clock: StillClock
) -> None:
    past(sign_in_as, clock, [1, 1, 1])
    assert estimated(sign_in_as) is None
    past(sign_in_as, clock, [3, 3], "network.wifi")
    found = estimated(sign_in_as)
    assert found is not None
    assert found.reason == "5 tickets of network, P4, resolved in the last 90 days"
    assert dict(found.figures) == {"median_minutes": 60, "p90_minutes": 180, "tickets": 5}
    assert estimated(sign_in_as, "printing.printer") is None


def test_what_was_resolved_long_ago_or_had_another_priority_does_not_count(
    sign_in_as: SignIn, clock: StillClock
) -> None:
    past(sign_in_as, clock, [1, 1, 1, 1, 1])
    session = sign_in_as("sam")
    assert estimate_of(session, "network.vpn", 4, clock.now)
    assert not estimate_of(session, "network.vpn", 3, clock.now)
    assert estimate_of(session, "network.vpn", 4, clock.now + timedelta(days=89))
    assert not estimate_of(session, "network.vpn", 4, clock.now + timedelta(days=91))


def test_the_agreement_bounds_it_in_the_time_in_which_it_is_measured(sign_in_as: SignIn, clock: StillClock) -> None:
    past(sign_in_as, clock, [1, 2, 3, 4, 5])
    due = clock.now + timedelta(hours=4)
    [found] = estimate_of(sign_in_as("sam"), "network.vpn", 4, clock.now, due_at=due)
    assert dict(found.figures) == {"median_minutes": 180, "p90_minutes": 240, "tickets": 5}
    assert found.reason.endswith("at most what the agreement allows")
    [half] = estimate_of(
        sign_in_as("sam"), "network.vpn", 4, clock.now, due_at=due, measure=lambda start, end: (end - start) / 2
    )
    assert dict(half.figures) == {"median_minutes": 90, "p90_minutes": 120, "tickets": 5}


def test_a_new_ticket_is_estimated_no_longer_than_its_agreement_wants_it_resolved(
    sign_in_as: SignIn, clock: StillClock
) -> None:
    past(sign_in_as, clock, [300] * 5)
    found = estimated(sign_in_as)
    assert found is not None
    assert found.reason.endswith("at most what the agreement allows")
    assert dict(found.figures)["p90_minutes"] < 300 * 60


def test_another_category_or_priority_brings_another_estimate_and_undo_the_one_before(
    sign_in_as: SignIn, clock: StillClock
) -> None:
    past(sign_in_as, clock, [2, 2, 2, 2, 2])
    past(sign_in_as, clock, [9, 9, 9, 9, 9], "printing.printer")
    (ticket,) = intake.submit(sign_in_as("rita"), NewTicket("It is broken", category="network.vpn")).tickets
    sam = sign_in_as("sam")

    def minutes() -> int | None:
        [found] = [one for one in tickets.decisions_in_force(sam, ticket) if one.decision.thing is Thing.ESTIMATE]
        return dict(found.decision.figures).get("median_minutes")

    assert minutes() == 120
    change = triage.categorize(sam, [ticket], "printing.printer", "it prints nothing")
    assert minutes() == 540
    triage.prioritize(sam, [ticket], priority=2, reason="the board")
    assert minutes() is None, "none like it was that urgent"
    undo_last(sam, ticket)
    assert minutes() == 540
    undo(sam, change.seqs[0])
    assert minutes() == 120


@pytest.mark.parametrize("category", ["general.question", "imported"])
def test_a_category_without_a_branch_above_it_has_no_other_to_ask(
    sign_in_as: SignIn, clock: StillClock, category: str
) -> None:
    assert estimated(sign_in_as, category) is None
