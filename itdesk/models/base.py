"""The base of every model. A model is bound to a database when a desk is opened."""

from typing import Any, TypeVar

from peewee import Database, Model

M = TypeVar("M", bound="BaseModel")


class BaseModel(Model):
    """Common options: STRICT tables on SQLite, so that both engines refuse a value of the wrong type."""

    class Meta:
        legacy_table_names = False
        strict_tables = True


def bind(engine: Database) -> None:
    """Let every model work on this database: those that are loaded, and by inheritance those that will be."""
    engine.bind([BaseModel, *BaseModel.__subclasses__()], bind_refs=False, bind_backrefs=False)


def tuples(select: Any) -> list[tuple[Any, ...]]:
    """The rows of a query as plain tuples, fetched at once, so that no cursor stays open."""
    return list(select.tuples())


def objects(select: Any) -> list[Any]:
    """The rows of a query as model instances with the query's extra columns as attributes, fetched at once."""
    return list(select.objects())


def instances(model: type[M], cursor: Any) -> list[M]:
    """The rows of plain SQL as model instances. Each column has its model's name.

    Peewee's own `raw` looks the columns up anew for every query, which takes longer than a row's whole change.
    """
    fields = [model._meta.columns[column[0]] for column in cursor.description]
    found = []
    for row in cursor.fetchall():
        instance = model(__no_default__=True)
        for field, value in zip(fields, row, strict=True):
            instance.__data__[field.name] = field.python_value(value)
        found.append(instance)
    return found
