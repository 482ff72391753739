"""Who acts: the operating system's user, or the person of --as where the caller owns the database."""

import os
import pwd
import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from tests.cli.conftest import CommandLine
from tests.support.command import itdesk
from tests.support.postgres import PostgresServer, fresh_name, libpq_uri

MANUAL = Path(__file__).parents[2] / "docs" / "command-line.md"
ME = pwd.getpwuid(os.getuid()).pw_name


def test_the_caller_is_who_the_operating_system_says_whatever_the_environment_says(sqlite_cli: CommandLine) -> None:
    told = itdesk("list", database=sqlite_cli.database, USER="ada", LOGNAME="ada", USERNAME="ada")
    told.refused(f"{ME} is not known at this desk")
    sqlite_cli.done("staff", "add", ME, login="ada")
    assert sqlite_cli.done("take", sqlite_cli.told("new", "x", login=None)["tickets"][0], login=None) == "Took INC-1.\n"


def test_the_owner_of_the_database_may_act_for_others(cli: CommandLine) -> None:
    cli.done("new", "A ticket", login="ron")
    assert cli.told("show", "1")["requester"] == "ron"


@pytest.mark.parametrize("mode", [0o660, 0o640, 0o604, 0o644])
def test_nobody_may_act_for_others_where_others_may_open_the_file(sqlite_cli: CommandLine, mode: int) -> None:
    Path(sqlite_cli.database).chmod(mode)
    assert "chmod 600" in sqlite_cli.refused("list", login="ada")


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a file away")
def test_root_does_not_act_for_others_on_the_desk_of_another(sqlite_cli: CommandLine) -> None:
    os.chown(sqlite_cli.database, 65534, 65534)
    assert "only for whoever owns the database" in sqlite_cli.refused("list", login="ada")


@pytest.fixture
def guest_url(postgres_desk_url: str, postgres_server: PostgresServer) -> Iterator[str]:
    """The furnished PostgreSQL desk for a role that may only read it."""
    if postgres_server.superuser_uri is None:
        pytest.skip("the server of ITDESK_TEST_PG gives no role that may make others")
    desk = conninfo_to_dict(postgres_desk_url)
    role = fresh_name()
    admin_uri = libpq_uri(desk | {"user": conninfo_to_dict(postgres_server.superuser_uri)["user"]})
    with psycopg.connect(admin_uri, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
        admin.execute(sql.SQL("GRANT SELECT ON ALL TABLES IN SCHEMA public TO {}").format(sql.Identifier(role)))
        try:
            yield libpq_uri(desk | {"user": role})
        finally:
            admin.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(role)))
            admin.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))


def test_the_grants_that_the_manual_names_let_staff_work_in_their_own_names(
    postgres_server: PostgresServer, postgres_desk_url: str
) -> None:
    if postgres_server.superuser_uri is None:
        pytest.skip("the server of ITDESK_TEST_PG gives no role that may make others")
    group, login = fresh_name(), fresh_name()
    [recipe] = re.findall(r"```sql\n(.*?)```", MANUAL.read_text(encoding="utf-8"), re.DOTALL)
    desk = conninfo_to_dict(postgres_desk_url)
    admin_uri = libpq_uri(desk | {"user": conninfo_to_dict(postgres_server.superuser_uri)["user"]})
    with psycopg.connect(admin_uri, autocommit=True) as connection:
        connection.execute(recipe.replace("itdesk_staff", group).replace("anna", login))
        try:
            CommandLine(postgres_desk_url).done("staff", "add", login, "--role", "technician", login="ada")
            hers = CommandLine(libpq_uri(desk | {"user": login}))
            hers.done("new", "VPN drops", "--requester", "rita", login=None)
            hers.done("take", "1", login=None)
            hers.done("note", "1", "Looked at it", login=None)
            hers.done("undo", "1", login=None)
            assert hers.done("list", "vpn", "--count", login=None) == "1\n"
            assert hers.told("show", "1", login=None)["assignee"] == login
            assert "your PostgreSQL role must own its tables" in hers.refused("list", login="ada")
            with psycopg.connect(libpq_uri(desk | {"user": login})) as hacked, pytest.raises(psycopg.Error):
                hacked.execute("UPDATE journal SET actor = 1")
        finally:
            for role in (login, group):
                connection.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(role)))
                connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))


def test_a_role_of_postgresql_that_does_not_own_the_desk_may_not_act_for_others(guest_url: str) -> None:
    assert "your PostgreSQL role must own its tables" in CommandLine(guest_url).refused("list", login="ada")


def test_a_role_of_postgresql_that_is_somebodys_login_is_that_person(guest_url: str, postgres_desk_url: str) -> None:
    role = conninfo_to_dict(guest_url)["user"]
    owner, guest = CommandLine(postgres_desk_url), CommandLine(guest_url)
    owner.done("staff", "add", ME, "--role", "administrator", login="ada")
    owner.done("new", "For ron", "--requester", "ron")
    assert guest.done("list", "--count", login=None) == "1\n", "the user of the operating system, an administrator"
    owner.done("staff", "add", str(role), "--role", "requester", login="ada")
    assert guest.done("list", "--count", login=None) == "0\n", "a requester, who has no ticket"
    assert "your PostgreSQL role must own its tables" in guest.refused("list", login=ME)


@pytest.mark.parametrize("option", ["--as", "--database", "--key", "--config"])
def test_an_option_before_the_command_cannot_be_overruled_by_a_second_one(sqlite_cli: CommandLine, option: str) -> None:
    """A forced command stands before what its user says."""
    answer = sqlite_cli.plainly(option, "one", option, "two", "list")
    assert (answer.status, answer.output) == (2, "")
    assert "only once" in answer.errors


def test_a_desk_can_be_named_by_the_environment(sqlite_cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ITDESK_DATABASE", sqlite_cli.database)
    assert sqlite_cli.plainly("--as", "ada", "list", "--count").output == "0\n"
