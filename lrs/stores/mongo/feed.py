"""The feed on MongoDB: the log's segments up to the watermark, read in order. A position is a statement's sequence number."""

from __future__ import annotations

import os

from lrs.errors import ConflictError
from lrs.ports import FeedItem
from lrs.stores.mongo.cluster import Cluster
from lrs.stores.mongo.log import SegmentLog
from lrs.stores.mongo.schema import CHECKPOINTS
from lrs.stores.mongo.watermark import Watermark
from lrs.stores.waiters import Waiters

_SEGMENTS = 8  # read at once
_MOST_CONSUMERS = 1_000


class MongoFeed:
    """See `lrs.ports.Feed`."""

    def __init__(self, cluster: Cluster, log: SegmentLog, watermark: Watermark) -> None:
        self._cluster = cluster
        self._log = log
        self._watermark = watermark
        self._waiters = Waiters(cluster.options.poll)

    async def read(self, after: int, limit: int) -> list[FeedItem]:
        mark = await self._watermark.read()
        items: list[FeedItem] = []
        position = max(after, 0)
        while len(items) < limit and position < mark.last:
            for segment in await self._log.read_from(position, mark.number, _SEGMENTS):
                first = segment.head.last - len(segment.rows) + 1
                for place, row in enumerate(segment.rows, first):
                    if place > position and len(items) < limit:
                        items.append(FeedItem(place, row.id, row.stored, row.body, row.provider, row.client))
                position = max(position, segment.head.last)
        return items

    async def checkpoint(self, consumer: str) -> int:
        found = await self._cluster.find_one(CHECKPOINTS, {"_id": consumer})
        return 0 if found is None else int(found["position"])

    async def advance(self, consumer: str, position: int, *, expected: int) -> None:
        present = await self._cluster.find_one(CHECKPOINTS, {"_id": consumer})
        turn = os.urandom(12).hex()  # a checkpoint may go back, so its position alone would not tell
        if present is None and expected == 0:
            moved = await self._cluster.insert(CHECKPOINTS, {"_id": consumer, "position": position, "turn": turn})
        elif present is not None and present["position"] == expected:
            wanted = {"_id": consumer, "turn": present["turn"]}
            moved = await self._cluster.update(CHECKPOINTS, wanted, {"$set": {"position": position, "turn": turn}})
        else:
            raise ConflictError(f"the consumer {consumer} is at another position: it runs elsewhere too")
        if not moved:  # unless an earlier try of this very call was told of nowhere
            present = await self._cluster.find_one(CHECKPOINTS, {"_id": consumer}, {"turn": 1})
            moved = present is not None and present["turn"] == turn
        if not moved:
            raise ConflictError(f"the consumer {consumer} is at another position: it runs elsewhere too")

    async def end(self) -> int:
        return (await self._watermark.read()).last

    async def checkpoints(self) -> dict[str, int]:
        found = await self._cluster.find(CHECKPOINTS, {}, sort=[("_id", 1)], limit=_MOST_CONSUMERS)
        return {one["_id"]: one["position"] for one in found}

    async def wait(self, after: int, seconds: float) -> bool:
        return await self._waiters.wait(self.end, after, seconds)

    def wake(self) -> None:
        """Something was stored by this process."""
        self._waiters.wake()
