"""The log: segments numbered without a gap, each one document, so there whole or not at all; who inserts the next number was first.

A segment that is too large for a document has its rows in parts, inserted before it and named by it, whole rows in each: so reduction
changes a segment's rows in the one document where they lie. Parts that no segment names are nobody's: `sweep` takes them away once the log
has passed the number that they were meant for, and moves the log past it when its writer has been silent for longer than the lease. So a
writer that wakes up after that finds its number taken.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

from bson import Binary

from lrs.clock import Clock
from lrs.errors import StoreUnavailableError
from lrs.stores.mongo.cluster import Cluster, Fields
from lrs.stores.mongo.rows import Row, pack, packed_in_parts, unpack
from lrs.stores.mongo.schema import PARTS, SEGMENTS

_SWEPT_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Head:
    """Where the log ends: number of the segment, sequence number of its last statement, and the moment (microseconds) that is settled."""

    number: int
    last: int
    until: int


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment as it was read."""

    head: Head
    rows: list[Row]


def number_id(number: int) -> str:
    """Ordered as the numbers are."""
    return f"{number:016x}"


class SegmentLog:
    """Reading, and appending at the end."""

    def __init__(self, cluster: Cluster, clock: Clock) -> None:
        self._cluster = cluster
        self._clock = clock

    async def begin(self) -> None:
        """The segment before the first: harmless when it is there."""
        await self._cluster.insert(SEGMENTS, {"_id": number_id(0), "last": 0, "until": 0, "nonce": "", "turn": 0, "rows": Binary(pack([]))})

    async def head(self) -> Head:
        """The end of the log."""
        found = await self._cluster.find(SEGMENTS, {}, {"last": 1, "until": 1}, sort=[("_id", -1)], limit=1)
        if not found:
            raise StoreUnavailableError("the collections are not there; `jejak db migrate` makes them")
        return _head(found[0])

    async def append(self, after: Head, rows: list[Row], until: int) -> Head | None:
        """The new end, or None when another was first. `until`: at least the last row's `stored`."""
        head = Head(after.number + 1, after.last + len(rows), until)
        nonce = os.urandom(12).hex()
        document: Fields = {"_id": number_id(head.number), "last": head.last, "until": until, "nonce": nonce, "turn": 0}
        if rows:
            document["to"] = head.last
        parts = packed_in_parts(rows, self._cluster.options.document_bytes)
        if len(parts) == 1:
            document["rows"] = Binary(parts[0])
        else:
            document["parts"] = await self._write_parts(parts, head.number, nonce)
        if await self._cluster.insert(SEGMENTS, document):
            return head
        found = await self._cluster.find_one(SEGMENTS, {"_id": number_id(head.number)}, {"nonce": 1})
        return head if found is not None and found["nonce"] == nonce else None

    async def read(self, after: int, limit: int) -> list[Segment]:
        """The segments after number `after`, in order."""
        wanted = {"_id": {"$gt": number_id(after)}}
        return await self._segments(wanted, [("_id", 1)], limit)

    async def read_from(self, position: int, upto: int, limit: int) -> list[Segment]:
        """Those with statements after sequence number `position`, not after segment `upto`, in order."""
        wanted = {"to": {"$gt": position}, "_id": {"$lte": number_id(upto)}}
        return await self._segments(wanted, [("to", 1)], limit)

    async def rewrite(self, position: int, change: Callable[[Row], Row]) -> None:
        """Changes the rows of the segment that has this sequence number. Safe to repeat, and while others do."""
        for document in await self._cluster.find(SEGMENTS, {"to": {"$gte": position}}, sort=[("to", 1)], limit=1):
            for name in document.get("parts", ()):
                await self._rewrite_one(PARTS, name, "content", change)
            if "rows" in document:
                await self._rewrite_one(SEGMENTS, document["_id"], "rows", change)

    async def _rewrite_one(self, collection: str, name: str, field: str, change: Callable[[Row], Row]) -> None:
        while True:
            found = await self._cluster.find_one(collection, {"_id": name}, {field: 1, "turn": 1})
            if found is None:
                return
            rows = unpack(bytes(found[field]))
            changed = [change(row) for row in rows]
            if changed == rows:
                return
            content = {field: Binary(pack(changed)), "turn": found["turn"] + 1}
            if await self._cluster.update(collection, {"_id": name, "turn": found["turn"]}, {"$set": content}):
                return

    async def sweep(self, lease: float | None = None) -> int:
        """Takes away parts that no segment names; how many. `lease`: seconds that their writer is given, else those of the options."""
        oldest = self._clock.now_us() - int((self._cluster.options.lease if lease is None else lease) * 1_000_000)
        found = await self._cluster.find(PARTS, {}, {"number": 1, "nonce": 1, "at": 1}, sort=[("number", 1)], limit=_SWEPT_AT_ONCE)
        taken = 0
        for part in found:
            head = await self.head()
            if part["number"] > head.number:
                if part["at"] > oldest:
                    continue
                await self._pass(head, part["number"])
            segment = await self._cluster.find_one(SEGMENTS, {"_id": number_id(part["number"])}, {"nonce": 1})
            if segment is not None and segment["nonce"] != part["nonce"]:
                taken += await self._cluster.delete(PARTS, {"_id": part["_id"]})
        return taken

    async def _pass(self, head: Head, number: int) -> None:
        """Fences whoever meant to write `number`: empty segments up to it."""
        present: Head | None = head
        while present is None or present.number < number:
            before = present or await self.head()
            present = await self.append(before, [], before.until)

    async def _segments(self, wanted: Fields, sort: list[tuple[str, int]], limit: int) -> list[Segment]:
        found = await self._cluster.find(SEGMENTS, wanted, {"nonce": 0}, sort=sort, limit=limit, one_answer=False)
        return [Segment(_head(one), await self._rows(one)) for one in found]

    async def _rows(self, document: Fields) -> list[Row]:
        if "parts" not in document:
            return unpack(bytes(document["rows"]))
        pieces = [await self._cluster.find_one(PARTS, {"_id": name}, {"content": 1}) for name in document["parts"]]
        return [row for piece in pieces if piece is not None for row in unpack(bytes(piece["content"]))]

    async def _write_parts(self, parts: list[bytes], number: int, nonce: str) -> list[str]:
        names: list[str] = []
        for place, packed in enumerate(parts):
            name = f"{nonce}-{place:04d}"
            part = {"_id": name, "number": number, "nonce": nonce, "turn": 0, "at": self._clock.now_us(), "content": Binary(packed)}
            await self._cluster.insert(PARTS, part)
            names.append(name)
        return names


def _head(document: Fields) -> Head:
    return Head(int(document["_id"], 16), document["last"], document["until"])
