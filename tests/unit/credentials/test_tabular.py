"""CSV as it comes: encodings, delimiters, quotes, and everything that can be wrong with a row; and CSV that no spreadsheet runs."""

from __future__ import annotations

import codecs
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.tabular.header import columns_of
from credentials.tabular.reading import LONGEST_ROW, CsvReader, Trouble
from credentials.tabular.writing import BOM, csv_lines, neutral, original
from lrs.errors import InvalidRequestError

_HEADER = "nip,nama,unit\n"


class _Read:
    """All that comes out of a file that is fed in pieces of `step` bytes."""

    def __init__(self, content: bytes | str, *, step: int = 1_000_000, encoding: str = "", delimiter: str = "") -> None:
        raw = content.encode() if isinstance(content, str) else content
        self.names: list[str] = []
        self.numbers: list[int] = []
        self.cells: list[list[str]] = []
        self.troubles: list[Trouble] = []
        reader = CsvReader(self.names.extend, encoding=encoding, delimiter=delimiter)
        for start in range(0, len(raw), step):
            self._add(reader, raw[start : start + step])
        found = reader.finish()
        self.numbers += found.numbers
        self.cells += found.cells
        self.troubles += found.troubles

    def _add(self, reader: CsvReader, piece: bytes) -> None:
        found = reader.feed(piece)
        self.numbers += found.numbers
        self.cells += found.cells
        self.troubles += found.troubles

    def errors(self) -> list[tuple[int, str]]:
        return [(one.row, one.message) for one in self.troubles if one.severity == "error"]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("step", [1, 7, 100_000])
def test_any_unicode_encoding_is_told_by_itself(codec: str, step: int) -> None:
    found = _Read("nip,nama\n1,Añáli\n2,Sékar\n".encode(codec), step=step)
    assert found.names == ["nip", "nama"]
    assert found.cells == [["1", "Añáli"], ["2", "Sékar"]]
    assert found.numbers == [2, 3]
    assert found.troubles == []


def test_utf_16_without_its_mark_is_told_by_its_zeros_from_either_end() -> None:
    for codec in ("utf-16-le", "utf-16-be"):
        assert not "nip,nama\n".encode(codec).startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        assert _Read("nip,nama\n1,Sekar\n".encode(codec)).cells == [["1", "Sekar"]]


def test_a_row_in_another_encoding_is_told_and_the_others_go_in() -> None:
    content = "nip,nama\n1,Sekar\n2,René\n3,Budi\n".encode("windows-1252")
    found = _Read(content)
    assert found.numbers == [2, 4]
    (trouble,) = found.troubles
    assert (trouble.row, "CSV UTF-8" in trouble.fix) == (3, True)
    assert _Read(content, encoding="windows-1252").cells[1] == ["2", "René"]
    assert _Read(content, encoding="cp1252").cells[1] == ["2", "René"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_told_by_the_header(delimiter: str) -> None:
    found = _Read(_HEADER.replace(",", delimiter) + delimiter.join(["1", '"a, b; c"', "u"]) + "\n")
    assert found.cells == [["1", "a, b; c", "u"]]


def test_a_spreadsheets_first_line_names_the_delimiter() -> None:
    found = _Read("sep=;\nnip;nama\n1;x,y\n")
    assert (found.names, found.cells, found.numbers) == (["nip", "nama"], [["1", "x,y"]], [3])


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("step", [1, 3, 100_000])
def test_every_line_ending_is_one(ending: str, step: int) -> None:
    found = _Read((_HEADER + "1,a,u\n\n2,b,v\n").replace("\n", ending), step=step)
    assert found.cells == [["1", "a", "u"], ["2", "b", "v"]]
    assert found.numbers == [2, 4]


def test_quotes_hold_delimiters_and_quotes() -> None:
    assert _Read(_HEADER + '1,"a ""b"", c",u\n').cells == [["1", 'a "b", c', "u"]]
    assert _Read(_HEADER + '1, "a", "u"\n').cells == [["1", "a", "u"]]


def test_a_line_break_within_a_cell_is_told_with_the_row_a_spreadsheet_shows() -> None:
    found = _Read(_HEADER + '1,"a\nb",u\n2,c,v\n')
    assert [one.row for one in found.troubles] == [2]
    assert (found.numbers, found.cells) == ([3], [["2", "c", "v"]])


def test_a_quote_that_is_never_closed_costs_its_own_row_only() -> None:
    lines = [f"{number},n{number},u" for number in range(200)]
    lines[3] = '3,"n3,u'
    found = _Read(_HEADER + "\n".join(lines) + "\n")
    assert [one.row for one in found.troubles] == [5]
    assert len(found.cells) == 199
    assert _Read(_HEADER + '1,a,u\n2,"b,u\n').errors() != []


def test_cells_that_a_spreadsheet_leaves_off_or_adds_are_no_matter_and_others_are_told() -> None:
    found = _Read(_HEADER + "1,a\n2,b,u,,,\n3,c,u,x\n,,\n4\n")
    assert found.cells == [["1", "a", ""], ["2", "b", "u"], ["4", "", ""]]
    assert found.errors() == [(4, "this row has 4 cells, and the header names 3 columns")]


def test_a_last_line_that_is_cut_off_is_told_and_does_not_go_in() -> None:
    found = _Read(_HEADER + "1,a,u\n2,b")
    assert found.cells == [["1", "a", "u"]]
    assert [row for row, _ in found.errors()] == [3]
    assert [row for row, _ in _Read(_HEADER + '1,a,u\n2,"b').errors()][-1] == 3


def test_a_last_line_without_a_line_break_goes_in_with_a_warning() -> None:
    found = _Read(_HEADER + "1,a,u\n2,b,v")
    assert len(found.cells) == 2
    assert [(one.row, one.severity) for one in found.troubles] == [(3, "warning")]


@pytest.mark.parametrize("step", [1_000, 1_000_000])
def test_a_million_columns_in_a_row_cost_that_row_and_no_memory(step: int) -> None:
    found = _Read(_HEADER + "1,a,u\n" + "x," * 1_000_000 + "\n2,b,v\n", step=step)
    assert found.cells == [["1", "a", "u"], ["2", "b", "v"]]
    assert [row for row, _ in found.errors()] == [3]
    assert found.numbers == [2, 4]
    short = _Read(_HEADER + "1," * (LONGEST_ROW // 4) + "\n2,b,v\n")
    assert (len(short.cells), [row for row, _ in short.errors()]) == (1, [2])


@pytest.mark.parametrize("content", ["x," * 1_000_000 + "\n", "x," * 600 + "x\n", "x" * 200_000])
def test_a_million_columns_in_the_header_are_refused(content: str) -> None:
    with pytest.raises(InvalidRequestError):
        _Read(content, step=10_000)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"PK\x03\x04xx", "workbook"),
        (b"\xd0\xcf\x11\xe0xx", "workbook"),
        (b"%PDF-1.7", "PDF"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"<html>", "page"),
        (b'{"a":1}', "JSON"),
        (b"", "empty"),
        (b"\n\n\n", "empty"),
    ],
)
def test_what_is_no_csv_is_refused_and_named(content: bytes, told: str) -> None:
    with pytest.raises(InvalidRequestError, match=told):
        _Read(content)


