"""Version 17: a ticket's row says which of its clocks is paused, where none runs."""

from itdesk.models.migrations.dialect import Dialect

_CLOCKS = ("first_response", "update", "resolution", "ola_l1", "ola_l2", "ola_l3")
_PHASE, _TARGET = 0, 6
"""Where they stand in what is stored of a clock."""
_PAUSED = 2


def statements(dialect: Dialect) -> list[str]:
    """The SQL of this step, in order."""
    part = "json_extract(state, '$.clocks[{}][{}]')" if dialect.sqlite else "(state::jsonb #>> '{{clocks,{},{}}}')::int"
    whens = "".join(
        f" WHEN {part.format(place, _PHASE)} = {_PAUSED} AND {part.format(place, _TARGET)} IS NOT NULL THEN '{name}'"
        for place, name in enumerate(_CLOCKS)
    )
    paused = f"SELECT CASE{whens} END FROM ticket_clocks WHERE ticket_id = ticket.id"
    return [
        f"UPDATE ticket SET due_clock = ({paused}) WHERE closed_at IS NULL AND due_at IS NULL AND agreement IS NOT NULL"
    ]
