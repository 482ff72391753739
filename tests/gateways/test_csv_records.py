"""Reading CSV of unknown quality: whatever is in the file, the good lines come out."""

import csv
import gzip
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itdesk.gateways.csv_records import BrokenLine, CsvError, CsvFile, Record


def read(path: Path, data: bytes) -> list[tuple[int, list[str] | str]]:
    """(line, fields) of each record and (line, reason) of each broken line."""
    path.write_bytes(data)
    with CsvFile(path) as file:
        return [(item.line, item.fields if isinstance(item, Record) else item.reason) for item in file.records()]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "file.csv"


def test_records_come_with_the_line_they_begin_on(path: Path) -> None:
    data = b'a,b\r\n1,"two\nlines"\r\n\r\n3,"say ""4"""\r\n'
    assert read(path, data) == [(2, ["1", "two\nlines"]), (5, ["3", 'say "4"'])]


def test_a_byte_order_mark_and_spaces_around_names_do_not_hide_a_column(path: Path) -> None:
    path.write_bytes(b"\xef\xbb\xbfnumber, state \n1,new\n")
    with CsvFile(path) as file:
        assert file.columns == ("number", "state")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"1", "1 columns instead of 2"),
        (b"1,2,3", "3 columns instead of 2"),
        (b'1,"2', "bad quoting (a quote is opened and not closed)"),
        (b'1,"2"3', "bad quoting (',' expected after '\"')"),
        (b"1,\xff", "bytes that are not utf-8 (invalid start byte)"),
        (b"1,\0", "a NUL byte"),
        (b"1," + b"x" * (1 << 20), "longer than 1048576 bytes"),
        (b"1," + b"x" * (3 << 20), "longer than 1048576 bytes"),
    ],
)
@pytest.mark.parametrize("quoted_below", [False, True])
def test_a_broken_line_costs_itself_only(path: Path, line: bytes, reason: str, quoted_below: bool) -> None:
    below = b'5,"6"' if quoted_below else b"5,6"
    found = read(path, b"a,b\n3,4\n" + line + b"\n" + below + b"\n7,8\n")
    assert found == [(2, ["3", "4"]), (3, reason), (4, ["5", "6"]), (5, ["7", "8"])]


def test_a_quote_that_stays_open_at_the_end_of_the_file_costs_its_line_only(path: Path) -> None:
    found = read(path, b'a,b\n1,"2\n3,4\n5,6')
    assert found == [(2, "bad quoting (a quote is opened and not closed)"), (3, ["3", "4"]), (4, ["5", "6"])]


def test_gzip_is_known_by_its_first_bytes(path: Path) -> None:
    assert read(path, gzip.compress(b"a,b\n1,2\n")) == [(2, ["1", "2"])]
    assert read(path.with_suffix(".gz"), b"a,b\n1,2\n") == [(2, ["1", "2"])]


@pytest.mark.parametrize("fault", ["cut off", "damaged", "followed by rubbish"])
def test_a_broken_gzip_file_is_read_up_to_the_fault(path: Path, fault: str) -> None:
    whole = b"a,b\n" + b"".join(b"%d,%d\n" % (number, number * 7919 % 10007) for number in range(20_000))
    packed = gzip.compress(whole)
    half = len(packed) // 2
    data = {
        "cut off": packed[:half],
        "damaged": packed[:half] + b"\xff" * 64 + packed[half + 64 :],
        "followed by rubbish": packed + b"rubbish",
    }[fault]
    *records, last = read(path, data)
    assert isinstance(last[1], str)
    assert "cut off or damaged" in last[1]
    good = [fields for _, fields in records if isinstance(fields, list)]
    expected = [line.decode().split(",") for line in whole.splitlines()[1:]]
    assert len(good) > 5_000
    if fault != "damaged":
        assert good == expected[: len(good)]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b'"a,b\n', "no header"),
        (b"a,\xff\n", "no header"),
        (b"a,b,a\n", "names the column 'a' twice"),
        (gzip.compress(b"a,b\n1,2\n", mtime=0)[:12], "no header"),
    ],
)
def test_a_file_without_a_usable_header_is_refused_with_a_reason(path: Path, data: bytes, words: str) -> None:
    path.write_bytes(data)
    with pytest.raises(CsvError, match=words), CsvFile(path):
        pass


def test_a_missing_file_and_a_folder_are_refused_by_name(tmp_path: Path) -> None:
    for path in (tmp_path / "nothing.csv", tmp_path):
        with pytest.raises(CsvError, match=str(path)), CsvFile(path):
            pass


def test_a_file_can_be_read_twice_with_the_same_line_numbers(path: Path) -> None:
    path.write_bytes(b"a\n1\n\xff\n2\n")
    file = CsvFile(path)
    readings = []
    for _ in range(2):
        with file:
            readings.append(list(file.records()))
    assert readings[0] == readings[1]
    assert [item.line for item in readings[0]] == [2, 3, 4]


def test_progress_ends_at_the_size_of_the_file(path: Path) -> None:
    path.write_bytes(gzip.compress(b"a\n" + b"1\n" * 1000))
    with CsvFile(path) as file:
        assert list(file.records())
        assert file.bytes_read == file.bytes_total == path.stat().st_size


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=20)


@given(rows=st.lists(st.tuples(TEXT, TEXT, TEXT), max_size=20), broken=st.integers(0, 20))
def test_what_a_csv_writer_wrote_is_read_back_around_a_broken_line(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str]], broken: int
) -> None:
    def written(part: list[tuple[str, str, str]]) -> str:
        buffer = io.StringIO()
        csv.writer(buffer, quoting=csv.QUOTE_ALL).writerows(part)
        return buffer.getvalue()

    data = f"a,b,c\n{written(rows[:broken])}only one\n{written(rows[broken:])}"
    found = read(tmp_path_factory.getbasetemp() / "written.csv", data.encode())
    assert [fields for _, fields in found if isinstance(fields, list)] == [list(row) for row in rows]
    assert [reason for _, reason in found if isinstance(reason, str)] == ["1 columns instead of 3"]


@given(data=st.binary(max_size=400))
def test_no_bytes_whatever_end_the_reading(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "bytes.csv"
    found = read(path, b'a,b\n"1",2\n' + data + b"\n")
    assert found[0] == (2, ["1", "2"])
    assert all(isinstance(item[1], str) or len(item[1]) == 2 for item in found)
    with CsvFile(path) as file:
        assert all(isinstance(item, Record | BrokenLine) for item in file.records())
