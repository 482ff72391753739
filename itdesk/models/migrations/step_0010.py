"""Version 10: the work log, watchers, presence; a notice may stand for several changes."""

from itdesk.models.migrations.dialect import Dialect

_TABLES = """
CREATE TABLE work_log (
  id {id},
  ticket_id INTEGER NOT NULL REFERENCES ticket (id) ON DELETE CASCADE,
  person_id INTEGER NOT NULL REFERENCES person (id) ON DELETE RESTRICT,
  minutes INTEGER NOT NULL CHECK (minutes > 0),
  worked_on TEXT NOT NULL CHECK (length(worked_on) = 10),
  note TEXT NOT NULL,
  logged_at {moment} NOT NULL,
  retracted_at {moment}
) {strict};
CREATE INDEX work_log_ticket ON work_log (ticket_id);
CREATE INDEX work_log_day ON work_log (worked_on, person_id);
CREATE TABLE watcher (
  ticket_id INTEGER NOT NULL REFERENCES ticket (id) ON DELETE CASCADE,
  person_id INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  since {moment} NOT NULL,
  PRIMARY KEY (ticket_id, person_id)
) {strict};
CREATE INDEX watcher_person ON watcher (person_id);
CREATE TABLE presence (
  ticket_id INTEGER NOT NULL REFERENCES ticket (id) ON DELETE CASCADE,
  person_id INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  writing {bool} NOT NULL,
  seen_at {moment} NOT NULL,
  PRIMARY KEY (ticket_id, person_id)
) {strict};
ALTER TABLE notice ADD COLUMN times INTEGER NOT NULL DEFAULT 1
"""


def statements(dialect: Dialect) -> list[str]:
    """The SQL of this step, in order."""
    return [text.strip() for text in dialect.fill(_TABLES).split(";")]
