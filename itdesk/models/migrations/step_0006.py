"""Version 6: the schedule: weekly shifts, what differs from them on a day, absences, on-call duty, appointments."""

from itdesk.models.migrations.dialect import Dialect

# A row that was removed stays, with the moment: undo brings it back, and calendars learn that it is gone.
_TABLES = """
CREATE TABLE weekly_shift (
  id {id},
  person_id INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  weekday INTEGER NOT NULL CHECK (weekday BETWEEN 0 AND 6),
  starts INTEGER NOT NULL CHECK (starts BETWEEN 0 AND 1439),
  ends INTEGER NOT NULL CHECK (ends BETWEEN 0 AND 1439),
  first_day TEXT NOT NULL,
  last_day TEXT CHECK (last_day >= first_day),
  on_holidays {bool} NOT NULL,
  revision INTEGER NOT NULL,
  changed_at {moment} NOT NULL,
  removed_at {moment}
) {strict};
CREATE INDEX weekly_shift_person ON weekly_shift (person_id);

CREATE TABLE shift_change (
  id {id},
  person_id INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  day TEXT NOT NULL,
  weekly_shift_id INTEGER REFERENCES weekly_shift (id) ON DELETE CASCADE,
  starts INTEGER CHECK (starts BETWEEN 0 AND 1439),
  ends INTEGER CHECK (ends BETWEEN 0 AND 1439),
  revision INTEGER NOT NULL,
  changed_at {moment} NOT NULL,
  removed_at {moment},
  CHECK ((starts IS NULL) = (ends IS NULL)),
  CHECK ((starts IS NULL) = (weekly_shift_id IS NOT NULL))
) {strict};
CREATE INDEX shift_change_person ON shift_change (person_id, day);
CREATE INDEX shift_change_weekly_shift ON shift_change (weekly_shift_id, day);

CREATE TABLE absence (
  id {id},
  person_id INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  starts_at {moment} NOT NULL,
  ends_at {moment} CHECK (ends_at > starts_at),
  reason TEXT NOT NULL,
  revision INTEGER NOT NULL,
  changed_at {moment} NOT NULL,
  removed_at {moment}
) {strict};
CREATE INDEX absence_person ON absence (person_id, ends_at);

CREATE TABLE on_call (
  id {id},
  person_id INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  team_id INTEGER NOT NULL REFERENCES team (id) ON DELETE CASCADE,
  starts_at {moment} NOT NULL,
  ends_at {moment} NOT NULL CHECK (ends_at > starts_at),
  revision INTEGER NOT NULL,
  changed_at {moment} NOT NULL,
  removed_at {moment}
) {strict};
CREATE INDEX on_call_person ON on_call (person_id, ends_at);
CREATE INDEX on_call_team ON on_call (team_id, ends_at);

CREATE TABLE appointment (
  id {id},
  ticket_id INTEGER NOT NULL REFERENCES ticket (id) ON DELETE CASCADE,
  person_id INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  starts_at {moment} NOT NULL,
  minutes INTEGER NOT NULL CHECK (minutes > 0),
  place TEXT NOT NULL,
  note TEXT NOT NULL,
  state TEXT NOT NULL,
  revision INTEGER NOT NULL,
  changed_at {moment} NOT NULL,
  removed_at {moment}
) {strict};
CREATE INDEX appointment_ticket ON appointment (ticket_id, starts_at);
CREATE INDEX appointment_person ON appointment (person_id, starts_at)
"""


def statements(dialect: Dialect) -> list[str]:
    """The SQL of this step, in order."""
    return [text.strip() for text in dialect.fill(_TABLES).split(";")]
