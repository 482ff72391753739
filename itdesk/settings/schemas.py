"""JSON Schemas of the settings files, by which editors complete and check them."""

import json
from typing import Any

from itdesk.settings.files import FILES
from itdesk.settings.import_files import ANY_IMPORT_FILE
from itdesk.settings.theme_file import ThemeFile

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> dict[str, str]:
    """The JSON Schema of each kind of file, as text by file name (`desk.schema.json`)."""
    by_name = {name.removesuffix(".yaml"): model.model_json_schema() for name, model in FILES.items()}
    by_name["import"] = ANY_IMPORT_FILE.json_schema()
    by_name["theme"] = ThemeFile.model_json_schema()
    return {
        f"{name}.schema.json": json.dumps({"$schema": _DIALECT, **_tidy(schema)}, indent=2, ensure_ascii=False) + "\n"
        for name, schema in by_name.items()
    }


def _tidy(schema: Any) -> Any:
    """Without what an editor does not need: titles made of key names, and null as the default of keys left out."""
    match schema:
        case dict():
            return {
                key: {name: _tidy(inner) for name, inner in value.items()} if key == "properties" else _tidy(value)
                for key, value in schema.items()
                if not (key == "title" and isinstance(value, str)) and not (key == "default" and value is None)
            }
        case list():
            return [_tidy(item) for item in schema]
        case _:
            return schema
