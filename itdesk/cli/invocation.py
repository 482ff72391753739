"""What stands before a command: which desk, and as whom. Opens the desk and the session."""

import os
import pwd
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from itdesk.cli.output import warn

if TYPE_CHECKING:
    from itdesk.desk.session import Desk, Session


def now() -> datetime:
    """The present, aware, in UTC."""
    return datetime.now(UTC)


def is_postgres(location: str) -> bool:
    """Whether a desk's location is a PostgreSQL URL, not a path."""
    return location.startswith(("postgresql://", "postgres://"))


def caller_login() -> str:
    """The login of the user whose process this is. The environment could say anything and is not asked."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        raise click.ClickException(
            f"The user id {os.getuid()} has no login on this machine, so the desk cannot know who you are."
        ) from None


@dataclass(frozen=True, slots=True)
class Invocation:
    """The options before the command.

    `database` is an absolute path or a PostgreSQL URL, `config` the folder of --config, `as_login` the person of --as,
    `key` the idempotency key; `mouse` says whether the screens may use the mouse, `theme` names their colours,
    `ascii_only` leaves out every sign that is not ASCII.
    """

    database: str
    config: Path | None = None
    as_login: str | None = None
    key: str | None = None
    mouse: bool = True
    ascii_only: bool = False
    theme: str | None = None

    @contextmanager
    def desk(self) -> "Iterator[Desk]":
        """The desk, open. Raises DatabaseProblem."""
        from itdesk.desk.session import open_desk

        desk = open_desk(self.database)
        try:
            yield desk
        finally:
            desk.close()

    @contextmanager
    def session(
        self, *, rules: bool = True, skip_refused: bool = False, on_warning: Callable[[str], None] = warn
    ) -> "Iterator[Session]":
        """A session of the caller. Changed settings of the desk come into force first, unless without `rules`: to read.

        Raises DatabaseProblem, NotFound for somebody whom the desk does not know, ConfigErrors where the settings are
        faulty and no good ones were ever in force.
        """
        from itdesk.desk.session import Session, sign_in

        with self.desk() as desk:
            actor = sign_in(desk, self.login(desk))
            if rules:
                from itdesk.cli.rulebook import follow_settings

                warning = follow_settings(Session(desk, actor, now))
                if warning:
                    on_warning(warning)
            self._mention_config(desk)
            yield Session(desk, actor, now, self.key, skip_refused)

    def login(self, desk: "Desk") -> str:
        """Who acts: the caller, or the person of --as where the caller owns the desk's database."""
        if self.as_login is None and desk.database.sqlite:
            return caller_login()
        from itdesk.desk.ownership import owns_database, signed_in_role

        caller = signed_in_role(desk) or caller_login()
        if self.as_login is None:
            return caller
        if self.as_login != caller and not owns_database(desk, os.getuid()):
            raise click.ClickException(
                f"--as is only for whoever owns the database: {desk.name} must be a file of yours that nobody else may "
                "open (chmod 600), or your PostgreSQL role must own its tables."
            )
        return self.as_login

    def _mention_config(self, desk: "Desk") -> None:
        if self.config is None:
            return
        from itdesk.desk.queries.rulebook import config_folder

        own = config_folder(desk)
        if own is None or Path(own) != self.config:
            warn(f"--config is not for this command; the settings of this desk are in {own or 'its database'}.")
