"""The JSON Schemas in config/schema are those of the models, and every settings file names its own."""

import json
import re
from pathlib import Path

import pytest

from itdesk.settings.locations import shipped_config, shipped_themes
from itdesk.settings.schemas import schemas

FILES = sorted([*shipped_config().rglob("*.yaml"), *shipped_themes().glob("*.yaml")])


def test_the_shipped_schemas_are_those_of_the_models() -> None:
    shipped = {path.name: path.read_text() for path in (shipped_config() / "schema").iterdir()}
    assert shipped == schemas(), "write them anew with `itdesk config schema`"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_settings_file_names_its_schema_in_its_first_line(path: Path) -> None:
    first = path.read_text().partition("\n")[0]
    found = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
    assert found
    assert (path.parent / found[1]).is_file()


@pytest.mark.parametrize("name", schemas())
def test_a_schema_refuses_unknown_keys(name: str) -> None:
    schema = json.loads(schemas()[name])
    objects = [schema, *schema.get("$defs", {}).values()]
    assert all(part["additionalProperties"] is False for part in objects if "properties" in part)


def test_a_schema_offers_the_choices() -> None:
    desk = json.loads(schemas()["desk.schema.json"])
    assert desk["$defs"]["Kind"]["enum"] == ["incident", "request", "problem"]
    categories = json.loads(schemas()["categories.schema.json"])
    assert set(categories["$defs"]["TextTest"]["properties"]) == {"contains", "matches", "is", "in", "starts_with"}