@pytest.mark.parametrize(("option", "value"), [("encoding", "klingon"), ("encoding", "utf-7"), ("delimiter", "x"), ("delimiter", ",,")])
def test_an_option_that_makes_no_sense_is_refused_by_its_name(option: str, value: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        _Read(_HEADER, **{option: value})  # type: ignore[arg-type]  # one of the two
    assert caught.value.where == option


def test_zero_bytes_and_controls_cost_their_row() -> None:
    found = _Read(_HEADER + "1,a\x00b,u\n2,b,v\n3,c\x1bd,u\n4,e\u2028f,u\n")
    assert found.cells == [["2", "b", "v"]]
    assert [row for row, _ in found.errors()] == [2, 4, 5]


_TEXT = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp", "Cn"), exclude_characters="\ufffd"), max_size=12)


@settings(deadline=None)
@given(
    rows=st.lists(st.lists(_TEXT, min_size=3, max_size=3).filter(lambda row: any(cell.strip() for cell in row)), max_size=8),
    step=st.sampled_from([1, 5, 1000]),
    delimiter=st.sampled_from(",;\t|"),
)
def test_what_is_written_is_read_back_and_nothing_of_it_is_a_formula(rows: list[list[str]], step: int, delimiter: str) -> None:
    text = BOM + "".join(csv_lines([["a", "b", "c"], *rows], delimiter))
    assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for row in rows for cell in map(neutral, row))
    found = _Read(text, step=step)
    assert found.troubles == []
    assert [[original(cell).strip() for cell in row] for row in found.cells] == [[cell.strip() for cell in row] for row in rows]


@given(st.text(max_size=10))
def test_neutral_is_undone_by_original(cell: str) -> None:
    assert original(neutral(cell)) == cell


@given(st.binary(max_size=300), st.integers(1, 50))
def test_any_bytes_give_rows_troubles_or_a_clear_refusal(content: bytes, step: int) -> None:
    try:
        found = _Read(content, step=step)
    except InvalidRequestError as error:
        assert error.message
        return
    assert all(len(row) == len(found.names) for row in found.cells)
    assert len(found.numbers) == len(found.cells)
    assert sorted(found.numbers) == found.numbers


_ALIASES: dict[str, Sequence[str]] = {"nip": ("nomor induk pegawai",), "name": ("nama", "nama lengkap")}


def test_columns_are_known_by_other_names_without_case_and_spaces_and_near_ones_are_told() -> None:
    found = columns_of(["NIP", "Nama_Lengkap", "nomer induk pegawai", "catatan"], _ALIASES)
    assert found.places == {"nip": 0, "name": 1}
    assert found.unknown == (("nomer induk pegawai", "nip"), ("catatan", ""))


@pytest.mark.parametrize(("names", "told"), [(["nip", "NIP"], "twice"), (["nip"], "no column name"), (["name", "nama"], "twice")])
def test_a_header_that_is_of_no_use_is_refused(names: list[str], told: str) -> None:
    with pytest.raises(InvalidRequestError, match=told):
        columns_of(names, _ALIASES, required=["name"])
