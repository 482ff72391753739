"""What every screen of a session works with."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from itdesk.desk.change import Change
from itdesk.desk.session import Actor
from itdesk.domain.rulebook import Rulebook
from itdesk.ui.actions import Keymap
from itdesk.ui.work import DeskThreads


@dataclass(slots=True)
class DeskContext:
    """Who works here, under which rulebook and keys, and the way to the desk.

    `clock` gives the present as an aware UTC datetime, `zone` is the desk's time zone; `done` holds what this person
    did in this session and may still undo, the newest last; `stale_since` is the moment of the last good reading while
    the database does not answer; `notices` are sentences to show before anything else.
    """

    threads: DeskThreads
    me: Actor
    rulebook: Rulebook
    keymap: Keymap
    clock: Callable[[], datetime]
    zone: tzinfo
    editor: str | None = None
    notices: tuple[str, ...] = ()
    done: list[Change] = field(default_factory=list)
    stale_since: datetime | None = None
