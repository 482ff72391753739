"""Version 3: the new-ticket form's draft, one a person."""

from itdesk.models.migrations.dialect import Dialect

_TABLE = """
CREATE TABLE ticket_draft (
  person_id INTEGER NOT NULL PRIMARY KEY REFERENCES person (id) ON DELETE CASCADE,
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  requester TEXT,
  channel TEXT NOT NULL,
  kind TEXT,
  category TEXT,
  impact TEXT,
  urgency TEXT,
  saved_at {moment} NOT NULL
) {strict}
"""


def statements(dialect: Dialect) -> list[str]:
    """The SQL of this step, in order."""
    return [dialect.fill(_TABLE)]
