"""Version 5: agreements and the clocks of tickets; the order of what is due first."""

from itdesk.models.migrations.dialect import Dialect

# `due_key` is `due_at`, or 2^62 where nothing is due: those come last, and pages go on by an integer.
_CLOCKS = """
ALTER TABLE ticket ADD COLUMN agreement TEXT;
ALTER TABLE ticket ADD COLUMN due_at {moment};
ALTER TABLE ticket ADD COLUMN due_clock TEXT;
ALTER TABLE ticket ADD COLUMN due_key {moment} NOT NULL DEFAULT 4611686018427387904;
DROP INDEX live_order;
CREATE INDEX live_order ON ticket
  (order_key, id, status, priority, category, team_id, assignee_id, major, closed_at, due_key) WHERE closed_at IS NULL;
DROP INDEX live_opened;
CREATE INDEX live_opened ON ticket
  (opened_at, id, status, priority, category, team_id, assignee_id, major, closed_at, due_key) WHERE closed_at IS NULL;
CREATE INDEX ticket_due ON ticket (due_key, id);
CREATE INDEX live_due ON ticket
  (due_key, id, status, priority, category, team_id, assignee_id, major, closed_at) WHERE closed_at IS NULL;

CREATE TABLE ticket_clocks (
  ticket_id INTEGER NOT NULL PRIMARY KEY REFERENCES ticket (id) ON DELETE CASCADE,
  state TEXT NOT NULL,
  recomputed INTEGER NOT NULL,
  rulebook INTEGER NOT NULL
) {strict}
"""


def statements(dialect: Dialect) -> list[str]:
    """The SQL of this step, in order."""
    return [text.strip() for text in dialect.fill(_CLOCKS).split(";")]
