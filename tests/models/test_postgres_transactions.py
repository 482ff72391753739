"""Transactions on PostgreSQL: a deadlock is nobody's problem."""

import threading
from collections.abc import Callable

import pytest

from itdesk.models.database import open_postgres


@pytest.mark.postgres
def test_of_two_deadlocked_transactions_one_is_run_again(postgres_url: str) -> None:
    database = open_postgres(postgres_url)
    database.execute("CREATE TABLE counter (id integer PRIMARY KEY, count integer NOT NULL)")
    database.execute("INSERT INTO counter VALUES (1, 0), (2, 0)")
    both_hold_one = threading.Barrier(2, timeout=30)
    runs: list[int] = []

    def count_up(first: int, second: int) -> Callable[[], None]:
        """Counts in crossed order; on the first run both wait until the other holds its first row."""
        own_runs: list[int] = []

        def body() -> None:
            own_runs.append(first)
            runs.append(first)
            database.execute("UPDATE counter SET count = count + 1 WHERE id = %s", (first,))
            if len(own_runs) == 1:
                both_hold_one.wait()
            database.execute("UPDATE counter SET count = count + 1 WHERE id = %s", (second,))

        return body

    def write(body: Callable[[], None]) -> None:
        database.write(body)
        database.close()

    threads = [threading.Thread(target=write, args=[count_up(*order)]) for order in ((1, 2), (2, 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    counts = [tuple(row) for row in database.execute("SELECT id, count FROM counter ORDER BY id").fetchall()]
    database.close()
    assert counts == [(1, 2), (2, 2)]
    assert len(runs) == 3
