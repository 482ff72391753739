"""Asking for cover: those who could step in are told that somebody is missed."""

from collections.abc import Sequence

from itdesk.desk.change import Change
from itdesk.desk.errors import Refused
from itdesk.desk.notices import notify
from itdesk.desk.queries.cover import could_cover, is_open
from itdesk.desk.queries.hours import desk_zone
from itdesk.desk.queries.schedule import ToSettle
from itdesk.desk.transaction import Transaction, action
from itdesk.domain.notices import NoticeKind
from itdesk.domain.people import STAFF
from itdesk.domain.schedule_words import span_text
from itdesk.models.fields import to_microseconds


@action(STAFF, "ask for cover")
def ask_for_cover(tx: Transaction, one: ToSettle, people: Sequence[int]) -> Change:
    """Ask these people (ids), as far as they still could, to step in where something is to be settled.

    What was told cannot be taken back. Raises Refused where it is settled, or none of them could any more.
    """
    if not is_open(tx.session, one):
        raise Refused("This was settled meanwhile; nobody was asked.")
    asked = [helper for helper in could_cover(tx.session, one) if helper.id in people]
    if not asked:
        raise Refused("None of them could step in any more; nobody was asked.")
    when = span_text(one.start, one.end, desk_zone(tx.session))
    whose = f"person:{one.person_id}" if one.team_id is None else f"team:{one.team_id}"
    spans = [[to_microseconds(start), to_microseconds(end)] for start, end in one.spans]
    tx.record("cover_asked", whose, facts={"what": one.what, "spans": spans, "people": [one.id for one in asked]})
    told = f"{tx.session.actor.login} asks whether you could cover {when}: {one.text}."
    notify(tx, [helper.id for helper in asked], NoticeKind.SCHEDULE, told)
    return Change(f"Asked {', '.join(helper.login for helper in asked)} to cover {when}.", undoable=False)
