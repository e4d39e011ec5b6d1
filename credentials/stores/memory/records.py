"""The reference for `credentials.ports.records.Records`: sorted lists of entries over a dictionary of values."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from credentials.ports.keys import bounds, decode_cursor, encode_cursor, encode_parts
from credentials.ports.records import Insert, Keep, Kept, Page, Part, Parts, Put, Remove, Replace, Table, Write
from lrs.errors import ConflictError

T = TypeVar("T")
_CHANGED = "this was changed by somebody else meanwhile; read it again"


@dataclass(slots=True)
class _Rows:
    """One table. `orders`: for each index (None: the key) its sorted (entry, key) pairs."""

    kept: dict[str, Kept[Any]] = field(default_factory=dict)
    orders: dict[str | None, list[tuple[str, str]]] = field(default_factory=dict)


class MemoryRecords:
    """See `credentials.ports.records.Records`."""

    def __init__(self) -> None:
        self._tables: dict[str, _Rows] = {}

    async def get(self, table: Table[T], *key: Part) -> Kept[T] | None:
        return self._rows(table).kept.get(encode_parts(key))

    async def get_many(self, table: Table[T], keys: Sequence[Parts]) -> dict[Parts, T]:
        kept = self._rows(table).kept
        return {key: found.value for key in keys if (found := kept.get(encode_parts(key))) is not None}

    async def scan(
        self,
        table: Table[T],
        index: str | None = None,
        prefix: Parts = (),
        *,
        low: Parts = (),
        high: Parts = (),
        after: str | None = None,
        limit: int = 1000,
        descending: bool = False,
    ) -> Page[T]:
        rows = self._rows(table)
        order = rows.orders.setdefault(index, [])
        least, most = bounds(prefix, low, high)
        found = order[bisect_left(order, (least, "")) : bisect_left(order, (most, ""))]
        if descending:
            found.reverse()
        if after is not None:
            last = decode_cursor(after)
            found = [pair for pair in found if (pair < last if descending else pair > last)]
        more = encode_cursor(*found[limit - 1]) if len(found) > limit else None
        return Page([rows.kept[key].value for _, key in found[:limit]], more)

    async def scan_many(self, table: Table[T], index: str | None, prefixes: Sequence[Parts], limit: int = 100) -> list[list[T]]:
        return [(await self.scan(table, index, prefix, limit=limit)).values for prefix in prefixes]

    async def count(self, table: Table[Any], prefix: Parts = ()) -> int:
        order = self._rows(table).orders.setdefault(None, [])
        least, most = bounds(prefix, (), ())
        return bisect_left(order, (most, "")) - bisect_left(order, (least, ""))

    async def commit(self, *writes: Write) -> None:
        undo: list[tuple[Table[Any], str, Kept[Any] | None]] = []
        try:
            for write in writes:
                self._apply(write, undo)
        except ConflictError:
            for table, key, before in reversed(undo):
                self._set(table, key, before)
            raise

    def _apply(self, write: Write, undo: list[tuple[Table[Any], str, Kept[Any] | None]]) -> None:
        table = write.table
        key = encode_parts(write.key if isinstance(write, Remove) else table.key(write.value))
        before = self._rows(table).kept.get(key)
        match write:
            case Remove():
                after = None
            case Insert(taken=taken, where=where) if before is not None:
                raise ConflictError(taken, where=where)
            case Replace(revision=revision) if revision != (before.revision if before else 0):
                raise ConflictError(_CHANGED)
            case Keep() if before is not None:
                return
            case Insert() | Replace() | Keep() | Put():
                after = Kept(write.value, before.revision + 1 if before else 1)
        undo.append((table, key, before))
        self._set(table, key, after)

    def _set(self, table: Table[Any], key: str, after: Kept[Any] | None) -> None:
        rows = self._rows(table)
        before = rows.kept.pop(key, None)
        if before is not None:
            for index, pair in _pairs(table, key, before.value):
                order = rows.orders[index]
                del order[bisect_left(order, pair)]
        if after is not None:
            rows.kept[key] = after
            for index, pair in _pairs(table, key, after.value):
                insort(rows.orders.setdefault(index, []), pair)

    def _rows(self, table: Table[Any]) -> _Rows:
        return self._tables.setdefault(table.name, _Rows())


def _pairs(table: Table[T], key: str, value: T) -> set[tuple[str | None, tuple[str, str]]]:
    found: set[tuple[str | None, tuple[str, str]]] = {(None, (key, key))}
    for index, entries in table.indexes.items():
        found |= {(index, (encode_parts(parts), key)) for parts in entries(value)}
    return found
