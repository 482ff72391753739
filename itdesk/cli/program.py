"""The root command: its options, its subcommands (each imported when it is called), and how every error is told."""

import gc
import os
import signal
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn, TextIO

import click

from itdesk import __version__
from itdesk.cli.errors import INTERRUPTED, sentence_of
from itdesk.cli.invocation import Invocation, is_postgres
from itdesk.cli.output import complain

_MODULES = {
    "init": "init",
    "demo": "demo",
    "watch": "watch",
    "list": "listing",
    "show": "listing",
    "new": "intake",
    "reply": "communication",
    "note": "communication",
    "take": "triage",
    "assign": "triage",
    "categorize": "triage",
    "prioritize": "triage",
    "escalate": "triage",
    "tag": "triage",
    "step": "procedures",
    "approve": "procedures",
    "reject": "procedures",
    "diagnose": "procedures",
    "test": "procedures",
    "link": "links",
    "merge": "links",
    "split": "links",
    "attach": "attachments",
    "status": "resolution",
    "resolve": "resolution",
    "close": "resolution",
    "reopen": "resolution",
    "cancel": "resolution",
    "log": "worklog",
    "follow": "watching",
    "unfollow": "watching",
    "notices": "watching",
    "undo": "undo",
    "visit": "visits",
    "schedule": "schedule",
    "staff": "staff",
    "sweep": "sweep",
    "import": "importing",
    "rules": "rules",
    "config": "config",
    "audit": "audit",
}
"""Command -> the module of this package that has it, in the order of the help."""

_NAME_FILES = frozenset({"attach", "import"})
"""Commands whose words may name files that are there; such a file is found only by its name as it is."""


