"""Version 11: the moments of escalation, what it has done, and leases of work that one process at a time does."""

from itdesk.models.migrations.dialect import Dialect

_TABLES = """
ALTER TABLE ticket ADD COLUMN escalates_at {moment} DEFAULT 0;
CREATE INDEX ticket_escalates ON ticket (escalates_at, id) WHERE escalates_at IS NOT NULL AND closed_at IS NULL;
CREATE TABLE escalation_done (
  ticket_id INTEGER NOT NULL REFERENCES ticket (id) ON DELETE CASCADE,
  step TEXT NOT NULL,
  cycle {moment} NOT NULL,
  fired_at {moment},
  PRIMARY KEY (ticket_id, step, cycle)
) {strict};
CREATE TABLE lease (
  name TEXT NOT NULL PRIMARY KEY,
  holder TEXT NOT NULL,
  held_until {moment} NOT NULL,
  done_at {moment}
) {strict}
"""


def statements(dialect: Dialect) -> list[str]:
    """The SQL of this step, in order."""
    return [text.strip() for text in dialect.fill(_TABLES).split(";")]
