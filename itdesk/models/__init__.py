"""Peewee models, connections and migrations: what is stored, and nothing about why.

Peewee imports psycopg wherever it is installed, which costs a SQLite desk 0.1 s at every start. So Peewee is imported
as if it were absent; `itdesk.models.postgres` brings it where a desk is on PostgreSQL.
"""

import sys

if "psycopg" not in sys.modules and "peewee" not in sys.modules:
    sys.modules["psycopg"] = None  # type: ignore[assignment]
    try:
        import peewee  # noqa: F401
    finally:
        del sys.modules["psycopg"]
