"""A desk on a service account, reached through OpenSSH: the key says who comes, and a cut line loses no text."""

import os
import pwd
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from itdesk.desk import communication, intake
from itdesk.desk.queries import tickets
from itdesk.domain.ticket import MessageKind
from tests.support.desks import StillClock, opened, sign_in_at
from tests.support.terminal import PATIENCE, Terminal

SSHD = shutil.which("sshd", path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"]))
SSH, SSH_KEYGEN = shutil.which("ssh"), shutil.which("ssh-keygen")
PRIVILEGE_SEPARATION = Path("/run/sshd")  # where Debian's sshd wants an empty folder when root starts it

pytestmark = pytest.mark.skipif(
    not (SSHD and SSH and SSH_KEYGEN), reason="OpenSSH's server or client is not installed (openssh-server)"
)


@dataclass(frozen=True, slots=True)
class Server:
    """An sshd of the test's own on loopback, where Tom's key opens the desk and nothing else."""

    folder: Path
    port: int

    def login(self) -> Terminal:
        """Tom's terminal on another machine: its `ssh` asks for a terminal there."""
        options = ("IdentitiesOnly=yes", "BatchMode=yes", "StrictHostKeyChecking=yes", "LogLevel=ERROR")
        command = [str(SSH), "-F", "none", "-tt", "-p", str(self.port), "-i", str(self.folder / "key")]
        for option in (*options, f"UserKnownHostsFile={self.folder / 'known_hosts'}"):
            command += ["-o", option]
        return Terminal([*command, f"{pwd.getpwuid(os.getuid()).pw_name}@127.0.0.1"])

    def started(self) -> list[int]:
        """The process ids of all that the forced command started so far, the newest last."""
        pids = self.folder / "pids"
        return [int(line) for line in pids.read_text().split()] if pids.exists() else []

    def said(self) -> str:
        """What the server wrote."""
        return (self.folder / "sshd.log").read_text()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _answers(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def _wait_until_it_answers(sshd: "subprocess.Popen[bytes]", server: Server) -> None:
    deadline = time.monotonic() + PATIENCE
    while not _answers(server.port):
        assert sshd.poll() is None, server.said()
        assert time.monotonic() < deadline, server.said()


def _make_key(path: Path) -> str:
    """A new key without a passphrase; its public half as one line."""
    subprocess.run([str(SSH_KEYGEN), "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True)
    return path.with_suffix(".pub").read_text().strip()


def _set_up(folder: Path, port: int, database: str) -> None:
    """Write what sshd and ssh read: keys, whom they let in to do what, and that nothing else of the machine counts."""
    (folder / "home").mkdir()
    host_key = _make_key(folder / "host")
    (folder / "known_hosts").write_text(f"[127.0.0.1]:{port} {host_key}\n")
    itdesk = shlex.join([sys.executable, "-m", "itdesk", "--database", database, "--as", "tom"])
    command = f"echo $$ >> {folder}/pids; HOME={folder}/home LANG=C.UTF-8 exec {itdesk}"
    (folder / "authorized_keys").write_text(f'restrict,pty,command="{command}" {_make_key(folder / "key")}\n')
    (folder / "sshd_config").write_text(
        f"ListenAddress 127.0.0.1:{port}\n"
        f"HostKey {folder}/host\n"
        f"AuthorizedKeysFile {folder}/authorized_keys\n"
        "PidFile none\n"
        "UsePAM no\n"
        "PermitRootLogin yes\n"
        "StrictModes no\n"  # the temporary folder may lie below one that others can write
        "AuthenticationMethods publickey\n"
    )


@pytest.fixture
def server(sqlite_desk_url: str, tmp_path: Path) -> Iterator[Server]:
    """A running sshd in front of a furnished desk with one ticket."""
    with opened(sqlite_desk_url) as desk:
        new = intake.NewTicket("VPN drops every hour", "From home.", requester="rita")
        intake.submit(sign_in_at(desk, StillClock())("tina"), new)
    if os.geteuid() == 0:
        PRIVILEGE_SEPARATION.mkdir(mode=0o755, exist_ok=True)
    folder = tmp_path / "ssh"
    folder.mkdir(mode=0o700)
    found = Server(folder, _free_port())
    _set_up(folder, found.port, sqlite_desk_url)
    with (folder / "sshd.log").open("wb") as log:
        sshd = subprocess.Popen(
            [str(SSHD), "-D", "-e", "-f", str(folder / "sshd_config")], stdin=subprocess.DEVNULL, stderr=log
        )
    try:
        _wait_until_it_answers(sshd, found)
        yield found
    finally:
        sshd.terminate()
        sshd.wait()


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _wait_until_ended(pid: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while _runs(pid):
        assert time.monotonic() < deadline, f"process {pid} is left behind"


def _drafts(database: str) -> list[tuple[MessageKind, str]]:
    with opened(database) as desk:
        return [(kept.kind, kept.text) for kept in communication.drafts(sign_in_at(desk, StillClock())("tom"), 1)]


def test_a_cut_connection_keeps_the_draft_and_leaves_no_process(server: Server, sqlite_desk_url: str) -> None:
    with server.login() as line:
        line.wait_for("INC-1")
        line.press("t")
        line.wait_for("Took INC-1")
        line.press("enter")
        line.wait_for("Timeline")
        line.press("r")
        line.wait_for("REPLY to Rita")
        line.type("Please try the other gate")
        line.wait_for("the other gate")
        line.signal(signal.SIGKILL)
        assert line.wait_exit() == -signal.SIGKILL
    _wait_until_ended(server.started()[-1])
    assert _drafts(sqlite_desk_url) == [(MessageKind.REPLY, "Please try the other gate")]

    with server.login() as line:
        line.wait_for("INC-1")
        line.press("enter")
        line.wait_for("Timeline")
        line.press("r")
        line.wait_for("the other gate")
        line.type("way.")
        line.press("esc", "s")
        line.wait_for("Replied on INC-1")
        line.press("ctrl+q")
        assert line.wait_exit() == 0
        line.restored()
    _wait_until_ended(server.started()[-1])
    assert _drafts(sqlite_desk_url) == []
    with opened(sqlite_desk_url) as desk:
        tom = sign_in_at(desk, StillClock())("tom")
        assert [message.text for message in tickets.messages(tom, 1)] == ["Please try the other gateway."]
        assert tickets.view(tom, 1).assignee == "tom"
