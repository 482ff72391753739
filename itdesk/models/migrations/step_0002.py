"""Version 2: what figures and searches ask of a ticket's history, as columns, and indexes over periods of time."""

from itdesk.models.migrations.dialect import Dialect

_COLUMNS = """
ALTER TABLE ticket ADD COLUMN status_since {moment} NOT NULL DEFAULT 0;
ALTER TABLE ticket ADD COLUMN reopened_at {moment};
ALTER TABLE ticket ADD COLUMN reopen_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE ticket ADD COLUMN escalated_at {moment};
"""

# What was undone counts for nothing, nor does its undoing; that of an opening cancels the ticket.
_MILESTONES = """
CREATE TEMPORARY TABLE milestone AS
SELECT object,
  MAX(CASE WHEN {new_status} IS NOT NULL OR {waits} IS NOT NULL OR verb = 'undone' THEN occurred_at END)
    AS status_since,
  MAX(CASE WHEN {reopening} THEN occurred_at END) AS reopened_at,
  SUM(CASE WHEN {reopening} THEN 1 ELSE 0 END) AS reopen_count,
  MAX(CASE WHEN verb = 'escalated' AND {new_level} > {old_level} THEN occurred_at END) AS escalated_at
FROM journal
WHERE substr(object, 1, 7) = 'ticket:'
  AND (verb <> 'undone' OR {undone_verb} = 'submitted')
  AND seq NOT IN (SELECT {reverts} FROM journal WHERE verb = 'undone')
GROUP BY object;

CREATE INDEX milestone_object ON milestone (object);

UPDATE ticket SET status_since = opened_at;

UPDATE ticket SET
  status_since = COALESCE(found.status_since, opened_at),
  reopened_at = found.reopened_at,
  reopen_count = found.reopen_count,
  escalated_at = found.escalated_at
FROM milestone AS found
WHERE found.object = 'ticket:' || ticket.id;

DROP TABLE milestone;
"""

_REOPENING = (
    "(verb <> 'undone' AND {old_status} IN ('resolved', 'closed', 'cancelled')"
    " AND {new_status} NOT IN ('resolved', 'closed', 'cancelled'))"
)

_INDEXES = """
DROP INDEX ticket_opened;
CREATE INDEX ticket_opened ON ticket (opened_at, id, order_key, category);
DROP INDEX ticket_closed;
CREATE INDEX ticket_closed ON ticket (closed_at, order_key, id) WHERE closed_at IS NOT NULL;
CREATE INDEX ticket_resolved ON ticket (resolved_at, opened_at, order_key, id, category, level, status, escalated_at)
  WHERE resolved_at IS NOT NULL;
CREATE INDEX ticket_reopened ON ticket (reopened_at, order_key, id, reopen_count) WHERE reopened_at IS NOT NULL;
CREATE INDEX ticket_escalated ON ticket (escalated_at, order_key, id) WHERE escalated_at IS NOT NULL;
"""


def statements(dialect: Dialect) -> list[str]:
    """The SQL of this step, in order."""

    def fact(*path: str | int) -> str:
        if dialect.sqlite:
            steps = "".join(f"[{one}]" if isinstance(one, int) else f".{one}" for one in path)
            return f"json_extract(facts, '${steps}')"
        return f"(facts::json #>> '{{{','.join(map(str, path))}}}')"

    facts = {
        "old_status": fact("changes", "status", 0),
        "new_status": fact("changes", "status", 1),
        "waits": fact("changes", "waiting_reason"),
        "old_level": f"CAST({fact('changes', 'level', 0)} AS INTEGER)",
        "new_level": f"CAST({fact('changes', 'level', 1)} AS INTEGER)",
        "undone_verb": fact("verb"),
        "reverts": f"CAST({fact('reverts')} AS {'INTEGER' if dialect.sqlite else 'BIGINT'})",
    }
    milestones = _MILESTONES.format(reopening=_REOPENING.format(**facts), **facts)
    return [
        text.strip()
        for part in (dialect.fill(_COLUMNS), milestones, _INDEXES)
        for text in part.split(";")
        if text.strip()
    ]
