"""What links mean when a ticket is resolved, which of them are refused, and whom they tell."""

from datetime import UTC, datetime, timedelta

import pytest

from itdesk.desk import links, merging, resolution, triage
from itdesk.desk.errors import Refused
from itdesk.desk.intake import NewTicket
from itdesk.desk.queries import notices, tickets
from itdesk.desk.queries.clocks import clocks
from itdesk.desk.queries.links import candidates
from itdesk.desk.queries.procedures import gates
from itdesk.desk.session import Desk
from itdesk.desk.undo import undo, undo_last
from itdesk.domain.agreements import ClockName
from itdesk.domain.decisions import Thing
from itdesk.domain.ticket import ClosureCode, Kind, LinkType, Status, WaitingReason
from tests.desk.acts import Deed, ask_for_approval, cancel, close, content, open_ticket, reject, resolve
from tests.desk.clocks import stored_clocks, told_clocks
from tests.support.desks import SignIn, StillClock

DUPLICATE, CHILD, CAUSED = LinkType.DUPLICATE_OF, LinkType.CHILD_OF, LinkType.CAUSED_BY


@pytest.fixture
def desk(shared_desk: Desk) -> Desk:
    return shared_desk


def status(sign_in_as: SignIn, ticket: int) -> Status:
    return tickets.view(sign_in_as("tom"), ticket).status


def linked(sign_in_as: SignIn, ticket: int) -> set[tuple[str, int]]:
    return {(link.title, link.other_id) for link in tickets.view(sign_in_as("tom"), ticket).links}


# Duplicates


def test_resolving_the_original_resolves_its_duplicates_with_the_same_words_and_one_undo_takes_all_back(
    sign_in_as: SignIn,
) -> None:
    original, first, second = (open_ticket(sign_in_as) for _ in range(3))
    tom = sign_in_as("tom")
    links.link(tom, [first, second], DUPLICATE, original)
    change = resolve(tom, [original])
    assert change.sentence == f"Resolved INC-{original}. 2 duplicates are resolved with the same words."
    assert change.tickets == (original, first, second)
    for duplicate in (first, second):
        view = tickets.view(tom, duplicate)
        assert (view.status, view.resolution, view.assignee) == (Status.RESOLVED, "Restarted the gateway.", "tom")
        assert view.closure_code is ClosureCode.DUPLICATE
        told = tickets.events(tom, duplicate)[-1].text
        assert told == f"resolved it, a duplicate, with INC-{original}: Restarted the gateway."
    assert tickets.view(tom, original).closure_code is ClosureCode.SOLVED
    undo(tom, change.seqs[-1])
    assert {status(sign_in_as, one) for one in (original, first, second)} == {Status.NEW}
    assert tickets.view(tom, first).closure_code is None


def test_undo_says_which_ticket_it_was_about_and_what_else_it_changed(sign_in_as: SignIn) -> None:
    original, duplicate, tom = open_ticket(sign_in_as), open_ticket(sign_in_as), sign_in_as("tom")
    links.link(tom, [duplicate], LinkType.DUPLICATE_OF, original)
    both = resolve(tom, [original])
    back = resolution.reopen(tom, [duplicate], "still broken")
    said = f"Undid the reopening of INC-{duplicate}, with what it did to INC-{original}."
    assert undo(tom, back.seqs[0]).sentence == said
    assert undo(tom, both.seqs[0]).sentence == "Undid the resolution of 2 tickets."


