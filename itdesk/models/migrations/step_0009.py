"""Version 9: how tickets came to their end, and files on them."""

from itdesk.models.migrations.dialect import Dialect

_ALL = """
ALTER TABLE ticket ADD COLUMN closure_code TEXT;
CREATE INDEX ticket_merged ON ticket (id) WHERE closure_code = 'merged';

CREATE TABLE attachment (
  id {id},
  ticket_id INTEGER NOT NULL REFERENCES ticket (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  size INTEGER NOT NULL,
  staff_only {bool} NOT NULL,
  author_id INTEGER NOT NULL REFERENCES person (id) ON DELETE RESTRICT,
  attached_at {moment} NOT NULL,
  removed_at {moment}
) {strict};
CREATE INDEX attachment_ticket ON attachment (ticket_id, id);
CREATE INDEX attachment_sha256 ON attachment (sha256);

CREATE TABLE attached_content (
  sha256 TEXT NOT NULL PRIMARY KEY,
  content {blob} NOT NULL,
  stored_at {moment} NOT NULL
) {strict}
"""


def statements(dialect: Dialect) -> list[str]:
    """The SQL of this step, in order."""
    return [text.strip() for text in dialect.fill(_ALL).split(";")]
