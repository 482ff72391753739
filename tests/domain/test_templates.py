"""What somebody fills into a template becomes a subject and a text."""

from hypothesis import given
from hypothesis import strategies as st

from itdesk.domain.templates import Template, TemplateField, faults, fill

STARTER = Template(
    name="starter",
    title="New starter",
    subject="New starter: {person}",
    body="From {day} on.",
    fields=(
        TemplateField("person", "Full name", required=True),
        TemplateField("day", "First day", required=True),
        TemplateField("place", "Workplace", choices=("office", "Home")),
        TemplateField("note", "Note"),
    ),
)


def test_fields_stand_in_their_places_or_become_lines_below() -> None:
    filled = fill(STARTER, {"person": " Emil  Sørensen ", "day": "1 Dec", "place": "home", "note": ""})
    assert filled.subject == "New starter: Emil Sørensen"
    assert filled.body == "From 1 Dec on.\n\nWorkplace: Home"


def test_every_missing_field_and_every_wrong_choice_is_named() -> None:
    assert faults(STARTER, {"person": " ", "place": "moon"}) == [
        "Full name is needed (field person).",
        "First day is needed (field day).",
        "Workplace cannot be 'moon'; possible: office, Home.",
    ]


@given(st.text(), st.text())
def test_whatever_is_filled_in_is_taken_as_it_is(person: str, note: str) -> None:
    filled = fill(STARTER, {"person": person, "day": "{person}", "note": note})
    assert filled.subject == " ".join(f"New starter: {' '.join(person.split())}".split())
    assert filled.body.startswith("From {person} on."), "what is filled in is no place itself"
    assert (f"Note: {' '.join(note.split())}" in filled.body) == bool(note.split())
