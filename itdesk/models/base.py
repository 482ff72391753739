"""The base of every model. A model is bound to a database when a desk is opened."""

from typing import Any

from peewee import Model


class BaseModel(Model):
    """Common options: STRICT tables on SQLite, so that both engines refuse a value of the wrong type."""

    class Meta:
        legacy_table_names = False
        strict_tables = True


def tuples(select: Any) -> list[tuple[Any, ...]]:
    """The rows of a query as plain tuples, fetched at once, so that no cursor stays open."""
    return list(select.tuples())


def objects(select: Any) -> list[Any]:
    """The rows of a query as model instances with the query's extra columns as attributes, fetched at once."""
    return list(select.objects())
