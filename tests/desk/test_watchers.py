"""Who is told of what: whoever watches, got the ticket, or was mentioned, and never of what he did himself."""

from datetime import timedelta

import pytest

from itdesk.desk import communication, resolution, testing, triage, watchers, worklog
from itdesk.desk.errors import Refused
from itdesk.desk.merging import merge
from itdesk.desk.notices import mark_read
from itdesk.desk.queries import queue
from itdesk.desk.queries.notices import unread
from itdesk.desk.queries.watchers import watchers as who_watches
from itdesk.desk.schedule import add_absence
from itdesk.desk.session import Session
from itdesk.desk.undo import undo
from itdesk.domain.notices import NoticeKind
from itdesk.domain.search_language import parse
from itdesk.domain.ticket import MessageKind, Status
from tests.desk.acts import open_ticket
from tests.support.desks import OPENING, SignIn, StillClock


def told(session: Session, kind: NoticeKind | None = None) -> list[str]:
    return [notice.text for notice in unread(session) if kind in (None, notice.kind)]


def test_a_watcher_is_told_once_a_ticket_however_much_happens(sign_in_as: SignIn) -> None:
    ticket, other = open_ticket(sign_in_as), open_ticket(sign_in_as)
    tina, tom = sign_in_as("tina"), sign_in_as("tom")
    watchers.watch(tina, [ticket, other])
    communication.reply(tom, [ticket], "Which profile?")
    assert told(tina) == [f"INC-{ticket}: tom replied"]
    communication.note(tom, [ticket], "MTU again")
    triage.take(tom, [ticket])
    resolution.resolve(tom, [ticket], "Lowered the MTU.")
    assert told(tina) == [f"INC-{ticket}: 4 changes, last: tom resolved it: Lowered the MTU."]
    triage.take(tom, [other])
    assert len(told(tina)) == 2
    mark_read(tina, [notice.id for notice in unread(tina)])
    resolution.close(tom, [ticket])
    assert told(tina) == [f"INC-{ticket}: tom closed it"]


def test_nobody_is_told_of_what_he_did_himself_nor_of_what_changes_nothing(sign_in_as: SignIn) -> None:
    ticket, tina, tom = open_ticket(sign_in_as), sign_in_as("tina"), sign_in_as("tom")
    watchers.watch(tina, [ticket])
    watchers.watch(tom, [ticket])
    communication.note(tina, [ticket], "mine")
    triage.tag(tom, [ticket], add=["x"])
    change = worklog.log_time(tom, [ticket], 5)
    undo(tom, change.seqs[0])
    assert told(tina) == []
    watchers.unwatch(tina, [ticket])
    communication.note(tom, [ticket], "ours")
    assert told(tina) == []


def test_a_requester_watches_his_own_ticket_and_is_told_of_no_note(sign_in_as: SignIn) -> None:
    ticket, rita, tom = open_ticket(sign_in_as), sign_in_as("rita"), sign_in_as("tom")
    watchers.watch(rita, [ticket])
    change = communication.note(tom, [ticket], "secret")
    undo(tom, change.seqs[0])
    assert told(rita) == []
    communication.reply(tom, [ticket], "hello")
    assert told(rita) == [f"INC-{ticket}: tom replied"]
    with pytest.raises(Refused, match=f"did not ask for INC-{ticket}"):
        watchers.watch(tom, [ticket], "ron")
    with pytest.raises(Refused, match="may not say who watches"):
        watchers.watch(rita, [ticket], "tom")


def test_whoever_gets_a_ticket_is_told_and_need_not_read_it_once_he_lost_it(sign_in_as: SignIn) -> None:
    ticket, tina, tom = open_ticket(sign_in_as), sign_in_as("tina"), sign_in_as("tom")
    watchers.watch(tina, [ticket])
    change = triage.assign(tom, [ticket], "tina")
    assert told(tina) == [f"tom assigned INC-{ticket} to you: VPN does not connect"], "not told twice"
    undo(tom, change.seqs[0])
    assert told(tina, NoticeKind.ASSIGNMENT) == []
    triage.assign(tom, [ticket], "tina")
    triage.take(tina, [open_ticket(sign_in_as)])
    assert len(told(tina, NoticeKind.ASSIGNMENT)) == 1


