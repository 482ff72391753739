"""Version 16: approvals know as what somebody is asked, and whose seat a substitute's early vote stands on.

Such a vote stood on seat 0, where after the deadline it counts for every seat. One for nobody who has left is asked
for again.
"""

from itdesk.models.migrations.dialect import Dialect

_EARLY = """seat = 0 AND vote IS NOT NULL AND EXISTS (
  SELECT 1 FROM approval WHERE approval.id = approval_id AND outcome IS NULL AND (due_at IS NULL OR voted_at < due_at)
)"""

_ALL = f"""
ALTER TABLE approval ADD COLUMN team_id INTEGER REFERENCES team (id) ON DELETE RESTRICT;
ALTER TABLE approval_voter ADD COLUMN office TEXT NOT NULL DEFAULT '';
INSERT INTO approval_voter (approval_id, seat, person_id, vote, reason, voted_at)
SELECT DISTINCT early.approval_id, gone.seat, early.person_id, early.vote, early.reason, early.voted_at
FROM (SELECT * FROM approval_voter WHERE {_EARLY}) AS early
JOIN approval_voter AS gone ON gone.approval_id = early.approval_id AND gone.seat <> 0
WHERE NOT EXISTS (
  SELECT 1 FROM approval_voter AS other JOIN person ON person.id = other.person_id
  WHERE other.approval_id = gone.approval_id AND other.seat = gone.seat AND (person.active OR other.vote IS NOT NULL)
);
UPDATE approval_voter SET vote = NULL, reason = '', voted_at = NULL WHERE {_EARLY}
"""


def statements(dialect: Dialect) -> list[str]:
    """The SQL of this step, in order."""
    return [text.strip() for text in dialect.fill(_ALL).split(";")]
