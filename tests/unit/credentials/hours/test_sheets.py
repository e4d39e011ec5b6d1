"""Rows as CSV and XLSX: formulas stay texts, letters stay letters, many rows need little memory."""

from __future__ import annotations

import csv
import io
import tracemalloc
import zipfile
from collections.abc import Sequence
from datetime import date
from xml.etree import ElementTree

import pytest

from credentials.services.hours.sheets import Rows, Value, as_csv, as_xlsx, neutral

_COLUMNS = ("name", "jp", "day")
_NASTY = ["=1+1", "+62", "-5", "@SUM(A1)", "\tx", '=cmd|" /C calc"!A0', 'a "b", c', "baris\nbaru", "Ünïcode 日本", "001234567890123456", ""]


async def _pages(*pages: Sequence[Sequence[Value]]) -> Rows:
    for page in pages:
        yield page


async def _csv(*pages: Sequence[Sequence[Value]], delimiter: str = ",") -> bytes:
    return b"".join([chunk async for chunk in as_csv(_COLUMNS, _pages(*pages), delimiter)])


async def test_csv_has_a_byte_order_mark_crlf_and_one_line_a_row() -> None:
    written = await _csv([("Siti", 8, date(2026, 5, 4))], [("Budi", None, None)])
    assert written == "\ufeffname,jp,day\r\nSiti,8,2026-05-04\r\nBudi,,\r\n".encode()
    assert (await _csv([("a;b", 1, None)], delimiter=";")).endswith(b'"a;b";1;\r\n')


async def test_formulas_are_neutralised_and_everything_comes_back() -> None:
    written = await _csv([(text, 1, None) for text in _NASTY])
    rows = list(csv.reader(io.StringIO(written.decode("utf-8-sig"), newline="")))[1:]
    assert [row[0] for row in rows] == [neutral(text) for text in _NASTY]
    assert not any(row[0].startswith(("=", "+", "-", "@", "\t")) for row in rows)


@pytest.mark.parametrize(("value", "told"), [("=1", "'=1"), ("x=1", "x=1"), (-5, -5), (None, None), ("", "")])
def test_only_texts_are_neutralised(value: Value, told: Value) -> None:
    assert neutral(value) == told


async def test_xlsx_holds_texts_as_texts_numbers_as_numbers_and_no_formula() -> None:
    written = b"".join([chunk async for chunk in as_xlsx(_COLUMNS, _pages([(text, -7, date(2026, 5, 4)) for text in _NASTY]))])
    with zipfile.ZipFile(io.BytesIO(written)) as book:
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    space = {"s": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
    assert not sheet.findall(".//s:f", space)
    texts = ["".join(one.itertext()) for one in sheet.findall(".//s:c[@t='inlineStr']", space)]
    assert texts[:3] == list(_COLUMNS)
    assert "001234567890123456" in texts
    assert "=1+1" in texts
    assert {one.text for one in sheet.findall(".//s:c[@r='B2']/s:v", space)} == {"-7"}
    assert {one.text for one in sheet.findall(".//s:c[@r='C2']/s:v", space)} == {"46146"}  # days since 30 December 1899


async def test_an_empty_export_still_has_its_head() -> None:
    assert (await _csv()).decode("utf-8-sig") == "name,jp,day\r\n"
    written = b"".join([chunk async for chunk in as_xlsx(_COLUMNS, _pages())])
    with zipfile.ZipFile(io.BytesIO(written)) as book:
        assert b"name" in book.read("xl/worksheets/sheet1.xml")


async def test_many_rows_need_little_memory() -> None:
    async def many() -> Rows:
        for page in range(50):
            yield [(f"Pegawai {page}-{row}", row, date(2026, 5, 4)) for row in range(1_000)]

    tracemalloc.start()
    sizes = [len(chunk) async for chunk in as_csv(_COLUMNS, many())]
    sizes += [len(chunk) async for chunk in as_xlsx(_COLUMNS, many())]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sum(sizes) > 1_000_000
    assert peak < 20_000_000
