"""Version 1: the desk's first tables, the append-only journal, text search."""

from itdesk.models.migrations.dialect import Dialect

_TABLES = """
CREATE TABLE meta (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) {strict};

CREATE TABLE person (
  id {id},
  login TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  email TEXT NOT NULL,
  role TEXT NOT NULL,
  level INTEGER CHECK (level BETWEEN 1 AND 3),
  department TEXT NOT NULL,
  site TEXT NOT NULL,
  active {bool} NOT NULL
) {strict};

CREATE TABLE team (id {id}, name TEXT NOT NULL UNIQUE, title TEXT NOT NULL) {strict};

CREATE TABLE membership (
  person_id INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  team_id INTEGER NOT NULL REFERENCES team (id) ON DELETE CASCADE,
  PRIMARY KEY (person_id, team_id)
) {strict};
CREATE INDEX membership_team ON membership (team_id);

CREATE TABLE ticket (
  id {id},
  kind TEXT NOT NULL,
  external_id TEXT,
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  requester_id INTEGER NOT NULL REFERENCES person (id) ON DELETE RESTRICT,
  channel TEXT NOT NULL,
  site TEXT NOT NULL,
  status TEXT {bytes} NOT NULL,
  waiting_reason TEXT,
  category TEXT {bytes} NOT NULL,
  impact TEXT NOT NULL,
  urgency TEXT NOT NULL,
  priority INTEGER NOT NULL CHECK (priority BETWEEN 1 AND 5),
  major {bool} NOT NULL,
  team_id INTEGER REFERENCES team (id) ON DELETE RESTRICT,
  level INTEGER NOT NULL CHECK (level BETWEEN 1 AND 3),
  assignee_id INTEGER REFERENCES person (id) ON DELETE RESTRICT,
  resolution TEXT NOT NULL,
  root_cause TEXT NOT NULL,
  opened_at {moment} NOT NULL,
  changed_at {moment} NOT NULL,
  resolved_at {moment},
  closed_at {moment},
  order_key {moment} NOT NULL,
  imported_step INTEGER,
  version INTEGER NOT NULL,
  CHECK ((closed_at IS NOT NULL) = (status IN ('closed', 'cancelled'))),
  CHECK ((waiting_reason IS NOT NULL) = (status = 'waiting'))
) {strict};
CREATE UNIQUE INDEX ticket_external ON ticket (external_id) WHERE external_id IS NOT NULL;
CREATE INDEX ticket_order ON ticket (order_key, id);
CREATE INDEX ticket_opened ON ticket (opened_at, id);
CREATE INDEX ticket_closed ON ticket (closed_at) WHERE closed_at IS NOT NULL;
CREATE INDEX ticket_requester ON ticket (requester_id, opened_at);
CREATE INDEX ticket_category ON ticket (category, opened_at);
CREATE INDEX live_order ON ticket
  (order_key, id, status, priority, category, team_id, assignee_id, major, closed_at) WHERE closed_at IS NULL;
CREATE INDEX live_opened ON ticket
  (opened_at, id, status, priority, category, team_id, assignee_id, major, closed_at) WHERE closed_at IS NULL;
CREATE INDEX live_assignee ON ticket (assignee_id, order_key, id, status, closed_at) WHERE closed_at IS NULL;
CREATE INDEX live_team ON ticket (team_id, order_key, id, assignee_id, status, closed_at) WHERE closed_at IS NULL;
CREATE INDEX live_priority ON ticket (priority, order_key, id, closed_at) WHERE closed_at IS NULL;
CREATE INDEX live_major ON ticket (major, order_key, id, closed_at) WHERE closed_at IS NULL;

CREATE TABLE ticket_tag (
  ticket_id INTEGER NOT NULL REFERENCES ticket (id) ON DELETE CASCADE,
  tag TEXT NOT NULL,
  PRIMARY KEY (ticket_id, tag)
) {strict};
CREATE INDEX ticket_tag_tag ON ticket_tag (tag, ticket_id);

CREATE TABLE ticket_link (
  ticket_id INTEGER NOT NULL REFERENCES ticket (id) ON DELETE CASCADE,
  type TEXT NOT NULL,
  other_id INTEGER NOT NULL REFERENCES ticket (id) ON DELETE CASCADE,
  PRIMARY KEY (ticket_id, type, other_id),
  CHECK (ticket_id <> other_id)
) {strict};
CREATE INDEX ticket_link_other ON ticket_link (other_id);

CREATE TABLE message (
  id {id},
  ticket_id INTEGER NOT NULL REFERENCES ticket (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  author_id INTEGER NOT NULL REFERENCES person (id) ON DELETE RESTRICT,
  body TEXT NOT NULL,
  channel TEXT NOT NULL,
  written_at {moment} NOT NULL,
  retracted_at {moment}
) {strict};
CREATE INDEX message_ticket ON message (ticket_id, written_at, id);

CREATE TABLE decision (
  id {id},
  ticket_id INTEGER NOT NULL REFERENCES ticket (id) ON DELETE CASCADE,
  thing TEXT NOT NULL,
  value TEXT NOT NULL,
  source TEXT NOT NULL,
  rule TEXT NOT NULL,
  place TEXT NOT NULL,
  reason TEXT NOT NULL,
  details TEXT NOT NULL,
  rulebook INTEGER,
  decided_by_id INTEGER REFERENCES person (id) ON DELETE RESTRICT,
  decided_at {moment} NOT NULL,
  retracted_at {moment}
) {strict};
CREATE INDEX decision_ticket ON decision (ticket_id, thing, id);

CREATE TABLE draft (
  person_id INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  ticket_id INTEGER NOT NULL REFERENCES ticket (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  body TEXT NOT NULL,
  seen_seq {moment} NOT NULL,
  saved_at {moment} NOT NULL,
  PRIMARY KEY (person_id, ticket_id, kind)
) {strict};

CREATE TABLE article (
  id {id},
  state TEXT NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  category TEXT NOT NULL,
  owner_id INTEGER REFERENCES person (id) ON DELETE RESTRICT,
  review_at {moment},
  created_at {moment} NOT NULL,
  changed_at {moment} NOT NULL,
  version INTEGER NOT NULL
) {strict};

CREATE TABLE rulebook (
  version {id},
  config_hash TEXT NOT NULL,
  content TEXT NOT NULL,
  loaded_at {moment} NOT NULL
) {strict};

CREATE TABLE saved_view (
  person_id INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  query TEXT NOT NULL,
  "order" TEXT NOT NULL,
  PRIMARY KEY (person_id, name)
) {strict};

CREATE TABLE command (key TEXT NOT NULL PRIMARY KEY, change TEXT NOT NULL, done_at {moment} NOT NULL) {strict};

CREATE TABLE journal (
  seq {moment} NOT NULL PRIMARY KEY,
  recorded_at {moment} NOT NULL,
  occurred_at {moment} NOT NULL,
  actor INTEGER NOT NULL,
  verb TEXT NOT NULL,
  object TEXT NOT NULL,
  facts TEXT NOT NULL,
  commitment {blob} NOT NULL,
  hash {blob} NOT NULL
) {strict};
CREATE INDEX journal_object ON journal (object, seq);

CREATE TABLE journal_payload (
  seq {moment} NOT NULL PRIMARY KEY REFERENCES journal (seq),
  salt {blob} NOT NULL,
  payload TEXT NOT NULL
) {strict};
"""

