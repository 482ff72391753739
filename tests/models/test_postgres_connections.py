"""Connections to PostgreSQL: a line that is silent is given up, as the URL or the environment says, or in time."""

import pytest

from itdesk.models.database import Database, open_postgres
from itdesk.models.postgres import PATIENCE

pytestmark = pytest.mark.postgres


def asked(database: Database) -> dict[str, str]:
    """What libpq was asked for when it connected."""
    try:
        told: dict[str, str] = database.engine.connection().info.get_parameters()
        return told
    finally:
        database.close()


def test_a_server_that_is_silent_is_given_up_after_a_while(postgres_url: str) -> None:
    told = asked(open_postgres(postgres_url))
    assert {name: told.get(name) for name in PATIENCE} == PATIENCE


def test_a_url_may_say_for_how_long_to_wait(postgres_url: str) -> None:
    told = asked(open_postgres(f"{postgres_url}&connect_timeout=3&keepalives=0"))
    assert (told["connect_timeout"], told["keepalives"]) == ("3", "0")
    assert told["tcp_user_timeout"] == PATIENCE["tcp_user_timeout"]


def test_the_environment_may_say_for_how_long_to_wait(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGCONNECT_TIMEOUT", "7")
    assert asked(open_postgres(postgres_url)).get("connect_timeout", "7") == "7"


def test_either_name_of_the_scheme_leads_to_the_database(postgres_url: str) -> None:
    database = open_postgres(postgres_url.replace("postgresql://", "postgres://"))
    assert database.row("SELECT 1")[0] == 1
    database.close()
