"""The rulebook of the desk: how a changed config folder comes into force, for everybody, with a journal entry."""

from itdesk.desk.change import Change
from itdesk.desk.session import TERMS_DONE, TERMS_VERSION
from itdesk.desk.transaction import Transaction, action
from itdesk.domain.people import EVERYBODY
from itdesk.domain.rulebook import NO_TERMS, Rulebook
from itdesk.models.fields import MICROSECOND
from itdesk.models.people import Team
from itdesk.models.settings import Meta, StoredRulebook
from itdesk.models.tickets import Ticket


@action(EVERYBODY, "load the desk's settings", alone=True)
def adopt(tx: Transaction, rulebook: Rulebook, content_hash: str, config_folder: str | None = None) -> Change:
    """Make a checked rulebook the desk's own. Anybody's session may: the folder's file rights say who can edit it.

    `config_folder` is recorded where the desk has none yet. Changed head starts rewrite the queue's order keys.
    """
    if config_folder is not None:
        Meta.insert(name="config_folder", value=config_folder).on_conflict_ignore().execute()
    newest = StoredRulebook.select().order_by(StoredRulebook.version.desc()).first()
    if newest is not None and newest.config_hash == content_hash:
        return Change("The settings are in force already.", undoable=False)
    before = Rulebook.from_json(newest.content) if newest is not None else None
    version = int(
        StoredRulebook.insert(config_hash=content_hash, content=rulebook.to_json(), loaded_at=tx.now).execute()
    )
    for team in rulebook.desk.teams:
        Team.insert(name=team.name, title=team.title).on_conflict(
            conflict_target=[Team.name], update={Team.title: team.title}
        ).execute()
    if rulebook.terms() != (before.terms() if before else NO_TERMS):
        waiting = Ticket.select().where(Ticket.closed_at.is_null()).exists()
        for name in (TERMS_VERSION, *([] if waiting else [TERMS_DONE])):
            Meta.insert(name=name, value=str(version)).on_conflict(
                conflict_target=[Meta.name], update={Meta.value: str(version)}
            ).execute()
    rewritten = 0
    if before is not None and before.priorities.head_starts != rulebook.priorities.head_starts:
        rewritten = _rewrite_order(before, rulebook)
    tx.record(
        "rulebook_adopted",
        f"rulebook:{version}",
        facts={"hash": content_hash, "order_keys_rewritten": rewritten},
        payload={"difference": difference(before, rulebook)},
    )
    return Change(f"The settings are in force as rulebook {version}.", undoable=False)


def _rewrite_order(before: Rulebook, after: Rulebook) -> int:
    """Move every ticket's order key by the difference of its priority's head start, in microseconds."""
    rewritten = 0
    for priority, head_start in after.priorities.head_starts.items():
        difference = before.priorities.head_starts[priority] - head_start
        if difference:
            shift = difference // MICROSECOND
            rewritten += Ticket.update(order_key=Ticket.order_key + shift).where(Ticket.priority == priority).execute()
    return rewritten


def difference(before: Rulebook | None, after: Rulebook) -> dict[str, list[str]]:
    """What a new rulebook adds and removes, part by part, by name; empty for no difference in a part."""
    told: dict[str, list[str]] = {}
    for part in ("categories", "rules", "routes", "views", "templates", "replies", "calendars", "agreements"):
        old = {repr(item) for item in getattr(before, part)} if before else set()
        new = {repr(item) for item in getattr(after, part)}
        if old != new:
            told[part] = [f"+{len(new - old)}", f"-{len(old - new)}"]
    for part in ("desk", "priorities", "sharing", "procedures_data"):
        if before is None or getattr(before, part) != getattr(after, part):
            told[part.removesuffix("_data")] = ["changed"]
    return told
