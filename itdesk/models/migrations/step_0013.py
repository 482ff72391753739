"""Version 13: who is a VIP."""

from itdesk.models.migrations.dialect import Dialect


def statements(dialect: Dialect) -> list[str]:
    """The SQL of this step, in order."""
    return [dialect.fill("ALTER TABLE person ADD COLUMN vip {bool} NOT NULL DEFAULT FALSE")]
