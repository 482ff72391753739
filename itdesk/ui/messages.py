"""What screens ask of the program. A screen knows no other screen: it says what it wants, and the app opens it."""

from typing import TYPE_CHECKING

from textual.message import Message

from itdesk.desk.queries.queue import QueueRow
from itdesk.domain.rulebook import View

if TYPE_CHECKING:  # the stages of the workflow are not loaded at the start
    from itdesk.desk.change import Change
    from itdesk.desk.intake import KeptForm
    from itdesk.desk.queries.feed import News


class OpenTicket(Message):
    """Open a ticket; with `compose` begin to write a `reply` or a `note` at once.

    `row` is the ticket as the queue shows it: verbs act on that until the whole of it is read. `canned` names a canned
    reply to begin with.
    """

    def __init__(
        self, ticket_id: int, *, compose: str | None = None, row: QueueRow | None = None, canned: str = ""
    ) -> None:
        super().__init__()
        self.ticket_id = ticket_id
        self.compose = compose
        self.row = row
        self.canned = canned


class UseReply(Message):
    """Begin to write what a canned reply says, on the ticket that the verbs act on."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name


class OpenForm(Message):
    """Open the form of a new ticket, with the draft that was kept of one."""

    def __init__(self, kept: "KeptForm | None") -> None:
        super().__init__()
        self.kept = kept


class Submitted(Message):
    """The form has opened its ticket."""

    def __init__(self, change: "Change") -> None:
        super().__init__()
        self.change = change


class OpenArticle(Message):
    """Open an article on the knowledge screen."""

    def __init__(self, article_id: int) -> None:
        super().__init__()
        self.article_id = article_id


class OpenPerson(Message):
    """Show the card of the person with this login, over the screen where one is."""

    def __init__(self, login: str) -> None:
        super().__init__()
        self.login = login


class OpenVisit(Message):
    """Move, end or cancel a planned visit of the ticket that is shown."""

    def __init__(self, visit_id: int) -> None:
        super().__init__()
        self.visit_id = visit_id


class TickStep(Message):
    """Tick a step of the ticket's checklist, or untick it; `place` is its number on the ticket."""

    def __init__(self, place: int) -> None:
        super().__init__()
        self.place = place


class OpenQueue(Message):
    """Show the queue, filtered like this."""

    def __init__(self, query: str) -> None:
        super().__init__()
        self.query = query


class OpenView(Message):
    """Show a view of the queue."""

    def __init__(self, view: View) -> None:
        super().__init__()
        self.view = view


class SetTheme(Message):
    """Show everything in this theme, and remember it."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name


class StepTicket(Message):
    """The ticket screen wants the next (+1) or previous (-1) ticket of the queue."""

    def __init__(self, ticket_id: int, step: int) -> None:
        super().__init__()
        self.ticket_id = ticket_id
        self.step = step


class DatabaseTrouble(Message):
    """The database did not answer; the sentence says what it said."""

    def __init__(self, sentence: str) -> None:
        super().__init__()
        self.sentence = sentence


class Acted(Message):
    """The person changed something: look at once what is new."""


class NoticesRead(Message):
    """The person read notices: count anew."""


class RunAction(Message):
    """Run an action of the table, as if its key had been pressed."""

    def __init__(self, action_id: str) -> None:
        super().__init__()
        self.action_id = action_id


class Told(Message):
    """News of the desk, for every screen that is open."""

    def __init__(self, news: "News") -> None:
        super().__init__()
        self.news = news


class GoBack(Message):
    """The screen wants to be closed."""
