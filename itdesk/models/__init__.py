"""Peewee models, connections and migrations: what is stored, and nothing about why.

Peewee imports psycopg wherever it is installed, which costs a SQLite desk 0.1 s at every start. A program that
opens a PostgreSQL desk imports psycopg before this package; otherwise Peewee is imported as if it were absent.
"""

import sys

if "psycopg" not in sys.modules and "peewee" not in sys.modules:
    sys.modules["psycopg"] = None  # type: ignore[assignment]
    try:
        import peewee  # noqa: F401
    finally:
        del sys.modules["psycopg"]