def test_that_required_steps_of_a_duplicate_stay_open_is_said_and_stands_in_its_history(sign_in_as: SignIn) -> None:
    original, plain, tom = open_ticket(sign_in_as), open_ticket(sign_in_as), sign_in_as("tom")
    lost = open_ticket(sign_in_as, NewTicket("Lost my phone", requester="rita", category="security.lost_device"))
    links.link(tom, [plain, lost], DUPLICATE, original)
    change = resolve(tom, [original])
    assert change.sentence == (
        f"Resolved INC-{original}. 2 duplicates are resolved with the same words. "
        f"Required steps stay open on INC-{lost}."
    )
    places = ", ".join(gate.split()[0] for gate in gates_of(sign_in_as, lost))
    why = f"resolved with its original INC-{original}"
    assert tickets.events(tom, lost)[-1].text == (
        f"resolved it, a duplicate, with INC-{original}, without steps {places} ({why}): Restarted the gateway."
    )
    decided = {one.decision.thing: one.decision for one in tickets.decisions_in_force(tom, lost)}
    assert (decided[Thing.CHECKLIST].value, decided[Thing.CHECKLIST].reason) == (f"without {places}", why)
    assert Thing.CHECKLIST not in {one.decision.thing for one in tickets.decisions_in_force(tom, plain)}
    undo(tom, change.seqs[0])
    assert Thing.CHECKLIST not in {one.decision.thing for one in tickets.decisions_in_force(tom, lost)}


def gates_of(sign_in_as: SignIn, ticket: int) -> tuple[str, ...]:
    [gate] = gates(sign_in_as("tom"), [ticket])
    assert len(gate.steps) > 1
    return gate.steps


def test_a_duplicate_that_comes_back_stands_for_itself_with_its_clocks(sign_in_as: SignIn) -> None:
    original, duplicate = open_ticket(sign_in_as), open_ticket(sign_in_as)
    tom, rita = sign_in_as("tom"), sign_in_as("rita")
    links.link(tom, [duplicate], LinkType.DUPLICATE_OF, original)
    resolve(tom, [original])
    assert resolution.reopen(tom, [duplicate], "still broken").sentence.endswith(
        f" It is no duplicate of INC-{original} any more."
    )
    assert tickets.view(tom, duplicate).links == ()
    assert "running" in {one.state for one in clocks(tom, duplicate)}
    assert stored_clocks(tom, duplicate) == told_clocks(tom, duplicate)
    undo_last(tom, duplicate)
    assert linked(sign_in_as, duplicate) == {("duplicate of", original)}
    assert resolution.reopen(tom, [original], "wrong after all").sentence == (
        f"Reopened INC-{original}. Its duplicates stay as they are: INC-{duplicate}."
    )
    assert resolution.reopen(rita, [duplicate], "mine as well").sentence == f"Reopened INC-{duplicate}."


def test_whoever_asked_for_a_duplicate_of_anothers_ticket_reopens_it_and_neither_learns_of_the_other(
    sign_in_as: SignIn,
) -> None:
    original = open_ticket(sign_in_as)
    duplicate = open_ticket(sign_in_as, NewTicket("No VPN", "It says timeout.", requester="ron"))
    tom, rita, ron = (sign_in_as(login) for login in ("tom", "rita", "ron"))
    links.link(tom, [duplicate], DUPLICATE, original)
    resolve(tom, [original])
    change = resolution.reopen(ron, [duplicate], "still broken")
    assert (change.sentence, change.tickets) == (f"Reopened INC-{duplicate}.", (duplicate,))
    assert linked(sign_in_as, duplicate) == set()
    assert "running" in {one.state for one in clocks(ron, duplicate)}
    assert stored_clocks(tom, duplicate) == told_clocks(tom, duplicate)
    assert f"INC-{duplicate} came back: still broken" in {one.text for one in notices.unread(tom)}
    for session, own, other, stranger in ((ron, duplicate, original, "rita"), (rita, original, duplicate, "ron")):
        said = [(event.who, event.text) for event in tickets.events(session, own)]
        said += [("", one.why) for clock in clocks(session, own) for one in clock.history]
        assert not [told for told in said if f"INC-{other}" in told[1] or stranger in " ".join(told)]
    taken_back = undo_last(ron, duplicate)
    assert (taken_back.sentence, taken_back.tickets) == (f"Undid the reopening of INC-{duplicate}.", (duplicate,))
    assert linked(sign_in_as, duplicate) == {("duplicate of", original)}
    assert "ron" not in {event.who for event in tickets.events(rita, original)}
    assert stored_clocks(tom, duplicate) == told_clocks(tom, duplicate)


