"""The base of every model. A model is bound to a database when a desk is opened."""

from peewee import Model


class BaseModel(Model):
    """Common options: STRICT tables on SQLite, so that both engines refuse a value of the wrong type."""

    class Meta:
        legacy_table_names = False
        strict_tables = True
