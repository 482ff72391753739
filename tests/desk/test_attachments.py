"""Files on tickets: what goes in comes out, seen by whom it may concern, and no fault of a disk is hidden."""

import os
import resource
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import pytest

from itdesk.desk import attachments, contents, merging, resolution
from itdesk.desk.attachments import Kept, attach, detach, keep, keep_file, remove_orphans, save
from itdesk.desk.errors import DatabaseProblem, NotFound, Refused, Unavailable
from itdesk.desk.intake import NewTicket
from itdesk.desk.queries import attachments as queries
from itdesk.desk.queries import tickets
from itdesk.desk.session import Desk, Session
from itdesk.desk.undo import undo, undo_last
from tests.desk.acts import content, open_ticket
from tests.support.desks import SignIn, StillClock


@pytest.fixture
def desk(shared_desk: Desk) -> Desk:
    return shared_desk


def attached(session: Session, ticket: int, text: bytes, name: str = "trace.log", *, staff_only: bool = False) -> int:
    """The id of a new attachment."""
    attach(session, [ticket], [keep(session, BytesIO(text), name)], staff_only=staff_only)
    return queries.attachments(session, ticket)[-1].id


def stored_file(desk: Desk, session: Session, attachment: int) -> Path:
    sha256 = queries.attachment(session, attachment).sha256
    return Path(f"{desk.name}.files") / sha256[:2] / sha256[2:]


def read(session: Session, attachment: int) -> bytes:
    into = BytesIO()
    attachments.content(session, attachment, into)
    return into.getvalue()


def test_what_is_attached_is_listed_and_saved_as_it_was(sign_in_as: SignIn, tmp_path: Path, clock: StillClock) -> None:
    tom, ticket = sign_in_as("tom"), open_ticket(sign_in_as)
    source = tmp_path / "trace.log"
    source.write_bytes(os.urandom(1_000_000))
    change = attach(tom, [ticket], [keep_file(tom, source)])
    assert change.sentence == f"Attached trace.log to INC-{ticket}."
    [found] = tickets.view(tom, ticket).attachments
    assert (found.name, found.size, found.author, found.attached_at) == ("trace.log", 1_000_000, "tom", clock.now)
    assert tickets.events(tom, ticket)[-1].text == "attached trace.log"
    for name in ("trace.log", "trace (1).log", "trace (2).log"):
        saved = save(tom, found.id, tmp_path / "out")
        assert saved == tmp_path / "out" / name
        assert saved.read_bytes() == source.read_bytes()
    assert {path.name[0] for path in (tmp_path / "out").iterdir()} == {"t"}, "nothing unfinished is left"


def test_a_removed_file_comes_back_by_undo(sign_in_as: SignIn) -> None:
    tom, ticket = sign_in_as("tom"), open_ticket(sign_in_as)
    one, other = attached(tom, ticket, b"one"), attached(tom, ticket, b"other", staff_only=True)
    change = detach(tom, [one, other])
    assert change.sentence == f"Removed 2 files from INC-{ticket}."
    assert tickets.view(tom, ticket).attachments == ()
    with pytest.raises(NotFound, match=f"no attachment {one}"):
        read(tom, one)
    with pytest.raises(NotFound, match=f"no attachment {one}"):
        detach(tom, [one])
    undo(tom, change.seqs[0])
    assert [read(tom, found.id) for found in tickets.view(tom, ticket).attachments] == [b"one", b"other"]
    detach(tom, [one])
    with pytest.raises(Refused, match=r"undone before|changed since"):
        undo(tom, change.seqs[0])


def test_the_same_content_is_kept_once(desk: Desk, sign_in_as: SignIn) -> None:
    tom, ticket = sign_in_as("tom"), open_ticket(sign_in_as)
    first, second = attached(tom, ticket, b"the same twice"), attached(tom, ticket, b"the same twice", "other.log")
    assert queries.attachment(tom, first).sha256 == queries.attachment(tom, second).sha256
    if desk.database.sqlite:
        path = stored_file(desk, tom, first)
        assert path.read_bytes() == b"the same twice"
        assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE(Path(desk.name).stat().st_mode)
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    else:
        counted = desk.database.row(
            "SELECT count(*) FROM attached_content WHERE sha256 = ?", (queries.attachment(tom, first).sha256,)
        )
        assert counted == (1,)