def test_whoever_loses_a_ticket_is_told_and_need_not_read_it_once_he_has_it_again(sign_in_as: SignIn) -> None:
    ticket, tina, tom, lea = open_ticket(sign_in_as), sign_in_as("tina"), sign_in_as("tom"), sign_in_as("lea")
    triage.take(tom, [ticket])
    taken = triage.take(tina, [ticket])
    assert taken.sentence == f"Took INC-{ticket} from tom."
    assert told(tom) == [f"INC-{ticket} is no longer yours: tina took it"]
    assert told(tina) == []
    undo(tina, taken.seqs[0])
    back = [f"tina gave back INC-{ticket} to you: VPN does not connect"]
    assert told(tom) == back
    triage.assign(lea, [ticket], "tina", reason="she has the key")
    assert told(tom) == [f"INC-{ticket} is no longer yours: lea assigned it to tina: she has the key"]
    triage.assign(tina, [ticket], "tom")
    assert told(tom) == [f"tina assigned INC-{ticket} to you: VPN does not connect"]
    assert told(tina) == [], "it was she who gave it away"


def test_whoever_had_read_that_he_got_a_ticket_is_told_that_it_was_taken_back(sign_in_as: SignIn) -> None:
    ticket, tina, tom, lea = open_ticket(sign_in_as), sign_in_as("tina"), sign_in_as("tom"), sign_in_as("lea")
    given = triage.assign(tom, [ticket], "tina")
    mark_read(tina, [notice.id for notice in unread(tina)])
    undo(tom, given.seqs[0])
    assert told(tina) == [f"INC-{ticket} is no longer yours: tom took that back"]
    taken = triage.take(tom, [ticket])
    undo(lea, taken.seqs[0])
    assert told(tom) == [f"lea took back your taking of INC-{ticket}."], "once"


def test_whoever_loses_a_ticket_that_is_new_again_is_told(sign_in_as: SignIn) -> None:
    given_back, made_new, tom, lea = (
        *(open_ticket(sign_in_as), open_ticket(sign_in_as)),
        *(sign_in_as("tom"), sign_in_as("lea")),
    )
    triage.take(tom, [given_back, made_new])
    triage.assign(lea, [given_back], None)
    resolution.change_status(lea, [made_new], Status.NEW)
    assert told(tom) == [
        f"INC-{made_new} is no longer yours: lea made it new",
        f"INC-{given_back} is no longer yours: lea gave it back",
    ]


def test_whoever_has_a_ticket_is_told_once_of_its_requesters_answers_until_he_has_read_it(sign_in_as: SignIn) -> None:
    ticket, rita, tom = open_ticket(sign_in_as), sign_in_as("rita"), sign_in_as("tom")
    triage.take(tom, [ticket])
    change = communication.reply(rita, [ticket], "The serial number is 4711.")
    assert change.sentence == f"Replied on INC-{ticket}."
    assert told(tom) == [f"rita answered on INC-{ticket}: “The serial number is 4711.”"]
    again = communication.reply(rita, [ticket], "@tom It drops at noon, too.")
    assert told(tom) == [f"rita answered on INC-{ticket} (2 answers): “@tom It drops at noon, too.”"]
    undo(rita, again.seqs[0])
    assert told(tom) == [f"INC-{ticket} was answered; the last answer was taken back"]
    undo(rita, change.seqs[0])
    mark_read(tom, [notice.id for notice in unread(tom)])
    communication.reply(rita, [ticket], "Still there?")
    assert told(tom) == [f"rita answered on INC-{ticket}: “Still there?”"]
    assert told(rita) == []


def test_an_answer_on_a_resolved_ticket_reaches_whoever_had_it_and_its_requester_learns_how_to_reopen_it(
    sign_in_as: SignIn,
) -> None:
    ticket, rita, tom = open_ticket(sign_in_as), sign_in_as("rita"), sign_in_as("tom")
    resolution.resolve(tom, [ticket], "Lowered the MTU.")
    change = communication.reply(rita, [ticket], "It still does not work.")
    assert change.sentence == (
        f"Replied on INC-{ticket}. It is resolved; if it is not solved, reopen it: `X`, or "
        f'`itdesk reopen INC-{ticket} --reason "what is still wrong"`.'
    )
    assert told(tom) == [
        f"rita answered on INC-{ticket}, which is resolved and can be reopened: “It still does not work.”"
    ]
    assert "resolved;" not in communication.reply(tom, [ticket], "What do you see?").sentence


