"""SOPs: Markdown files in sops/ of a config folder, with settings at their top and a checklist below.

A step is a list item with a box, which may go on in indented lines: `- [ ] Lock the account {required}`. At its end
stand options in braces: `{required}`, `{value: asset number}`, `{note}` or `{note: what they saw}`, `{id: lock}`. All
other lines are for whoever reads the file.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from itdesk.domain.procedures import Asks, Sop, SopStep
from itdesk.domain.text import words
from itdesk.settings.errors import ConfigError, did_you_mean
from itdesk.settings.markdown_text import split
from itdesk.settings.names import Names
from itdesk.settings.procedure_files import SopSettings
from itdesk.settings.reading import read
from itdesk.settings.validation import validate

LONGEST_STEP = 200
"""Characters of a step's text."""

_ITEM = re.compile(r"(?P<before>\s*[-*+] \[ \]\s+)(?P<text>\S.*)")
_NEARLY = re.compile(r"\s*[-*+]\s*\[[^\]]{0,1}\](?:\s|$)")
_OPTION = re.compile(r"\{(?P<name>[^{}:]*)(?::(?P<value>[^{}]*))?\}")
_OPTIONS = ("required", "value", "note", "id")
_NAME = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a step: where it stands, and at which column its text begins (both from 1)."""

    number: int
    column: int
    text: str


def read_sops(folder: Path, files: Sequence[str], names: Names) -> tuple[tuple[Sop, ...], list[ConfigError]]:
    """The SOPs of these files (`sops/vpn.md`) of a config folder, and all that is wrong with them."""
    sops: list[Sop] = []
    errors: list[ConfigError] = []
    for file in files:
        content, faults = read(folder / file)
        if content is not None:
            sop, faults = _sop(content, str(folder / file), names)
            sops += [sop] if sop else []
        errors += faults
    return tuple(sops), errors


def _sop(content: bytes, file: str, names: Names) -> tuple[Sop | None, list[ConfigError]]:
    document, text, first, errors = split(content, file)
    settings = None
    if document is not None:
        settings, faults = validate(SopSettings, document, names, errors)
        errors += faults
    if not document and errors:
        return None, errors
    name = Path(file).stem
    if not _NAME.fullmatch(name):
        better = f"{'-'.join(words(name)) or 'name'}.md"
        errors.append(ConfigError(file, 0, 0, f"an SOP's file has small letters, digits, - and _ only: {better}"))
    steps, faults = _steps(text, first, file)
    errors += faults
    if settings is None or errors:
        return None, errors
    kind, automatic = settings.kind, settings.applies != "by hand"
    place = f"sops/{name}.md:1"
    return Sop(name, settings.title, tuple(settings.categories or ()), kind, automatic, tuple(steps), place), []


def _steps(text: str, first: int, file: str) -> tuple[list[SopStep], list[ConfigError]]:
    steps: list[SopStep] = []
    errors: list[ConfigError] = []
    lines: dict[str, int] = {}
    items = 0
    for item in _items(text, first):
        items += 1
        if isinstance(item, int):
            errors.append(ConfigError(file, item, 1, "write a step as '- [ ] what to do'"))
            continue
        step, faults = _step(item, file)
        errors += faults
        if step is None:
            continue
        if step.id in lines:
            first_line = lines[step.id]
            message = f"the step {step.id!r} is there already, in line {first_line}; give one of them an {{id: name}}"
            errors.append(ConfigError(file, item[0].number, item[0].column, message))
        lines.setdefault(step.id, item[0].number)
        steps.append(step)
    if not items:
        errors.append(ConfigError(file, first, 1, "has no step; write one as '- [ ] what to do'"))
    return steps, errors


def _items(text: str, first: int) -> Iterator[list[_Line] | int]:
    """The steps, each with the lines that it goes on in; the number of a line that is nearly a step."""
    item: list[_Line] = []
    fenced = False
    for number, line in enumerate(text.splitlines(), start=first):
        if line.lstrip().startswith("```"):
            fenced = not fenced
        goes_on = bool(item) and line.startswith("  ") and bool(line.strip())
        found = None if fenced else _ITEM.fullmatch(line)
        if (found or not goes_on or fenced) and item:
            yield item
            item = []
        if found:
            item = [_Line(number, len(found["before"]) + 1, found["text"].rstrip())]
        elif not fenced and _NEARLY.match(line):
            if item:
                yield item
                item = []
            yield number
        elif goes_on and not fenced:
            item.append(_Line(number, len(line) - len(line.lstrip()) + 1, line.strip()))
    if item:
        yield item


def _step(item: list[_Line], file: str) -> tuple[SopStep | None, list[ConfigError]]:
    errors: list[ConfigError] = []
    options: dict[str, str] = {}
    said: list[str] = []
    for line in item:
        for found in _OPTION.finditer(line.text):
            mark = line.number, line.column + found.start()
            name, value = found["name"].strip(), (found["value"] or "").strip()
            message = _option_fault(name, value, options)
            if message:
                errors.append(ConfigError(file, *mark, message))
            options.setdefault(name, value)
        said.append(" ".join(_OPTION.sub("", line.text).split()))
    text = " ".join(part for part in said if part)
    mark = item[0].number, item[0].column
    if not words(text):
        errors.append(ConfigError(file, *mark, "the step says nothing; write what is to be done"))
    if len(text) > LONGEST_STEP:
        errors.append(ConfigError(file, *mark, f"the step has {len(text)} characters; at most {LONGEST_STEP}"))
    if errors:
        return None, errors
    asks = next((one for one in (Asks.VALUE, Asks.NOTE) if one.value in options), Asks.NOTHING)
    step_id = options.get("id") or "-".join(words(text))[:60]
    return SopStep(step_id, text, "required" in options, asks, options.get(asks.value, "") if asks else ""), []


def _option_fault(name: str, value: str, before: dict[str, str]) -> str:
    if name not in _OPTIONS:
        possible = "; possible: " + ", ".join(f"{{{option}}}" for option in _OPTIONS)
        return f"there is no option {name!r}{did_you_mean(name, _OPTIONS) or possible}"
    if name in before:
        return f"the option {name!r} stands here a second time"
    if {name, *before} >= {"value", "note"}:
        return "a step asks either for a value or for a note"
    if name == "required" and value:
        return "the option 'required' has no value: {required}"
    if name == "value" and not value:
        return "say what value is asked for: {value: asset number}"
    if name == "id" and not _NAME.fullmatch(value):
        return "an id has small letters, digits, - and _ only: {id: lock-account}"
    return ""
