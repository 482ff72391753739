"""Hearing at once that somebody wrote: PostgreSQL's notices, on a connection that does nothing else."""

from typing import Any, Self

CHANNEL = "itdesk"


class Listener:
    """Hears what others announce on CHANNEL.

    A notice only says that it is worth looking: whoever misses one, because his connection was lost, finds the same
    in the journal.
    """

    def __init__(self, connection: Any) -> None:
        """`connection` is psycopg's, and listens."""
        self._connection = connection

    @classmethod
    def connect(cls, url: str) -> Self | None:
        """Somebody who hears what is announced in this database; None where it grants no connection for it."""
        import psycopg  # only where the desk is on PostgreSQL

        try:
            connection = psycopg.connect(url, autocommit=True)
            connection.execute(f"LISTEN {CHANNEL}")
        except psycopg.Error:
            return None
        return cls(connection)

    def fileno(self) -> int:
        """The file that can be read when there is a notice, or when the connection is lost."""
        return int(self._connection.fileno())

    def clear(self) -> bool:
        """Take away the notices that came, without waiting for more; False where the connection is lost."""
        import psycopg

        try:
            for _ in self._connection.notifies(timeout=0):
                pass
        except (psycopg.Error, OSError):
            return False
        return not self._connection.closed

    def close(self) -> None:
        """Hear no more."""
        self._connection.close()
