"""Version 12: visits whose time has come, once; and the tags of half-written new tickets."""

from itdesk.models.migrations.dialect import Dialect

_ALL = """
ALTER TABLE appointment ADD COLUMN begun_at {moment};
CREATE INDEX appointment_to_begin ON appointment (starts_at, id)
  WHERE state = 'planned' AND begun_at IS NULL AND removed_at IS NULL;
ALTER TABLE ticket_draft ADD COLUMN tags TEXT NOT NULL DEFAULT ''
"""


def statements(dialect: Dialect) -> list[str]:
    """The SQL of this step, in order."""
    return [text.strip() for text in dialect.fill(_ALL).split(";")]
