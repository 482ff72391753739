"""Milestones of tickets: what an older desk knows of them after the upgrade, and what an import brings."""

from datetime import timedelta

from itdesk.desk import imports
from itdesk.desk.session import Desk
from itdesk.desk.undo import undo
from itdesk.domain.imported import ImportedStep, ImportedTicket
from itdesk.domain.milestones import Milestones
from itdesk.domain.ticket import Channel, Kind, Status, WaitingReason
from itdesk.models.migrations import runner
from itdesk.models.tickets import Ticket
from tests.desk import acts
from tests.desk.history import stored_milestones, told_milestones
from tests.support.desks import OPENING, SignIn, StillClock

_INDEXES = ("ticket_opened", "ticket_closed", "ticket_resolved", "ticket_reopened", "ticket_escalated")


def test_an_older_desk_learns_them_from_its_journal(desk: Desk, sign_in_as: SignIn, clock: StillClock) -> None:
    ids = [acts.open_ticket(sign_in_as) for _ in range(6)]
    for ticket, deeds in zip(
        ids,
        (
            (),
            (acts.wait,),
            (acts.resolve, acts.close, acts.reopen, acts.resolve, acts.reopen),
            (acts.escalate, acts.resolve),
            (acts.cancel,),
        ),
        strict=False,
    ):
        for deed in deeds:
            clock.advance(hours=1)
            deed(sign_in_as("tina"), [ticket])
    clock.advance(hours=1)
    undo(sign_in_as("tina"), acts.reopen(sign_in_as("tina"), [ids[3]]).seqs[0])
    withdrawn = acts.open_ticket(sign_in_as)
    clock.advance(hours=1)
    desi = sign_in_as("desi")
    undo(desi, last_entry(desk))
    everything = [*ids, withdrawn]
    before = [stored_milestones(ticket) for ticket in everything]
    assert before == [told_milestones(ticket) for ticket in everything]
    assert len({(one.reopen_count, one.escalated_at is None) for one in before}) == 3

    forget(desk)
    assert runner.migrate(desk.database, {version: runner.STEPS[version] for version in (1, 2)}) == 1
    assert [stored_milestones(ticket) for ticket in everything] == before


def last_entry(desk: Desk) -> int:
    return int(desk.database.row("SELECT max(seq) FROM journal")[0])


def forget(desk: Desk) -> None:
    """Take the desk back to the first schema."""
    database = desk.database
    for index in _INDEXES:
        database.execute(f"DROP INDEX {index}")
    for column in Milestones.__slots__:
        database.execute(f"ALTER TABLE ticket DROP COLUMN {column}")
    database.execute("CREATE INDEX ticket_opened ON ticket (opened_at, id)")
    database.execute("CREATE INDEX ticket_closed ON ticket (closed_at) WHERE closed_at IS NOT NULL")
    database.execute("UPDATE meta SET value = '1' WHERE name = 'schema_version'")


def test_an_imported_history_has_them(sign_in_as: SignIn, clock: StillClock) -> None:
    waits = (Status.WAITING, WaitingReason.VENDOR)
    history = ((Status.NEW, None), waits, waits, (Status.RESOLVED, None), (Status.IN_PROGRESS, None))
    clock.advance(days=1)
    for shown in (3, 5):
        imports.import_tickets(sign_in_as("sam"), [imported(history[:shown])])
        ticket = Ticket.get(Ticket.external_id == "OLD1").id
        assert stored_milestones(ticket) == told_milestones(ticket)
        since, reopened = (1, None) if shown == 3 else (4, OPENING + timedelta(hours=4))
        assert stored_milestones(ticket) == Milestones(OPENING + timedelta(hours=since), reopened, int(shown == 5))


def imported(history: tuple[tuple[Status, WaitingReason | None], ...]) -> ImportedTicket:
    """A step an hour."""
    steps = tuple(
        ImportedStep(
            ordinal=(hours + 1) * 1000,
            at=OPENING + timedelta(hours=hours),
            status=status,
            waiting_reason=reason,
            category="network",
            impact=None,
            urgency=None,
            priority=3,
            team=None,
            assignee="tom",
            actor=None,
        )
        for hours, (status, reason) in enumerate(history)
    )
    return ImportedTicket(
        external_id="OLD1",
        kind=Kind.INCIDENT,
        subject="VPN",
        body="",
        requester="rita",
        channel=Channel.IMPORT,
        site="",
        opened_at=OPENING,
        resolved_at=None,
        closed_at=None,
        steps=steps,
        resolution="",
        facts=(),
    )
