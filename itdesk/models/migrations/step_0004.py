"""Version 4: notices to people."""

from itdesk.models.migrations.dialect import Dialect

_NOTICES = """
CREATE TABLE notice (
  id {id},
  person_id INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  ticket_id INTEGER REFERENCES ticket (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  text TEXT NOT NULL,
  told_at {moment} NOT NULL,
  read_at {moment}
) {strict};
CREATE INDEX notice_unread ON notice (person_id, id) WHERE read_at IS NULL;
CREATE INDEX notice_ticket ON notice (ticket_id)
"""


def statements(dialect: Dialect) -> list[str]:
    """The SQL of this step, in order."""
    return [text.strip() for text in dialect.fill(_NOTICES).split(";")]