def test_when_the_original_is_cancelled_its_duplicates_stand_alone_and_their_clocks_run_on(
    sign_in_as: SignIn, clock: StillClock
) -> None:
    clock.now = datetime(2026, 3, 2, 10, tzinfo=UTC)
    original, duplicate = open_ticket(sign_in_as), open_ticket(sign_in_as)
    tom, tina = sign_in_as("tom"), sign_in_as("tina")
    triage.take(tina, [duplicate])
    clock.advance(minutes=10)
    links.link(tom, [duplicate], DUPLICATE, original)
    before = stored_clocks(tom, duplicate)
    clock.advance(hours=1)
    change = resolution.cancel(tom, [original], "sent by mistake")
    assert change.sentence == (
        f"Cancelled INC-{original}. INC-{duplicate} is no duplicate any more and stands alone now."
    )
    assert change.tickets == (original, duplicate)
    running = {one.name: one for one in clocks(tom, duplicate) if one.running}
    first = running[ClockName.FIRST_RESPONSE]
    assert (first.elapsed_minutes, first.due_at) == (10, clock.now + timedelta(minutes=20))
    assert (first.history[-1].what, first.history[-1].why) == ("resumed", f"no duplicate of INC-{original}")
    assert tickets.events(tom, duplicate)[-1].text == (
        f"unlinked it: duplicate of INC-{original}: the original is cancelled"
    )
    assert notices.unread(tina)[0].text == (
        f"INC-{original} is cancelled; its duplicate INC-{duplicate} stands alone now."
    )
    assert stored_clocks(tom, duplicate) == told_clocks(tom, duplicate)
    undo(tom, change.seqs[0])
    assert linked(sign_in_as, duplicate) == {("duplicate of", original)}
    assert stored_clocks(tom, duplicate)[1] == before[1]
    assert stored_clocks(tom, duplicate) == told_clocks(tom, duplicate)


def test_a_duplicate_of_what_is_resolved_already_keeps_its_clocks_since_nothing_will_resolve_it(
    sign_in_as: SignIn,
) -> None:
    original, duplicate = open_ticket(sign_in_as), open_ticket(sign_in_as)
    tom = sign_in_as("tom")
    resolve(tom, [original])
    before = stored_clocks(tom, duplicate)
    links.link(tom, [duplicate], DUPLICATE, original)
    assert stored_clocks(tom, duplicate) == told_clocks(tom, duplicate)
    assert stored_clocks(tom, duplicate)[1] == before[1]
    links.unlink(tom, [duplicate], DUPLICATE, original)
    assert stored_clocks(tom, duplicate)[1] == before[1]


def test_undo_makes_nothing_wait_for_an_original_that_was_resolved_meanwhile(
    sign_in_as: SignIn, clock: StillClock
) -> None:
    original, duplicate = open_ticket(sign_in_as), open_ticket(sign_in_as)
    tom = sign_in_as("tom")
    links.link(tom, [duplicate], DUPLICATE, original)
    apart = links.unlink(tom, [duplicate], DUPLICATE, original)
    clock.advance(minutes=1)
    done = resolve(tom, [original])
    with pytest.raises(Refused) as refusal:
        undo(tom, apart.seqs[0])
    assert str(refusal.value) == (
        f"INC-{original} is resolved by now, and would not resolve INC-{duplicate} any more. Link it by hand, or "
        "resolve it."
    )
    undo(tom, done.seqs[0])
    undo(tom, apart.seqs[0])
    assert linked(sign_in_as, duplicate) == {("duplicate of", original)}
    links.unlink(tom, [duplicate], DUPLICATE, original)
    resolve(tom, [original])
    links.link(tom, [duplicate], DUPLICATE, original)
    apart = links.unlink(tom, [duplicate], DUPLICATE, original)
    undo(tom, apart.seqs[0])
    assert linked(sign_in_as, duplicate) == {("duplicate of", original)}, "as it was before"


