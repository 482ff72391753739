"""Processes that sweep one desk at once, and one that dies while it holds the lease.

Run as a program: `URL MOMENT PROCESSES`, the moment in ISO 8601. Prints how much each let happen.
"""

import os
import signal
import subprocess
import sys
from datetime import datetime


def sweep_together(url: str, at: datetime, *, processes: int) -> list[int]:
    """How many steps of escalation and visits each of the processes let happen; all begin at once, at that moment."""
    finished = _run(url, at, processes)
    assert finished.returncode == 0, finished.stderr
    counts = [int(line) for line in finished.stdout.split()]
    assert len(counts) == processes, finished.stderr
    return counts


def die_holding_the_lease(url: str, at: datetime) -> None:
    """A process takes the lease, and is killed before it can give it back."""
    assert _run(url, at, 0).returncode == -signal.SIGKILL


def _run(url: str, at: datetime, processes: int) -> "subprocess.CompletedProcess[str]":
    words = [sys.executable, "-m", __name__, url, at.isoformat(), str(processes)]
    return subprocess.run(words, capture_output=True, text=True, check=False)


def main(url: str, at: datetime, processes: int) -> None:
    """Fork the processes and wait for them; each writes its answer in one go. None: take the lease and die."""
    if url.startswith("postgres"):
        import psycopg  # noqa: F401  before the models
    from itdesk.desk.leases import hold
    from itdesk.desk.queries.swept import SWEEP
    from itdesk.desk.session import Session, open_desk, sign_in
    from itdesk.desk.sweep import LEASE, sweep

    if not processes:
        desk = open_desk(url)
        hold(Session(desk, sign_in(desk, "tom"), lambda: at), SWEEP, "who dies", LEASE)
        os.kill(os.getpid(), signal.SIGKILL)
    ready, go = os.pipe()
    children = []
    for _ in range(processes):
        pid = os.fork()
        if pid:
            children.append(pid)
            continue
        try:
            os.close(go)
            desk = open_desk(url)
            session = Session(desk, sign_in(desk, "tom"), lambda: at)
            os.read(ready, 1)  # until the parent closes its end
            report = sweep(session)
            count = report.escalated + report.begun
            desk.close()
            os.write(1, f"{count}\n".encode())
        finally:
            os._exit(0)
    os.close(go)
    for pid in children:
        os.waitpid(pid, 0)


if __name__ == "__main__":
    main(sys.argv[1], datetime.fromisoformat(sys.argv[2]), int(sys.argv[3]))
