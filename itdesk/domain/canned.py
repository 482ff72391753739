"""Canned replies: texts that a desk writes again and again, with places for what differs."""

from collections.abc import Iterable
from dataclasses import dataclass

from itdesk.domain.rulebook import is_under
from itdesk.domain.ticket import MessageKind

PLACEHOLDERS = {
    "requester": "the requester's full name",
    "first_name": "the first word of it",
    "number": "the ticket's number, such as INC-1042",
    "subject": "the ticket's subject",
    "category": "the title of its category",
    "priority": "P1 to P5",
    "status": "where it stands, such as in progress",
    "team": "the title of the team that has it",
    "assignee": "the full name of whoever has it",
    "me": "the full name of whoever writes",
    "desk": "the name of the desk",
}
"""What may stand between `{{` and `}}`, and what it becomes; empty for what a ticket has not."""


@dataclass(frozen=True, slots=True)
class CannedReply:
    """A text of `replies/NAME.md`: a reply or a work note. `categories` are branches (none: it fits all tickets)."""

    name: str
    title: str
    kind: MessageKind
    categories: tuple[str, ...]
    text: str
    place: str

    def fits(self, category: str) -> bool:
        """Whether it is written for tickets of this category."""
        return any(is_under(category, branch) for branch in self.categories)


def for_category(replies: Iterable[CannedReply], category: str) -> list[CannedReply]:
    """All of them: first those written for this category, then those for every ticket, then the others; by title."""

    def place(reply: CannedReply) -> tuple[int, str]:
        return (0 if reply.fits(category) else 2 if reply.categories else 1, reply.title)

    return sorted(replies, key=place)
