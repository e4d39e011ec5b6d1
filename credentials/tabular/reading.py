"""CSV as it comes, in bounded memory: bytes are fed in, rows and troubles come out. A bad row does not stop the next.

What is taken: any of `, ; tab |` as delimiter, quotes, UTF-8 with or without its mark, UTF-16, a first line `sep=;`, empty lines, cells
left off at the end of a line. Rows are numbered as a spreadsheet shows them. No cell that comes out has a control character in it.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from credentials.tabular.encoding import SAVE_AS, encoding_of
from lrs.errors import InvalidRequestError

LONGEST_ROW = 65_536  # characters: what is longer is no row of persons
LONGEST_OF_ALL = 1_000_000  # that a caller may allow
MOST_COLUMNS = 500
DELIMITERS = ",;\t|"
_LONGEST_RECORD = 50  # lines of one quoted row: past that, a quote was never closed
_START = 512  # bytes that tell the encoding
_SEP = re.compile(r"sep=(.)\s*")
# U+FFFD stands for what was not in the file's encoding; the others are seen differently by different programs.
_ODD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufffd\ufffe\uffff\ud800-\udfff]")
_BREAK = re.compile("[\t\n]")

csv.field_size_limit(max(csv.field_size_limit(), LONGEST_OF_ALL + 1))

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with a row (1 is the header, 0 the file), in which column ("": all of it), and how it is mended."""

    row: int
    column: str
    message: str
    fix: str = ""
    severity: Severity = "error"


@dataclass(slots=True)
class Rows:
    """Rows with as many cells as the header has columns, their numbers, and what was wrong between them."""

    numbers: list[int] = field(default_factory=list)
    cells: list[list[str]] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)

    def add(self, number: int, cells: list[str]) -> None:
        self.numbers.append(number)
        self.cells.append(cells)

    def trouble(self, row: int, message: str, fix: str, severity: Severity = "error") -> None:
        self.troubles.append(Trouble(row, "", message, fix, severity))