def test_requesters_see_what_is_for_them_and_nothing_else(desk: Desk, sign_in_as: SignIn) -> None:
    tom, rita, ron = (sign_in_as(login) for login in ("tom", "rita", "ron"))
    ticket = open_ticket(sign_in_as)
    for_all, hidden = attached(tom, ticket, b"for all"), attached(tom, ticket, b"secret", "gossip.txt", staff_only=True)
    mine = attached(rita, ticket, b"mine", "mine.txt")
    assert [found.id for found in tickets.view(rita, ticket).attachments] == [for_all, mine]
    assert "gossip" not in str(tickets.events(rita, ticket)) + str(tickets.journal_entries(rita, ticket))
    undone = undo_last(tom, ticket)
    assert "attachment" in undone.sentence
    assert [found.id for found in tickets.view(tom, ticket).attachments] == [for_all, mine], "hers is hers to take back"
    assert "for_staff" not in str(tickets.journal_entries(rita, ticket))
    for session, one in ((rita, hidden), (ron, for_all), (ron, mine)):
        for deed in (read, lambda session, one: detach(session, [one])):
            with pytest.raises(NotFound):
                deed(session, one)
    before = content(desk)
    with pytest.raises(Refused, match="only what you attached yourself"):
        detach(rita, [for_all])
    with pytest.raises(Refused, match="Only staff"):
        attached(rita, ticket, b"x", staff_only=True)
    with pytest.raises(Refused, match="you may only read it"):
        attached(sign_in_as("otto"), ticket, b"x")
    assert content(desk) == before


def test_files_go_along_with_a_merge_and_come_back_by_undo(sign_in_as: SignIn) -> None:
    tom = sign_in_as("tom")
    old, young = open_ticket(sign_in_as), open_ticket(sign_in_as)
    for_all, hidden = attached(tom, young, b"for all"), attached(tom, young, b"secret", staff_only=True)
    change = merging.merge(tom, [old, young])
    assert [found.id for found in tickets.view(tom, old).attachments] == [for_all, hidden]
    with pytest.raises(Refused, match=f"was merged into INC-{old}. Do it there"):
        attached(tom, young, b"late")
    undo(tom, change.seqs[0])
    assert [found.id for found in tickets.view(tom, young).attachments] == [for_all, hidden]


def test_between_two_requesters_only_files_for_staff_move(sign_in_as: SignIn) -> None:
    tom = sign_in_as("tom")
    hers = open_ticket(sign_in_as)
    his = open_ticket(sign_in_as, NewTicket("No VPN", requester="ron"))
    for_all, hidden = attached(tom, his, b"for ron"), attached(tom, his, b"secret", staff_only=True)
    merging.merge(tom, [hers, his], anyway=True)
    assert [found.id for found in tickets.view(tom, hers).attachments] == [hidden]
    assert [found.id for found in tickets.view(sign_in_as("ron"), his).attachments] == [for_all]
    assert tickets.view(sign_in_as("rita"), hers).attachments == ()


# What is refused


def test_a_file_beyond_the_limit_is_refused_before_it_is_read_whole(
    desk: Desk, sign_in_as: SignIn, tmp_path: Path
) -> None:
    tom = sign_in_as("tom")
    huge = tmp_path / "huge.iso"
    with huge.open("wb") as file:
        file.truncate(2_000_000_000)
    with pytest.raises(Refused, match=r"huge.iso is larger than 20 MB"):
        keep_file(tom, huge)

    class Endless(BytesIO):
        read_bytes = 0

        def read(self, size: int | None = -1) -> bytes:
            self.read_bytes += size or 0
            return b"x" * (size or 0)

    endless = Endless()
    with pytest.raises(Refused, match="larger than 20 MB"):
        keep(tom, endless, "endless")
    assert endless.read_bytes < 21_000_000
    if desk.database.sqlite:
        assert not list(Path(f"{desk.name}.files").glob(".new-*"))


def test_what_is_no_file_is_refused(sign_in_as: SignIn, tmp_path: Path) -> None:
    tom = sign_in_as("tom")
    for path, said in ((tmp_path, "is a folder"), (tmp_path / "none", "is not there"), (Path("/dev/zero"), "no file")):
        with pytest.raises(Refused, match=said):
            keep_file(tom, path)


def test_a_requester_attaches_nothing_to_what_has_ended(sign_in_as: SignIn) -> None:
    ticket = open_ticket(sign_in_as)
    resolution.cancel(sign_in_as("tom"), [ticket], "twice")
    with pytest.raises(Refused, match="reopen it before you attach"):
        attached(sign_in_as("rita"), ticket, b"x")
    assert attached(sign_in_as("tom"), ticket, b"x")


def test_a_content_that_was_cleared_away_meanwhile_is_not_attached(desk: Desk, sign_in_as: SignIn) -> None:
    before = content(desk)
    with pytest.raises(Refused, match="cleared away meanwhile"):
        attach(sign_in_as("tom"), [open_ticket(sign_in_as)], [Kept("x", "0" * 64, 1)])
    assert content(desk)["attachment"] == before["attachment"]


# Faults of the disk


