"""Importing the catalogue from CSV or JSON: good entries go in, bad ones are told, a repeat changes nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from credentials.catalogue.documents import Document
from credentials.catalogue.tables import REQUIRED, TABLES, Kind, aliases_of, document_of
from credentials.services.catalogue_entering import Entering, Result
from credentials.services.import_orders import CatalogueOrder
from credentials.tabular.header import columns_of
from credentials.tabular.json_lines import JsonLines
from credentials.tabular.reading import LONGEST_OF_ALL, CsvReader, Rows, Trouble
from lrs.errors import ConflictError, ForbiddenError, InvalidRequestError, NotFoundError, SenderError

_KIND = "entry"  # the member of a JSON entry that tells its kind


@dataclass(slots=True)
class CatalogueOutcome:
    """Counts of entries; of accreditations and bindings, their providers and batches."""

    added: int = 0
    changed: int = 0
    same: int = 0
    refused: int = 0
    warnings: int = 0


class CatalogueImport:
    """`feed` a file's bytes in pieces of any size, then `finish`: each answers the troubles that have come up since.

    Raises InvalidRequestError when the file as a whole cannot be read; what went in before stays in.
    """

    def __init__(self, entering: Entering, order: CatalogueOrder) -> None:
        if order.kind and order.kind not in TABLES:
            raise InvalidRequestError("the tables are: " + ", ".join(TABLES), where="table")
        self.outcome = CatalogueOutcome()
        self._entering = entering
        self._order = order
        self._kind: Kind | None = next((kind for kind in TABLES if kind == order.kind), None)
        self._places: dict[str, int] = {}
        self._troubles: list[Trouble] = []
        self._csv = CsvReader(self._header, encoding=order.encoding, delimiter=order.delimiter, longest=LONGEST_OF_ALL)
        self._json = JsonLines()

    async def feed(self, content: bytes) -> list[Trouble]:
        if self._kind is not None:
            await self._rows(self._csv.feed(content), self._kind)
        else:
            await self._entries(self._json.feed(content))
        return self._told()

    async def finish(self) -> list[Trouble]:
        if self._kind is not None:
            await self._rows(self._csv.finish(), self._kind)
        else:
            await self._entries(self._json.finish())
        for number, work in self._entering.gathered(self._order):
            await self._try(number, work)
        return self._told()

    def _header(self, names: list[str]) -> None:
        assert self._kind is not None
        columns = columns_of(names, aliases_of(self._kind), REQUIRED[self._kind])
        self._places = dict(columns.places)
        for name, near in columns.unknown:
            fix = f"did you mean {near}?" if near else "the columns are in docs/catalogue.md"
            self._troubles.append(Trouble(1, name, "this column is not read", fix, "warning"))

    async def _rows(self, rows: Rows, kind: Kind) -> None:
        self._troubles += rows.troubles
        for number, cells in zip(rows.numbers, rows.cells, strict=True):
            try:
                told = document_of(kind, cells, self._places)
            except InvalidRequestError as error:
                self._troubles.append(Trouble(number, error.where, error.message))
                continue
            await self._one(number, kind, told)

    async def _entries(self, found: tuple[list[tuple[int, Document]], list[Trouble]]) -> None:
        entries, troubles = found
        self._troubles += troubles
        for number, told in entries:
            await self._one(number, str(told.pop(_KIND, "")), told)

    async def _one(self, number: int, kind: str, told: Document) -> None:
        await self._try(number, lambda: self._entering.enter(number, kind, told, self._order))

    async def _try(self, number: int, work: Callable[[], Awaitable[Result]]) -> None:
        try:
            result = await work()
        except (InvalidRequestError, NotFoundError, ConflictError, ForbiddenError) as error:
            self._troubles.append(_trouble(number, error))
            return
        if result == "added":
            self.outcome.added += 1
        elif result == "changed":
            self.outcome.changed += 1
        elif result == "same":
            self.outcome.same += 1

    def _told(self) -> list[Trouble]:
        found, self._troubles = self._troubles, []
        self.outcome.refused += sum(one.severity == "error" for one in found)
        self.outcome.warnings += sum(one.severity == "warning" for one in found)
        return found


def _trouble(number: int, error: SenderError) -> Trouble:
    return Trouble(number, error.where, error.message)