def test_a_duplicate_of_what_is_resolved_already_waits_for_it_once_it_comes_back(sign_in_as: SignIn) -> None:
    original, duplicate = open_ticket(sign_in_as), open_ticket(sign_in_as)
    tom, rita = sign_in_as("tom"), sign_in_as("rita")
    resolve(tom, [original])
    links.link(tom, [duplicate], DUPLICATE, original)
    before = stored_clocks(tom, duplicate)
    change = resolution.reopen(tom, [original], "it came back")
    assert change.sentence.endswith(f" INC-{duplicate} will be resolved with it.")
    assert change.tickets == (original, duplicate)
    assert not [one for one in clocks(tom, duplicate) if one.running]
    assert stored_clocks(tom, duplicate) == told_clocks(tom, duplicate)
    undo(tom, change.seqs[0])
    assert stored_clocks(tom, duplicate)[1] == before[1]
    assert stored_clocks(tom, duplicate) == told_clocks(tom, duplicate)
    assert linked(sign_in_as, duplicate) == {("duplicate of", original)}
    assert "INC-" not in resolution.reopen(rita, [original], "it came back").sentence.partition(".")[2]
    resolve(tom, [original])
    assert status(sign_in_as, duplicate) is Status.RESOLVED


@pytest.mark.parametrize(("end", "ended"), [(resolve, "resolved"), (close, "closed")])
def test_of_what_is_resolved_already_one_reads_that_the_duplicate_is_still_to_be_resolved_and_with_which_words(
    sign_in_as: SignIn, end: Deed, ended: str
) -> None:
    original, duplicate, brought, done = (open_ticket(sign_in_as) for _ in range(4))
    tom = sign_in_as("tom")
    resolution.resolve(tom, [original], "Restarted the gateway. " * 20)
    if end is close:
        close(tom, [original])
    resolve(tom, [done])
    links.link(tom, [brought], DUPLICATE, duplicate)
    change = links.link(tom, [duplicate], DUPLICATE, original)
    start = (
        f"INC-{duplicate} is now a duplicate of INC-{original}, and the duplicate of it with it. INC-{original} is "
        f"{ended} already, so INC-{duplicate}, INC-{brought} are still to be resolved: `x`, or `itdesk resolve`. What "
        f"solved INC-{original}: “Restarted the gateway. Restarted"
    )
    assert change.sentence.startswith(start)
    assert change.sentence.endswith(" …”")
    assert len(change.sentence) < len(start) + 160
    assert links.link(tom, [done], DUPLICATE, original).sentence == f"INC-{done} is now a duplicate of INC-{original}."


def test_nothing_becomes_a_duplicate_of_what_is_cancelled_unless_it_is_settled_too(
    desk: Desk, sign_in_as: SignIn
) -> None:
    original, duplicate, done = (open_ticket(sign_in_as) for _ in range(3))
    merged, tom = open_ticket(sign_in_as), sign_in_as("tom")
    merging.merge(tom, [merged], original)
    cancel(tom, [original])
    resolve(tom, [done])
    before = content(desk)
    for named in (original, merged):
        with pytest.raises(Refused) as refusal:
            links.link(tom, [duplicate], DUPLICATE, named)
        assert str(refusal.value) == (
            f"INC-{original} is cancelled and would never resolve INC-{duplicate}. Reopen it first, link them as "
            f"related, or cancel INC-{duplicate} as well."
        )
    assert content(desk) == before
    links.link(tom, [done], DUPLICATE, original)
    assert linked(sign_in_as, done) == {("duplicate of", original)}


def test_a_duplicate_of_what_was_merged_away_is_one_of_the_ticket_that_stays(sign_in_as: SignIn) -> None:
    stays, merged, duplicate = (open_ticket(sign_in_as) for _ in range(3))
    tom = sign_in_as("tom")
    merging.merge(tom, [merged], stays)
    assert (
        links.link(tom, [duplicate], DUPLICATE, merged).sentence
        == f"INC-{duplicate} is now a duplicate of INC-{stays}."
    )
    resolve(tom, [stays])
    assert status(sign_in_as, duplicate) is Status.RESOLVED


