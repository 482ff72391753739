"""A person's own views of the queue, beside those of views.yaml. Scratch settings: no journal, no undo."""

from itdesk.desk.errors import NotFound, Refused
from itdesk.desk.session import Session
from itdesk.domain.queue_order import Order
from itdesk.domain.rulebook import View
from itdesk.domain.search_language import parse
from itdesk.domain.text import fold, storable
from itdesk.models.base import tuples
from itdesk.models.settings import SavedView

NAME_LIMIT = 40
"""Characters of a view's name, so that it fits a tab."""


def save_view(session: Session, name: str, query: str, order: Order) -> None:
    """Keep a search under a name, in place of an own view of that name.

    Raises Refused for a name that is empty, too long or taken by the desk, and for a search with errors.
    """
    name, query = _checked(session, name), storable(query)
    errors = parse(query).errors
    if errors:
        raise Refused(errors[0])

    def save() -> None:
        SavedView.insert(person=session.actor.id, name=name, query=query, order=order).on_conflict(
            conflict_target=[SavedView.person, SavedView.name],
            update={SavedView.query: query, SavedView.order: order},
        ).execute()

    session.desk.database.write(save)


def remove_view(session: Session, name: str) -> None:
    """Forget an own view; raises NotFound."""
    own = (SavedView.person == session.actor.id) & (SavedView.name == name)
    if not session.desk.database.write(lambda: SavedView.delete().where(own).execute()):
        raise NotFound(f"You have no view {name!r}.")


def rename_view(session: Session, name: str, new_name: str) -> None:
    """Give an own view another name; raises NotFound, and Refused for a name that is empty, too long or taken."""
    new_name = _checked(session, new_name)
    mine = SavedView.person == session.actor.id

    def rename() -> int:
        taken = [other for (other,) in tuples(SavedView.select(SavedView.name).where(mine)) if other != name]
        if any(fold(new_name) == fold(other) for other in taken):
            raise Refused(f"You have a view {new_name} already; choose another name.")
        return int(SavedView.update(name=new_name).where(mine & (SavedView.name == name)).execute())

    if not session.desk.database.write(rename):
        raise NotFound(f"You have no view {name!r}.")


def _checked(session: Session, name: str) -> str:
    """The name as it is kept; raises Refused for one that is empty, too long or the desk's."""
    name = " ".join(storable(name).split())
    if not name or len(name) > NAME_LIMIT:
        raise Refused(f"A view needs a name of 1 to {NAME_LIMIT} characters.")
    if any(fold(name) == fold(view.title) for view in session.rulebook.views):
        raise Refused(f"The desk has a view {name} already; choose another name.")
    return name


def own_views(session: Session) -> tuple[View, ...]:
    """This person's own views by name. A view's `name` is its title."""
    with session.desk.database.translated():
        own = tuples(
            SavedView.select(SavedView.name, SavedView.query, SavedView.order)
            .where(SavedView.person == session.actor.id)
            .order_by(SavedView.name)
        )
    return tuple(View(name, name, query, Order(order)) for name, query, order in own)


def views(session: Session) -> tuple[View, ...]:
    """The desk's views, then this person's own."""
    return (*session.rulebook.views, *own_views(session))
