"""Tickets arrive from another process: `python -m tests.terminal.arrivals DATABASE COUNT`."""

import sys

from itdesk.desk import intake
from tests.support.desks import opened
from tests.ui.world import session_of


def main() -> None:
    """Submit so many tickets, one after the other."""
    database, count = sys.argv[1:]
    with opened(database) as desk:
        session = session_of(desk, "tariq")
        for number in range(int(count)):
            intake.submit(session, intake.NewTicket(f"Arrival {number}", "Just now.", requester="emil"))


if __name__ == "__main__":
    main()