def test_original_and_duplicate_are_cancelled_together(sign_in_as: SignIn) -> None:
    original, duplicate = open_ticket(sign_in_as), open_ticket(sign_in_as)
    tom = sign_in_as("tom")
    links.link(tom, [duplicate], DUPLICATE, original)
    assert resolution.cancel(tom, [original, duplicate], "a test").sentence == "Cancelled 2 tickets."
    assert linked(sign_in_as, duplicate) == {("duplicate of", original)}


def test_a_requester_who_cancels_an_original_learns_nothing_of_the_duplicates_of_others(sign_in_as: SignIn) -> None:
    original = open_ticket(sign_in_as)
    duplicate = open_ticket(sign_in_as, NewTicket("No VPN", "It says timeout.", requester="ron"))
    rita = sign_in_as("rita")
    links.link(sign_in_as("tom"), [duplicate], DUPLICATE, original)
    with pytest.raises(Refused, match="original of others by now; cancel it instead"):
        undo(sign_in_as("desi"), tickets.events(sign_in_as("desi"), original)[0].seq)
    change = resolution.cancel(rita, [original], "not needed")
    assert (change.sentence, change.tickets) == (f"Cancelled INC-{original}.", (original,))
    assert linked(sign_in_as, duplicate) == set()
    assert "running" in {one.state for one in clocks(sign_in_as("ron"), duplicate)}
    told = [(event.who, event.text) for event in tickets.events(rita, original)]
    assert not [one for one in told if f"INC-{duplicate}" in one[1] or "ron" in one]
    assert undo_last(rita, original).sentence == f"Undid the cancellation of INC-{original}."
    assert linked(sign_in_as, duplicate) == {("duplicate of", original)}
    again = resolution.cancel(rita, [original], "not needed")
    links.link(sign_in_as("tom"), [duplicate], DUPLICATE, open_ticket(sign_in_as))
    with pytest.raises(Refused, match=r"^Others know of it already; ask the desk to take it back.$"):
        undo(rita, again.seqs[0])


def test_a_rejected_original_leaves_its_duplicates_their_clocks(sign_in_as: SignIn) -> None:
    original, duplicate = open_ticket(sign_in_as), open_ticket(sign_in_as)
    tom = sign_in_as("tom")
    links.link(tom, [duplicate], DUPLICATE, original)
    ask_for_approval(tom, [original])
    assert reject(sign_in_as("lea"), [original]).sentence.endswith(
        f" INC-{duplicate} is no duplicate any more and stands alone now."
    )
    assert "running" in {one.state for one in clocks(tom, duplicate)}


def test_a_duplicate_that_is_resolved_already_keeps_its_own_words(sign_in_as: SignIn) -> None:
    original, duplicate = open_ticket(sign_in_as), open_ticket(sign_in_as)
    tom = sign_in_as("tom")
    links.link(tom, [duplicate], DUPLICATE, original)
    resolution.resolve(tom, [duplicate], "It went away.")
    assert resolve(tom, [original]).sentence == f"Resolved INC-{original}."
    assert tickets.view(tom, duplicate).resolution == "It went away."


def test_original_and_duplicates_marked_together_are_each_resolved_once(sign_in_as: SignIn) -> None:
    duplicate, original, other = (open_ticket(sign_in_as) for _ in range(3))
    tom = sign_in_as("tom")
    links.link(tom, [duplicate, other], DUPLICATE, original)
    change = resolve(tom, [duplicate, original])
    assert change.sentence == "Resolved 2 tickets. 1 duplicate is resolved with the same words."
    assert len(change.seqs) == 3


def test_a_duplicate_of_a_duplicate_becomes_one_of_the_original(sign_in_as: SignIn) -> None:
    original, second, third = (open_ticket(sign_in_as) for _ in range(3))
    tom = sign_in_as("tom")
    links.link(tom, [second], DUPLICATE, original)
    change = links.link(tom, [third], DUPLICATE, second)
    assert change.sentence == f"INC-{third} is now a duplicate of INC-{original}."
    assert linked(sign_in_as, original) == {("original of", second), ("original of", third)}


