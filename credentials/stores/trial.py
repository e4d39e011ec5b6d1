"""Records over records: what is written stays in memory and can be read there, and the store below is never changed. For dry runs."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from credentials.ports.keys import bounds, decode_cursor, encode_cursor, encode_parts
from credentials.ports.records import Insert, Keep, Kept, Page, Part, Parts, Put, Records, Remove, Replace, Table, Write
from lrs.errors import ConflictError

T = TypeVar("T")
_CHANGED = "this was changed by somebody else meanwhile; read it again"
_Found = tuple[str, str, T]  # entry, key, value


@dataclass(frozen=True, slots=True)
class _Range(Generic[T]):
    """What a scan asks for: entries from `least` to before `most`, beyond `last`."""

    table: Table[T]
    index: str | None
    least: str
    most: str
    last: tuple[str, str] | None
    descending: bool

    def entries(self, key: str, value: T) -> list[str]:
        """Of a value."""
        told = {key} if self.index is None else {encode_parts(parts) for parts in self.table.indexes[self.index](value)}
        return [one for one in told if self.least <= one < self.most and self._beyond(one, key)]

    def _beyond(self, entry: str, key: str) -> bool:
        if self.last is None:
            return True
        return (entry, key) < self.last if self.descending else (entry, key) > self.last


class TrialRecords:
    """See `credentials.ports.records.Records`. Made for one dry run, and thrown away after it."""

    def __init__(self, below: Records) -> None:
        self._below = below
        self._changed: dict[str, dict[str, Kept[Any] | None]] = {}  # by table and key; None: removed
        self._parts: dict[tuple[str, str], Parts] = {}  # the key of each, as it was before it was encoded
        self._turn = asyncio.Lock()

    async def get(self, table: Table[T], *key: Part) -> Kept[T] | None:
        changed, name = self._changed.get(table.name, {}), encode_parts(key)
        return changed[name] if name in changed else await self._below.get(table, *key)

    async def get_many(self, table: Table[T], keys: Sequence[Parts]) -> dict[Parts, T]:
        changed = self._changed.get(table.name, {})
        found = await self._below.get_many(table, [key for key in keys if encode_parts(key) not in changed])
        for key in keys:
            kept = changed.get(encode_parts(key))
            if kept is not None:
                found[key] = kept.value
        return found

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
        last = decode_cursor(after) if after is not None else None
        if last is not None and index is None:
            last = (last[1], last[1])
        wanted = _Range(table, index, *bounds(prefix, low, high), last, descending)
        found = {(entry, key): value for entry, key, value in self._written(wanted)}
        cursor, kept = (encode_cursor(*last) if last is not None else None), 0
        while kept <= limit:  # then the first of what was found are the first of all
            page = await self._below.scan(table, index, prefix, low=low, high=high, after=cursor, limit=limit + 1, descending=descending)
            untouched = [value for value in page.values if not self._is_changed(table, value)]
            found |= {(entry, key): value for entry, key, value in _entered(wanted, untouched)}
            kept, cursor = kept + len(untouched), page.more
            if cursor is None:
                break
        places = sorted(found, reverse=descending)
        more = encode_cursor(*places[limit - 1]) if len(places) > limit else None
        return Page([found[place] for place in places[:limit]], more)

    async def scan_many(self, table: Table[T], index: str | None, prefixes: Sequence[Parts], limit: int = 100) -> list[list[T]]:
        return [(await self.scan(table, index, prefix, limit=limit)).values for prefix in prefixes]

    async def count(self, table: Table[Any], prefix: Parts = ()) -> int:
        least, most = bounds(prefix, (), ())
        found = await self._below.count(table, prefix)
        for key, kept in self._changed.get(table.name, {}).items():
            if least <= key < most:
                found += (kept is not None) - await self._is_below(table, key)
        return found

    async def _is_below(self, table: Table[Any], key: str) -> bool:
        return await self._below.get(table, *self._parts[table.name, key]) is not None

    async def commit(self, *writes: Write) -> None:
        async with self._turn:
            after: dict[tuple[str, str], Kept[Any] | None] = {}
            for write in writes:
                parts = write.key if isinstance(write, Remove) else write.table.key(write.value)
                name = (write.table.name, encode_parts(parts))
                before = after[name] if name in after else await self.get(write.table, *parts)
                after[name] = _after(write, before)
                self._parts[name] = parts
            for (table, key), kept in after.items():
                self._changed.setdefault(table, {})[key] = kept

    def _written(self, wanted: _Range[T]) -> Iterator[_Found[T]]:
        for key, kept in self._changed.get(wanted.table.name, {}).items():
            if kept is not None:
                yield from ((entry, key, kept.value) for entry in wanted.entries(key, kept.value))

    def _is_changed(self, table: Table[T], value: T) -> bool:
        return encode_parts(table.key(value)) in self._changed.get(table.name, {})


def _entered(wanted: _Range[T], values: Sequence[T]) -> Iterator[_Found[T]]:
    for value in values:
        key = encode_parts(wanted.table.key(value))
        yield from ((entry, key, value) for entry in wanted.entries(key, value))


def _after(write: Write, before: Kept[Any] | None) -> Kept[Any] | None:
    """Raises ConflictError when the write's condition does not hold."""
    match write:
        case Remove():
            return None
        case Insert(taken=taken, where=where) if before is not None:
            raise ConflictError(taken, where=where)
        case Replace(revision=revision) if revision != (before.revision if before else 0):
            raise ConflictError(_CHANGED)
        case Keep() if before is not None:
            return before
        case Insert() | Replace() | Keep() | Put():
            return Kept(write.value, before.revision + 1 if before else 1)
