"""Carrying everything that one store has over into another, again and again without harm, and proving that both have the same.

Statements follow each other: the target's own end says where to go on. Of all else both sides are read, page by page of the source and then
of the target, and what differs is written or removed. docs/adr/0076-moving.md.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, Protocol

import msgspec

from credentials.ports import Records
from credentials.ports.keys import encode_parts
from credentials.ports.records import Put, Remove, Table
from credentials.stores.content import decoded, encoded_value
from jejak.tables import PRODUCT_TABLES
from lrs.errors import ConflictError
from lrs.ports import AttachmentContent, Reduced, Stores
from lrs.ports.copying import CopiedStatement, Shelf
from lrs.stores.copied import client_of, new_statement

STATEMENTS = "statements"
_STATEMENTS_AT_ONCE = 200
_ROWS_AT_ONCE = 200
_CLIENTS_AT_ONCE = 10_000  # in one go, since keys may change hands among them
_NAMES = {Shelf.ACTIVITY: "activities"}

Told = Callable[[str, int, int | None], None]
"""What is under way, how many are done, and how many there are, where that is known."""


@dataclass(frozen=True, slots=True)
class Side:
    """A store that is opened for copying. `quiet`: seconds after which nothing is written any more once it is closed to writes."""

    stores: Stores
    records: Records
    quiet: float = 0.0


@dataclass(slots=True)
class Sum:
    """How many rows there are, and what all of them come to, in whatever order they were added."""

    count: int = 0
    total: int = 0

    def add(self, key: str, content: bytes) -> None:
        """One row more."""
        digest = blake2b(f"{len(key)}:{key}".encode() + content, digest_size=16).digest()
        self.count += 1
        self.total = (self.total + int.from_bytes(digest, "big")) % (1 << 128)

    @property
    def checksum(self) -> str:
        return f"{self.total:032x}"


@dataclass(frozen=True, slots=True)
class Compared:
    """A collection of both sides."""

    name: str
    source: Sum = field(default_factory=Sum)
    target: Sum = field(default_factory=Sum)

    @property
    def same(self) -> bool:
        return self.source == self.target


class _Collection(Protocol):
    """Rows of one kind on one side."""

    name: str

    async def page(self, after: str | None) -> tuple[dict[str, bytes], str | None]: ...

    async def present(self, rows: Mapping[str, bytes]) -> dict[str, bytes]:
        """What lies here under the keys of these rows."""
        ...

    async def write(self, put: Mapping[str, bytes], remove: Mapping[str, bytes], source: Stores) -> None: ...


class _ShelfRows:
    def __init__(self, stores: Stores, shelf: Shelf) -> None:
        self.name = _NAMES.get(shelf, f"{shelf}s")
        self._stores = stores
        self._shelf = shelf

    async def page(self, after: str | None) -> tuple[dict[str, bytes], str | None]:
        limit = _CLIENTS_AT_ONCE if self._shelf is Shelf.CLIENT else _ROWS_AT_ONCE
        page = await self._stores.copying.page(self._shelf, after, limit)
        return page.rows, page.more

    async def present(self, rows: Mapping[str, bytes]) -> dict[str, bytes]:
        return await self._stores.copying.rows(self._shelf, list(rows))

    async def write(self, put: Mapping[str, bytes], remove: Mapping[str, bytes], source: Stores) -> None:
        if self._shelf is Shelf.ATTACHMENT:
            for digest in put:
                content = b"".join([piece async for piece in source.attachments.open(digest)])
                await self._stores.attachments.keep((AttachmentContent(digest, content, "application/octet-stream"),))
            put = {}
        if self._shelf is Shelf.CLIENT and put:  # one that came after the providers were carried over
            providers = await source.copying.rows(Shelf.PROVIDER, sorted({client_of(row).provider for row in put.values()}))
            await self._stores.copying.write(Shelf.PROVIDER, providers)
        await self._stores.copying.write(self._shelf, put, list(remove))


class _TableRows:
    def __init__(self, records: Records, table: Table[Any]) -> None:
        self.name = table.name
        self._records = records
        self._table = table

    async def page(self, after: str | None) -> tuple[dict[str, bytes], str | None]:
        page = await self._records.scan(self._table, after=after, limit=_ROWS_AT_ONCE)
        return dict(map(self._row, page.values)), page.more

    async def present(self, rows: Mapping[str, bytes]) -> dict[str, bytes]:
        found = await self._records.get_many(self._table, [self._table.key(self._value(row)) for row in rows.values()])
        return dict(map(self._row, found.values()))

    async def write(self, put: Mapping[str, bytes], remove: Mapping[str, bytes], source: Stores) -> None:
        removes = [Remove(self._table, self._table.key(self._value(row))) for row in remove.values()]
        await self._records.commit(*(Put(self._table, self._value(row)) for row in put.values()), *removes)

    def _row(self, value: object) -> tuple[str, bytes]:
        return encode_parts(self._table.key(value)), encoded_value(value)

    def _value(self, row: bytes) -> Any:
        return decoded(self._table, row)


def _collections(side: Side) -> list[_Collection]:
    shelves = [_ShelfRows(side.stores, shelf) for shelf in Shelf]
    return [*shelves, *(_TableRows(side.records, table) for table in PRODUCT_TABLES)]


async def carry(source: Side, target: Side, told: Told) -> int:
    """Brings the target up to the source as it is now; how many rows that took. Raises ConflictError for a target that is no copy of it."""
    changed = 0
    for place, (ours, theirs) in enumerate(zip(_collections(source), _collections(target), strict=True)):
        changed += await _carry_rows(ours, theirs, source.stores, told)
        if place == 0:  # attachments are there before the statements that name them
            changed += await _carry_statements(source.stores, target.stores, told)
    return changed


async def compare(source: Side, target: Side, told: Told) -> list[Compared]:
    """Reads all of both; statements that were reduced since they were copied are reduced in the target too."""
    every = [await _compare_statements(source.stores, target.stores, told)]
    for ours, theirs in zip(_collections(source), _collections(target), strict=True):
        compared = Compared(ours.name)
        for collection, total in ((ours, compared.source), (theirs, compared.target)):
            async for rows in _pages(collection):
                for key, row in rows.items():
                    total.add(key, row)
                told(f"comparing {collection.name}", total.count, None)
        every.append(compared)
    return every


async def is_empty(side: Side) -> bool:
    """Whether there is nothing in it."""
    if await side.stores.feed.end():
        return False
    for collection in _collections(side):
        if (await collection.page(None))[0]:
            return False
    return True


async def _carry_statements(source: Stores, target: Stores, told: Told) -> int:
    first = position = await target.feed.end()
    total = await source.feed.end()
    if position > total:
        raise ConflictError("the target has statements that the source does not have")
    while some := await source.copying.statements(position, _STATEMENTS_AT_ONCE):
        await target.copying.keep_statements(some)
        position = some[-1].position
        told(STATEMENTS, position, max(total, position))
    return position - first


async def _carry_rows(source: _Collection, target: _Collection, stores: Stores, told: Told) -> int:
    """What is gone goes first: its names may be another's by now."""
    changed = done = 0
    async for rows in _pages(target):
        there = await source.present(rows)
        if gone := {key: row for key, row in rows.items() if key not in there}:
            await target.write({}, gone, stores)
            changed += len(gone)
    async for rows in _pages(source):
        there = await target.present(rows)
        if new := {key: row for key, row in rows.items() if there.get(key) != row}:
            await target.write(new, {}, stores)
            changed += len(new)
        done += len(rows)
        told(source.name, done, None)
    return changed


