"""Many processes that all take the next ticket of one desk at once.

Run as a program it forks them, so that each begins in milliseconds, and prints which tickets each took.
"""

import json
import os
import subprocess
import sys

LOGINS = ("tom", "tina", "lea")


def take_together(url: str, *, processes: int, takes: int) -> list[int]:
    """The ids of the tickets that the processes took, `takes` each, as the desk acknowledged them."""
    words = [sys.executable, "-m", __name__, url, str(processes), str(takes)]
    finished = subprocess.run(words, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
    answers = [json.loads(line) for line in finished.stdout.splitlines()]
    assert len(answers) == processes, finished.stderr
    return [ticket for taken in answers for ticket in taken]


def _take(url: str, number: int, takes: int) -> list[int]:
    from itdesk.desk import triage
    from itdesk.desk.session import Session, open_desk, sign_in
    from tests.support.desks import live_clock

    desk = open_desk(url)
    actor = sign_in(desk, LOGINS[number % len(LOGINS)])
    taken = [triage.take_next(Session(desk, actor, live_clock)).tickets[0] for _ in range(takes)]
    desk.close()
    return taken


def main(url: str, processes: int, takes: int) -> None:
    """Fork the processes and wait for them; each writes its answer in one go."""
    if url.startswith("postgres"):
        import psycopg  # noqa: F401  before the models
    import tests.support.desks  # noqa: F401

    children = []
    for number in range(processes):
        pid = os.fork()
        if pid:
            children.append(pid)
            continue
        try:
            os.write(1, (json.dumps(_take(url, number, takes)) + "\n").encode())
        finally:
            os._exit(0)
    for pid in children:
        os.waitpid(pid, 0)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