class Program(click.Group):
    """The root command."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """The commands in the order in which they are met in work."""
        return list(_MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of that name, imported now; None if there is none."""
        if cmd_name not in _MODULES:
            return None
        module = import_module(f"itdesk.cli.{_MODULES[cmd_name]}")
        command: click.Command = getattr(module, f"{cmd_name}_command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the first argument names; a wrong name is told with the one that was meant."""
        name, *words = map(_readable, args)
        if name in _NAME_FILES:
            words = [given if os.path.lexists(given) else word for given, word in zip(args[1:], words, strict=True)]
        args = [name, *words]
        if args[0] not in _MODULES and not args[0].startswith("-"):
            from itdesk.settings.errors import nearest

            near = nearest(args[0], _MODULES)
            ctx.fail(f"No such command {args[0]!r}." + (f" Did you mean {near!r}?" if near else ""))
        return super().resolve_command(ctx, args)

    def main(self, args: Sequence[str] | None = None, *rest: Any, **extra: Any) -> NoReturn:
        """Run a command line (by default the process's own) and exit: 0 done, 1 refused or failed, 2 wrong usage."""
        words = list(sys.argv[1:] if args is None else args)
        extra["standalone_mode"] = False
        try:
            status = super().main(words, *rest, **extra)
        except click.exceptions.NoArgsIsHelpError as error:
            error.show()
            status = error.exit_code
        except click.UsageError as error:
            context = f" Try `{error.ctx.command_path} --help`." if error.ctx else ""
            complain(self._misplaced(error) or f"{error.format_message()}{context}")
            status = error.exit_code
        except click.ClickException as error:
            complain(error.format_message())
            status = error.exit_code
        except click.Abort:
            complain("Interrupted; what was done before stays done.")
            status = INTERRUPTED
        sys.exit(status if isinstance(status, int) else 0)

    def _misplaced(self, error: click.UsageError) -> str:
        """Where an option of the root command stands that was given behind a subcommand; empty for another error."""
        if not isinstance(error, click.NoSuchOption) or error.ctx is None or error.ctx.parent is None:
            return ""
        for option in self.params:
            if error.option_name in (*option.opts, *option.secondary_opts):
                value = f" {option.metavar}" if option.metavar else ""
                program, _, command = error.ctx.command_path.partition(" ")
                return (
                    f"{error.option_name} stands before the command: `{program} {error.option_name}{value} {command}`."
                )
        return ""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what goes wrong comes out as a ClickException with a sentence."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except (click.ClickException, click.Abort, click.exceptions.Exit):
            raise
        except BrokenPipeError:
            _let_go(sys.stdout)
            ctx.exit(128 + signal.SIGPIPE)  # as if that had ended it, which is what `| head` expects
        except Exception as error:
            _let_go(sys.stdout)
            if isinstance(error.__cause__, KeyboardInterrupt):  # Python 3.11 wraps it while a class is made
                raise click.Abort from error
            if os.environ.get("ITDESK_DEBUG"):
                raise
            raise click.ClickException(sentence_of(error)) from error
        return result


def _readable(word: str) -> str:
    """An argument without the lone surrogates that stand for bytes which are no UTF-8: nothing could store them."""
    return word.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _let_go(stream: TextIO) -> None:
    """Write what is left in a stream; where that is refused, forget it, so that the end brings no second error."""
    try:
        stream.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _once(kind: Callable[[Any], Any]) -> Callable[[click.Context, click.Parameter, tuple[str, ...]], Any]:
    """An option that is refused when given twice: behind a forced command, a second one would overrule the first."""

    def last(ctx: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> Any:
        if len(values) > 1:
            raise click.BadParameter("can be given only once.", ctx, parameter)
        return kind(_readable(values[0])) if values else None

    return last


def _location(value: str) -> str:
    if is_postgres(value):
        return value
    return str(Path(value).expanduser().absolute())


@click.group(cls=Program, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--database",
    metavar="PATH|URL",
    multiple=True,
    default=(),
    callback=_once(_location),
    help="The desk: a SQLite file or a postgresql:// URL. ITDESK_DATABASE names another default.",
)
@click.option(
    "--config",
    metavar="DIR",
    multiple=True,
    default=(),
    callback=_once(lambda value: Path(value).expanduser().absolute()),
    help="A config folder for `init`, `demo`, `config` and `rules check`; never changes a desk.",
)
@click.option(
    "--as",
    "as_login",
    metavar="NAME",
    multiple=True,
    default=(),
    callback=_once(str),
    help="Act as this person; only for whoever owns the database.",
)
@click.option(
    "--key",
    metavar="KEY",
    multiple=True,
    default=(),
    callback=_once(str),
    help="Do a change only once: a second command with the same key only repeats its answer.",
)
@click.option(
    "--ascii/--no-ascii",
    "ascii_only",
    default=None,
    help="Show no signs but plain ASCII; left out: as the terminal needs it (screens only).",
)
@click.option("--no-mouse", is_flag=True, default=False, help="Leave the mouse to the terminal (screens only).")
@click.option(
    "--theme",
    metavar="NAME",
    multiple=True,
    default=(),
    callback=_once(str),
    help="The colours of the screens, this time; otherwise those that you chose last.",
)
@click.version_option(__version__, prog_name="itdesk", message="%(prog)s %(version)s")
@click.pass_context
def itdesk(
    ctx: click.Context,
    database: str | None,
    config: Path | None,
    as_login: str | None,
    key: str | None,
    no_mouse: bool,
    ascii_only: bool | None,
    theme: str | None,
) -> None:
    """The service desk in your terminal. Without a command: the queue, full screen.

    \b
    Examples:
      itdesk                                  open the screens
      itdesk new "VPN drops every hour"       open a ticket
      itdesk list p:1,2 @me                   what is urgent and mine
      itdesk --database /srv/desk.sqlite3 list
    """
    ctx.obj = Invocation(
        database or _default_location(),
        config,
        as_login,
        key,
        mouse=not no_mouse,
        theme=theme,
        ascii_only=_needs_ascii() if ascii_only is None else ascii_only,
    )
    if ctx.invoked_subcommand is None:
        from itdesk.cli.screens import open_screens

        open_screens(ctx)
    else:
        gc.enable()  # the screens do it when they stand


def _needs_ascii() -> bool:
    """Whether the terminal has letters alone: a console without a font of its own, or a locale without Unicode."""
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    return os.environ.get("TERM", "") in _PLAIN_TERMINALS or not encoding.startswith("utf")


_PLAIN_TERMINALS = ("linux", "dumb", "vt52", "vt100", "vt102", "vt220")


def _default_location() -> str:
    named = os.environ.get("ITDESK_DATABASE")
    if named:
        return _location(named)
    from itdesk.settings.locations import default_database

    return str(default_database())
