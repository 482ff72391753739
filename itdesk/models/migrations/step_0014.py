"""Version 14: what was written in forms and is not done yet."""

from itdesk.models.migrations.dialect import Dialect

_ALL = """
CREATE TABLE form_draft (
  person_id INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  form TEXT NOT NULL,
  ticket_id INTEGER REFERENCES ticket (id) ON DELETE CASCADE,
  texts TEXT NOT NULL,
  saved_at {moment} NOT NULL,
  PRIMARY KEY (person_id, form)
) {strict};
CREATE INDEX form_draft_ticket ON form_draft (ticket_id) WHERE ticket_id IS NOT NULL
"""


def statements(dialect: Dialect) -> list[str]:
    """The SQL of this step, in order."""
    return [text.strip() for text in dialect.fill(_ALL).split(";")]
