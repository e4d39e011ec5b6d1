"""Rows as CSV and as XLSX, a page at a time, so that an agency of a hundred thousand needs no more memory than one of a hundred.

A text that a spreadsheet would take for a formula is neutralised: in CSV by an apostrophe before it, in XLSX by being written as a text.
"""

from __future__ import annotations

import asyncio
import csv
import io
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any, TypeAlias

import xlsxwriter

Value: TypeAlias = str | int | date | None
Rows: TypeAlias = AsyncIterator[Sequence[Sequence[Value]]]

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_BOM = "\ufeff"  # without it a spreadsheet takes UTF-8 for something else
_CHUNK = 256 * 1024
_ROWS_OF_A_SHEET = 1_000_000  # a sheet holds 1,048,576


async def as_csv(columns: Sequence[str], pages: Rows, delimiter: str = ",") -> AsyncIterator[bytes]:
    """UTF-8 with a byte order mark; every line ends with CR LF (RFC 4180)."""
    yield _csv([columns], delimiter, _BOM)
    async for page in pages:
        if page:
            yield _csv(page, delimiter)


async def as_xlsx(columns: Sequence[str], pages: Rows) -> AsyncIterator[bytes]:
    """One sheet for each million rows. It is written to a file beside, which is gone at the end."""
    with tempfile.TemporaryDirectory(prefix="jejak-sheet-") as folder:
        file = Path(folder) / "rows.xlsx"
        book = await asyncio.to_thread(_Book, file, folder, columns)
        try:
            async for page in pages:
                await asyncio.to_thread(book.write, page)
        finally:
            with suppress(Exception):  # what was raised before says more
                await asyncio.to_thread(book.close)
        with await asyncio.to_thread(file.open, "rb") as opened:
            while chunk := await asyncio.to_thread(opened.read, _CHUNK):
                yield chunk


def neutral(value: Value) -> Value:
    """As it may stand in a CSV file that a spreadsheet opens."""
    return "'" + value if isinstance(value, str) and value.startswith(_FORMULA) else value


def _csv(rows: Sequence[Sequence[Value]], delimiter: str, before: str = "") -> bytes:
    text = io.StringIO()
    text.write(before)
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    writer.writerows([[neutral(value) for value in row] for row in rows])
    return text.getvalue().encode("utf-8")


class _Book:
    """A workbook that is written row by row."""

    def __init__(self, file: Path, folder: str, columns: Sequence[str]) -> None:
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "tmpdir": folder}
        self._book = xlsxwriter.Workbook(str(file), options)
        self._day = self._book.add_format({"num_format": "yyyy-mm-dd"})
        self._head = self._book.add_format({"bold": True})
        self._columns = columns
        self._sheet: Any = None
        self._row = 0

    def write(self, rows: Sequence[Sequence[Value]]) -> None:
        for row in rows:
            if self._sheet is None or self._row > _ROWS_OF_A_SHEET:
                self._begin()
            for column, value in enumerate(row):
                self._cell(column, value)
            self._row += 1

    def close(self) -> None:
        if self._sheet is None:
            self._begin()
        self._book.close()

    def _begin(self) -> None:
        self._sheet = self._book.add_worksheet()
        self._sheet.freeze_panes(1, 0)
        for column, name in enumerate(self._columns):
            self._sheet.write_string(0, column, name, self._head)
        self._row = 1

    def _cell(self, column: int, value: Value) -> None:
        if isinstance(value, str):
            self._sheet.write_string(self._row, column, value)
        elif isinstance(value, date):
            self._sheet.write_datetime(self._row, column, value, self._day)
        elif value is not None:
            self._sheet.write_number(self._row, column, value)