def test_a_damaged_content_is_told_and_never_handed_out(desk: Desk, sign_in_as: SignIn, tmp_path: Path) -> None:
    tom, ticket = sign_in_as("tom"), open_ticket(sign_in_as)
    one = attached(tom, ticket, b"as it was, in full")
    if desk.database.sqlite:
        stored_file(desk, tom, one).write_bytes(b"as it was, iN full")
    else:
        desk.database.execute(
            "UPDATE attached_content SET content = 'other'::bytea WHERE content = %s", (b"as it was, in full",)
        )
    with pytest.raises(Refused, match=r"trace.log in .* is damaged"):
        save(tom, one, tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []
    attached(tom, ticket, b"as it was, in full")
    assert read(tom, one) == b"as it was, in full", "the right content takes the place of the damaged one"


def test_a_vanished_content_is_told(desk: Desk, sign_in_as: SignIn) -> None:
    tom, ticket = sign_in_as("tom"), open_ticket(sign_in_as)
    one = attached(tom, ticket, b"soon gone")
    if desk.database.sqlite:
        stored_file(desk, tom, one).unlink()
    else:
        desk.database.execute("DELETE FROM attached_content WHERE content = %s", (b"soon gone",))
    with pytest.raises(Refused, match=r"trace.log is gone from .*restore it"):
        read(tom, one)


@contextmanager
def full_disk(room: int) -> Iterator[None]:
    """No file of this process grows beyond so many bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.sqlite
def test_a_full_disk_is_told_and_leaves_nothing_behind(sqlite_desk_url: str, tmp_path: Path) -> None:
    from tests.support.desks import opened, sign_in_at

    with opened(sqlite_desk_url) as desk:
        tom = sign_in_at(desk, StillClock())("tom")
        with full_disk(100_000), pytest.raises(Unavailable, match="No space is left"):
            keep(tom, BytesIO(bytes(200_000)), "big.bin")
        assert list(Path(f"{desk.name}.files").rglob("*")) == []
        ticket = open_ticket(sign_in_at(desk, StillClock()))
        one = attached(tom, ticket, bytes(200_000))
        with full_disk(100_000), pytest.raises(Unavailable, match="cannot be saved"):
            save(tom, one, tmp_path / "out")
        assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.sqlite
def test_a_folder_that_cannot_be_used_is_told(sqlite_desk_url: str) -> None:
    from tests.support.desks import opened, sign_in_at

    with opened(sqlite_desk_url) as desk:
        Path(f"{desk.name}.files").touch()
        with pytest.raises(Unavailable, match=r"desk.sqlite3.files: .*The file was not attached"):
            keep(sign_in_at(desk, StillClock())("tom"), BytesIO(b"x"), "x")


def test_two_that_attach_the_same_content_at_once_both_have_it(desk: Desk, sign_in_as: SignIn) -> None:
    tom, tickets_of_both = sign_in_as("tom"), [open_ticket(sign_in_as) for _ in range(2)]
    same = os.urandom(500_000)
    faults: list[BaseException] = []

    def work(ticket: int) -> None:
        try:
            for _ in range(5):
                attached(tom, ticket, same)
        except (DatabaseProblem, Refused, NotFound) as fault:
            faults.append(fault)
        finally:
            desk.close()

    threads = [threading.Thread(target=work, args=(ticket,)) for ticket in tickets_of_both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    for ticket in tickets_of_both:
        found = queries.attachments(tom, ticket)
        assert len(found) == 5
        assert read(tom, found[-1].id) == same


def test_what_a_crash_left_is_cleared_away_and_nothing_else(desk: Desk, sign_in_as: SignIn, clock: StillClock) -> None:
    tom, ticket = sign_in_as("tom"), open_ticket(sign_in_as)
    named, removed = attached(tom, ticket, b"named"), attached(tom, ticket, b"removed")
    change = detach(tom, [removed])
    orphan, fresh = keep(tom, BytesIO(b"orphan"), "x"), None
    if desk.database.sqlite:
        folder = Path(f"{desk.name}.files")
        (folder / ".new-unfinished").write_bytes(b"half")
        for path in folder.rglob("*"):
            os.utime(path, (clock.now.timestamp() - 90_000,) * 2)
        fresh = keep(tom, BytesIO(b"fresh"), "x")
        os.utime(folder / fresh.sha256[:2] / fresh.sha256[2:], (clock.now.timestamp(),) * 2)
    else:
        clock.advance(hours=25)
        fresh = keep(tom, BytesIO(b"fresh"), "x")
    assert remove_orphans(tom) >= (2 if desk.database.sqlite else 1)
    assert remove_orphans(tom) == 0
    assert not contents.is_kept(desk, orphan.sha256)
    assert contents.is_kept(desk, fresh.sha256)
    undo(tom, change.seqs[0])
    assert (read(tom, named), read(tom, removed)) == (b"named", b"removed")
    with pytest.raises(Refused, match="cleared away meanwhile"):
        attach(tom, [ticket], [orphan])
