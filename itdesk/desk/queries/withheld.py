"""What the history of a ticket withholds from requesters: what staff tell each other, and what it says of people.

Their loads and absences, who is a VIP, the agreement (its name says it), and the reasons that staff give each other.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from itdesk.domain.decisions import Decision, Source, Thing
from itdesk.domain.people import READERS, Role

STAFF_ONLY = (
    *("noted", "attached_for_staff", "detached_for_staff"),
    *("logged", "watched", "unwatched", "alerted", "agreement_changed"),
    *("step_ticked", "step_unticked", "step_added", "checklist_applied"),
)
"""Verbs of entries that requesters never see."""

_THINGS = frozenset({Thing.CHECKLIST, Thing.TEST, Thing.AGREEMENT})
"""Decisions that requesters never see: what a resolution went without, and what was promised to whom."""

_OF_STAFF = frozenset({Thing.ASSIGNEE, Thing.ESCALATION})
"""Decisions whose reasons are about staff, also where the desk decides."""

_REASONS = frozenset({"approval_asked", "approved", "rejected", "resolved", "closed", "cancelled", "reopened"})
"""Verbs whose reason is meant for requesters as well. Of all others they read only what they said themselves."""

_FACTS = frozenset({"agreement", "terms", "told", "answer_of", "decided"})
"""Facts, and changed columns, that a requester does not read."""
_WORDS = frozenset(
    {"changes", "text", "names", "sha256", "visit", "approvers", "what", "how", "subject", "body", "site"}
)
"""What a requester reads of an entry's payload."""


def agreement_for(role: Role, agreement: str | None) -> str | None:
    """The name of an agreement as somebody of this role may read it."""
    return agreement if role in READERS else None


def is_withheld(thing: Thing) -> bool:
    """Whether requesters see no decision about this."""
    return thing in _THINGS


def decision_without(decision: Decision, *, own: bool = False) -> Decision:
    """A decision as requesters read it; `own`: the reader made it."""
    from itdesk.domain.conditions import Field

    among_staff = decision.source is Source.PERSON or decision.thing in _OF_STAFF
    is_told = own or decision.thing is Thing.APPROVAL or not among_staff
    of_vip = any(one.field == Field.VIP for one in decision.evidence)
    return replace(
        decision,
        candidates=(),
        evidence=tuple(one for one in decision.evidence if one.field != Field.VIP),
        nearly=tuple(one for one in decision.nearly if f"needs {Field.VIP.label} " not in one.missing),
        reason=decision.reason if is_told else "",
        rule="" if of_vip else decision.rule,
        place="" if of_vip else decision.place,
    )


def facts_without(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of an entry as requesters read them."""
    kept = {name: value for name, value in facts.items() if name not in _FACTS}
    if kept.get("rule"):  # its name may say who is a VIP
        del kept["rule"]
    if "changes" in kept:
        kept["changes"] = {name: change for name, change in kept["changes"].items() if name not in _FACTS}
    return kept


def payload_without(verb: str, payload: Mapping[str, Any], *, own: bool) -> dict[str, Any]:
    """The words of an entry as requesters read them; `own`: the reader did it."""
    words = _WORDS | {"reason"} if own or verb in _REASONS else _WORDS
    return {name: value for name, value in payload.items() if name in words}