def test_an_answer_on_what_nobody_has_reaches_its_watchers_else_the_lead_of_its_team(sign_in_as: SignIn) -> None:
    ticket, rita, tina, lea = (
        open_ticket(sign_in_as),
        sign_in_as("rita"),
        sign_in_as("tina"),
        sign_in_as("lea"),
    )
    watchers.watch(rita, [ticket])
    communication.reply(rita, [ticket], "Anybody?")
    assert told(lea) == [f"rita answered on INC-{ticket}: “Anybody?”"]
    watchers.watch(tina, [ticket])
    communication.reply(rita, [ticket], "Hello?")
    assert told(tina) == [f"rita answered on INC-{ticket}: “Hello?”"]
    assert len(told(lea)) == 1
    communication.reply(sign_in_as("tom"), [ticket], "On my way.")
    assert len(told(lea)) == 1  # an answer of staff is none of the requester's


def test_an_answer_to_somebody_who_is_away_reaches_the_lead_of_the_team_too(sign_in_as: SignIn) -> None:
    ticket, rita, tom, lea = open_ticket(sign_in_as), sign_in_as("rita"), sign_in_as("tom"), sign_in_as("lea")
    triage.take(tom, [ticket])
    add_absence(lea, "tom", OPENING - timedelta(hours=1), OPENING + timedelta(days=1), "sick")
    communication.reply(rita, [ticket], "Hello?")
    assert told(lea) == [f"rita answered on INC-{ticket}: “Hello?”"]
    assert f"rita answered on INC-{ticket}: “Hello?”" in told(tom)


def test_an_unread_answer_goes_along_to_whoever_gets_the_ticket_and_comes_back_with_it(sign_in_as: SignIn) -> None:
    ticket, rita, tom, tina = open_ticket(sign_in_as), sign_in_as("rita"), sign_in_as("tom"), sign_in_as("tina")
    triage.take(tom, [ticket])
    for text in ("The serial number is 4711.", "Hello?"):
        communication.reply(rita, [ticket], text)
    waiting = [f"rita answered on INC-{ticket} (2 answers): “Hello?”"]
    given = triage.assign(tom, [ticket], "tina")
    assert (told(tina, NoticeKind.ANSWER), told(tom, NoticeKind.ANSWER)) == (waiting, [])
    undo(tom, given.seqs[0])
    assert (told(tina, NoticeKind.ANSWER), told(tom, NoticeKind.ANSWER)) == ([], waiting)
    triage.take(tina, [ticket])
    communication.reply(rita, [ticket], "Anybody?")
    assert told(tina, NoticeKind.ANSWER) == [f"rita answered on INC-{ticket} (3 answers): “Anybody?”"]
    assert told(tom, NoticeKind.ANSWER) == []
    mark_read(tina, [notice.id for notice in unread(tina)])
    triage.assign(tina, [ticket], "tom")
    assert told(tom, NoticeKind.ANSWER) == [], "it was read"


def test_an_answer_that_was_read_by_whoever_got_the_ticket_by_mistake_comes_back_unread(
    sign_in_as: SignIn, clock: StillClock
) -> None:
    ticket, rita, tom, tina = open_ticket(sign_in_as), sign_in_as("rita"), sign_in_as("tom"), sign_in_as("tina")
    triage.take(tom, [ticket])
    communication.reply(rita, [ticket], "Hello?")
    clock.advance(minutes=1)
    given = triage.assign(tom, [ticket], "tina")
    clock.advance(minutes=1)
    mark_read(tina, [notice.id for notice in unread(tina)])
    undo(tom, given.seqs[0])
    assert told(tom, NoticeKind.ANSWER) == [f"rita answered on INC-{ticket}: “Hello?”"]


def test_an_answer_on_what_nobody_had_goes_to_whoever_takes_it_and_only_who_watches_keeps_his_notice(
    sign_in_as: SignIn,
) -> None:
    ticket, other, rita, tom, lea = (
        *(open_ticket(sign_in_as), open_ticket(sign_in_as)),
        *(sign_in_as("rita"), sign_in_as("tom"), sign_in_as("lea")),
    )
    communication.reply(rita, [ticket], "Anybody?")
    waiting = [f"rita answered on INC-{ticket}: “Anybody?”"]
    taken = triage.take(tom, [ticket])
    assert (told(lea), told(tom)) == ([], waiting)
    undo(tom, taken.seqs[0])
    assert (told(lea, NoticeKind.ANSWER), told(tom)) == (waiting, [])
    watchers.watch(lea, [other])
    communication.reply(rita, [other], "Hello?")
    waiting = [f"rita answered on INC-{other}: “Hello?”"]
    taken = triage.take(tom, [other])
    assert told(tom) == waiting
    undo(tom, taken.seqs[0])
    assert told(tom, NoticeKind.ANSWER) == []
    assert waiting[0] in told(lea)


