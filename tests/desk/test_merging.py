"""Merging tickets and splitting them: nothing is lost, nobody reads what is not his, undo puts everything back."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest

from itdesk.desk import attachments, communication, links, merging, resolution, triage, visits, watchers, worklog
from itdesk.desk.errors import NotFound, Refused
from itdesk.desk.intake import NewTicket, submit
from itdesk.desk.merging import SplitOff
from itdesk.desk.notices import mark_read
from itdesk.desk.queries import notices, procedures, queue, tickets, work
from itdesk.desk.queries import watchers as queries
from itdesk.desk.queries.attachments import attachments as files_of
from itdesk.desk.queries.clocks import clocks
from itdesk.desk.queries.metrics import overview
from itdesk.desk.queries.notices import unread
from itdesk.desk.session import Desk, Session
from itdesk.desk.undo import undo, undo_last
from itdesk.domain.agreements import ClockName
from itdesk.domain.clocks import ClockState
from itdesk.domain.decisions import Thing
from itdesk.domain.search_language import parse
from itdesk.domain.ticket import ClosureCode, Kind, LinkType, MessageKind, Status, WaitingReason
from itdesk.models.schedule import Absence
from tests.desk.acts import (
    ACTS,
    Deed,
    ask_for_approval,
    attach,
    content,
    declare,
    open_ticket,
    plan_visit,
    reopen,
    resolve,
)
from tests.desk.clocks import stored_clocks, told_clocks
from tests.support.desks import OPENING, SignIn, StillClock


@pytest.fixture
def desk(shared_desk: Desk) -> Desk:
    Absence.delete().execute()
    return shared_desk


def texts(sign_in_as: SignIn, ticket: int, login: str = "tom") -> list[str]:
    return [message.text for message in tickets.messages(sign_in_as(login), ticket)]


def open_for(sign_in_as: SignIn, requester: str, subject: str, body: str = "") -> int:
    return open_ticket(sign_in_as, NewTicket(subject, body, requester=requester))


def found(sign_in_as: SignIn, words: str, login: str = "tom") -> list[int]:
    return sorted(row.id for row in queue.page(sign_in_as(login), parse(f"{words} status:all")).rows)


def decided(sign_in_as: SignIn, ticket: int) -> dict[Thing, tuple[str, str]]:
    held = tickets.decisions_in_force(sign_in_as("tom"), ticket)
    return {one.decision.thing: (one.decision.value, one.decision.reason) for one in held}


def rows(desk: Desk) -> dict[str, Any]:
    """What a merge changes and undo puts back; what says only that something happened is left out."""
    kept = {"ticket": "id, status, waiting_reason, closed_at, resolved_at, closure_code, assignee_id"}
    kept |= {"ticket_link": "*", "message": "id, ticket_id, kind, body"}
    return {
        table: sorted(
            tuple(row)
            for row in desk.database.execute(
                f"SELECT {columns} FROM {table}" + (" WHERE retracted_at IS NULL" if table == "message" else "")
            ).fetchall()
        )
        for table, columns in kept.items()
    }


def test_the_oldest_survives_with_all_that_was_written_and_the_other_points_there(
    desk: Desk, sign_in_as: SignIn, clock: StillClock
) -> None:
    tom = sign_in_as("tom")
    old = open_for(sign_in_as, "rita", "VPN is down")
    young = open_for(sign_in_as, "rita", "Still no VPN", "It says quokka.")
    clock.advance(minutes=1)
    communication.note(tom, [young], "a wombat in the log")
    communication.reply(sign_in_as("rita"), [young], "any news of the axolotl?")
    before = rows(desk)
    change = merging.merge(tom, [young, old], reason="the same")

    assert change.sentence == f"Merged INC-{young} into INC-{old}."
    assert set(change.tickets) == {young, old}
    assert texts(sign_in_as, old) == [
        "Still no VPN\n\nIt says quokka.",
        "a wombat in the log",
        "any news of the axolotl?",
    ]
    assert texts(sign_in_as, old, "rita") == ["Still no VPN\n\nIt says quokka.", "any news of the axolotl?"]
    assert texts(sign_in_as, young) == []
    view = tickets.view(tom, young)
    assert (view.status, view.closure_code) == (Status.CLOSED, ClosureCode.MERGED)
    assert [(link.title, link.other_id) for link in view.links] == [("merged into", old)]
    assert tickets.events(tom, young)[-1].text == f"merged it into INC-{old}: the same"
    assert tickets.events(tom, old)[-1].text == f"merged INC-{young} into it: the same"
    facts = {entry["verb"]: entry["facts"] for entry in tickets.journal_entries(tom, young)}
    assert facts["merged"]["into"] == old
    assert tickets.journal_entries(tom, old)[-1]["verb"] == "merged_from"
    assert found(sign_in_as, "wombat") == [old]
    assert found(sign_in_as, "quokka") == [old, young]
    assert found(sign_in_as, "wombat", "rita") == []

    assert undo(tom, change.seqs[0]).sentence == f"Undid the merge of INC-{young}."
    assert rows(desk) == before
    assert found(sign_in_as, "wombat") == found(sign_in_as, "quokka") == [young]


def test_the_answer_on_a_ticket_that_is_merged_away_answers_the_requester(sign_in_as: SignIn) -> None:
    old, new = open_ticket(sign_in_as), open_ticket(sign_in_as)
    tom = sign_in_as("tom")
    communication.reply(tom, [new], "We look into it")
    change = merging.merge(tom, [new], old)

    def answered() -> str:
        assert stored_clocks(tom, old) == told_clocks(tom, old)
        return {one.name: one.state for one in clocks(tom, old)}[ClockName.FIRST_RESPONSE]

    assert answered() == "met"
    undo(tom, change.seqs[0])
    assert answered() == "running"


def test_an_answer_that_comes_with_a_merge_counts_from_when_it_was_given(sign_in_as: SignIn, clock: StillClock) -> None:
    old, new = open_ticket(sign_in_as), open_ticket(sign_in_as)
    tom = sign_in_as("tom")
    clock.advance(minutes=10)
    communication.reply(tom, [new], "We look into it")
    replied = clock.now
    clock.advance(minutes=5)
    triage.prioritize(tom, [old], priority=2, reason="more than that")
    triage.take(tom, [old])
    clock.advance(minutes=30)
    assert clocks_of(tom, old)[ClockName.FIRST_RESPONSE].state == "breached"
    change = merging.merge(tom, [new], old)

    found = clocks_of(tom, old)
    first = found[ClockName.FIRST_RESPONSE]
    assert (first.state, first.elapsed_minutes, first.breached_at) == ("met", 10, None)
    assert [(one.at, one.what, one.why) for one in first.history][-1] == (replied, "met", "answered")
    update = found[ClockName.UPDATE]
    assert [(one.at, one.what) for one in update.history] == [(replied, "started")]
    assert stored_clocks(tom, old) == told_clocks(tom, old)
    communication.reply(tom, [old], "It works again")
    assert stored_clocks(tom, old) == told_clocks(tom, old)
    undo(tom, change.seqs[0])
    assert stored_clocks(tom, old) == told_clocks(tom, old)


def test_an_answer_that_is_older_than_the_ticket_which_stays_answers_it_at_its_opening(
    sign_in_as: SignIn, clock: StillClock
) -> None:
    gone = open_ticket(sign_in_as)
    tom = sign_in_as("tom")
    communication.reply(tom, [gone], "We look into it")
    clock.advance(minutes=10)
    stays = open_ticket(sign_in_as)
    opened = clock.now
    clock.advance(minutes=10)
    merging.merge(tom, [gone], stays)
    first = clocks_of(tom, stays)[ClockName.FIRST_RESPONSE]
    assert [(one.at, one.what) for one in first.history] == [(opened, "started"), (opened, "met")]
    assert stored_clocks(tom, stays) == told_clocks(tom, stays)


def clocks_of(session: Session, ticket: int) -> dict[ClockName, ClockState]:
    return {one.name: one for one in clocks(session, ticket)}


def test_the_graver_priority_holds_with_who_works_on_it_and_undo_brings_both_back(
    desk: Desk, sign_in_as: SignIn
) -> None:
    tom = sign_in_as("tom")
    old, young, grave = (open_for(sign_in_as, "rita", subject) for subject in ("No VPN", "VPN", "All VPNs are down"))
    triage.prioritize(tom, [old], priority=5, reason="one room")  # the others are P4
    triage.prioritize(tom, [grave], priority=1, reason="the whole site")
    triage.take(sign_in_as("tina"), [grave])
    before = rows(desk), tickets.view(tom, old), stored_clocks(tom, old), decided(sign_in_as, old)
    change = merging.merge(tom, [old, young, grave])

    assert change.sentence == f"Merged into INC-{old}: 2 tickets. INC-{old} is now P1 and assigned to tina."
    view = tickets.view(tom, old)
    assert (view.priority, view.assignee, view.status) == (1, "tina", Status.ASSIGNED)
    reason = f"that of INC-{grave}, which was merged into it"
    assert decided(sign_in_as, old)[Thing.PRIORITY] == ("1", reason)
    assert decided(sign_in_as, old)[Thing.ASSIGNEE] == ("tina", reason)
    assert tickets.events(tom, old)[-1].text == (f"merged INC-{grave} into it · priority P4 → P1 · assigned to tina")
    [resolving] = [clock for clock in clocks(tom, old) if clock.name is ClockName.RESOLUTION]
    assert resolving.target_minutes == 4 * 60
    assert stored_clocks(tom, old) == told_clocks(tom, old)
    assert {one.text for one in notices.unread(sign_in_as("tina"))} == {
        f"INC-{grave} was merged into INC-{old}.",
        f"tom assigned INC-{old} to you: No VPN",
    }
    undo(tom, change.seqs[0])
    after = tickets.view(tom, old)
    assert rows(desk) == before[0]
    assert (after.priority, after.assignee, after.status) == (before[1].priority, None, before[1].status)
    assert (stored_clocks(tom, old)[:2], decided(sign_in_as, old)) == (before[2][:2], before[3])
    assert stored_clocks(tom, old) == told_clocks(tom, old)


def test_a_merge_lowers_no_priority_takes_nothing_from_anybody_and_gives_nothing_to_who_is_away(
    sign_in_as: SignIn, clock: StillClock
) -> None:
    tom, tina = sign_in_as("tom"), sign_in_as("tina")
    old, young = open_for(sign_in_as, "rita", "No VPN"), open_for(sign_in_as, "rita", "VPN")
    triage.take(tom, [old])
    triage.take(tina, [young])
    triage.prioritize(tom, [old], priority=1, reason="the whole site")
    assert merging.merge(tom, [old, young]).sentence == f"Merged INC-{young} into INC-{old}."
    assert (tickets.view(tom, old).priority, tickets.view(tom, old).assignee) == (1, "tom")
    one, other = open_for(sign_in_as, "rita", "No printer"), open_for(sign_in_as, "rita", "Printer")
    triage.take(tina, [other])
    Absence.create(person=tina.actor.id, starts_at=clock.now, ends_at=None, reason="sick", changed_at=clock.now)
    assert merging.merge(tom, [one, other]).sentence == (
        f"Merged INC-{other} into INC-{one}. Nobody has INC-{one}: tina is away (sick)."
    )
    assert tickets.view(tom, one).assignee is None


def test_whoever_has_the_gravest_ticket_gets_what_nobody_has_and_of_equals_who_has_had_his_longest(
    sign_in_as: SignIn, clock: StillClock
) -> None:
    tom, tina, lea = sign_in_as("tom"), sign_in_as("tina"), sign_in_as("lea")
    nobodys, low, grave, also_grave = (open_for(sign_in_as, "rita", f"No VPN in room {room}") for room in range(4))
    triage.take(lea, [low])
    for one in (grave, also_grave):
        triage.prioritize(tom, [one], priority=1, reason="the whole site")
    clock.advance(minutes=1)
    triage.take(tina, [also_grave])
    clock.advance(minutes=1)
    triage.take(tom, [grave])
    change = merging.merge(tom, [nobodys, low, grave, also_grave])
    assert change.sentence == f"Merged into INC-{nobodys}: 3 tickets. INC-{nobodys} is now P1 and assigned to tina."
    assert decided(sign_in_as, nobodys)[Thing.ASSIGNEE] == (
        "tina",
        f"that of INC-{also_grave}, which was merged into it",
    )
    assert f"tom assigned INC-{nobodys} to you" not in str(notices.unread(lea))
    undo(tom, change.seqs[0])
    Absence.create(person=tina.actor.id, starts_at=clock.now, ends_at=None, reason="sick", changed_at=clock.now)
    assert merging.merge(tom, [nobodys, low, also_grave]).sentence.endswith("is now P1 and assigned to lea.")


def test_who_has_a_ticket_that_refuses_to_be_merged_gets_nothing_by_it(sign_in_as: SignIn) -> None:
    tom, tina = sign_in_as("tom"), sign_in_as("tina")
    nobodys, plain, visited = (open_for(sign_in_as, "rita", f"No VPN in room {room}") for room in range(3))
    triage.take(tom, [plain])
    triage.prioritize(tom, [visited], priority=1, reason="the whole site")
    triage.take(tina, [visited])
    visits.plan_visit(tina, [visited], OPENING + timedelta(days=1), 60)
    change = merging.merge(replace(tom, skip_refused=True), [nobodys, plain, visited])
    assert change.refused[0][0] == f"INC-{visited}"
    assert tickets.view(tom, nobodys).assignee == "tom"


def test_several_marked_tickets_are_merged_into_the_oldest_or_into_a_named_one(sign_in_as: SignIn) -> None:
    first, second, third, fourth = (open_ticket(sign_in_as) for _ in range(4))
    change = merging.merge(sign_in_as("tom"), [third, first, second])
    assert change.sentence == f"Merged into INC-{first}: 2 tickets."
    merging.merge(sign_in_as("tom"), [first], fourth)
    assert tickets.view(sign_in_as("tom"), first).links[0].other_id == fourth
    undo_last(sign_in_as("tom"), fourth)
    undo(sign_in_as("tom"), change.seqs[0])
    assert {tickets.view(sign_in_as("tom"), one).status for one in (first, second, third, fourth)} == {Status.NEW}


def test_tickets_of_two_requesters_are_merged_only_on_purpose_and_neither_reads_the_other(
    desk: Desk, sign_in_as: SignIn, clock: StillClock
) -> None:
    tom = sign_in_as("tom")
    hers = open_for(sign_in_as, "rita", "VPN is down", "my ledger")
    his = open_for(sign_in_as, "ron", "No VPN", "my divorce papers")
    clock.advance(minutes=1)
    communication.reply(tom, [his], "We know, Ron.")
    communication.note(tom, [his], "seen in the log")
    before = content(desk)
    with pytest.raises(Refused, match="two requesters"):
        merging.merge(tom, [hers, his])
    assert content(desk) == before
    stood = rows(desk)

    change = merging.merge(tom, [hers, his], anyway=True)
    assert texts(sign_in_as, hers, "rita") == []
    assert texts(sign_in_as, hers) == [
        f"Ron Requester opened INC-{his}:\n\nNo VPN\n\nmy divorce papers",
        "seen in the log",
    ]
    assert texts(sign_in_as, his, "ron") == ["We know, Ron."]
    assert found(sign_in_as, "divorce", "rita") == []
    for login, own in (("rita", hers), ("ron", his)):
        session = sign_in_as(login)
        assert tickets.view(session, own).links == ()
        shown = str(tickets.events(session, own))
        assert "another ticket" in shown
        assert f"INC-{hers if own == his else his}" not in shown
    undo(tom, change.seqs[0])
    assert rows(desk) == stood


def test_who_watches_and_what_was_worked_go_with_it_and_undo_brings_them_back(sign_in_as: SignIn) -> None:
    old, new = open_ticket(sign_in_as), open_ticket(sign_in_as)
    tom = sign_in_as("tom")
    for login in ("tom", "wes"):
        watchers.watch(tom, [new], login)
    watchers.watch(tom, [old], "tom")
    worklog.log_time(tom, [new], 25, "read the log")
    done = merging.merge(tom, [new, old])
    assert (set(queries.watchers(tom, [old])), set(queries.watchers(tom, [new]))) == ({"tom", "wes"}, {"tom"})
    assert [work.total(work.work_on(tom, one)) for one in (old, new)] == [25, 0]
    undo(tom, done.seqs[0])
    assert (set(queries.watchers(tom, [old])), set(queries.watchers(tom, [new]))) == ({"tom"}, {"tom", "wes"})
    assert [work.total(work.work_on(tom, one)) for one in (old, new)] == [0, 25]


def test_who_follows_one_of_the_tickets_or_both_is_told_of_a_merge_once(sign_in_as: SignIn) -> None:
    stays, gone, tom = open_ticket(sign_in_as), open_ticket(sign_in_as), sign_in_as("tom")
    triage.assign(tom, [gone], "lea")
    for login, followed in (
        ("tom", [gone]),
        ("wes", [gone]),
        ("tina", [stays]),
        ("sam", [stays, gone]),
        ("lea", [gone]),
    ):
        watchers.watch(tom, followed, login)
    watchers.watch(sign_in_as("rita"), [gone])
    told = ("tom", "wes", "tina", "sam", "rita", "lea", "otto")
    for login in told:
        read(sign_in_as, login)
    change = merging.merge(tom, [gone, stays])
    merged = [f"INC-{stays}: tom merged INC-{gone} into it · assigned to lea"]
    assert {login: read(sign_in_as, login) for login in told} == {
        "tom": [],
        "wes": merged,
        "tina": merged,
        "sam": merged,
        "rita": [f"INC-{stays}: tom merged another ticket into it · assigned to lea"],
        "lea": [f"INC-{gone} was merged into INC-{stays}.", f"tom assigned INC-{stays} to you: VPN does not connect"],
        "otto": [],
    }
    undo(tom, change.seqs[0])
    assert [len(read(sign_in_as, login)) for login in ("wes", "tina", "rita")] == [1, 1, 1]


def test_of_a_merge_of_tickets_of_two_requesters_neither_is_told_the_number_of_the_other(sign_in_as: SignIn) -> None:
    hers, his = open_for(sign_in_as, "rita", "VPN is down"), open_for(sign_in_as, "ron", "No VPN")
    for login, own in (("rita", hers), ("ron", his)):
        watchers.watch(sign_in_as(login), [own])
        read(sign_in_as, login)
    merging.merge(sign_in_as("tom"), [hers, his], anyway=True)
    assert read(sign_in_as, "rita") == [f"INC-{hers}: tom merged another ticket into it"]
    assert read(sign_in_as, "ron") == [f"INC-{his}: tom merged it into another ticket"]


def read(sign_in_as: SignIn, login: str) -> list[str]:
    """What somebody is told, which he has read then."""
    session = sign_in_as(login)
    found = notices.unread(session)
    mark_read(session, [one.id for one in found])
    return sorted(one.text for one in found)


def test_a_merge_ends_what_waits_for_an_approval_and_refuses_a_planned_visit(sign_in_as: SignIn) -> None:
    old, new = open_ticket(sign_in_as), open_ticket(sign_in_as)
    tom = sign_in_as("tom")
    ask_for_approval(tom, [new])
    done = merging.merge(tom, [new, old])
    assert [one.outcome for one in procedures.progress(tom, new).approvals] == ["ended"]
    undo(tom, done.seqs[0])
    assert [one.outcome for one in procedures.progress(tom, new).approvals] == [None]
    assert tickets.view(tom, new).waiting_reason == "approval"
    plan_visit(tom, [new])
    with pytest.raises(Refused, match="has a planned visit"):
        merging.merge(tom, [new, old])


def test_what_a_requester_writes_on_a_merged_ticket_reaches_the_one_that_survives(sign_in_as: SignIn) -> None:
    tom, rita, ron = (sign_in_as(login) for login in ("tom", "rita", "ron"))
    old, young = open_ticket(sign_in_as), open_ticket(sign_in_as)
    his = open_for(sign_in_as, "ron", "No VPN")
    merging.merge(tom, [old, young, his], anyway=True)
    change = communication.reply(rita, [young], "It works again")
    assert change.sentence == f"INC-{young} was merged into INC-{old}. Replied on INC-{old}."
    assert texts(sign_in_as, old)[-1] == "It works again"
    passed = communication.reply(ron, [his], "Not for me")
    assert passed.tickets == (his,)
    assert unread(sign_in_as("lea"))[0].text == (
        f"ron answered on INC-{old} (2 answers): “Ron Requester wrote on INC-{his}: Not for me”"
    )
    assert texts(sign_in_as, his, "ron")[-1] == "Not for me"
    last = tickets.messages(tom, old)[-1]
    assert (last.kind, last.text) == (MessageKind.NOTE, f"Ron Requester wrote on INC-{his}:\n\nNot for me")
    assert "Not for me" not in str(texts(sign_in_as, old, "rita"))
    with pytest.raises(Refused, match="Others know of it already"):
        undo(ron, passed.seqs[0])
    undo(tom, passed.seqs[0])
    assert "Not for me" not in str([texts(sign_in_as, one) for one in (old, his)])
    with pytest.raises(Refused, match=f"was merged into INC-{old}. Do it there"):
        communication.reply(tom, [young], "hello")
    with pytest.raises(Refused, match=f"was merged into INC-{old}. Do it there, or undo the merge"):
        resolution.reopen(tom, [young], "again")


def test_a_work_note_on_a_merged_ticket_reaches_the_one_that_survives_which_alone_is_worked_on(
    sign_in_as: SignIn,
) -> None:
    tom, first, second = sign_in_as("tom"), open_ticket(sign_in_as), open_ticket(sign_in_as)
    merging.merge(tom, [second], first)
    noted = communication.note(tom, [second], "the cable was cut")
    assert noted.sentence == f"INC-{second} was merged into INC-{first}. Noted on INC-{first}."
    assert noted.tickets == (second, first)
    assert [one.text for one in tickets.messages(tom, first)][-1] == "the cable was cut"
    undo(tom, noted.seqs[0])
    assert "the cable was cut" not in [one.text for one in tickets.messages(tom, first)]
    with pytest.raises(Refused, match=f"INC-{second} was merged into INC-{first}. Do it there"):
        triage.take(tom, [second])


def test_time_logged_on_a_merged_ticket_is_that_of_the_one_that_survives(sign_in_as: SignIn) -> None:
    tom, first, second = sign_in_as("tom"), open_ticket(sign_in_as), open_ticket(sign_in_as)
    merging.merge(tom, [second], first)
    change = worklog.log_time(tom, [second], 7)
    assert change.sentence == f"INC-{second} was merged into INC-{first}. Logged 7m on INC-{first}."
    assert [work.total(work.work_on(tom, one)) for one in (first, second)] == [7, 0]
    undo(tom, change.seqs[0])
    assert work.work_on(tom, first) == ()


ON_MERGED = frozenset({"note", "log time", "stop somebody's watching"})
"""What is passed on to the survivor, or takes away what is still there."""


def test_nothing_else_is_done_to_a_merged_ticket_and_each_refusal_says_where_it_went(
    desk: Desk, sign_in_as: SignIn
) -> None:
    tom, first, second, other = (sign_in_as("tom"), *(open_ticket(sign_in_as) for _ in range(3)))
    merging.merge(tom, [second], first)
    deeds: dict[str, tuple[str, Deed]] = {act.name: (act.by, act.deed) for act in ACTS if act.name not in ON_MERGED}
    deeds |= {
        "reply to its requester": ("lea", lambda session, gone: communication.reply(session, gone, "Hello")),
        "relate": ("tom", lambda session, gone: links.link(session, gone, LinkType.RELATED, other)),
        "be related": ("tom", lambda session, gone: links.link(session, [other], LinkType.RELATED, second)),
        "split": ("tom", lambda session, gone: merging.split(session, second, merging.SplitOff("another"))),
        "merge again": ("tom", lambda session, gone: merging.merge(session, [*gone, other])),
        "merge another": ("tom", lambda session, gone: merging.merge(session, [other], second)),
    }
    before = content(desk)
    for name, (login, deed) in deeds.items():
        with pytest.raises(Refused) as refusal:
            deed(sign_in_as(login), [second])
        said = f"INC-{second} was merged into INC-{first}. Do it there, or undo the merge if they are not about"
        assert str(refusal.value).startswith(said), name
    assert content(desk) == before


def test_a_requester_whose_merged_ticket_is_now_anothers_learns_no_number_and_what_he_can_do(
    sign_in_as: SignIn,
) -> None:
    tom, ron = sign_in_as("tom"), sign_in_as("ron")
    old, his = open_ticket(sign_in_as), open_for(sign_in_as, "ron", "No VPN")
    merging.merge(tom, [old, his], anyway=True)
    said = f"INC-{his} was merged into another ticket. What you write here is passed on to whoever works on it."
    for deed in (watchers.watch, reopen):
        with pytest.raises(Refused) as refusal:
            deed(ron, [his])
        assert str(refusal.value) == said


def test_what_still_hangs_on_a_merged_ticket_can_be_taken_away(sign_in_as: SignIn) -> None:
    tom, ron = sign_in_as("tom"), sign_in_as("ron")
    old, his, other = open_ticket(sign_in_as), open_for(sign_in_as, "ron", "No VPN"), open_ticket(sign_in_as)
    attach(tom, [his])
    [shown] = tickets.view(ron, his).attachments
    links.link(tom, [his], LinkType.RELATED, other)
    watchers.watch(ron, [his])
    merging.merge(tom, [old, his], anyway=True)
    assert attachments.detach(tom, [shown.id]).sentence == f"Removed zebra.log from INC-{his}."
    assert links.unlink(tom, [his], LinkType.RELATED, other).tickets == (his, other)
    assert watchers.unwatch(ron, [his]).sentence == f"ron watches INC-{his} no longer."


def test_a_major_incident_stays_when_older_tickets_are_merged_with_it(sign_in_as: SignIn) -> None:
    tom = sign_in_as("tom")
    first, oldest_major, second, major = (open_ticket(sign_in_as) for _ in range(4))
    declare(tom, [oldest_major, major])
    change = merging.merge(tom, [second, major, oldest_major, first])
    assert [(link.type, link.other_id) for link in tickets.view(tom, first).links] == [
        (LinkType.MERGED_INTO, oldest_major)
    ]
    assert change.sentence.startswith(f"Merged into INC-{oldest_major}: 3 tickets.")
    assert tickets.view(tom, oldest_major).major
    assert tickets.view(tom, oldest_major).closed_at is None


def test_what_cannot_be_merged_is_refused_in_a_sentence(desk: Desk, sign_in_as: SignIn) -> None:
    tom = sign_in_as("tom")
    one, other, done, major = (open_ticket(sign_in_as) for _ in range(4))
    problem = open_ticket(sign_in_as, NewTicket("VPN leaks", requester="rita", kind=Kind.PROBLEM))
    resolve(tom, [done])
    declare(tom, [major])
    before = content(desk)
    for targets, into, said in (
        ([one], None, "two tickets at least"),
        ([one], one, "two tickets at least"),
        ([one, done], None, f"INC-{done} is resolved and cannot be merged"),
        ([one], done, f"INC-{done} is resolved and cannot be merged into"),
        ([one, problem], None, "link a problem and its incidents"),
        ([major], one, f"merge INC-{one} into it instead"),
    ):
        with pytest.raises(Refused, match=said):
            merging.merge(tom, targets, into)
    for login in ("rita", "otto"):
        with pytest.raises(Refused, match="may not merge tickets"):
            merging.merge(sign_in_as(login), [one, other])
    with pytest.raises(NotFound):
        merging.merge(tom, [one, 999_999])
    assert content(desk) == before


def test_links_to_a_merged_ticket_go_on_to_the_one_that_survives(desk: Desk, sign_in_as: SignIn) -> None:
    tom = sign_in_as("tom")
    old, young, duplicate, child, related = (open_ticket(sign_in_as) for _ in range(5))
    links.link(tom, [duplicate], LinkType.DUPLICATE_OF, young)
    links.link(tom, [child], LinkType.CHILD_OF, young)
    links.link(tom, [related], LinkType.RELATED, young)
    before = rows(desk)
    change = merging.merge(tom, [old, young])
    assert {(link.title, link.other_id) for link in tickets.view(tom, old).links} == {
        ("original of", duplicate),
        ("parent of", child),
        ("holds what was", young),
    }
    with pytest.raises(Refused, match=f"parent of INC-{child}"):
        resolve(tom, [old])
    undo(tom, change.seqs[0])
    assert rows(desk) == before


def test_a_duplicate_into_which_its_original_is_merged_stands_alone_with_its_clocks(
    desk: Desk, sign_in_as: SignIn
) -> None:
    tom = sign_in_as("tom")
    old, young = open_ticket(sign_in_as), open_ticket(sign_in_as)
    links.link(tom, [old], LinkType.DUPLICATE_OF, young)
    before = rows(desk)
    change = merging.merge(tom, [old, young])
    assert {link.title for link in tickets.view(tom, old).links} == {"holds what was"}
    assert "running" in {one.state for one in clocks(tom, old)}
    assert stored_clocks(tom, old) == told_clocks(tom, old)
    undo(tom, change.seqs[0])
    assert rows(desk) == before


def test_a_merged_ticket_counts_in_no_figure_but_is_found_by_a_search(sign_in_as: SignIn) -> None:
    tom, sam = sign_in_as("tom"), sign_in_as("sam")
    old, young = open_ticket(sign_in_as), open_ticket(sign_in_as)
    before = overview(sam)
    merging.merge(tom, [old, young])
    after = overview(sam)
    assert (after.opened, after.open) == (before.opened - 1, before.open - 1)
    assert after.resolved == before.resolved
    for part in after.parts:
        assert part.opened.count == queue.count(sam, parse(part.opened.query), limit=None)
    assert young in {row.id for row in queue.page(sam, parse("closure:merged"), limit=500).rows}
    assert young not in {row.id for row in queue.page(sam, parse("status:open"), limit=500).rows}


def test_the_same_merge_twice_under_one_key_is_done_once(desk: Desk, sign_in_as: SignIn) -> None:
    old, young = open_ticket(sign_in_as), open_ticket(sign_in_as)
    first = merging.merge(sign_in_as("tom", key="m1"), [old, young])
    before = content(desk)
    assert merging.merge(sign_in_as("tom", key="m1"), [old, young]) == first
    assert content(desk) == before


# Splitting


def test_some_messages_become_a_ticket_of_the_same_requester_and_undo_brings_them_back(
    desk: Desk, sign_in_as: SignIn
) -> None:
    tom = sign_in_as("tom")
    (ticket,) = submit(sign_in_as("rita"), NewTicket("VPN is down")).tickets
    communication.reply(sign_in_as("rita"), [ticket], "And the printer is out of toner, a zonkey sits on it")
    communication.reply(tom, [ticket], "Which one?")
    moved = [message.id for message in tickets.messages(tom, ticket)][:1]
    before = rows(desk)
    change = merging.split(tom, ticket, merging.SplitOff("Toner", messages=tuple(moved), link=LinkType.CHILD_OF))
    source, new = change.tickets
    view = tickets.view(tom, new)
    assert source == ticket
    assert (view.requester.login, view.category, view.status) == ("rita", "printing.supplies", Status.NEW)
    assert texts(sign_in_as, new, "rita") == ["And the printer is out of toner, a zonkey sits on it"]
    assert texts(sign_in_as, ticket) == ["Which one?"]
    assert [(link.title, link.other_id) for link in view.links] == [("child of", ticket)]
    assert found(sign_in_as, "zonkey") == [new]
    assert tickets.events(tom, ticket)[-1].text == f"split {view.number} off it"
    assert tickets.events(tom, new)[-1].text == f"split it off INC-{ticket}"
    assert undo_last(tom, ticket).sentence == f"Undid the split of INC-{ticket}."
    assert found(sign_in_as, "zonkey") == [ticket]
    gone = {row for row in rows(desk)["ticket"] if row[0] != new}
    assert gone == set(before["ticket"])
    assert rows(desk)["message"] == before["message"]
    assert tickets.view(tom, new).status is Status.CANCELLED


def test_what_was_attached_with_messages_goes_with_them_and_undo_brings_it_back(
    desk: Desk, sign_in_as: SignIn, clock: StillClock
) -> None:
    tom, rita = sign_in_as("tom"), sign_in_as("rita")
    (ticket,) = submit(rita, NewTicket("VPN is down")).tickets

    def attached(login: str, name: str, *, staff_only: bool = False) -> None:
        session = sign_in_as(login)
        kept = [attachments.keep(session, BytesIO(name.encode()), name)]
        attachments.attach(session, [ticket], kept, staff_only=staff_only)

    def files(number: int, login: str = "tom") -> list[str]:
        return [one.name for one in files_of(sign_in_as(login), number)]

    clock.advance(minutes=1)
    attached("rita", "vpn.png")
    clock.advance(hours=1)
    attached("rita", "toner.png")
    attached("tom", "of another.txt")
    clock.advance(minutes=2)
    communication.reply(rita, [ticket], "And the printer is out of toner")
    clock.advance(minutes=2)
    attached("rita", "printer.png")
    clock.advance(hours=2)
    communication.note(tom, [ticket], "He has an old printer")
    attached("tom", "printers.csv", staff_only=True)
    clock.advance(hours=2)
    attached("rita", "much later.png")
    told, noted = (message.id for message in tickets.messages(tom, ticket))
    everything = files(ticket)

    change = merging.split(tom, ticket, merging.SplitOff("Toner", messages=(told, noted)))
    new = change.tickets[1]
    assert change.sentence.startswith(f"Split REQ-{new} off INC-{ticket}, with 2 of its messages and 3 files: ")
    assert files(new) == ["toner.png", "printer.png", "printers.csv"]
    assert files(new, "rita") == ["toner.png", "printer.png"]
    assert files(ticket) == ["vpn.png", "of another.txt", "much later.png"]
    undo_last(tom, ticket)
    assert files(ticket) == everything
    assert files(new) == []
    assert merging.split(tom, ticket, merging.SplitOff("Second thing")).sentence.count("file") == 0


def test_a_split_is_refused_for_messages_of_another_ticket_and_for_a_new_one_somebody_works_on(
    desk: Desk, sign_in_as: SignIn
) -> None:
    tom = sign_in_as("tom")
    ticket, other = open_ticket(sign_in_as), open_ticket(sign_in_as)
    communication.note(tom, [other], "elsewhere")
    foreign = tickets.messages(tom, other)[0].id
    before = content(desk)
    with pytest.raises(Refused, match=f"has no message {foreign}"):
        merging.split(tom, ticket, merging.SplitOff("x", messages=(foreign,)))
    with pytest.raises(Refused, match="needs a subject"):
        merging.split(tom, ticket, merging.SplitOff(" "))
    assert content(desk) == before
    change = merging.split(tom, ticket, merging.SplitOff("Second thing"))
    triage.take(tom, [change.tickets[1]])
    with pytest.raises(Refused, match="works on"):
        undo_last(tom, ticket)


def test_a_message_that_went_to_another_ticket_is_not_withdrawn_from_the_old_one(sign_in_as: SignIn) -> None:
    tom = sign_in_as("tom")
    ticket = open_ticket(sign_in_as)
    noted = communication.note(tom, [ticket], "about the toner")
    merging.split(tom, ticket, merging.SplitOff("Toner", messages=(tickets.messages(tom, ticket)[0].id,)))
    with pytest.raises(Refused, match="is on another ticket now"):
        undo(tom, noted.seqs[0])


def test_undo_of_a_merge_waits_until_what_moved_on_since_is_taken_back(sign_in_as: SignIn) -> None:
    tom, tina = sign_in_as("tom"), sign_in_as("tina")
    first, second, third = (open_ticket(sign_in_as) for _ in range(3))
    communication.note(tom, [third], "the cable was cut")
    worklog.log_time(tom, [third], 25)
    merged = merging.merge(tom, [third], second)
    farther = merging.merge(tina, [second], first)
    with pytest.raises(Refused) as refusal:
        undo(tom, merged.seqs[0])
    assert str(refusal.value) == (
        f"INC-{second} changed since: what came from INC-{third} is on INC-{first} now. Take back first what moved it "
        "there."
    )
    assert tickets.view(tom, third).closure_code == ClosureCode.MERGED
    undo(tom, farther.seqs[0])
    undo(tom, merged.seqs[0])
    assert texts(sign_in_as, third) == ["the cable was cut"]
    assert work.total(work.work_on(tom, third)) == 25
    assert texts(sign_in_as, first) == texts(sign_in_as, second) == []


def test_undo_of_a_merge_leaves_nothing_behind_that_was_split_off_since(sign_in_as: SignIn) -> None:
    tom, first, second = sign_in_as("tom"), open_ticket(sign_in_as), open_ticket(sign_in_as)
    communication.reply(sign_in_as("rita"), [second], "and the printer")
    merged = merging.merge(tom, [second], first)
    words = tickets.messages(tom, first)[-1]
    apart = merging.split(tom, first, SplitOff("Printer", messages=(words.id,)))
    other = apart.tickets[1]
    with pytest.raises(Refused, match=f"what came from INC-{second} is on INC-{other} now"):
        undo(tom, merged.seqs[0])
    undo(tom, apart.seqs[0])
    undo(tom, merged.seqs[0])
    assert texts(sign_in_as, second) == ["and the printer"]


def test_undo_of_a_merge_brings_back_what_was_written_and_worked_there_since_and_its_answer_counts(
    sign_in_as: SignIn, clock: StillClock
) -> None:
    tom, rita = sign_in_as("tom"), sign_in_as("rita")
    first, second, third = (open_ticket(sign_in_as) for _ in range(3))
    triage.take(sign_in_as("tina"), [third])
    resolution.change_status(tom, [third], Status.WAITING, waiting_reason=WaitingReason.REQUESTER)
    clock.advance(minutes=1)
    merged = merging.merge(tom, [third], second)
    farther = merging.merge(tom, [second], first)
    communication.reply(rita, [third], "It is the red one")
    communication.note(tom, [third], "red means power")
    communication.note(tom, [first], "seen by the guard")
    worklog.log_time(tom, [third], 7)
    assert texts(sign_in_as, first)[-3:] == ["It is the red one", "red means power", "seen by the guard"]
    undo(tom, farther.seqs[0])
    assert texts(sign_in_as, second)[-2:] == ["It is the red one", "red means power"]
    undone = undo(tom, merged.seqs[0])
    assert undone.sentence == (
        f"Undid the merge of INC-{third}. INC-{third} was answered while it was merged: it is in progress."
    )
    assert texts(sign_in_as, third) == ["It is the red one", "red means power"]
    assert work.total(work.work_on(tom, third)) == 7
    assert (texts(sign_in_as, first), texts(sign_in_as, second)) == (["seen by the guard"], [])
    assert tickets.view(tom, third).status is Status.IN_PROGRESS
    assert f"INC-{third} was answered while it was merged." in [one.text for one in unread(sign_in_as("tina"))]
    assert stored_clocks(tom, third) == told_clocks(tom, third)


def test_undo_of_a_merge_of_two_requesters_leaves_nobody_the_words_of_the_other(sign_in_as: SignIn) -> None:
    tom, ron = sign_in_as("tom"), sign_in_as("ron")
    hers, his = open_ticket(sign_in_as), open_for(sign_in_as, "ron", "No VPN")
    triage.take(tom, [his])
    resolution.change_status(tom, [his], Status.WAITING, waiting_reason=WaitingReason.REQUESTER)
    merged = merging.merge(tom, [his], hers, anyway=True)
    communication.reply(ron, [his], "No okapi")
    assert "No okapi" in str(texts(sign_in_as, hers))
    undone = undo(tom, merged.seqs[0])
    assert undone.sentence.endswith("was answered while it was merged: it is in progress.")
    assert (texts(sign_in_as, hers), texts(sign_in_as, his)) == ([], ["No okapi"])
    assert found(sign_in_as, "okapi") == [his]


def test_nobody_loses_by_undo_what_he_did_on_a_ticket_that_another_opened(sign_in_as: SignIn) -> None:
    tom, tina, rita = (sign_in_as(login) for login in ("tom", "tina", "rita"))
    opened = submit(tom, NewTicket("Printer", "It eats paper.", requester="rita"))
    [ticket] = opened.tickets
    worklog.log_time(tina, [ticket], 5)
    said = communication.reply(rita, [ticket], "important detail")
    with pytest.raises(Refused) as refusal:
        undo(tom, opened.seqs[0])
    assert str(refusal.value) == (
        f"rita wrote or did something on INC-{ticket} since it was opened; cancel it instead."
    )
    undo(rita, said.seqs[0])
    undo(tom, opened.seqs[0])
    assert tickets.view(tom, ticket).status is Status.CANCELLED


def test_a_split_is_not_undone_over_what_others_wrote_on_the_new_ticket(sign_in_as: SignIn) -> None:
    tom, ticket = sign_in_as("tom"), open_ticket(sign_in_as)
    apart = merging.split(tom, ticket, SplitOff("Printer"))
    communication.reply(sign_in_as("rita"), [apart.tickets[1]], "MY ADDITION")
    with pytest.raises(Refused, match="rita wrote or did something on"):
        undo(tom, apart.seqs[0])
