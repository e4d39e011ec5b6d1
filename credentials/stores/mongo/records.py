"""Records on MongoDB: for each table a collection of rows by key, and one of entries, found by ranges of `_id` alone."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, TypeVar

from credentials.ports.keys import bounds, decode_cursor, encode_cursor, encode_parts
from credentials.ports.records import MOST_WRITES, Kept, Page, Part, Parts, Table, Write
from credentials.stores.content import decoded
from credentials.stores.mongo.committing import Committer
from credentials.stores.mongo.journal import AT_ONCE, Journal
from credentials.stores.mongo.rows import COMPLETE, JOURNAL, Name, State, committed, encoded_state, entries_of, entry_name, rows_of
from lrs.clock import Clock
from lrs.errors import StoreVersionError
from lrs.stores.mongo.cluster import Cluster, Fields
from lrs.stores.mongo.schema import Index

T = TypeVar("T")
INDEXES = (Index(JOURNAL, (("open", 1),), sparse=True),)
_MOST_INDEXES = 10_000  # of all tables
_SCANS = 16  # of `scan_many` under way at once


class MongoRecords:
    """See `credentials.ports.records.Records`. Made by `open_mongo_records`."""

    def __init__(self, cluster: Cluster, clock: Clock, fence_after: float | None = None) -> None:
        self._cluster = cluster
        self._journal = Journal(cluster, clock, fence_after)
        self._committer = Committer(cluster, clock, self._journal)

    async def get(self, table: Table[T], *key: Part) -> Kept[T] | None:
        name = Name(table.name, encode_parts(key))
        state = (await self._journal.states(await self._journal.rows([name]))).get(name)
        return None if state is None else Kept(decoded(table, state.content), state.revision)

    async def get_many(self, table: Table[T], keys: Sequence[Parts]) -> dict[Parts, T]:
        if len(keys) > MOST_WRITES:
            raise ValueError(f"at most {MOST_WRITES:,} keys at once")
        wanted = {Name(table.name, encode_parts(key)): key for key in keys}
        states = await self._journal.states(await self._journal.rows(wanted))
        return {key: decoded(table, states[name].content) for name, key in wanted.items() if name in states}

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
        least, most = bounds(prefix, low, high)
        last = decode_cursor(after) if after is not None else None
        if index is None:
            place = last[1] if last is not None else None
        else:
            if index not in table.indexes:
                raise KeyError(f"the table {table.name} declares no index {index}")
            least, most = f"{index}/{least}", f"{index}/{most}"
            place = entry_name(f"{index}/{last[0]}", last[1]) if last is not None else None
        found: list[tuple[str, str, State]] = []
        while len(found) <= limit:
            room = min(limit + 1 - len(found), AT_ONCE)
            names = await self._names(table.name, index, _range(least, most, place, descending), room, descending)
            found += await self._states(table.name, index, names)
            if len(names) < room:
                break
            place = names[-1]["_id"]
        more = encode_cursor(*found[limit - 1][:2]) if len(found) > limit else None
        return Page([decoded(table, state.content) for _, _, state in found[:limit]], more)

    async def scan_many(self, table: Table[T], index: str | None, prefixes: Sequence[Parts], limit: int = 100) -> list[list[T]]:
        if len(prefixes) > MOST_WRITES:
            raise ValueError(f"at most {MOST_WRITES:,} prefixes at once")
        found: list[list[T]] = []
        for start in range(0, len(prefixes), _SCANS):
            scans = (self.scan(table, index, prefix, limit=limit) for prefix in prefixes[start : start + _SCANS])
            found += [page.values for page in await asyncio.gather(*scans)]
        return found

    async def count(self, table: Table[Any], prefix: Parts = ()) -> int:
        least, most = bounds(prefix, (), ())
        count, place = 0, None
        while True:
            names = await self._names(table.name, None, _range(least, most, place, False), AT_ONCE, False)
            count += len(await self._states(table.name, None, names))
            if len(names) < AT_ONCE:
                return count
            place = names[-1]["_id"]

    async def commit(self, *writes: Write) -> None:
        if len(writes) > MOST_WRITES:
            raise ValueError(f"at most {MOST_WRITES:,} writes in one commit")
        await self._committer.commit(writes)

    async def sweep(self) -> None:
        """What a process that is gone has left undone of its commits; for the background."""
        await self._committer.sweep()

    async def fill(self, table: Table[Any]) -> None:
        """Gives every row the entries that the table declares now. Raises StoreUnavailableError."""
        place: str | None = None
        while True:
            rows = await self._names(table.name, None, _range("", "\U0010ffff", place, False), AT_ONCE, False)
            for row in rows:
                await self._fill_one(table, Name(table.name, row["_id"]))
            if len(rows) < AT_ONCE:
                return
            place = rows[-1]["_id"]

    async def _fill_one(self, table: Table[Any], name: Name) -> None:
        done = False
        while not done:
            rows = await self._journal.free([name])
            state = committed(rows.get(name))
            wanted = encoded_state(table, decoded(table, state.content), state.revision) if state.revision else state
            deadline = asyncio.get_running_loop().time() + self._cluster.options.lease
            done = set(wanted.entries) == set(state.entries) or await self._committer.change({name: wanted}, rows, deadline)

    async def _names(self, table: str, index: str | None, wanted: Fields, limit: int, descending: bool) -> list[Fields]:
        """Rows, or the documents of entries."""
        collection, sort = (rows_of if index is None else entries_of)(table), [("_id", -1 if descending else 1)]
        return await self._cluster.find(collection, {"_id": wanted}, sort=sort, limit=limit, one_answer=False)

    async def _states(self, table: str, index: str | None, names: list[Fields]) -> list[tuple[str, str, State]]:
        """(entry, key, state) of those that are there, and have the entry."""
        if index is None:
            states = await self._journal.states({Name(table, one["_id"]): one for one in names})
            return [("", one["_id"], states[name]) for one in names if (name := Name(table, one["_id"])) in states]
        pairs = [tuple(one["_id"].split("\x00")) for one in names]
        states = await self._journal.states(await self._journal.rows({Name(table, key) for _, key in pairs}))
        found = [(entry, key, states[Name(table, key)]) for entry, key in pairs if Name(table, key) in states]
        return [(entry.removeprefix(f"{index}/"), key, state) for entry, key, state in found if entry in state.entries]


async def migrate_records(cluster: Cluster, clock: Clock, tables: Sequence[Table[Any]]) -> None:
    """Makes what is missing; an index that a newer version declares is filled from the rows. Others may do it at the same time.

    While it is filled no process of the older version may write.
    """
    for index in INDEXES:
        await cluster.make_index(index)
    there, records = await _complete(cluster), MongoRecords(cluster, clock)
    for table in tables:
        missing = [mark for mark in _marks(table) if mark not in there]
        if any(mark.startswith(f"{table.name}/") for mark in there):
            await records.fill(table)
        await cluster.keep(COMPLETE, [{"_id": mark} for mark in missing])


async def open_mongo_records(cluster: Cluster, clock: Clock, tables: Sequence[Table[Any]]) -> MongoRecords:
    """Raises StoreVersionError when `migrate_records` has still to come."""
    there = await _complete(cluster)
    for table in tables:
        for mark in _marks(table):
            if mark not in there:
                raise StoreVersionError(f"the index {mark} of the records is not there; `jejak db migrate` makes it")
    return MongoRecords(cluster, clock)


def _marks(table: Table[Any]) -> list[str]:
    return [f"{table.name}/{index}" for index in ("", *table.indexes)]


async def _complete(cluster: Cluster) -> set[str]:
    found = await cluster.find(COMPLETE, {}, sort=[("_id", 1)], limit=_MOST_INDEXES, one_answer=False)
    return {one["_id"] for one in found}


def _range(least: str, most: str, place: str | None, descending: bool) -> Fields:
    """What a scan still has to read: `place` is where it was."""
    if descending:
        return {"$gte": least, "$lt": most if place is None else min(most, place)}
    return {"$gte": least, "$lt": most} if place is None or place < least else {"$gt": place, "$lt": most}
