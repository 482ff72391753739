"""Form drafts: what somebody wrote in a form and has neither done nor thrown away.

A person's own scratch paper, as the drafts of messages are: kept at once, without journal or undo.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from itdesk.desk.session import Session
from itdesk.domain.text import storable
from itdesk.models.tickets import FormDraft

_KEPT_DAYS = 30
"""A form about no single ticket is found again by opening it only: one that nobody opened for so long is forgotten."""


About = tuple[int | tuple[str, str], ...]
"""What a form is about: ids of tickets, and what else it takes to know it again, each as (what, which)."""


@dataclass(frozen=True, slots=True)
class Form:
    """A form by its heading and what it is about, whatever that looks like meanwhile."""

    heading: str
    about: About

    @property
    def key(self) -> str:
        """What it is known by, as JSON."""
        return json.dumps([storable(self.heading), self.about], ensure_ascii=False)

    @property
    def ticket(self) -> int | None:
        """The one ticket (an id) that it is about."""
        tickets = [one for one in self.about if isinstance(one, int)]
        return tickets[0] if len(tickets) == 1 else None


@dataclass(frozen=True, slots=True)
class HalfFilledForm:
    """A form that was left half filled in: what stands in its fields, by their names, and when it was kept."""

    form: Form
    texts: Mapping[str, str]
    saved_at: datetime


def save_form(session: Session, form: Form, texts: Mapping[str, str]) -> None:
    """Keep what this person wrote in the fields of a form, by their names; none at all forgets it."""
    if not texts:
        discard_form(session, form)
        return
    now = session.clock()
    values = {
        FormDraft.ticket: form.ticket,
        FormDraft.texts: json.dumps({name: storable(text) for name, text in texts.items()}, ensure_ascii=False),
        FormDraft.saved_at: now,
    }
    own = FormDraft.person == session.actor.id
    old = own & FormDraft.ticket.is_null() & (FormDraft.saved_at < now - timedelta(days=_KEPT_DAYS))

    def save() -> None:
        FormDraft.delete().where(old).execute()
        FormDraft.insert({FormDraft.person: session.actor.id, FormDraft.form: form.key, **values}).on_conflict(
            conflict_target=[FormDraft.person, FormDraft.form], update=values
        ).execute()

    session.desk.database.write(save)


def form_texts(session: Session, form: Form) -> Mapping[str, str]:
    """What this person wrote in the fields of a form, by their names; empty for nothing."""
    with session.desk.database.translated():
        row = FormDraft.get_or_none((FormDraft.person == session.actor.id) & (FormDraft.form == form.key))
    return {} if row is None else json.loads(row.texts)


def forms_of(session: Session, ticket_id: int) -> tuple[HalfFilledForm, ...]:
    """The forms about a ticket that this person left half filled in, newest first."""
    with session.desk.database.translated():
        rows = (
            FormDraft.select()
            .where((FormDraft.person == session.actor.id) & (FormDraft.ticket == ticket_id))
            .order_by(FormDraft.saved_at.desc())
        )
        return tuple(HalfFilledForm(_form(row.form), json.loads(row.texts), row.saved_at) for row in rows)


def _form(key: str) -> Form:
    heading, about = json.loads(key)
    return Form(heading, tuple(one if isinstance(one, int) else tuple(one) for one in about))


def discard_form(session: Session, form: Form) -> None:
    """Forget what this person wrote in a form; there need not be anything."""
    session.desk.database.write(
        lambda: (
            FormDraft.delete().where((FormDraft.person == session.actor.id) & (FormDraft.form == form.key)).execute()
        )
    )
