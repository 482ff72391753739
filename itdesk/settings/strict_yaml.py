"""YAML read strictly: YAML 1.2's values, and nothing that reads otherwise than it looks.

Refused, each with its line and column: duplicate keys, anchors, aliases, merge keys, tags, several documents, nesting
deeper than 60, bytes that are not UTF-8, byte order marks, control characters, tabs as indentation,
numbers with a leading zero. `yes`, `no`, `on`, `off`, `17:00`, `1_000` and `2026-01-31` are text, as in YAML 1.2.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import yaml

from itdesk.settings.errors import ConfigError

DEEPEST = 60
"""How many collections may stand within each other."""

_TOO_DEEP = f"nested deeper than {DEEPEST} levels"

Steps = tuple[str | int, ...]
"""Where a value stands in the data: the keys and indices that lead to it."""

Mark = tuple[int, int]
"""Line and column, from 1."""

_UNSAFE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff\ud800-\udfff]")
_TAB = re.compile(r"^ *(\t)", re.MULTILINE)
_INTEGER = re.compile(r"[-+]?[0-9]+")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_LONGEST_NUMBER = 18
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


class Text(str):
    """Text of the file that knows where it stands."""

    mark: Mark

    def __new__(cls, value: str, mark: Mark) -> Self:
        """The text `value`, which stands at `mark`."""
        text = super().__new__(cls, value)
        text.mark = mark
        return text


@dataclass(frozen=True, slots=True)
class Document:
    """A file's plain data, and where each value and each key stands. `left_out` is what stood there as well."""

    file: str
    data: Any
    marks: dict[Steps, Mark] = field(default_factory=dict)
    key_marks: dict[Steps, Mark] = field(default_factory=dict)
    left_out: frozenset[Steps] = frozenset()

    def mark(self, path: Steps) -> Mark:
        """Where the value at a path stands, or the nearest one around it."""
        while path not in self.marks and path:
            path = path[:-1]
        return self.marks.get(path, (1, 1))

    def without(self, paths: Collection[Steps]) -> "Document":
        """The document without what stands at these paths; the rest knows its places as before."""
        now_at: dict[Steps, Steps] = {}

        def kept(value: Any, path: Steps, now: Steps) -> Any:
            now_at[path] = now
            if isinstance(value, dict):
                return {
                    key: kept(one, (*path, key), (*now, key)) for key, one in value.items() if (*path, key) not in paths
                }
            if isinstance(value, list):
                there = [(index, one) for index, one in enumerate(value) if (*path, index) not in paths]
                return [kept(one, (*path, index), (*now, place)) for place, (index, one) in enumerate(there)]
            return value

        data = kept(self.data, (), ())
        gone = self.left_out.union(paths)
        return Document(
            self.file,
            data,
            {now_at[path]: mark for path, mark in self.marks.items() if path in now_at},
            {now_at[path]: mark for path, mark in self.key_marks.items() if path in now_at},
            frozenset((*now_at[path[:-1]], path[-1]) for path in gone if path[:-1] in now_at),
        )

    def place(self, path: Steps) -> str:
        """`categories.yaml:88`: the file's name, and the line where the value at a path begins."""
        mark = self.key_marks.get(path) or self.mark(path)
        return f"{Path(self.file).name}:{mark[0]}"


class _Fault(Exception):
    """A fault after which the file cannot be read on."""

    def __init__(self, mark: Mark, message: str) -> None:
        super().__init__(message)
        self.mark = mark
        self.message = message


def parse(content: bytes, name: str) -> tuple[Document | None, list[ConfigError]]:
    """The document in a file's bytes; `name` is how errors call the file. No document means that there are errors.

    Duplicate keys and odd numbers are collected; a fault in the structure ends the reading, and is the last error.
    """
    text, errors = _decode(content, name)
    if text is None or errors:
        return None, errors
    reader = _Reader(name, text)
    try:
        data = reader.document()
    except _Fault as fault:
        return None, [*reader.errors, ConfigError(name, *fault.mark, fault.message)]
    return Document(name, data, reader.marks, reader.key_marks), reader.errors


def _decode(content: bytes, name: str) -> tuple[str | None, list[ConfigError]]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return None, [ConfigError(name, 1, 1, "is written in UTF-16; save it as UTF-8")]
    if content.startswith(b"\xef\xbb\xbf"):
        return None, [ConfigError(name, 1, 1, "begins with a byte order mark; save it as UTF-8 without BOM")]
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8")
        mark = _mark_at(before, len(before))
        byte = content[error.start]
        return None, [ConfigError(name, *mark, f"byte 0x{byte:02x} is no UTF-8; save the file as UTF-8")]
    text = text.replace("\r\n", "\n")
    errors = [
        ConfigError(name, *_mark_at(text, found.start()), f"control character U+{ord(found[0]):04X}; delete it")
        for found in _first_few(_UNSAFE.finditer(text))
    ]
    errors += [
        ConfigError(name, *_mark_at(text, found.start(1)), "a tab as indentation; use spaces")
        for found in _first_few(_TAB.finditer(text))
    ]
    return text, errors


