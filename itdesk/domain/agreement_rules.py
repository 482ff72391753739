"""Which agreement holds for a ticket, and why."""

from weakref import WeakKeyDictionary

from itdesk.domain.agreements import Agreement
from itdesk.domain.conditions import AllOf, Field, fields_of
from itdesk.domain.decisions import Decision, Evidence, NearMiss, Source, Thing
from itdesk.domain.keywords import Keyword, KeywordIndex
from itdesk.domain.matching import Part, Reading, TicketFacts, compile_condition
from itdesk.domain.rulebook import Rulebook

_NEARLY = 3
_MOST_KEPT = 10_000
_NO_KEYWORDS = KeywordIndex(())


class Agreements:
    """A rulebook's agreements, ready to be tried on tickets. `fields` are those that they look at."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._candidates: list[tuple[Agreement, Part]] = [
            (one, compile_condition(one.when, Keyword)) for one in rulebook.agreements
        ]
        self.fields: frozenset[Field] = frozenset().union(*(fields_of(one.when) for one in rulebook.agreements))
        self._ordered = sorted(self.fields)
        self._known: dict[tuple[tuple[str, ...], ...], Decision] = {}

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self._candidates)

    def decide(self, facts: TicketFacts) -> Decision:
        """The first agreement whose condition holds; an empty value where none does.

        Of `facts`, `priority` is written `P1`, and `team` is the team's name. No agreement looks at texts: leave them
        out, since reading them takes longer than all the rest.
        """
        reading = Reading(facts, _NO_KEYWORDS, {})
        key = tuple(reading.values(field) for field in self._ordered)
        decision = self._known.get(key)
        if decision is None:
            if len(self._known) >= _MOST_KEPT:
                self._known.clear()
            decision = self._known[key] = self._decide(reading)
        return decision

    def _decide(self, reading: Reading) -> Decision:
        winner: Agreement | None = None
        evidence: tuple[Evidence, ...] = ()
        later: list[NearMiss] = []
        nearly: list[NearMiss] = []
        for agreement, condition in self._candidates:
            held, lacks = condition.lacks(reading)
            if lacks:
                if len(lacks) == 1 and held:
                    nearly.append(NearMiss(agreement.name, agreement.place, agreement.name, lacks[0]))
            elif winner is None:
                winner, evidence = agreement, condition.evidence(reading)
            else:
                missing = f"comes after {winner.name}, which won"
                later.append(NearMiss(agreement.name, agreement.place, agreement.name, missing))
        misses = (*later, *nearly)[:_NEARLY]
        if winner is None:
            return Decision(Thing.AGREEMENT, "", Source.DEFAULT, reason="no agreement fits", nearly=misses)
        name, place = winner.name, winner.place
        if winner.when == AllOf(()):
            return Decision(Thing.AGREEMENT, name, Source.DEFAULT, name, place, "fits every ticket", nearly=misses)
        return Decision(Thing.AGREEMENT, name, Source.RULE, name, place, evidence=evidence, nearly=misses)


_agreements: "WeakKeyDictionary[Rulebook, Agreements]" = WeakKeyDictionary()


def agreements_of(rulebook: Rulebook) -> Agreements:
    """The agreements of a rulebook, made ready once."""
    found = _agreements.get(rulebook)
    if found is None:
        found = _agreements[rulebook] = Agreements(rulebook)
    return found
