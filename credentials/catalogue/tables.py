"""The catalogue as CSV tables: one for each kind of entries, a column for each member, and back without loss. Pure.

A list of words stands in one cell with blanks between, what is deeper (history, bindings) as JSON. The table of bindings is for people: one
line for each activity of a batch.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from credentials.catalogue.documents import Document
from credentials.errors import CatalogueError
from credentials.tabular.cells import day_of
from credentials.tabular.writing import original

Kind = Literal["field", "competence", "provider", "programme", "batch", "accreditation", "binding"]
Shape = Literal["text", "word", "number", "decimal", "day", "words", "json", "yes"]
Aliases: TypeAlias = Mapping[str, Sequence[str]]

KINDS: tuple[Kind, ...] = ("field", "competence", "provider", "programme", "batch")  # in the order in which they are entered
TABLES: tuple[Kind, ...] = ("field", "competence", "provider", "accreditation", "programme", "batch", "binding")


@dataclass(frozen=True, slots=True)
class Column:
    """`name`: of the member. `optional`: an empty cell is null, else what the member's default is."""

    name: str
    shape: Shape = "text"
    optional: bool = False
    aliases: tuple[str, ...] = ()


_FIELD = (Column("id", "word"), Column("name_id"), Column("name_en"), Column("keeper"), Column("keeper_agency", "word"))
_COMPETENCE = (
    Column("code", "word", aliases=("kode",)),
    Column("type", "word", aliases=("jenis",)),
    Column("field", "word", aliases=("bidang",)),
    Column("name_id"),
    Column("name_en"),
    Column("definition_id"),
    Column("definition_en"),
    Column("source"),
    Column("retired", "yes"),
)
_PROVIDER = (Column("provider", "word", aliases=("penyelenggara",)), Column("accreditations", "json"), Column("history", "json"))
_ACCREDITATION = (
    Column("provider", "word", aliases=("penyelenggara",)),
    Column("starts", "day", aliases=("mulai",)),
    Column("ends", "day", optional=True, aliases=("selesai",)),
    Column("body", aliases=("lembaga",)),
    Column("number", aliases=("nomor",)),
)
_PROGRAMME = (
    Column("id", "word", aliases=("kode",)),
    Column("version", "number", aliases=("versi",)),
    Column("provider", "word", aliases=("penyelenggara",)),
    Column("title", aliases=("judul", "nama pelatihan")),
    Column("description", aliases=("uraian", "deskripsi")),
    Column("criteria", aliases=("kriteria",)),
    Column("jp", "number"),
    Column("minutes", "number", optional=True, aliases=("menit",)),
    Column("channel", "number", aliases=("jalur",)),
    Column("scope", "word", aliases=("lingkup",)),
    Column("mode", "word", aliases=("moda",)),
    Column("competence_type", "word", aliases=("jenis kompetensi",)),
    Column("competences", "words", aliases=("kompetensi",)),
    Column("approving_body", aliases=("lembaga pengesah",)),
    Column("evidence_rule", "word", aliases=("aturan bukti",)),
    Column("template", "word", aliases=("templat",)),
    Column("valid_from", "day", optional=True, aliases=("berlaku dari",)),
    Column("valid_until", "day", optional=True, aliases=("berlaku sampai",)),
    Column("state", "word"),
    Column("history", "json"),
    Column("reviews", "json"),
)
_BATCH = (
    Column("id", "word", aliases=("kode",)),
    Column("programme", "word", aliases=("pelatihan", "program")),
    Column("version", "number", aliases=("versi",)),
    Column("provider", "word", aliases=("penyelenggara",)),
    Column("name", aliases=("nama", "angkatan")),
    Column("starts", "day", aliases=("mulai",)),
    Column("ends", "day", aliases=("selesai",)),
    Column("time_zone", "word", aliases=("zona waktu",)),
    Column("rule", "word", aliases=("aturan bukti",)),
    Column("minimum_score", "decimal", optional=True, aliases=("nilai minimum",)),
    Column("state", "word"),
    Column("bindings", "json"),
    Column("history", "json"),
)
_BINDING = (
    Column("batch", "word", aliases=("angkatan",)),
    Column("role", "word", aliases=("peran",)),
    Column("match", "word", aliases=("cocok",)),
    Column("activity", aliases=("aktivitas", "iri", "id eksternal")),
    Column("starts", "day", optional=True, aliases=("mulai",)),
    Column("ends", "day", optional=True, aliases=("selesai",)),
)
COLUMNS: Mapping[Kind, tuple[Column, ...]] = {
    "field": _FIELD,
    "competence": _COMPETENCE,
    "provider": _PROVIDER,
    "accreditation": _ACCREDITATION,
    "programme": _PROGRAMME,
    "batch": _BATCH,
    "binding": _BINDING,
}
REQUIRED: Mapping[Kind, tuple[str, ...]] = {
    "field": ("id", "name_id", "name_en", "keeper", "keeper_agency"),
    "competence": ("code", "type", "field", "name_id", "name_en", "definition_id", "definition_en"),
    "provider": ("provider",),
    "accreditation": ("provider", "starts", "body"),
    "programme": ("id", "provider", "title", "description", "criteria", "jp"),
    "batch": ("id", "programme", "provider", "name", "starts", "ends"),
    "binding": ("batch", "role", "activity"),
}


def header_of(kind: Kind) -> list[str]:
    """The first line of the table."""
    return [column.name for column in COLUMNS[kind]]


def aliases_of(kind: Kind) -> Aliases:
    """Other names of its columns."""
    return {column.name: column.aliases for column in COLUMNS[kind]}


def cells_of(kind: Kind, told: Document) -> list[str]:
    """A line of the table, not yet neutral."""
    return [_cell(column, told.get(column.name)) for column in COLUMNS[kind]]


def document_of(kind: Kind, cells: Sequence[str], places: Mapping[str, int]) -> Document:
    """What a line tells; cells that are empty, or columns that are not there, are left out. Raises InvalidRequestError."""
    told: Document = {}
    for column in COLUMNS[kind]:
        place = places.get(column.name)
        cell = "" if place is None else original(cells[place])
        if cell.strip():
            told[column.name] = _member(column, cell)
    return told


def _cell(column: Column, value: Any) -> str:
    if value is None:
        return ""
    if column.shape == "words":
        return " ".join(value)
    if column.shape == "json":
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")) if value else ""
    if column.shape == "yes":
        return "yes" if value else ""
    return str(value)


def _member(column: Column, cell: str) -> Any:
    text, where = cell.strip(), column.name
    match column.shape:
        case "number":
            return _whole(text, where)
        case "decimal":
            return _number(text.replace(",", "."), where)
        case "day":
            found = day_of(text, where)
            return found.isoformat() if found else None
        case "words":
            return text.replace(";", " ").replace(",", " ").split()
        case "yes":
            return text.casefold() in ("yes", "ya", "true", "1")
        case "json":
            return _json(text, where)
        case "word":
            return text
        case _:
            return cell


def _whole(text: str, where: str) -> int:
    found = _number(text, where)
    if not found.is_integer():
        raise CatalogueError("this must be a whole number", where=where)
    return int(found)


def _number(text: str, where: str) -> float:
    try:
        found = float(text)
    except ValueError:
        found = float("nan")
    if not abs(found) < 1e9:  # also what is no number
        raise CatalogueError("this is no number", where=where)
    return found


def _json(text: str, where: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise CatalogueError("this is no JSON; leave the cell empty, or export the catalogue to see its form", where=where) from error