async def _compare_statements(source: Stores, target: Stores, told: Told) -> Compared:
    compared = Compared(STATEMENTS)
    total = await source.feed.end()
    position = 0
    while True:
        ours, theirs = await asyncio.gather(
            source.copying.statements(position, _STATEMENTS_AT_ONCE), target.copying.statements(position, _STATEMENTS_AT_ONCE)
        )
        if not ours:
            break
        if reduced := [_reduced(one) for one, other in zip(ours, theirs, strict=False) if one.reduced and one != other]:
            await target.reduction.reduce(reduced)
            theirs = await target.copying.statements(position, _STATEMENTS_AT_ONCE)
        for statements, added in ((ours, compared.source), (theirs, compared.target)):
            for one in statements:
                added.add(one.id, msgspec.msgpack.encode(one))
        position = ours[-1].position
        told(f"comparing {STATEMENTS}", position, total)
    for one in theirs:  # more than the source has: seen in the sums
        compared.target.add(one.id, one.body)
    await target.reduction.settle()
    return compared


def _reduced(one: CopiedStatement) -> Reduced:
    new = new_statement(one)
    return Reduced(one.id, one.body, new.direct, new.related)


async def _pages(collection: _Collection) -> AsyncIterator[dict[str, bytes]]:
    after: str | None = None
    while True:
        rows, after = await collection.page(after)
        if rows:
            yield rows
        if after is None:
            return
