"""PostgreSQL's engine, for which a restart of the server costs nothing. Importing it loads psycopg, Peewee's driver."""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlencode

import peewee
import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import Conninfo, TransactionStatus
from psycopg.types.json import Json, Jsonb

T = TypeVar("T")

PATIENCE = {
    "connect_timeout": "10",
    "keepalives": "1",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "20000",
}
"""libpq's parameters for a line that falls silent: given up after 25 seconds at rest, 20 while sending, 10 at first."""

_READING = ("SELECT", "WITH")


def _bring_driver() -> None:
    """Give Peewee its driver, where it was imported as if there were none (see `itdesk.models`)."""
    to: Any = peewee
    if to.psycopg is None:
        to.psycopg, to.TransactionStatus, to.Json_pg3, to.Jsonb_pg3 = psycopg, TransactionStatus, Json, Jsonb
        adapter = to.Psycopg3Adapter
        adapter.txn_idle, adapter.txn_inerror = TransactionStatus.IDLE, TransactionStatus.INERROR
        adapter.txn_unknown = TransactionStatus.UNKNOWN


_bring_driver()


def patient(url: str) -> str:
    """The URL with PATIENCE, but for what it says itself or the environment does; one that libpq refuses as it is."""
    url = f"postgresql://{url.removeprefix('postgres://')}" if url.startswith("postgres://") else url
    try:
        said = set(conninfo_to_dict(url))
    except psycopg.Error:
        return url
    said |= {option.keyword.decode() for option in Conninfo.get_defaults() if option.envvar and option.val}
    missing = {name: value for name, value in PATIENCE.items() if name not in said}
    return f"{url}{'&' if '?' in url else '?'}{urlencode(missing)}"


class CommitLost(peewee.OperationalError):
    """The connection was lost while a transaction was committed: whether it was, nobody can say."""


class Postgres(peewee.PostgresqlDatabase):
    """Peewee's engine on psycopg. Where the server has ended a connection, what begins now begins on a new one."""

    def begin(self, isolation_level: str | None = None) -> None:
        """Begin a transaction; nothing was done yet where a lost connection refuses that."""
        self._on_live_connection(lambda: super(Postgres, self).begin(isolation_level))

    def commit(self) -> None:
        """Commit the transaction; raises CommitLost where the connection goes meanwhile."""
        try:
            super().commit()
        except (peewee.OperationalError, peewee.InterfaceError) as error:
            if not self._is_lost:
                raise
            raise CommitLost(*error.args) from error

    def rollback(self) -> None:
        """Roll the transaction back. Of a lost connection the server does; it is closed, for the next to be new."""
        if self._is_lost:
            self.close()
        else:
            super().rollback()

    @property
    def _is_lost(self) -> bool:
        return bool(self.is_closed() or self.connection().closed)  # type: ignore[no-untyped-call]

    def execute_sql(self, sql: str, params: Any = None) -> Any:
        """Run one statement and return its cursor."""

        def run() -> Any:
            return super(Postgres, self).execute_sql(sql, params)  # type: ignore[no-untyped-call]

        return self._on_live_connection(run) if sql.startswith(_READING) else run()

    def _on_live_connection(self, run: Callable[[], T]) -> T:
        """Run what may be run twice; on a new connection where the one that rested until now turns out to be lost."""
        connection: psycopg.Connection = self.connection()  # type: ignore[no-untyped-call]
        if connection.pgconn.transaction_status != TransactionStatus.IDLE:
            return run()
        try:
            return run()
        except (peewee.OperationalError, peewee.InterfaceError):
            if self.is_connection_usable():
                raise
            self.close()
        return run()
