"""CSV files of unknown quality, plain or gzip, read record by record: a broken line never ends the reading."""

import csv
import gzip
import zlib
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self, cast

_GZIP_MAGIC = b"\x1f\x8b"
_LONGEST_LINE = 1 << 20
_MOST_LINES_A_RECORD = 200
_OPEN_QUOTE = "unexpected end of data"


class CsvError(Exception):
    """The file cannot be read as CSV at all; the text says which file and why."""


@dataclass(frozen=True, slots=True)
class Record:
    """The fields of one record; `line` is the number of its first line in the file, the header being line 1."""

    line: int
    fields: list[str]


@dataclass(frozen=True, slots=True)
class BrokenLine:
    """A line that is no record, and why."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    text: str


class CsvFile:
    """A CSV file, open for reading; use it in `with`.

    A gzip file is known by its first bytes, whatever its name. `columns` are the header's names. Entering raises
    CsvError if the file cannot be opened or has no usable header.
    """

    def __init__(self, path: Path, *, encoding: str = "utf-8", delimiter: str = ",") -> None:
        self.path = path
        self.bytes_total = 0
        self.columns: tuple[str, ...] = ()
        self._encoding = encoding
        self._delimiter = delimiter
        self._line = 0
        self._put_back: deque[_Line | BrokenLine] = deque()
        self._ended = False

    def __enter__(self) -> Self:
        self._line = 0
        self._ended = False
        self._put_back.clear()
        try:
            self._file: BinaryIO = self.path.open("rb")
        except OSError as error:
            raise CsvError(f"{self.path} cannot be read: {error.strerror or error}.") from error
        try:
            self.bytes_total = self.path.stat().st_size
            magic = self._file.read(2)
            self._file.seek(0)
            self._data = cast(BinaryIO, gzip.GzipFile(fileobj=self._file)) if magic == _GZIP_MAGIC else self._file
            self.columns = self._header()
        except BaseException as error:
            self._file.close()
            if isinstance(error, OSError):
                raise CsvError(f"{self.path} cannot be read: {error.strerror or error}.") from error
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._data.close()
        self._file.close()

    @property
    def bytes_read(self) -> int:
        """How far the file on disk has been read, in bytes, of `bytes_total`."""
        return self._file.tell()

    def records(self) -> Iterator[Record | BrokenLine]:
        """The records after the header, in order, each with as many fields as the header has.

        A quoted field may go over several lines; a quote that is never closed breaks its own line only. A gzip file
        that is cut off or damaged ends the reading with a BrokenLine. Raises CsvError if the disk fails.
        """
        while (line := self._next_line()) is not None:
            yield line if isinstance(line, BrokenLine) else self._record(line)

    def _record(self, first: _Line) -> Record | BrokenLine:
        try:
            fields = self._parse([first.text])
        except csv.Error as error:
            if str(error) == _OPEN_QUOTE:
                return self._record_over_lines(first)
            return BrokenLine(first.number, f"bad quoting ({error})")
        if len(fields) != len(self.columns):
            return BrokenLine(first.number, f"{len(fields)} columns instead of {len(self.columns)}")
        return Record(first.number, fields)

    def _record_over_lines(self, first: _Line) -> Record | BrokenLine:
        """The record whose quoted field goes on in the lines below; they are put back if it never ends well."""
        texts = [first.text]
        taken: list[_Line | BrokenLine] = []
        while len(taken) < _MOST_LINES_A_RECORD and (below := self._next_line(blank=True)) is not None:
            taken.append(below)
            if isinstance(below, BrokenLine):
                break
            texts.append(below.text)
            if '"' not in below.text:
                continue
            try:
                fields = self._parse(texts)
            except csv.Error as error:
                if str(error) == _OPEN_QUOTE:
                    continue
                break
            if len(fields) == len(self.columns):
                return Record(first.number, fields)
            break
        self._put_back.extendleft(reversed(taken))
        return BrokenLine(first.number, "bad quoting (a quote is opened and not closed)")

    def _parse(self, lines: list[str]) -> list[str]:
        return next(csv.reader(lines, delimiter=self._delimiter, strict=True))

    def _header(self) -> tuple[str, ...]:
        line = self._next_line()
        if line is None:
            raise CsvError(f"{self.path} is empty: a header with the names of the columns is needed.")
        if isinstance(line, BrokenLine):
            raise CsvError(f"{self.path} has no header that can be read: {line.reason}.")
        try:
            columns = tuple(name.strip() for name in self._parse([line.text.removeprefix("\ufeff")]))
        except csv.Error as error:
            raise CsvError(f"{self.path} has no header that can be read: bad quoting ({error}).") from error
        repeated = sorted({name for name in columns if columns.count(name) > 1})
        if repeated:
            raise CsvError(f"{self.path} names the column {repeated[0]!r} twice in its header.")
        return columns

    def _next_line(self, *, blank: bool = False) -> _Line | BrokenLine | None:
        """The next line, None at the end; blank ones only if asked for."""
        while True:
            line = self._put_back.popleft() if self._put_back else self._read_line()
            if blank or not isinstance(line, _Line) or line.text.strip():
                return line

    def _read_line(self) -> _Line | BrokenLine | None:
        if self._ended:
            return None
        self._line += 1
        try:
            data = self._data.readline(_LONGEST_LINE)
            if len(data) == _LONGEST_LINE and not data.endswith(b"\n"):
                while not data.endswith(b"\n") and (data := self._data.readline(_LONGEST_LINE)):
                    pass
                return BrokenLine(self._line, f"longer than {_LONGEST_LINE} bytes")
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            self._ended = True
            return BrokenLine(self._line, f"the gzip file is cut off or damaged from here on ({error})")
        except OSError as error:
            raise CsvError(f"{self.path} cannot be read on from line {self._line}: {error.strerror}.") from error
        if not data:
            self._ended = True
            return None
        if b"\0" in data:
            return BrokenLine(self._line, "a NUL byte")
        try:
            return _Line(self._line, data.decode(self._encoding))
        except UnicodeDecodeError as error:
            return BrokenLine(self._line, f"bytes that are not {self._encoding} ({error.reason})")