_SQLITE = [
    # INSERT OR REPLACE would pass the other two triggers by.
    """CREATE TRIGGER journal_no_replace BEFORE INSERT ON journal
       WHEN EXISTS (SELECT 1 FROM journal WHERE seq = NEW.seq)
       BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END""",
    (
        "CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal"
        " BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
    ),
    (
        "CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal"
        " BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
    ),
    """CREATE TRIGGER journal_payload_no_replace BEFORE INSERT ON journal_payload
       WHEN EXISTS (SELECT 1 FROM journal_payload WHERE seq = NEW.seq)
       BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END""",
    (
        "CREATE TRIGGER journal_payload_no_update BEFORE UPDATE ON journal_payload"
        " BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
    ),
    "CREATE VIRTUAL TABLE ticket_search USING fts5 (subject, body, notes, tokenize = 'unicode61 remove_diacritics 0')",
    "CREATE VIRTUAL TABLE article_search USING fts5 (title, body, tokenize = 'unicode61 remove_diacritics 0')",
]

_POSTGRES = [
    """CREATE FUNCTION refuse_journal_change() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE EXCEPTION 'the journal is append-only'; END $$""",
    (
        "CREATE TRIGGER journal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON journal"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_journal_change()"
    ),
    (
        "CREATE TRIGGER journal_payload_append_only BEFORE UPDATE OR TRUNCATE ON journal_payload"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_journal_change()"
    ),
    (
        "CREATE TABLE ticket_search (id INTEGER NOT NULL PRIMARY KEY REFERENCES ticket (id) ON DELETE CASCADE,"
        " subject TSVECTOR NOT NULL, body TSVECTOR NOT NULL, notes TSVECTOR NOT NULL)"
    ),
    "CREATE INDEX ticket_search_subject ON ticket_search USING gin (subject)",
    "CREATE INDEX ticket_search_body ON ticket_search USING gin (body)",
    "CREATE INDEX ticket_search_notes ON ticket_search USING gin (notes)",
    (
        "CREATE TABLE article_search (id INTEGER NOT NULL PRIMARY KEY REFERENCES article (id) ON DELETE CASCADE,"
        " title TSVECTOR NOT NULL, body TSVECTOR NOT NULL)"
    ),
    "CREATE INDEX article_search_title ON article_search USING gin (title)",
    "CREATE INDEX article_search_body ON article_search USING gin (body)",
]


def statements(dialect: Dialect) -> list[str]:
    """The SQL of this step, in order."""
    tables = [text.strip() for text in dialect.fill(_TABLES).split(";") if text.strip()]
    return tables + (_SQLITE if dialect.sqlite else _POSTGRES)
