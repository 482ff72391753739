"""Opens the screens of a furnished desk in this terminal: `python -m tests.ui.launch DATABASE LOG LOGIN [crash]`.

With `crash` the program has a fault of its own behind the key `T`.
"""

import sys
from pathlib import Path

from itdesk.desk.session import open_desk
from itdesk.ui.app import run
from itdesk.ui.queue import QueueScreen
from tests.ui.looks import look
from tests.ui.world import session_of


def main() -> int:
    """The screens' exit status."""
    database, log, login, *faults = sys.argv[1:]
    if faults:

        def fail(screen: QueueScreen) -> None:
            raise RuntimeError(f"a fault of {type(screen).__name__}")

        QueueScreen.action_take = fail  # type: ignore[assignment]
    return run(session_of(open_desk(database), login), look(), log=Path(log), mouse=True)


if __name__ == "__main__":
    sys.exit(main())
