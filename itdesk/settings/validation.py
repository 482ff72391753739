"""Puts a document through its pydantic model; every fault becomes one error that says where and what was meant."""

from collections.abc import Callable, Iterable, Mapping
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from itdesk.settings.errors import ConfigError, did_you_mean, nearest
from itdesk.settings.fields import Strict
from itdesk.settings.names import Names
from itdesk.settings.strict_yaml import Document, Mark, Steps

M = TypeVar("M", bound=Strict)

PartOf = Callable[[Steps], Steps]
"""The path of what is left out where there is a fault at a path; one that nothing stands at where it is the file."""


def validate(
    model: type[M], document: Document, names: Names, told: Iterable[ConfigError] = ()
) -> tuple[M | None, list[ConfigError]]:
    """The document as the model; None where there are errors. Names it declares and refers to go to `names`.

    Nothing more is said about places of which an error is `told` already.
    """
    names.file = document.file
    try:
        return model.model_validate(document.data, context=names), []
    except ValidationError as failure:
        details = failure.errors(include_url=False)
    meant = {_meant(model, document, error) for error in details if error["type"] == "extra_forbidden"}
    known = {(error.line, error.column) for error in told if error.file == document.file}
    errors = []
    for error in details:
        path = _path(document, error["loc"])
        mark = _mark(document, path, error["type"])
        if mark not in known and not (error["type"] == "missing" and path in meant):
            errors.append(ConfigError(document.file, *mark, _message(model, path, error)))
    return None, errors


def sound_part(model: type[M], document: Document, part_of: PartOf) -> tuple[M, Document] | None:
    """The document without its faulty parts, and as the model; None where too little is left to judge the rest by."""
    while True:
        try:
            return model.model_validate(document.data), document
        except ValidationError as failure:
            faulty = {part_of(_path(document, error["loc"])) for error in failure.errors(include_url=False)}
        if not faulty <= document.marks.keys() - {()}:
            return None
        document = document.without(faulty)


def entries_of(*collections: str) -> PartOf:
    """Parts of a file that stand for themselves are the entries of these collections."""
    return lambda path: path[:2] if path[:1] in {(name,) for name in collections} else ()


def _meant(model: type[Strict], document: Document, error: ErrorDetails) -> Steps:
    """The path of the key that an unknown key was meant to be, as far as it can be guessed."""
    path = _path(document, error["loc"])
    return (*path[:-1], nearest(str(path[-1]), _keys_at(model, path[:-1])) or "")


def _path(document: Document, loc: tuple[int | str, ...]) -> Steps:
    """The steps of a pydantic location that the document has, and the key that is missing from it."""
    path: Steps = ()
    for step in loc:
        if step == "[key]":
            break
        if (*path, step) in document.marks or step is loc[-1]:
            path = (*path, step)
    return path


def _mark(document: Document, path: Steps, kind: str) -> Mark:
    if kind in ("extra_forbidden", "missing"):
        return document.key_marks.get(path) or document.mark(path)
    return document.mark(path)


def _message(model: type[Strict], path: Steps, error: ErrorDetails) -> str:
    kind, value, values = error["type"], error["input"], error.get("ctx", {})
    key = next((str(step) for step in reversed(path) if isinstance(step, str)), "")
    what = f"{key!r}" if key else "the file"
    if path and isinstance(path[-1], int):
        what = f"item {path[-1] + 1} of {key!r}"
    match kind:
        case "fault":
            return str(values["message"])
        case "missing":
            return f"the key {path[-1]!r} is missing"
        case "extra_forbidden":
            known = _keys_at(model, path[:-1])
            return f"unknown key {path[-1]!r}{_instead(path[-1], known)}"
        case "enum" | "literal_error":
            choices = str(values["expected"]).replace(" or ", ", ").replace("'", "").split(", ")
            return f"{what} cannot be {_shown(value)}{_instead(value, choices)}"
        case "string_type":
            return f"{what} must be text, not {_shown(value)}{_quoting(value)}"
        case "int_type" | "int_from_float":
            return f"{what} must be a whole number, not {_shown(value)}"
        case "list_type":
            return f"{what} must be a list, not {_shown(value)}"
        case "dict_type" | "model_type":
            return f"{what} must be a mapping (key: value), not {_shown(value)}"
        case "bool_type":
            return f"{what} must be true or false, not {_shown(value)}"
        case "too_short" | "string_too_short":
            return f"{what} must not be empty"
        case "string_too_long":
            return f"{what} has {len(value)} characters; at most {values['max_length']} are possible"
        case "greater_than_equal" | "less_than_equal":
            bound = "at least" if kind == "greater_than_equal" else "at most"
            return f"{what} must be {bound} {values.get('ge', values.get('le'))}, not {_shown(value)}"
        case _:
            return f"{what}: {error['msg']}"


def _quoting(value: Any) -> str:
    """How to write a value that was meant as text."""
    if value is None:
        return "; text that begins with # needs quotes"
    return f'; put it in quotes: "{_written(value)}"' if isinstance(value, bool | int | float) else ""


def _instead(value: Any, choices: list[str]) -> str:
    """What could stand there: the choice that is near, or all."""
    near = did_you_mean(value, choices) if isinstance(value, str) else ""
    return near or "; possible: " + ", ".join(choices)


def _shown(value: Any) -> str:
    match value:
        case None:
            return "empty"
        case dict():
            return "a mapping"
        case list():
            return "a list"
        case str():
            return f"the text {str(value)!r}" if len(value) <= 60 else f"the text {str(value[:60])!r}…"
        case _:
            return _written(value)


def _written(value: float | bool) -> str:
    """A number or boolean as YAML writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _keys_at(model: type[Strict], path: Steps) -> list[str]:
    """The keys that the mapping at a path may have."""
    at: Any = model
    for step in path:
        at = _inner(at, step)
    fields: Mapping[str, Any] = at.model_fields if isinstance(at, type) and issubclass(at, BaseModel) else {}
    return [field.alias or name for name, field in fields.items()]


def _inner(annotation: Any, step: int | str) -> Any:
    """The type of what stands at a step within a type."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        fields = {field.alias or name: field.annotation for name, field in annotation.model_fields.items()}
        return fields.get(str(step))
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (list, dict):
        return arguments[-1]
    if origin in (Union, UnionType):
        return next((argument for argument in arguments if argument is not type(None)), None)
    return _inner(arguments[0], step) if arguments else None