def test_what_becomes_a_duplicate_brings_its_own_duplicates_and_undo_sends_them_back(sign_in_as: SignIn) -> None:
    original, second, third = (open_ticket(sign_in_as) for _ in range(3))
    tom = sign_in_as("tom")
    links.link(tom, [third], DUPLICATE, second)
    change = links.link(tom, [second], DUPLICATE, original)
    assert "the duplicate of it with it" in change.sentence
    assert set(change.tickets) == {original, second, third}
    assert linked(sign_in_as, original) == {("original of", second), ("original of", third)}
    undo(tom, change.seqs[0])
    assert linked(sign_in_as, second) == {("original of", third)}
    assert linked(sign_in_as, original) == set()


@pytest.mark.parametrize("kind", [DUPLICATE, CHILD, CAUSED])
def test_circles_are_refused(desk: Desk, sign_in_as: SignIn, kind: LinkType) -> None:
    first, second, third = (open_ticket(sign_in_as) for _ in range(3))
    tom = sign_in_as("tom")
    links.link(tom, [second], kind, first)
    links.link(tom, [third], kind, second)
    before = content(desk)
    for one in (second, third):
        with pytest.raises(Refused, match=r"circle|already"):
            links.link(tom, [first], kind, one)
    assert content(desk) == before


def test_a_ticket_is_a_duplicate_of_one_original_only(sign_in_as: SignIn) -> None:
    first, second, duplicate = (open_ticket(sign_in_as) for _ in range(3))
    tom = sign_in_as("tom")
    links.link(tom, [duplicate], DUPLICATE, first)
    with pytest.raises(Refused, match=f"is a duplicate of INC-{first} already; take that link away first"):
        links.link(tom, [duplicate], DUPLICATE, second)


# Parents and children


def test_a_parent_waits_for_its_children_unless_there_is_a_reason(sign_in_as: SignIn) -> None:
    parent, first, second = (open_ticket(sign_in_as) for _ in range(3))
    tom = sign_in_as("tom")
    links.link(tom, [first, second], CHILD, parent)
    with pytest.raises(Refused, match=f"parent of INC-{first}, INC-{second}, which are not resolved"):
        resolve(tom, [parent])
    resolve(tom, [first])
    with pytest.raises(Refused, match=f"parent of INC-{second}, which is not resolved"):
        resolve(tom, [parent])
    change = resolution.resolve(tom, [parent], "Done.", reason="the rest is for next year")
    entry = tickets.journal_entries(tom, parent)[-1]
    assert (entry["facts"]["open_children"], entry["payload"]["reason"]) == ([second], "the rest is for next year")
    assert "its children still open: the rest is for next year" in tickets.events(tom, parent)[-1].text
    assert status(sign_in_as, second) is Status.NEW
    undo(tom, change.seqs[0])
    assert status(sign_in_as, parent) is Status.NEW


def test_a_parent_and_its_children_are_resolved_together(sign_in_as: SignIn) -> None:
    parent, child = open_ticket(sign_in_as), open_ticket(sign_in_as)
    links.link(sign_in_as("tom"), [child], CHILD, parent)
    resolve(sign_in_as("tom"), [parent, child])
    assert {status(sign_in_as, one) for one in (parent, child)} == {Status.RESOLVED}


# Problems


def test_when_a_problem_is_resolved_its_incidents_go_on_and_who_has_them_is_told(sign_in_as: SignIn) -> None:
    tom, tina = sign_in_as("tom"), sign_in_as("tina")
    problem = open_ticket(sign_in_as, NewTicket("VPN gateway leaks", requester="tom", kind=Kind.PROBLEM))
    waiting, working, fresh = (open_ticket(sign_in_as) for _ in range(3))
    links.link(tom, [waiting, working, fresh], CAUSED, problem)
    triage.take(tina, [waiting, working])
    for one in (waiting, fresh):
        resolution.change_status(tina, [one], Status.WAITING, waiting_reason=WaitingReason.PROBLEM)
    before = len(notices.unread(tina))
    change = resolve(tom, [problem])
    assert change.sentence.endswith("2 tickets that waited for it go on.")
    assert [status(sign_in_as, one) for one in (waiting, working, fresh)] == [
        Status.IN_PROGRESS,
        Status.IN_PROGRESS,
        Status.NEW,
    ]
    assert tickets.events(tom, waiting)[-1].text == f"waiting → in progress: PRB-{problem} is resolved"
    texts = [notice.text for notice in notices.unread(tina)]
    assert len(texts) == before + 2
    assert f"PRB-{problem}, the cause of INC-{waiting}, is resolved." in texts
    undo_last(tom, problem)
    assert status(sign_in_as, waiting) is Status.WAITING
    assert len(notices.unread(tina)) == before, "of what is taken back nobody need read"


