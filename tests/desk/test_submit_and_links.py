"""Opening tickets, links between them, and the limits of what is taken."""

import pytest

from itdesk.desk import communication, intake, links, resolution, triage
from itdesk.desk.change import TicketRef
from itdesk.desk.errors import Conflict, NotFound, Refused
from itdesk.desk.intake import NewTicket, submit
from itdesk.desk.queries import people, queue, tickets
from itdesk.desk.session import Desk
from itdesk.desk.undo import undo, undo_last
from itdesk.domain import rules
from itdesk.domain.decisions import Source, Thing
from itdesk.domain.rulebook import Rulebook
from itdesk.domain.search_language import parse
from itdesk.domain.ticket import MADE_BY_HAND, LinkType, MessageKind
from tests.desk.acts import LOGINS, content, open_ticket
from tests.support.desks import SignIn


@pytest.fixture
def desk(shared_desk: Desk) -> Desk:
    return shared_desk


@pytest.mark.parametrize("login", LOGINS.values())
def test_everybody_may_ask_for_something_and_is_the_requester(sign_in_as: SignIn, login: str) -> None:
    change = submit(sign_in_as(login), NewTicket("The VPN does not connect"))
    (ticket,) = change.tickets
    assert change.sentence == f"Opened INC-{ticket}: P4, network.vpn."
    assert tickets.view(sign_in_as(login), ticket).requester.login == login


def test_what_the_rules_decided_is_stored_with_its_reason(sign_in_as: SignIn) -> None:
    (ticket,) = submit(sign_in_as("rita"), NewTicket("The VPN does not connect", impact="team")).tickets
    decided = {item.decision.thing: item for item in tickets.decisions_in_force(sign_in_as("tom"), ticket)}
    assert decided[Thing.CATEGORY].decision.evidence[0].text == "VPN"
    assert decided[Thing.CATEGORY].decision.place.startswith("categories.yaml:")
    assert decided[Thing.IMPACT].decision.source is Source.PERSON
    assert decided[Thing.IMPACT].decided_by == "rita"
    assert decided[Thing.PRIORITY].decision.source is Source.MATRIX
    assert {item.rulebook for item in decided.values()} == {1}


def test_staff_submit_for_others_and_add_a_requester_by_mail_once(desk: Desk, sign_in_as: SignIn) -> None:
    for address in ("New Person <New.Person@example.com>", "new.person@EXAMPLE.com"):
        (ticket,) = submit(sign_in_as("tom"), NewTicket("Screen is dark", requester=address)).tickets
        assert tickets.view(sign_in_as("tom"), ticket).requester.login == "new.person"
    known = people.known_person(sign_in_as("tom"), "new.person")
    assert known is not None
    assert (known.name, known.role) == ("New Person", "requester")
    with pytest.raises(Refused, match="Only staff"):
        submit(sign_in_as("rita"), NewTicket("Screen", requester="ron"))
    with pytest.raises(NotFound, match="knows nobody called 'Nobody'"):
        submit(sign_in_as("tom"), NewTicket("Screen", requester="Nobody"))


@pytest.mark.parametrize(
    ("new", "sentence"),
    [
        (NewTicket("  \n "), "needs a subject"),
        (NewTicket("x", "y" * 1_000_001), "1,000,001 characters"),
        (NewTicket("x", category="network.vnp"), "Did you mean network.vpn"),
        (NewTicket("x", impact="huge"), "possible: company, team, person"),
        (NewTicket("x", urgency="now"), "possible: high, medium, low"),
    ],
)
def test_what_cannot_be_a_ticket_is_refused_in_a_sentence(
    desk: Desk, sign_in_as: SignIn, new: NewTicket, sentence: str
) -> None:
    before = content(desk)
    with pytest.raises(Refused, match=sentence):
        submit(sign_in_as("rita"), new)
    assert content(desk) == before


def test_a_long_subject_is_cut_and_kept_whole_in_the_text(sign_in_as: SignIn) -> None:
    (ticket,) = submit(sign_in_as("rita"), NewTicket("word " * 2000, "the body")).tickets
    view = tickets.view(sign_in_as("rita"), ticket)
    assert len(view.subject) == intake.SUBJECT_LIMIT
    assert view.body == "word " * 1999 + "word\n\nthe body"


