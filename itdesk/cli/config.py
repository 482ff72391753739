"""`itdesk config`: are the settings right, and what may stand in them?"""

from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path

import click

from itdesk.cli import rulebook
from itdesk.cli.invocation import Invocation
from itdesk.cli.output import say, say_json
from itdesk.cli.parameters import as_json
from itdesk.cli.progress import clocks_bar
from itdesk.settings.errors import ConfigError, ConfigErrors
from itdesk.settings.locations import user_config_dir
from itdesk.settings.mappings import check_mappings
from itdesk.settings.themes import usable_themes


@click.group("config")
def config_command() -> None:
    """The settings of the desk.

    \b
    Example:
      itdesk config check
    """


@config_command.command("check")
@as_json
@click.pass_context
def check_command(ctx: click.Context, as_json: bool) -> None:
    """List every error in the settings: file:line:column and what is meant. The exit status is then 1.

    Checked is the folder of the desk, or that of --config, and your own themes. Logins that nobody active at the desk
    has are warnings: people come and go, and the settings are right all the same.

    \b
    Examples:
      itdesk config check
      itdesk --config ./draft config check
    """
    folder, themes = folder_to_check(ctx.obj), user_config_dir() / "themes"
    own_themes, faulty_themes = usable_themes([themes])
    errors = [*faults(folder), *faulty_themes]
    warnings = _strangers(ctx.obj, folder)
    if as_json:
        found = (("error", errors), ("warning", warnings))
        say_json([asdict(one) | {"severity": severity} for severity, those in found for one in those])
    else:
        for error in errors:
            say(str(error))
        for warning in warnings:
            say(str(replace(warning, message=f"warning: {warning.message}")))
        if not errors:
            say(f"The settings in {folder} are right{', but for the warnings' if warnings else ''}.")
            if own_themes:
                say(f"Your themes in {themes} are right: {', '.join(theme.name for theme in own_themes)}.")
    ctx.exit(1 if errors else 0)


@config_command.command("schema")
@click.argument("directory", metavar="[DIR]", required=False, default=None, type=click.Path(path_type=Path))
def schema_command(directory: Path | None) -> None:
    """Print the JSON Schemas of the settings files, or write each into DIR, where editors find them.

    \b
    Examples:
      itdesk config schema /etc/itdesk/schema
      itdesk config schema | jq 'keys'
    """
    import json

    from itdesk.settings.schemas import schemas

    if directory is None:
        say_json({name: json.loads(schema) for name, schema in schemas().items()})
        return
    directory.mkdir(parents=True, exist_ok=True)
    for name, schema in schemas().items():
        (directory / name).write_text(schema, encoding="utf-8")
    say(f"Wrote {len(schemas())} schemas into {directory}.")


@config_command.command("keys")
@as_json
@click.pass_obj
def keys_command(invocation: Invocation, as_json: bool) -> None:
    """List what the screens can do: the ids that keymap.yaml names, the keys, where they work.

    The keys are those of the desk, its own keymap.yaml included; an action without one stands behind `:` alone.

    \b
    Examples:
      itdesk config keys
      itdesk config keys --json | jq '.[] | select(.id == "take")'
    """
    from itdesk.cli.table import table
    from itdesk.ui.actions import ACTIONS, keys_of, shown

    with invocation.session() as session:
        keymap = session.rulebook.keymap
    if as_json:
        say_json(
            [
                {
                    "id": one.id,
                    "keys": list(keys_of(one, keymap)),
                    "scopes": [scope.value for scope in one.scopes],
                    "does": one.tooltip,
                }
                for one in ACTIONS
            ]
        )
        return
    rows = ((one.id, " ".join(map(shown, keys_of(one, keymap))), ", ".join(one.scopes), one.tooltip) for one in ACTIONS)
    for line in table(("Id", "Keys", "Where", "Does"), rows):
        say(line)


@config_command.command("apply")
@as_json
@click.pass_obj
def apply_command(invocation: Invocation, as_json: bool) -> None:
    """Bring changed settings into force now, and the clocks of open tickets up to date with them.

    Without it, the next start of a command or the screens takes the settings over, and the clocks of open tickets
    follow changed agreements and calendars by and by. An end in the middle leaves nothing half done: run it again.

    \b
    Examples:
      itdesk config apply
      itdesk config apply --json | jq .tickets
    """
    from itdesk.desk.recomputing import recompute

    faulty: list[str] = []
    with invocation.session(on_warning=faulty.append) as session:
        if faulty:
            raise click.ClickException(faulty[0])
        with clocks_bar() as told:
            count = recompute(session, told=told)
        version = session.rulebook_version
    if as_json:
        say_json({"rulebook": version, "tickets": count})
        return
    say(f"Rulebook {version} is in force.")
    say(f"The clocks of {count:,} open tickets were brought up to date." if count else "All clocks are up to date.")


def faults(folder: Path) -> tuple[ConfigError, ...]:
    """Everything that is wrong in a config folder, its import mappings included."""
    try:
        book = rulebook.load(folder)
    except ConfigErrors as faulty:
        return faulty.errors
    return tuple(check_mappings(folder, book))


def _strangers(invocation: Invocation, folder: Path) -> list[ConfigError]:
    """The logins in the folder that nobody active has, where the desk's database can be asked."""
    from itdesk.desk.errors import DatabaseProblem
    from itdesk.desk.queries.people import logins
    from itdesk.settings.logins import named_logins, strangers

    with suppress(DatabaseProblem, ConfigErrors), invocation.desk() as desk:
        return list(strangers(named_logins(folder), logins(desk)))
    return []


def folder_to_check(invocation: Invocation) -> Path:
    """The folder of --config, or the desk's own. Raises DatabaseProblem, ClickException where the desk has none."""
    from itdesk.desk.queries.rulebook import config_folder

    if invocation.config is not None:
        return invocation.config
    with invocation.desk() as desk:
        own = config_folder(desk)
    if own is None:
        raise click.ClickException("This desk has no config folder. Name one with --config.")
    return Path(own)