class CsvReader:
    """`header` is called once with the names of the columns, before the first row; it raises when they are of no use.

    Every method raises InvalidRequestError when the file as a whole cannot be read.
    """

    def __init__(self, header: Callable[[list[str]], None], *, encoding: str = "", delimiter: str = "", longest: int = LONGEST_ROW) -> None:
        if delimiter and (len(delimiter) != 1 or delimiter not in DELIMITERS):
            raise InvalidRequestError("the delimiters are comma, semicolon, tab and |", where="delimiter")
        self._header = header
        self._named = encoding
        self._delimiter = delimiter
        self._longest = longest
        self._columns = 0
        self._row = 0
        self._start = b""
        self._decoder: io.IncrementalNewlineDecoder | None = None
        self._rest = ""
        self._skipping = False  # the rest of a line that is too long
        self._open: list[str] = []  # lines of a row whose quote is not closed yet

    def feed(self, content: bytes) -> Rows:
        """The rows that are complete by now."""
        rows = Rows()
        if self._decoder is None:
            self._start += content
            if len(self._start) < _START:
                return rows
            content = self._begin()
        self._take(rows, self._decode(content, final=False))
        return rows

    def finish(self) -> Rows:
        """The last row, and what is wrong with the end of the file."""
        rows = Rows()
        self._take(rows, self._decode(self._begin() if self._decoder is None else b"", final=True))
        last, self._rest = self._rest, ""
        if last or self._open:
            self._last(rows, last)
        if not self._columns:
            raise InvalidRequestError("the file is empty: its first line names the columns", where="file")
        return rows

    def _begin(self) -> bytes:
        content, self._start = self._start, b""
        codec = encoding_of(content[:_START], self._named)
        self._decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(codec)(errors="replace"), translate=True)
        return content

    def _decode(self, content: bytes, *, final: bool) -> str:
        assert self._decoder is not None
        return self._decoder.decode(content, final)

    def _take(self, rows: Rows, text: str) -> None:
        if self._skipping:
            _, found, text = text.partition("\n")
            if not found:
                return
            self._skipping = False
        text = self._rest + text
        lines = text.split("\n")
        self._rest = lines.pop()
        self._lines(rows, lines, odd=_ODD.search(text) is not None)
        if len(self._rest) > self._longest:
            self._too_long(rows)
            self._rest, self._skipping = "", True

    def _lines(self, rows: Rows, lines: list[str], *, odd: bool) -> None:
        start = 0
        while not self._columns and start < len(lines):
            self._first(rows, lines[start])
            start += 1
        lines = lines[start:] if start else lines
        if not lines:
            return
        plain = not odd and not self._open and max(map(len, lines)) <= self._longest and not any(line.count('"') & 1 for line in lines)
        if not plain:
            for line in lines:
                self._line(rows, line)
            return
        columns, row = self._columns, self._row
        for cells in csv.reader(lines, delimiter=self._delimiter, skipinitialspace=True):
            row += 1
            if len(cells) == columns:
                if any(cells):
                    rows.numbers.append(row)
                    rows.cells.append(cells)
            elif cells:
                self._shaped(rows, row, cells)
        self._row = row

    def _line(self, rows: Rows, line: str) -> None:
        """One line, which may open, go on or close a row."""
        if self._open:
            self._open.append(line)
            if line.count('"') & 1:
                record, self._open = "\n".join(self._open), []
                self._record(rows, record)
            elif len(self._open) > _LONGEST_RECORD or sum(map(len, self._open)) > self._longest:
                self._never_closed(rows)
        elif line.count('"') & 1:
            self._open = [line]
        else:
            self._record(rows, line)

    def _never_closed(self, rows: Rows) -> None:
        """The first line of what is open is bad; the others are rows of their own."""
        others, self._open = self._open[1:], []
        self._row += 1
        fix = "close the quote, or double the quotes that belong to the text"
        rows.trouble(self._row, "a quote in this row is never closed", fix)
        for line in others:
            self._line(rows, line)

    def _record(self, rows: Rows, record: str) -> None:
        self._row += 1
        if len(record) > self._longest:
            self._row -= 1
            self._too_long(rows)
            return
        try:
            found = list(csv.reader([record], delimiter=self._delimiter, skipinitialspace=True))
        except csv.Error:
            rows.trouble(
                self._row, "this row is no CSV", "put values with quotes or line breaks into quotes, and double the quotes in them"
            )
            return
        cells = found[0] if found else []
        if len(cells) == self._columns:
            self._checked(rows, self._row, cells)
        elif cells:
            self._shaped(rows, self._row, cells)

    def _shaped(self, rows: Rows, row: int, cells: list[str]) -> None:
        """A row with more or fewer cells than the header has columns. A spreadsheet leaves empty ones off, and adds some."""
        if any(cell.strip() for cell in cells[self._columns :]):
            message = f"this row has {len(cells):,} cells, and the header names {self._columns:,} columns"
            rows.trouble(row, message, "put values that have the delimiter in them into quotes")
            return
        self._checked(rows, row, (cells + [""] * self._columns)[: self._columns])

    def _checked(self, rows: Rows, row: int, cells: list[str]) -> None:
        for cell in cells:
            if "\ufffd" in cell:
                rows.trouble(row, "a letter of this row is not in the file's encoding", SAVE_AS)
                return
            if _ODD.search(cell) is not None or _BREAK.search(cell) is not None:
                rows.trouble(row, "a cell of this row has a line break or another control character", "take it out")
                return
        if any(cells):
            rows.add(row, cells)

    def _too_long(self, rows: Rows) -> None:
        self._row += 1
        if not self._columns:
            raise InvalidRequestError(f"the first line has more than {self._longest:,} characters: it is no header", where="file")
        rows.trouble(self._row, f"this row has more than {self._longest:,} characters", "is it several rows, or a table on its side?")

    def _first(self, rows: Rows, line: str) -> None:
        """The header, or what may stand before it."""
        self._row += 1
        if len(line) > self._longest:
            self._too_long(rows)
        if not line.strip():
            return
        if (sep := _SEP.fullmatch(line)) is not None and sep[1] in DELIMITERS:
            self._delimiter = self._delimiter or sep[1]
            return
        self._delimiter = self._delimiter or max(DELIMITERS, key=line.count)
        names = next(csv.reader([line], delimiter=self._delimiter, skipinitialspace=True))
        while names and not names[-1].strip():
            names.pop()
        if len(names) > MOST_COLUMNS:
            raise InvalidRequestError(f"the header names {len(names):,} columns; at most {MOST_COLUMNS} are read", where="file")
        self._header([name.strip() for name in names])
        self._columns = len(names)

    def _last(self, rows: Rows, last: str) -> None:
        """What stands after the last line break."""
        if not self._columns:
            self._first(rows, last)
            return
        cut = bool(self._open) or last.count('"') & 1 == 1
        if last:
            self._line(rows, last)
        while self._open:
            self._never_closed(rows)
        whole = not cut and len(next(csv.reader([last], delimiter=self._delimiter), [])) >= self._columns
        if whole:
            fix = "check that its last value is whole"
            rows.trouble(self._row, "the file does not end with a line break: its last row may be cut off", fix, "warning")
            return
        _drop(rows, self._row)
        rows.trouble(
            self._row, "the file ends within this row: it is cut off", "send the whole file again; what is in already stays as it is"
        )


def _drop(rows: Rows, row: int) -> None:
    if rows.numbers and rows.numbers[-1] == row:
        rows.numbers.pop()
        rows.cells.pop()
