"""What was written in a form and is not done: kept for whoever wrote it, found again, forgotten in time."""

from dataclasses import replace
from datetime import timedelta

from itdesk.desk import form_drafts
from itdesk.desk.form_drafts import Form
from itdesk.desk.queries import queue
from itdesk.desk.session import Session
from itdesk.domain.search_language import parse
from tests.desk.acts import open_ticket
from tests.support.desks import SignIn, StillClock


def later(session: Session, days: int) -> Session:
    return replace(session, clock=StillClock(session.clock() + timedelta(days=days)))


def test_a_form_is_kept_for_its_writer_alone_and_its_ticket_is_found(sign_in_as: SignIn) -> None:
    tom, tina = sign_in_as("tom"), sign_in_as("tina")
    ticket, other = open_ticket(sign_in_as), open_ticket(sign_in_as)
    form = Form(f"Resolve INC-{ticket}", (ticket,))
    form_drafts.save_form(tom, form, {"resolution": "Half a tho", "cause": "Nul\x00 and \ud800"})
    form_drafts.save_form(tom, form, {"resolution": "Half a thought"})
    assert form_drafts.form_texts(tom, form) == {"resolution": "Half a thought"}
    assert form_drafts.form_texts(tom, Form(form.heading, (other,))) == {}
    assert form_drafts.form_texts(tina, form) == {}
    assert [(kept.form, kept.texts) for kept in form_drafts.forms_of(tom, ticket)] == [
        (form, {"resolution": "Half a thought"})
    ]
    visit = Form("Cancel the visit", (ticket, ("visit", "7")))
    form_drafts.save_form(tom, visit, {"text": "ill"})
    assert {kept.form for kept in form_drafts.forms_of(tom, ticket)} == {visit, form}
    form_drafts.discard_form(tom, visit)
    assert form_drafts.forms_of(tom, other) == form_drafts.forms_of(tina, ticket) == ()

    def found(session: Session) -> set[int]:
        return {row.id for row in queue.page(session, parse("draft:me")).rows} & {ticket, other}

    assert (found(tom), found(tina)) == ({ticket}, set())
    form_drafts.save_form(tom, form, {})
    assert form_drafts.form_texts(tom, form) == {}
    assert found(tom) == set()


def test_text_that_no_database_takes_is_kept_as_far_as_it_can_be(sign_in_as: SignIn) -> None:
    tom = sign_in_as("tom")
    form = Form("Nul\x00 \ud800", (("file", "a.ics"),))
    form_drafts.save_form(tom, form, {"weeks": "Nul\x00 and \ud800"})
    [kept] = form_drafts.form_texts(tom, form).values()
    assert kept.startswith("Nul")


def test_a_form_about_no_single_ticket_is_forgotten_after_a_month_and_one_about_a_ticket_is_not(
    sign_in_as: SignIn,
) -> None:
    tom = sign_in_as("tom")
    ticket, other = open_ticket(sign_in_as), open_ticket(sign_in_as)
    of_one, of_two = Form("Diagnosis", (ticket,)), Form("Diagnosis", (ticket, other))
    for form in (of_one, of_two):
        form_drafts.save_form(tom, form, {"cause": "Dust"})
    form_drafts.save_form(later(tom, 30), Form("Absence", (("who", "tom"),)), {"reason": "Sea"})
    assert form_drafts.form_texts(tom, of_two) == {"cause": "Dust"}
    form_drafts.save_form(later(tom, 31), Form("Absence", (("who", "tom"),)), {"reason": "Seaside"})
    assert form_drafts.form_texts(tom, of_two) == {}
    assert form_drafts.form_texts(tom, of_one) == {"cause": "Dust"}
