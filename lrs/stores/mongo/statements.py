"""The statement port on MongoDB. No reader looks past the watermark, so it sees every segment whole or not at all."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from lrs.clock import Clock
from lrs.errors import StoreClosedError
from lrs.ports import Batch, Page, StatementQuery, StoredStatement, Wall
from lrs.stores.cursors import read_cursor, write_cursor
from lrs.stores.mongo.cluster import Cluster, Fields
from lrs.stores.mongo.rows import client_key, condition_keys
from lrs.stores.mongo.schema import STATEMENTS
from lrs.stores.mongo.watermark import Watermark
from lrs.stores.mongo.writer import GroupWriter

_ANSWER = {"s": 1, "b": 1}


class MongoStatements:
    """See `lrs.ports.StatementStore`."""

    def __init__(self, cluster: Cluster, clock: Clock, watermark: Watermark, writer: GroupWriter) -> None:
        self._cluster = cluster
        self._clock = clock
        self._watermark = watermark
        self._writer = writer

    async def put(self, batch: Batch) -> None:
        self._cluster.collection(STATEMENTS)
        if batch.statements:
            await self._writer.put(batch)

    async def get(self, statement_id: str, wall: Wall, *, voided: bool = False) -> StoredStatement | None:
        found = await self._cluster.find_one(STATEMENTS, {"_id": statement_id} | _wall(wall), {"k": 0, "t": 0})
        if found is None or "s" not in found:
            return None
        until = self._watermark.seen.until
        if found["s"] > until or until < found["x"] < 2**61:
            until = (await self._watermark.read()).until
        if found["s"] > until or (found["x"] <= until) != voided:
            return None
        return StoredStatement(statement_id, found["s"], bytes(found["b"]), found["p"], found["c"])

    async def query(self, query: StatementQuery, wall: Wall) -> Page:
        cursor = read_cursor(query.cursor) if query.cursor is not None else None
        until = (await self._watermark.read()).until
        wanted = _filter(query, wall, cursor, until)
        sort = [("s", 1 if query.ascending else -1)]
        found = await self._cluster.find(STATEMENTS, wanted, _ANSWER, sort=sort, limit=query.limit + 1)
        bodies: list[bytes] = []
        size, last = 0, 0
        for one in found:
            size += len(one["b"])
            if len(bodies) == query.limit or (bodies and size > query.max_bytes):
                return Page(bodies, write_cursor(last))
            bodies.append(bytes(one["b"]))
            last = one["s"]
        return Page(bodies)

    async def consistent_through(self) -> int:
        """Looks at the cluster at most once a heartbeat."""
        late = int(self._cluster.options.heartbeat * 1_000_000)
        if self._clock.now_us() - self._watermark.seen.consistent <= late:
            return self._watermark.seen.consistent
        mark = await self._watermark.read()
        if self._clock.now_us() - mark.until > late:
            with suppress(StoreClosedError):  # an earlier moment is as true
                await self._writer.beat()
        return self._watermark.seen.consistent


def _filter(query: StatementQuery, wall: Wall, cursor: int | None, until: int) -> Fields:
    """Bounds on `stored` are those of the index; the void that hides a statement must be visible itself."""
    bounds: dict[str, int] = {"$lte": until if query.until is None else min(query.until, until)}
    if query.since is not None:
        bounds["$gt"] = query.since
    if cursor is not None and query.ascending:
        bounds["$gt"] = max(cursor, bounds.get("$gt", cursor))
    elif cursor is not None:
        bounds["$lt"] = cursor
    wanted: Fields = _wall(wall) | {"s": bounds, "x": {"$gt": until}}
    keys: list[Any] = []
    for condition in query.conditions:
        names = condition_keys(condition)
        keys.append({"k": names[0] if len(names) == 1 else {"$in": names}})
    if wall.client is not None:
        keys.append({"k": client_key(wall.client)})
    if len(keys) == 1:
        wanted |= keys[0]
    elif keys:
        wanted["$and"] = keys
    return wanted


def _wall(wall: Wall) -> Fields:
    own = {"p": wall.provider, "c": wall.client}
    return {field: value for field, value in own.items() if value is not None}
