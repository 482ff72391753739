"""YAML's traps: each is refused with its line and column, or read as it looks."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itdesk.settings.strict_yaml import DEEPEST, parse

BOMB = b"a: &a [x, x]\n" + b"".join(
    b"%c: &%c [*%c, *%c, *%c]\n" % (letter, letter, letter - 1, letter - 1, letter - 1)
    for letter in range(ord("b"), ord("n"))
)
MERGE_BOMB = b"a: {<<: {b: 1}}"


def read(text: str) -> Any:
    document, errors = parse(text.encode(), "f.yaml")
    assert errors == []
    assert document is not None
    return document.data


def refused(content: bytes) -> list[str]:
    _, errors = parse(content, "f.yaml")
    return [str(error) for error in errors]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("yes", "yes"),
        ("no", "no"),
        ("on", "on"),
        ("OFF", "OFF"),
        ("y", "y"),
        ("true", True),
        ("False", False),
        ("TRUE", True),
        ("17:00", "17:00"),
        ("9:30", "9:30"),
        ("190:20:30", "190:20:30"),
        ("1_000", "1_000"),
        ("2026-01-31", "2026-01-31"),
        ("2026-01-31 10:00:00", "2026-01-31 10:00:00"),
        ("0o17", "0o17"),
        ("0x1F", "0x1F"),
        ("0b11", "0b11"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("17", 17),
        ("-3", -3),
        ("+3", 3),
        ("0", 0),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("1.10.2", "1.10.2"),
        ("=", "="),
        ("~", None),
        ("null", None),
        ("", None),
        ("'017'", "017"),
        ('"no"', "no"),
        ("! 17", "17"),
        ("9" * 5000, "9" * 5000),
        ("|\n    two\n    lines\n", "two\nlines\n"),
    ],
)
def test_a_value_is_what_it_looks_like(written: str, value: Any) -> None:
    found = read(f"key: {written}\n")["key"]
    assert found == value
    assert isinstance(found, type(value))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "f.yaml:1:1: is empty; see the shipped file of the same name for what belongs here"),
        (b"# only a comment\n", "f.yaml:1:1: is empty; see the shipped file of the same name for what belongs here"),
        (b"a: 1\nb: 2\na: 3\n", "f.yaml:3:1: the key 'a' stands here a second time, first in line 1"),
        (b"a:\n  b: 1\n  b: 1\n", "f.yaml:3:3: the key 'b' stands here a second time, first in line 2"),
        (b"a: &x 1\n", "f.yaml:1:4: anchor &x; delete it, anchors are not read"),
        (b"a: 1\nb: *x\n", "f.yaml:2:4: alias *x; write the value out, aliases are not read"),
        (b"&x a: 1\n", "f.yaml:1:1: anchor &x; delete it, anchors are not read"),
        (b"? *x\n: 1\n", "f.yaml:1:3: alias *x; write the value out, aliases are not read"),
        (BOMB, "f.yaml:1:4: anchor &a; delete it, anchors are not read"),
        (MERGE_BOMB, "f.yaml:1:5: merge key <<; write the entries out, merge keys are not read"),
        (
            b"a: !!python/object:os.system x\n",
            "f.yaml:1:4: tag tag:yaml.org,2002:python/object:os.system; delete it, tags are not read",
        ),
        (b"!!str a: 1\n", "f.yaml:1:1: tag tag:yaml.org,2002:str; delete it, tags are not read"),
        (b"? [a]\n: 1\n", "f.yaml:1:3: a key must be text, not a list or a mapping"),
        (b"a: 1\n---\nb: 2\n", "f.yaml:2:1: a second document begins here; a settings file holds one"),
        (b"[" * 500, f"f.yaml:1:61: nested deeper than {DEEPEST} levels"),
        (b"{a: " * 500, "f.yaml:1:241: nested deeper than 60 levels"),
        (b"a: 017\n", 'f.yaml:1:4: 017 has a leading zero; write 17 for the number, or "017" for text'),
        (b"a: -08\n", 'f.yaml:1:4: -08 has a leading zero; write 8 for the number, or "-08" for text'),
        (b"a: 00\n", 'f.yaml:1:4: 00 has a leading zero; write 0 for the number, or "00" for text'),
        (b"a:\n\tb: 1\n", "f.yaml:2:1: a tab as indentation; use spaces"),
        (b"a:\n  \t b: 1\n", "f.yaml:2:3: a tab as indentation; use spaces"),
        (b"a: x\x00y\n", "f.yaml:1:5: control character U+0000; delete it"),
        (b"a: \x1b[2J\n", "f.yaml:1:4: control character U+001B; delete it"),
        (b'a: "\\x1b"\n', "f.yaml:1:4: an escaped control character; delete it"),
        (b"\xef\xbb\xbfa: 1\n", "f.yaml:1:1: begins with a byte order mark; save it as UTF-8 without BOM"),
        ("a: 1\n".encode("utf-16"), "f.yaml:1:1: is written in UTF-16; save it as UTF-8"),
        (
            "a: 1\nb: Größe\n".encode("latin-1"),
            "f.yaml:2:6: byte 0xf6 is no UTF-8; save the file as UTF-8",
        ),
        (
            b"a: b: c\n",
            (
                "f.yaml:1:5: is no YAML: mapping values are not allowed in this context; "
                "put text that holds `: ` in quotes"
            ),
        ),
        (
            b"a: @x\n",
            (
                "f.yaml:1:4: is no YAML: while scanning for the next token, "
                "found character that cannot start any token; put text that begins with this character in quotes"
            ),
        ),
        (
            b"a: [1, 2\n",
            "f.yaml:2:1: is no YAML: while parsing a flow sequence, did not find expected ',' or ']'",
        ),
        (b"a: 'x\n", "f.yaml:2:1: is no YAML: while scanning a quoted scalar, found unexpected end of stream"),
    ],
)
def test_a_trap_is_refused_with_its_place_and_what_to_do(content: bytes, message: str) -> None:
    assert refused(content) == [message]


@pytest.mark.parametrize("opening", [b"[", b"{a: ", b"- "])
def test_a_bomb_of_brackets_is_refused_in_one_sentence(opening: bytes) -> None:
    (told,) = refused(opening * 100_000)
    assert told.endswith(f": nested deeper than {DEEPEST} levels")


def test_faults_that_leave_the_rest_readable_are_told_all_at_once() -> None:
    assert refused(b"a: 01\na: 2\nb:\n  - 007\n") == [
        'f.yaml:1:4: 01 has a leading zero; write 1 for the number, or "01" for text',
        "f.yaml:2:1: the key 'a' stands here a second time, first in line 1",
        'f.yaml:4:5: 007 has a leading zero; write 7 for the number, or "007" for text',
    ]


def test_tabs_elsewhere_and_windows_line_ends_are_fine() -> None:
    assert read("a: 'x\ty'\t# comment\r\nb: 2\r\n\r\n") == {"a": "x\ty", "b": 2}


def test_every_value_and_key_knows_its_line_and_column() -> None:
    document, _ = parse(b"a:\n  - b: 1\n    c: [x, y]\n", "f.yaml")
    assert document is not None
    assert document.marks["a", 0] == (2, 5)
    assert document.key_marks["a", 0, "c"] == (3, 5)
    assert document.marks["a", 0, "c", 1] == (3, 12)
    assert document.mark(("a", 0, "gone", "missing")) == (2, 5)


@given(st.one_of(st.binary(), st.text().map(lambda text: text.encode("utf-8", "surrogatepass"))))
def test_whatever_the_bytes_the_answer_is_a_document_or_errors_with_a_place(content: bytes) -> None:
    document, errors = parse(content, "f.yaml")
    assert (document is not None) or errors
    assert all(error.line >= 1 and error.column >= 1 for error in errors)


YAML_PIECES = st.lists(
    st.sampled_from(
        [
            "a",
            ":",
            " ",
            "\n",
            "  ",
            "- ",
            "[",
            "]",
            "{",
            "}",
            ",",
            "&x",
            "*x",
            "<<",
            "?",
            "|",
            "'",
            '"',
            "#",
            "!",
            "01",
            "\t",
        ]
    ),
    max_size=30,
).map("".join)


@given(YAML_PIECES)
def test_whatever_looks_like_yaml_the_answer_is_a_document_or_errors_with_a_place(text: str) -> None:
    document, errors = parse(text.encode(), "f.yaml")
    assert (document is not None) or errors
    assert all(error.line >= 1 and error.column >= 1 for error in errors)
