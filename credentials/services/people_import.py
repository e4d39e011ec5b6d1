"""Importing persons from HR's file: streamed, in bounded memory; good rows go in, bad ones are told, a repeat changes nothing."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from credentials.people.columns import COLUMNS
from credentials.people.numbers import told
from credentials.people.rows import PersonRow, RowReader, warnings_of
from credentials.services.import_orders import ImportOrder
from credentials.services.people_chunk import Chunk, ChunkWriter, Told, Turn
from credentials.tabular.header import columns_of
from credentials.tabular.reading import CsvReader, Rows, Trouble
from credentials.tabular.seen import Seen
from lrs.errors import InvalidRequestError

_REQUIRED = ("name",)
_SLICE = 256  # rows that are read in one go: some milliseconds
_NUMBERS = ("nip", "ni_pppk", "nip_old", "siasn_id")


@dataclass(slots=True)
class Outcome:
    """Counts of rows; `held` numbers are of rows that went in, `repeated` rows were there before in the same file."""

    added: int = 0
    changed: int = 0
    same: int = 0
    repeated: int = 0
    held: int = 0
    refused: int = 0
    warnings: int = 0
    links: int = 0


class PeopleImport:
    """One file. `feed` its bytes in pieces of any size, then `finish`: each answers the troubles that have come up since.

    Raises InvalidRequestError when the file as a whole cannot be read; what went in before stays in.
    """

    def __init__(self, writer: ChunkWriter, order: ImportOrder) -> None:
        self.outcome = Outcome()
        self._writer = writer
        self._order = order
        self._csv = CsvReader(self._header, encoding=order.encoding, delimiter=order.delimiter)
        self._reader: RowReader | None = None
        self._seen = Seen()
        self._chunk: Chunk = []
        self._troubles: list[Trouble] = []
        self._writing: deque[asyncio.Task[Told]] = deque()  # at most two: one that is written, and one that is planned meanwhile
        self._turn: Turn | None = None

    @property
    def waiting_rows(self) -> int:
        """Rows that are read and not handed on to be written: what a long file holds in memory."""
        return len(self._chunk)

    async def feed(self, content: bytes) -> list[Trouble]:
        await self._take(self._csv.feed, content)
        return self._told()

    async def finish(self) -> list[Trouble]:
        await self._take(lambda _: self._csv.finish(), b"")
        while self._chunk:
            await self._write()
        await self._written()
        return self._told()

    async def _take(self, read: Callable[[bytes], Rows], content: bytes) -> None:
        try:
            rows = read(content)
        except InvalidRequestError:
            await self._written()
            raise
        self._troubles += rows.troubles
        for start in range(0, len(rows.numbers), _SLICE):
            self._read(rows.numbers[start : start + _SLICE], rows.cells[start : start + _SLICE])
            if len(self._chunk) >= self._order.rows:
                await self._write()
            await asyncio.sleep(0)  # others have their turn, and what is being written goes on

    def _header(self, names: Sequence[str]) -> None:
        columns = columns_of(names, COLUMNS, _REQUIRED)
        if not any(column in columns.places for column in _NUMBERS):
            raise InvalidRequestError(f"the header needs one of the columns {', '.join(_NUMBERS)}", where="file")
        for name, near in columns.unknown:
            fix = f"did you mean {near}?" if near else "rename it if it should be read; the columns are in docs/people.md"
            self._troubles.append(Trouble(1, name, "this column is not read", fix, "warning"))
        self._reader = RowReader(columns.places, f"import:{self._order.id}", self._order.agency)

    def _read(self, numbers: list[int], cells: list[list[str]]) -> None:
        for number, row_cells in zip(numbers, cells, strict=True):
            assert self._reader is not None  # there is no row before the header
            try:
                row = self._reader.read(row_cells)
            except InvalidRequestError as error:
                self._troubles.append(Trouble(number, error.where, error.message))
                continue
            if not self._repeated(number, row_cells, row):
                self._chunk.append((number, row))
                if row.odd:
                    self._warn(number, row)

    def _repeated(self, number: int, cells: list[str], row: PersonRow) -> bool:
        """Whether one of the row's numbers has been in the file before."""
        content = hash(tuple(cells))
        for key in row.keys:
            before = self._seen.before(hash(key), number, content)
            if before is None or before[0] == number:
                continue
            if before[1] == content:
                self.outcome.repeated += 1
            else:
                fix = "let one row tell all of a person; accounts beyond the first are linked by the API"
                self._troubles.append(Trouble(number, "", f"row {before[0]:,} has one of these numbers too, and tells otherwise", fix))
            return True
        return False

    def _warn(self, number: int, row: PersonRow) -> None:
        for column, message, fix in warnings_of(row):
            self._troubles.append(Trouble(number, column, message, fix, "warning"))
        for one in row.identifiers:
            if one.held:
                self.outcome.held += 1
                fix = "the person goes in and the number is held: correct the row, or confirm the number"
                why = "; ".join(told(code) for code in one.held.split(","))
                self._troubles.append(Trouble(number, one.kind, why, fix, "warning"))

    async def _write(self) -> None:
        """Begins to write a chunk, while the next one is read."""
        await self._written(but=1)
        part, self._chunk = self._chunk[: self._order.rows], self._chunk[self._order.rows :]
        self._turn = Turn(self._turn)
        self._writing.append(asyncio.create_task(self._writer.write(part, self._order, self._turn)))

    async def _written(self, but: int = 0) -> None:
        """All chunks but so many. When one fails, those after it are not written."""
        try:
            while len(self._writing) > but:
                self._count(await self._writing[0])
                self._writing.popleft()
        except BaseException:
            for one in self._writing:
                one.cancel()
            await asyncio.gather(*self._writing, return_exceptions=True)
            self._writing.clear()
            raise

    def _count(self, done: Told) -> None:
        self._troubles += done.troubles
        self.outcome.added += done.added
        self.outcome.changed += done.changed
        self.outcome.same += done.same
        self.outcome.links += done.links

    def _told(self) -> list[Trouble]:
        found, self._troubles = self._troubles, []
        self.outcome.refused += sum(one.severity == "error" for one in found)
        self.outcome.warnings += sum(one.severity == "warning" for one in found)
        return found
