"""Version 17: a ticket's row says which of its clocks is paused, where none runs."""

from itdesk.models.migrations.dialect import Dialect

_CLOCKS = ("first_response", "update", "resolution", "ola_l1", "ola_l2", "ola_l3")
_PAUSED = 2


def statements(dialect: Dialect) -> list[str]:
    """The SQL of this step, in order."""
    phase = "json_extract(state, '$.clocks[{}][0]')" if dialect.sqlite else "(state::jsonb #>> '{{clocks,{},0}}')::int"
    whens = "".join(f" WHEN {phase.format(place)} = {_PAUSED} THEN '{name}'" for place, name in enumerate(_CLOCKS))
    paused = f"SELECT CASE{whens} END FROM ticket_clocks WHERE ticket_id = ticket.id"
    return [
        f"UPDATE ticket SET due_clock = ({paused}) WHERE closed_at IS NULL AND due_at IS NULL AND agreement IS NOT NULL"
    ]
