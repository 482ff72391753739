"""PostgreSQL's engine, for which a restart of the server costs nothing."""

from collections.abc import Callable
from typing import Any, TypeVar

import peewee
import psycopg
from psycopg.pq import TransactionStatus

T = TypeVar("T")

_READING = ("SELECT", "WITH")


class Postgres(peewee.PostgresqlDatabase):
    """Peewee's engine on psycopg. Where the server has ended a connection, what begins now begins on a new one."""

    def begin(self, isolation_level: str | None = None) -> None:
        """Begin a transaction; nothing was done yet where a lost connection refuses that."""
        self._on_live_connection(lambda: super(Postgres, self).begin(isolation_level))

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