def test_when_a_problem_is_cancelled_nothing_waits_for_it_any_more(sign_in_as: SignIn) -> None:
    tom, tina = sign_in_as("tom"), sign_in_as("tina")
    problem = open_ticket(sign_in_as, NewTicket("VPN gateway leaks", requester="tom", kind=Kind.PROBLEM))
    waiting, duplicate = (
        open_ticket(sign_in_as),
        open_ticket(sign_in_as, NewTicket("Gateway", requester="tom", kind=Kind.PROBLEM)),
    )
    links.link(tom, [waiting], CAUSED, problem)
    links.link(tom, [duplicate], DUPLICATE, problem)
    triage.take(tina, [waiting])
    resolution.change_status(tina, [waiting], Status.WAITING, waiting_reason=WaitingReason.PROBLEM)
    before = [notice.text for notice in notices.unread(tina)]
    change = resolution.cancel(tom, [problem], "no leak")
    assert change.sentence == (
        f"Cancelled PRB-{problem}. PRB-{duplicate} is no duplicate any more and stands alone now. "
        "1 ticket that waited for it goes on."
    )
    assert set(change.tickets) == {problem, duplicate, waiting}
    assert status(sign_in_as, waiting) is Status.IN_PROGRESS
    told = f"PRB-{problem}, the cause of INC-{waiting}, is cancelled."
    assert [notice.text for notice in notices.unread(tina)] == [told, *before]
    assert stored_clocks(tom, waiting) == told_clocks(tom, waiting)
    undo_last(tom, problem)
    assert status(sign_in_as, waiting) is Status.WAITING
    assert [notice.text for notice in notices.unread(tina)] == before


def test_what_was_found_as_the_cause_goes_with_the_words_and_stays_when_it_comes_back(sign_in_as: SignIn) -> None:
    tom, original, duplicate = sign_in_as("tom"), open_ticket(sign_in_as), open_ticket(sign_in_as)
    links.link(tom, [duplicate], DUPLICATE, original)
    resolution.diagnose(tom, [original], root_cause="A full table", workaround="Use the portal")
    resolution.resolve(tom, [original], "Emptied it.")
    assert [tickets.view(tom, one).root_cause for one in (original, duplicate)] == ["A full table"] * 2
    resolution.reopen(sign_in_as("rita"), [original], "again")
    view = tickets.view(tom, original)
    assert (view.root_cause, view.workaround, view.resolution) == ("A full table", "Use the portal", "")


# Which ticket is meant


def test_a_ticket_to_link_is_found_by_number_by_words_and_likely_duplicates_come_first(sign_in_as: SignIn) -> None:
    tom = sign_in_as("tom")
    same = open_ticket(sign_in_as, NewTicket("Zeppelin docking mast crooked", requester="ron"))
    mine = open_ticket(sign_in_as, NewTicket("Docking mast of the zeppelin is crooked", requester="rita"))
    for _ in range(3):
        open_ticket(sign_in_as)
    first = candidates(tom, "", about=[mine])[0]
    assert (first.row.id, first.likely) == (same, True)
    assert mine not in {found.row.id for found in candidates(tom, "", about=[mine])}
    assert [found.row.id for found in candidates(tom, "zeppelin", about=[mine])] == [same]
    assert candidates(tom, f"inc-{same}", about=[mine])[0].row.id == same
    assert candidates(sign_in_as("rita"), f"{same}", about=[mine]) == ()
