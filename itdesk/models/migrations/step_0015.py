"""Version 15: tickets whose requester has changed are marked in a column of their own.

A `rulebook` below zero said so before.
"""

from itdesk.models.migrations.dialect import Dialect

_ALL = """
ALTER TABLE ticket_clocks ADD COLUMN follows_requester {bool} NOT NULL DEFAULT FALSE;
UPDATE ticket_clocks SET follows_requester = TRUE, rulebook = -rulebook WHERE rulebook < 0
"""


def statements(dialect: Dialect) -> list[str]:
    """The SQL of this step, in order."""
    return [text.strip() for text in dialect.fill(_ALL).split(";")]