def test_the_rules_are_made_ready_before_anybody_has_to_wait_for_the_request(
    desk: Desk, sign_in_as: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[bool] = []
    session = sign_in_as("rita")
    connection = desk.database.engine.connection()

    def watched(_: Rulebook) -> None:
        begun.append(
            connection.in_transaction if desk.database.sqlite else connection.info.transaction_status.value > 0
        )

    monkeypatch.setattr(rules, "prepare", watched)
    submit(session, NewTicket("VPN drops"))
    assert begun == [False]


HOSTILE = "a\0b \ud800 \x1b]52;c;x\x07 [/] \u202e \U000e0041 👩‍💻 中文 'x' \\ % _"


def test_hostile_text_is_kept_everywhere_that_people_write(sign_in_as: SignIn) -> None:
    kept = HOSTILE.replace("\0", "␀").replace("\ud800", "\ufffd")
    (ticket,) = submit(sign_in_as("rita"), NewTicket(HOSTILE, HOSTILE, tags=(HOSTILE,), site=HOSTILE)).tickets
    tom = sign_in_as("tom")
    communication.note(tom, [ticket], HOSTILE)
    communication.save_draft(tom, ticket, MessageKind.REPLY, HOSTILE)
    triage.categorize(tom, [ticket], "printing.printer", HOSTILE)
    triage.tag(tom, [ticket], add=[HOSTILE + "2"])
    triage.escalate(tom, [ticket], level=3, reason=HOSTILE)
    view = tickets.view(tom, ticket)
    assert (view.subject, view.body, view.site) == (kept, kept, kept)
    assert [message.text for message in tickets.messages(tom, ticket)] == [kept]
    assert communication.drafts(tom, ticket)[0].text == kept
    assert any(event.told == kept for event in tickets.events(tom, ticket))
    assert any(item.decision.reason == kept for item in tickets.decisions(tom, ticket))
    undo_last(tom, ticket)


def test_the_longest_text_with_no_word_twice_is_taken(sign_in_as: SignIn) -> None:
    body = " ".join(f"w{number:x}" for number in range(150_000))[:1_000_000]
    (ticket,) = submit(sign_in_as("rita"), NewTicket("Long", body)).tickets
    for _ in range(4):
        communication.reply(sign_in_as("tom"), [ticket], " ".join(f"v{number}" for number in range(120_000)))
    communication.reply(sign_in_as("tom"), [ticket], "x" * 5000)
    assert queue.count(sign_in_as("tom"), parse("w1f")) == 1


def test_undoing_an_opening_cancels_it_unless_somebody_works_on_it(sign_in_as: SignIn) -> None:
    change = submit(sign_in_as("rita"), NewTicket("VPN"))
    undo(sign_in_as("rita"), change.seqs[0])
    assert tickets.view(sign_in_as("rita"), change.tickets[0]).status == "cancelled"
    change = submit(sign_in_as("rita"), NewTicket("VPN"))
    triage.take(sign_in_as("tom"), change.tickets)
    with pytest.raises(Refused, match="works on"):
        undo(sign_in_as("rita"), change.seqs[0])


def test_a_requester_undoes_only_what_he_did_himself(sign_in_as: SignIn) -> None:
    (ticket,) = submit(sign_in_as("rita"), NewTicket("VPN")).tickets
    communication.reply(sign_in_as("rita"), [ticket], "It still fails")
    note = communication.note(sign_in_as("tom"), [ticket], "a difficult customer")
    for seq in note.seqs:
        with pytest.raises(Refused, match="yourself"):
            undo(sign_in_as("rita"), seq)
        with pytest.raises(Refused, match="yourself"):
            undo(sign_in_as("ron"), seq)
    assert "reply" in undo_last(sign_in_as("rita"), ticket).sentence
    with pytest.raises(NotFound):
        undo_last(sign_in_as("ron"), ticket)


def test_a_technician_takes_back_his_own_major_incident_but_not_a_colleagues(sign_in_as: SignIn) -> None:
    ticket = open_ticket(sign_in_as)
    declared = triage.declare_major(sign_in_as("tom"), [ticket], "all are down")
    with pytest.raises(Refused, match="takes: supervisor, administrator"):
        undo(sign_in_as("tina"), declared.seqs[0])
    undo(sign_in_as("tom"), declared.seqs[0])
    declared = triage.declare_major(sign_in_as("tom"), [ticket], "all are down")
    undo(sign_in_as("sam"), declared.seqs[0])


# Links


@pytest.mark.parametrize("kind", MADE_BY_HAND)
def test_a_link_is_seen_from_both_sides_and_undone_from_both(sign_in_as: SignIn, kind: LinkType) -> None:
    one, other = open_ticket(sign_in_as), open_ticket(sign_in_as)
    tom = sign_in_as("tom")
    change = links.link(tom, [TicketRef(one, 1)], kind, other)
    assert change.sentence == f"INC-{one} is now {kind.predicate} INC-{other}."
    assert [(item.title, item.other_id) for item in tickets.view(tom, one).links] == [(kind.title, other)]
    assert [(item.title, item.other_id) for item in tickets.view(tom, other).links] == [(kind.inverse_title, one)]
    with pytest.raises(Refused, match="already"):
        links.link(tom, [other], kind, one)
    undo(tom, change.seqs[1])
    assert tickets.view(tom, one).links == tickets.view(tom, other).links == ()


def test_several_tickets_become_duplicates_of_one_and_are_freed_as_one(sign_in_as: SignIn) -> None:
    first, second, original = (open_ticket(sign_in_as) for _ in range(3))
    tom = sign_in_as("tom")
    change = links.link(tom, [first, second], LinkType.DUPLICATE_OF, original)
    assert change.sentence == f"Linked to INC-{original}: 2 tickets."
    assert {item.other_id for item in tickets.view(tom, original).links} == {first, second}
    undo(tom, change.seqs[0])
    assert tickets.view(tom, original).links == ()


def test_an_undone_unlinking_links_again_and_stale_undos_are_refused(sign_in_as: SignIn) -> None:
    one, other = open_ticket(sign_in_as), open_ticket(sign_in_as)
    tom = sign_in_as("tom")
    linked = links.link(tom, [one], LinkType.RELATED, other)
    unlinked = links.unlink(tom, [one], LinkType.RELATED, other)
    with pytest.raises(Refused, match=rf"changed since this link: you unlinked it: related to INC-{other}\."):
        undo(tom, linked.seqs[0])
    undo(tom, unlinked.seqs[0])
    assert len(tickets.view(tom, one).links) == 1
    undo(tom, linked.seqs[0])
    links.link(tom, [one], LinkType.RELATED, other)
    unlinked = links.unlink(tom, [one], LinkType.RELATED, other)
    links.link(tom, [one], LinkType.RELATED, other)
    with pytest.raises(Refused, match="changed since"):
        undo(tom, unlinked.seqs[0])


def test_impossible_links_are_refused(sign_in_as: SignIn) -> None:
    one, other = open_ticket(sign_in_as), open_ticket(sign_in_as)
    tom = sign_in_as("tom")
    with pytest.raises(Refused, match="itself"):
        links.link(tom, [one], LinkType.RELATED, one)
    with pytest.raises(Refused, match="is not related"):
        links.unlink(tom, [one], LinkType.RELATED, other)
    with pytest.raises(NotFound):
        links.link(tom, [one], LinkType.RELATED, 999_999)
    with pytest.raises(Conflict):
        links.link(tom, [TicketRef(one, 77)], LinkType.RELATED, other)
    for login in ("rita", "otto"):
        with pytest.raises(Refused, match="may not link tickets"):
            links.link(sign_in_as(login), [one], LinkType.RELATED, other)


def test_refused_transitions_name_the_possible_ones(sign_in_as: SignIn) -> None:
    ticket = open_ticket(sign_in_as)
    tom = sign_in_as("tom")
    with pytest.raises(Refused, match=r"is new and cannot become closed; possible from here: assigned, in progress"):
        resolution.close(tom, [ticket])
    resolution.cancel(tom, [ticket], "twice")
    with pytest.raises(Refused, match=r"is cancelled and cannot become resolved; possible from here: new\."):
        resolution.resolve(tom, [ticket], "x")


def test_somebody_who_left_or_lost_his_role_changes_nothing_more_in_an_open_session(
    desk: Desk, sign_in_as: SignIn
) -> None:
    ticket = open_ticket(sign_in_as)
    wes = sign_in_as("wes")
    try:
        desk.database.execute("UPDATE person SET role = 'requester' WHERE login = 'wes'")
        with pytest.raises(Refused, match="is requester and may not take tickets"):
            triage.take(wes, [ticket])
        desk.database.execute("UPDATE person SET active = (1 = 0) WHERE login = 'wes'")
        with pytest.raises(Refused, match="no longer active"):
            triage.take(wes, [ticket])
    finally:
        desk.database.execute("UPDATE person SET role = 'technician', active = (1 = 1) WHERE login = 'wes'")
