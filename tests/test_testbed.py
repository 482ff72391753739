"""What the tests stand on holds: databases are empty, the server ends with the session, the environment is clean."""

import os
import sqlite3
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import psycopg
import pytest

from tests.support.postgres import PostgresServer

CHECKOUT = Path(__file__).parent.parent


def test_an_empty_database_of_each_engine_takes_tables(engine: str, database_url: str) -> None:
    if engine == "sqlite":
        assert not Path(database_url).exists()
        connection = sqlite3.connect(database_url)
        connection.execute("CREATE TABLE ticket (id INTEGER)")
        connection.close()
    else:
        with psycopg.connect(database_url) as session:
            tables = session.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
            assert tables == (0,)
            session.execute("CREATE TABLE ticket (id integer)")


@pytest.mark.postgres
@pytest.mark.parametrize("time_of_two", [1, 2])
def test_no_test_sees_the_tables_of_another(postgres_url: str, time_of_two: int) -> None:
    with psycopg.connect(postgres_url) as session:
        session.execute("CREATE TABLE only_mine (id integer)")


@pytest.mark.postgres
def test_the_desk_role_is_no_superuser(postgres_url: str, postgres_server: PostgresServer) -> None:
    if postgres_server.source == "ITDESK_TEST_PG":
        pytest.skip("the server is not ours")
    with psycopg.connect(postgres_url) as session:
        assert session.execute("SHOW is_superuser").fetchone() == ("off",)


def test_the_environment_holds_nothing_of_the_shell() -> None:
    for name in ("NO_COLOR", "TEXTUAL_THEME", "PGHOST", "ITDESK_DATABASE", "COLUMNS"):
        assert name not in os.environ
    assert time.tzname[0] == "UTC"


INNER = textwrap.dedent(
    """
    import os, signal
    def test_one(postgres_server):
        print("ROOT", postgres_server.root, flush=True)
        if os.environ.get("DIE"):
            os.kill(os.getpid(), signal.SIGKILL)
    """
)


@pytest.mark.postgres
@pytest.mark.parametrize("end", ["normal", "killed"])
def test_the_server_ends_with_its_session(tmp_path: Path, end: str) -> None:
    if os.environ.get("ITDESK_TEST_NO_PG") == "1" or os.environ.get("ITDESK_TEST_PG"):
        pytest.skip("no server of our own is started")
    inner = tmp_path / "test_inner.py"
    inner.write_text(INNER)
    run = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:cacheprovider", "-p", "tests.conftest"),
            *("-c", os.devnull, "--rootdir", str(tmp_path), "--basetemp", str(tmp_path / "base"), str(inner)),
        ],
        cwd=CHECKOUT,
        env=os.environ | ({"DIE": "1"} if end == "killed" else {}),
        capture_output=True,
        text=True,
        check=False,
    )
    root = Path(run.stdout.split("ROOT ")[1].split()[0])
    assert run.returncode == (-9 if end == "killed" else 0), run.stdout + run.stderr
    if end == "normal":
        assert "PostgreSQL: " in run.stdout
        assert not root.exists()
    deadline = time.monotonic() + 20
    while root.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not root.exists()


def test_a_folder_with_files_is_refused_as_basetemp(tmp_path: Path) -> None:
    treasure = tmp_path / "treasure.txt"
    treasure.write_text("mine")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "--basetemp", str(tmp_path), "--collect-only", "-q", __file__],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == pytest.ExitCode.USAGE_ERROR
    assert "not empty" in run.stderr
    assert treasure.exists()
