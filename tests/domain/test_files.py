"""Names of files from outside, and sizes as people write them."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itdesk.domain.files import file_name, parse_size, size_in_words
from itdesk.domain.text import safe


@pytest.mark.parametrize(
    ("given_name", "name"),
    [
        ("report.pdf", "report.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\trace.log", "trace.log"),
        (".bashrc", "bashrc"),
        ("..", "file"),
        ("", "file"),
        ("a\x1b]52;c;x\x07.txt", "a_]52;c;x_.txt"),
        ("\u202egpj.exe", "_gpj.exe"),
        ("a" * 300 + ".tar.gz", "a" * 117 + ".gz"),
        ("Prüfung 中文.pdf", "Prüfung 中文.pdf"),
    ],
)
def test_a_name_from_outside_becomes_a_file_name_and_nothing_else(given_name: str, name: str) -> None:
    assert file_name(given_name) == name


@given(st.text())
def test_no_name_leaves_its_folder_or_steers_a_terminal(text: str) -> None:
    name = file_name(text)
    assert name == file_name(name)
    assert 0 < len(name) <= 120
    assert not set(name) & set("/\\\0\n")
    assert name[0] != "."
    assert safe(name).replace("�", "") == name.replace("�", "") or len(safe(name)) < len(name)


@pytest.mark.parametrize(
    ("text", "size"),
    [("20 MB", 20_000_000), ("1.5GB", 1_500_000_000), ("512 KiB", 524_288), ("1 B", 1), ("20", None), ("x MB", None)],
)
def test_a_size_is_read(text: str, size: int | None) -> None:
    assert parse_size(text) == size


@given(st.text(alphabet=string.printable, max_size=12))
def test_any_text_is_a_size_or_none(text: str) -> None:
    size = parse_size(text)
    assert size is None or size >= 0


@pytest.mark.parametrize(("size", "words"), [(0, "0 B"), (812, "812 B"), (3_400, "3.4 kB"), (20_000_000, "20 MB")])
def test_a_size_in_words(size: int, words: str) -> None:
    assert size_in_words(size) == words
