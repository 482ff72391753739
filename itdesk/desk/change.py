"""What an action hands back, and what it acts on."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Self


@dataclass(frozen=True, slots=True)
class TicketRef:
    """A ticket as somebody saw it: its id and, where a value is to be replaced, the version that was shown."""

    id: int
    version: int | None = None


Targets = Sequence[TicketRef | int]
"""The tickets that an action is for; an int is a ticket id, without a version check."""


def ids(targets: Targets) -> list[int]:
    """The tickets' ids: for actions that only append, and so ask for no version."""
    return [target.id if isinstance(target, TicketRef) else target for target in targets]


@dataclass(frozen=True, slots=True)
class Change:
    """What happened.

    `sentence` is for people; `seqs` are the journal entries, in order; `tickets` the ids that changed; `undoable` says
    whether `undo` takes it back; `refused` holds (number, reason) of tickets left out of a command on many.
    """

    sentence: str
    seqs: tuple[int, ...] = ()
    tickets: tuple[int, ...] = ()
    undoable: bool = True
    refused: tuple[tuple[str, str], ...] = ()

    def also(self, tickets: Iterable[int], remark: str = "") -> Self:
        """The change, which is one of these tickets too, each once; `remark` goes on with the sentence."""
        every = tuple(dict.fromkeys((*self.tickets, *tickets)))
        return replace(self, sentence=self.sentence + remark, tickets=every)

    def to_json(self) -> str:
        """The change as JSON text."""
        return json.dumps({name: getattr(self, name) for name in self.__slots__}, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The change that `to_json` wrote."""
        data = json.loads(text)
        return cls(
            sentence=data["sentence"],
            seqs=tuple(data["seqs"]),
            tickets=tuple(data["tickets"]),
            undoable=data["undoable"],
            refused=tuple((number, reason) for number, reason in data["refused"]),
        )
