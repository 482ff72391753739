"""Every command explains itself, with an example."""

from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from itdesk import __version__
from itdesk.cli.program import itdesk

COMMANDS = """
init demo watch list show new reply note take assign status categorize prioritize escalate tag link merge split attach
resolve reopen close cancel undo import audit:verify config:apply config:check config:keys config:schema
rules:check rules:explain
staff:add staff:leave staff:list staff:return
staff:skills staff:undo staff:import
visit:plan visit:move visit:done visit:cancel schedule:show schedule:swap schedule:undo schedule:export
schedule:shift:add schedule:shift:list schedule:shift:change schedule:shift:remove schedule:shift:drop
schedule:shift:move schedule:absence:add schedule:absence:change schedule:absence:remove schedule:on-call:add
schedule:on-call:change schedule:on-call:remove schedule:cover step approve reject diagnose test log follow unfollow
notices sweep
"""


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    with click.Context(group) as ctx:
        for name in group.list_commands(ctx):
            command = group.get_command(ctx, name)
            assert command is not None
            if isinstance(command, click.Group):
                yield from commands(command, (*path, name))
            else:
                yield (*path, name)


def test_the_commands_are_these() -> None:
    assert {":".join(path) for path in commands(itdesk)} == set(COMMANDS.split())


@pytest.mark.parametrize(
    "path",
    [(), ("staff",), ("visit",), ("schedule",), ("rules",), ("config",), ("audit",), *commands(itdesk)],
    ids=" ".join,
)
def test_every_command_has_a_help_with_an_example(path: tuple[str, ...]) -> None:
    shown = CliRunner().invoke(itdesk, [*path, "--help"], prog_name="itdesk")
    assert shown.exit_code == 0
    assert "Example" in shown.output
    assert f"itdesk {' '.join(path)}".strip() in shown.output.partition("Example")[2]


def test_every_flag_has_a_default_of_its_own() -> None:
    """Click's own default for a flag changed from version to version."""
    for path in commands(itdesk):
        command: click.Command = itdesk
        for name in path:
            assert isinstance(command, click.Group)
            found = command.get_command(click.Context(command), name)
            assert found is not None
            command = found
        flags = [option for option in command.params if isinstance(option, click.Option) and option.is_flag]
        assert all(option.default is False for option in flags), path


def test_the_version() -> None:
    assert CliRunner().invoke(itdesk, ["--version"]).output == f"itdesk {__version__}\n"