def test_staff_who_are_mentioned_are_told_where_and_once(sign_in_as: SignIn) -> None:
    ticket, tina, tom = open_ticket(sign_in_as), sign_in_as("tina"), sign_in_as("tom")
    watchers.watch(tina, [ticket])
    change = communication.note(tom, [ticket], "Ask @Tina, @rita, @tom or `@wes`; mail lea@example.com")
    assert told(tina) == [f"tom mentions you on INC-{ticket}: “Ask @Tina, @rita, @tom or `@wes`; mail lea@example.com”"]
    for login in ("rita", "tom", "wes", "lea"):
        assert told(sign_in_as(login)) == []
    undo(tom, change.seqs[0])
    assert told(tina, NoticeKind.MENTION) == []
    assert who_watches(tom, [ticket]) == {"tina": 1}, "a mention makes nobody a watcher"


def test_a_draft_goes_with_its_own_message_and_with_no_other(sign_in_as: SignIn) -> None:
    first, second, gone = (open_ticket(sign_in_as) for _ in range(3))
    tina, tom = sign_in_as("tina"), sign_in_as("tom")

    def kept(ticket: int) -> set[tuple[MessageKind, str]]:
        return {(draft.kind, draft.text) for draft in communication.drafts(tina, ticket)}

    both = {(MessageKind.REPLY, "Dear Ri"), (MessageKind.NOTE, "Half a tho")}
    for kind, text in both:
        communication.save_draft(tina, first, kind, text)
    communication.save_draft(tina, gone, MessageKind.NOTE, "On the third")
    communication.reply(tina, [first, second], "To both")
    communication.note(tina, [first, second], "On both")
    testing.ask_to_test(tina, [first], "Does it work?")
    merge(tom, [first, gone])
    communication.note(tina, [gone], "By command")
    assert (kept(first), kept(gone)) == (both, {(MessageKind.NOTE, "On the third")})
    communication.reply(tina, [first], "Dear Rita", drafted="Written elsewhere")
    assert kept(first) == both
    communication.reply(tina, [first], "Dear Rita", drafted="Dear Ri")
    assert kept(first) == {(MessageKind.NOTE, "Half a tho")}
    communication.note(tina, [gone], "On the third ticket", drafted="On the third")
    assert (kept(first), kept(gone)) == ({(MessageKind.NOTE, "Half a tho")}, set()), "that of the ticket it stood on"


def test_where_one_has_begun_to_write_is_found_whatever_became_of_the_ticket(sign_in_as: SignIn) -> None:
    ticket, other = open_ticket(sign_in_as), open_ticket(sign_in_as)
    tina, tom = sign_in_as("tina"), sign_in_as("tom")
    communication.save_draft(tina, ticket, MessageKind.NOTE, "Half a tho")
    communication.save_draft(tina, other, MessageKind.REPLY, "Dear Ri")
    communication.save_draft(tina, other, MessageKind.REPLY, "")
    resolution.cancel(tom, [ticket], "Asked twice")

    def found(session: Session, text: str) -> set[int]:
        return {row.id for row in queue.page(session, parse(text)).rows} & {ticket, other}

    assert found(tina, "draft:me") == {ticket}
    assert found(tina, "status:all -draft:me") == {other}
    assert found(tom, "draft:me") == set()
    assert parse("draft:me").understood() == "with a draft of mine"
    assert parse("draft:tina").errors == ("“draft:tina” is not known; possible: me.",)


def test_what_one_watches_is_found(sign_in_as: SignIn) -> None:
    ticket, other = open_ticket(sign_in_as), open_ticket(sign_in_as)
    tina, rita, tom = sign_in_as("tina"), sign_in_as("rita"), sign_in_as("tom")
    watchers.watch(tina, [ticket])
    watchers.watch(rita, [other])

    def found(session: Session, text: str) -> set[int]:
        return {row.id for row in queue.page(session, parse(text)).rows} & {ticket, other}

    assert found(tina, "watching:me") == {ticket}
    assert found(tina, "-watching:me") == {other}
    assert found(tom, "watching:Tina") == {ticket}
    assert found(tom, "watching:me") == set()
    assert found(rita, "watching:tina") == set()
    assert found(rita, "watching:me") == {other}
    assert parse("watching:me").understood() == "open tickets · watched by me"
