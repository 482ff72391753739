"""Version 8: checklists, approvals and tests of tickets, and their workaround."""

from itdesk.models.migrations.dialect import Dialect

_TABLES = """
ALTER TABLE ticket ADD COLUMN workaround TEXT NOT NULL DEFAULT '';

CREATE TABLE checklist_step (
  ticket_id INTEGER NOT NULL REFERENCES ticket (id) ON DELETE CASCADE,
  place INTEGER NOT NULL,
  sop TEXT NOT NULL,
  step TEXT NOT NULL,
  text TEXT NOT NULL,
  required {bool} NOT NULL,
  asks TEXT NOT NULL,
  caption TEXT NOT NULL,
  by_hand {bool} NOT NULL,
  done_at {moment},
  done_by_id INTEGER REFERENCES person (id) ON DELETE RESTRICT,
  entered TEXT NOT NULL,
  removed_at {moment},
  PRIMARY KEY (ticket_id, place)
) {strict};

CREATE TABLE ticket_test (
  id {id},
  ticket_id INTEGER NOT NULL REFERENCES ticket (id) ON DELETE CASCADE,
  what TEXT NOT NULL,
  how TEXT NOT NULL,
  outcome TEXT NOT NULL,
  tested_by_id INTEGER NOT NULL REFERENCES person (id) ON DELETE RESTRICT,
  tested_at {moment} NOT NULL,
  retracted_at {moment}
) {strict};
CREATE INDEX ticket_test_ticket ON ticket_test (ticket_id, id);

CREATE TABLE approval (
  id {id},
  ticket_id INTEGER NOT NULL REFERENCES ticket (id) ON DELETE CASCADE,
  rule TEXT NOT NULL,
  need TEXT NOT NULL,
  rejected TEXT NOT NULL,
  reason TEXT NOT NULL,
  asked_by_id INTEGER REFERENCES person (id) ON DELETE RESTRICT,
  asked_at {moment} NOT NULL,
  due_at {moment},
  reminded_at {moment},
  status_before TEXT NOT NULL,
  waiting_before TEXT,
  outcome TEXT,
  decided_at {moment},
  CHECK ((outcome IS NULL) = (decided_at IS NULL))
) {strict};
CREATE INDEX approval_ticket ON approval (ticket_id, id);
CREATE UNIQUE INDEX approval_pending ON approval (ticket_id) WHERE outcome IS NULL;
CREATE INDEX approval_due ON approval (due_at) WHERE outcome IS NULL AND reminded_at IS NULL;

CREATE TABLE approval_voter (
  approval_id INTEGER NOT NULL REFERENCES approval (id) ON DELETE CASCADE,
  seat INTEGER NOT NULL,
  person_id INTEGER NOT NULL REFERENCES person (id) ON DELETE RESTRICT,
  vote TEXT,
  reason TEXT NOT NULL,
  voted_at {moment},
  PRIMARY KEY (approval_id, seat, person_id)
) {strict};
CREATE INDEX approval_voter_person ON approval_voter (person_id, approval_id)
"""


def statements(dialect: Dialect) -> list[str]:
    """The SQL of this step, in order."""
    return [text.strip() for text in dialect.fill(_TABLES).split(";")]
