"""Up to where everything is visible. One document; it only ever moves forward, one segment at a time."""

from __future__ import annotations

from dataclasses import dataclass

from lrs.errors import StoreUnavailableError
from lrs.stores.mongo.cluster import Cluster, Fields
from lrs.stores.mongo.log import Head
from lrs.stores.mongo.schema import NEVER, STATE

_ID = "watermark"


@dataclass(frozen=True, slots=True)
class Mark:
    """`number`, `last`, `until`: as `Head`. `floor`: the moment before which late targets are settled, `NEVER` when all are."""

    number: int
    last: int
    until: int
    floor: int

    @property
    def consistent(self) -> int:
        return min(self.until, self.floor - 1)


class Watermark:
    """`seen`: the newest mark that this process knows. What it says stays true."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self.seen = Mark(0, 0, 0, NEVER)

    async def begin(self) -> None:
        """The mark of an empty store: harmless when it is there."""
        await self._cluster.insert(STATE, {"_id": _ID, "number": 0, "last": 0, "until": 0, "floor": NEVER})

    async def read(self) -> Mark:
        """As it is now."""
        found = await self._cluster.find_one(STATE, {"_id": _ID})
        if found is None:
            raise StoreUnavailableError("the collections are not there; `jejak db migrate` makes them")
        return self._saw(found)

    async def advance(self, head: Head, floor: int) -> None:
        """To `head`, whose segment is written; somebody else may have done it already."""
        change: Fields = {"$set": {"number": head.number, "last": head.last, "until": head.until}, "$min": {"floor": floor}}
        found = await self._cluster.change(STATE, {"_id": _ID, "number": head.number - 1}, change)
        if found is not None:
            self._saw(found)

    async def settle(self, mark: Mark) -> None:
        """No late target is left, and was none when `mark` was read: unless a segment has come since, the floor goes."""
        if mark.floor != NEVER:
            await self._cluster.update(STATE, {"_id": _ID, "number": mark.number}, {"$set": {"floor": NEVER}})
            self.seen = await self.read()

    def _saw(self, found: Fields) -> Mark:
        mark = Mark(found["number"], found["last"], found["until"], found["floor"])
        if mark.number >= self.seen.number:
            self.seen = mark
        return mark