def _first_few(found: Iterator[re.Match[str]]) -> Iterator[re.Match[str]]:
    for _, match in zip(range(20), found, strict=False):
        yield match


def _mark_at(text: str, position: int) -> Mark:
    line = text.count("\n", 0, position)
    return line + 1, position - (text.rfind("\n", 0, position) + 1) + 1


class _Reader:
    """Builds plain data out of the parser's events, so that no depth and no alias can hurt."""

    def __init__(self, name: str, text: str) -> None:
        self.marks: dict[Steps, Mark] = {}
        self.key_marks: dict[Steps, Mark] = {}
        self.errors: list[ConfigError] = []
        self._name = name
        self._loader: Any = yaml.CSafeLoader(text)

    def document(self) -> Any:
        """The data of the only document."""
        self._next()  # start of the stream
        if isinstance(self._next(), yaml.StreamEndEvent):
            raise _Fault((1, 1), "is empty; see the shipped file of the same name for what belongs here")
        data = self._value(self._next(), ())
        self._next()  # end of the document
        following = self._next()
        if not isinstance(following, yaml.StreamEndEvent):
            raise _Fault(_mark(following), "a second document begins here; a settings file holds one")
        return data

    def _next(self) -> Any:
        try:
            return self._loader.get_event()
        except yaml.MarkedYAMLError as error:
            raise _syntax_fault(error) from None
        except yaml.YAMLError as error:
            raise _Fault((1, 1), f"is no YAML: {error}") from None

    def _value(self, event: Any, path: Steps) -> Any:
        mark = self.marks[path] = _mark(event)
        if isinstance(event, yaml.AliasEvent):
            raise _Fault(mark, f"alias *{event.anchor}; write the value out, aliases are not read")
        if event.anchor is not None:
            raise _Fault(mark, f"anchor &{event.anchor}; delete it, anchors are not read")
        if event.tag is not None and event.tag != "!":
            raise _Fault(mark, f"tag {event.tag}; delete it, tags are not read")
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, mark)
        if len(path) >= DEEPEST:
            raise _Fault(mark, _TOO_DEEP)
        return self._mapping(path) if isinstance(event, yaml.MappingStartEvent) else self._list(path)

    def _list(self, path: Steps) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            items.append(self._value(event, (*path, len(items))))
        return items

    def _mapping(self, path: Steps) -> dict[str, Any]:
        entries: dict[str, Any] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            mark = _mark(event)
            if isinstance(event, yaml.AliasEvent) or not isinstance(event, yaml.ScalarEvent):
                self._value(event, (*path, "?"))  # an alias or anchor is the better message
                raise _Fault(mark, "a key must be text, not a list or a mapping")
            if event.anchor is not None or (event.tag is not None and event.tag != "!"):
                self._value(event, (*path, "?"))
            key = Text(event.value, mark)
            if key == "<<" and not event.style:
                raise _Fault(mark, "merge key <<; write the entries out, merge keys are not read")
            if key in entries:
                line = self.key_marks[(*path, key)][0]
                self._error(mark, f"the key {key!r} stands here a second time, first in line {line}")
            value = self._value(self._next(), (*path, key))
            if key not in entries:
                entries[key] = value
                self.key_marks[(*path, key)] = mark
        return entries

    def _scalar(self, event: Any, mark: Mark) -> Any:
        text: str = event.value
        if _UNSAFE.search(text):
            self._error(mark, "an escaped control character; delete it")
        if event.style or event.tag == "!":  # quoted, or a block: text whatever it looks like
            return Text(text, mark)
        if text in _NULLS:
            return None
        if text in _BOOLEANS:
            return _BOOLEANS[text]
        if _LEADING_ZERO.fullmatch(text):
            plain = text.lstrip("+-").lstrip("0") or "0"
            self._error(mark, f'{text} has a leading zero; write {plain} for the number, or "{text}" for text')
            return Text(text, mark)
        if len(text) <= _LONGEST_NUMBER:
            if _INTEGER.fullmatch(text):
                return int(text)
            if _FLOAT.fullmatch(text):
                return float(text)
        return Text(text, mark)

    def _error(self, mark: Mark, message: str) -> None:
        self.errors.append(ConfigError(self._name, *mark, message))


def _mark(event: Any) -> Mark:
    return event.start_mark.line + 1, event.start_mark.column + 1


def _syntax_fault(error: yaml.MarkedYAMLError) -> _Fault:
    mark = error.problem_mark or error.context_mark
    where = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    if "nesting depth" in (error.problem or ""):  # newer parsers have a limit of their own and meet it first
        return _Fault(where, _TOO_DEEP)
    said = ", ".join(part for part in (error.context, error.problem) if part)
    return _Fault(where, f"is no YAML: {said}{_hint(error.problem or '')}")


def _hint(problem: str) -> str:
    if "mapping values are not allowed" in problem:
        return "; put text that holds `: ` in quotes"
    if "cannot start any token" in problem:
        return "; put text that begins with this character in quotes"
    if "expected <block end>" in problem or "could not find expected ':'" in problem:
        return "; check the indentation and the colons here and in the line above"
    return ""
