"""templates.yaml and the size of files: what is read, and every fault with its place."""

from pathlib import Path

import pytest

from itdesk.desk.intake import NewTicket
from itdesk.desk.templates import fill
from itdesk.domain.rulebook import Rulebook
from itdesk.domain.templates import TemplateField
from itdesk.domain.ticket import Kind
from itdesk.settings.config_folder import content_hash
from itdesk.settings.loader import load_rulebook
from itdesk.settings.locations import shipped_config
from tests.settings.folders import SMALL, faults, shipped_copy, small_folder

TEMPLATES = """\
templates:
  - name: line
    title: New line
    subject: "Line for {person}"
    kind: request
    category: network.order
    tags: [order]
    fields:
      - { name: person, caption: For whom, required: true }
      - { name: speed, caption: Speed, choices: [fast, slow] }
"""


def written(folder: Path, templates: str) -> Path:
    small_folder(folder)
    (folder / "templates.yaml").write_text(templates)
    return folder


def test_templates_are_read_and_stored_with_the_rulebook(tmp_path: Path) -> None:
    book = load_rulebook(written(tmp_path / "config", TEMPLATES))
    [template] = book.templates
    assert (template.name, template.kind, template.category, template.tags) == (
        "line",
        Kind.REQUEST,
        "network.order",
        ("order",),
    )
    assert template.fields[1] == TemplateField("speed", "Speed", choices=("fast", "slow"))
    assert Rulebook.from_json(book.to_json()).templates == book.templates


def test_a_desk_without_templates_has_none_and_an_older_stored_rulebook_is_read(tmp_path: Path) -> None:
    book = load_rulebook(small_folder(tmp_path / "config"))
    assert book.templates == ()
    assert book.desk.largest_attachment == 20_000_000
    older = book.to_json().replace(',"templates":[]', "").replace('"largest_attachment":20000000,', "")
    assert "templates" not in older
    assert Rulebook.from_json(older).desk == book.desk
    before = content_hash(tmp_path / "config")
    (tmp_path / "config" / "templates.yaml").write_text(TEMPLATES)
    assert content_hash(tmp_path / "config") != before


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("{person}", "{persn}", "templates.yaml:4:14: {persn} stands for no field of this template"),
        ("network.order", "network.ordr", "templates.yaml:6:15: there is no category 'network.ordr'"),
        ("name: speed", "name: person", "templates.yaml:10:17: the field 'person' is there already"),
        ("required: true", "require: true", "templates.yaml:9:"),
        ("choices: [fast, slow]", "choices: []", "'choices' must not be empty"),
        ("title: New line", "titel: New line", "unknown key 'titel'"),
    ],
)
def test_faults_are_named_with_their_place(tmp_path: Path, old: str, new: str, fault: str) -> None:
    told = faults(written(tmp_path / "config", TEMPLATES.replace(old, new)))
    assert any(fault in one for one in told), told


def test_all_shipped_templates_can_be_filled_in(tmp_path: Path) -> None:
    book = load_rulebook(shipped_config())
    assert len(book.templates) == 6
    for template in book.templates:
        values = {field.name: field.choices[0] if field.choices else "something" for field in template.fields}
        new = fill(template, values, NewTicket(""))
        assert "{" not in new.subject + new.body
        assert new.category == template.category


@pytest.mark.parametrize(("size", "most"), [("5 MB", 5_000_000), ("1.5 GiB", 1_610_612_736)])
def test_the_size_of_files_is_read(tmp_path: Path, size: str, most: int) -> None:
    desk = SMALL["desk.yaml"] + f"attachments: {{ largest: {size} }}\n"
    assert load_rulebook(small_folder(tmp_path / "config", desk=desk)).desk.largest_attachment == most


@pytest.mark.parametrize("size", ["20", "MB", "-1 MB", "0 MB", '"20 mb"'])
def test_a_size_that_is_none_is_a_fault(tmp_path: Path, size: str) -> None:
    desk = SMALL["desk.yaml"] + f"attachments: {{ largest: {size} }}\n"
    [fault] = faults(small_folder(tmp_path / "config", desk=desk))
    assert "a size is a number and kB, MB or GB" in fault


def test_the_example_in_the_documentation_loads(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "docs" / "configuration.md").read_text()
    example = text.partition("## Templates and files")[2].partition("```yaml\n")[2].partition("```")[0]
    folder = shipped_copy(tmp_path / "config")
    (folder / "templates.yaml").write_text(example)
    assert [template.name for template in load_rulebook(folder).templates] == ["restore"]
