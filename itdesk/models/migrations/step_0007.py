"""Version 7: skills, languages and capacities; what assignment, the next ticket and estimates are read from."""

from itdesk.models.migrations.dialect import Dialect

# Of the two partial indexes SQLite reads only the index if also the columns of their conditions stand in it.
_ASSIGNMENT = """
CREATE TABLE person_skill (
  person_id INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  category TEXT {bytes} NOT NULL,
  level INTEGER NOT NULL CHECK (level BETWEEN 1 AND 5),
  PRIMARY KEY (person_id, category)
) {strict};
ALTER TABLE person ADD COLUMN languages TEXT NOT NULL DEFAULT '';
ALTER TABLE person ADD COLUMN capacity INTEGER CHECK (capacity >= 0);
CREATE INDEX live_load ON ticket (assignee_id, status, priority, closed_at)
  WHERE closed_at IS NULL AND assignee_id IS NOT NULL;
CREATE INDEX live_unassigned ON ticket (team_id, order_key, id, status, level, category, assignee_id, closed_at)
  WHERE closed_at IS NULL AND assignee_id IS NULL;
CREATE INDEX resolved_sample ON ticket (category, priority, resolved_at, opened_at) WHERE resolved_at IS NOT NULL;
CREATE INDEX decision_assignee ON decision (value, decided_at) WHERE thing = 'assignee' AND retracted_at IS NULL
"""


def statements(dialect: Dialect) -> list[str]:
    """The SQL of this step, in order."""
    return [text.strip() for text in dialect.fill(_ASSIGNMENT).split(";")]
