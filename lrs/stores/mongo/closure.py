"""Late targets: a statement that others referred to before it came. Its referrers take over its keys, theirs from them, and so on.

Every step can be repeated and be done by two processes at once: keys are only ever added, and a referrer's own referrers are put on the
list before it gains anything.
"""

from __future__ import annotations

import os

from lrs.stores.mongo.cluster import Cluster, Fields
from lrs.stores.mongo.inheritance import gained
from lrs.stores.mongo.materialiser import closure_work, mark_id
from lrs.stores.mongo.schema import CLOSURE, STATEMENTS
from lrs.stores.mongo.watermark import Watermark

_SLICE = 200  # referrers read at once


class Closure:
    """Works off what the materialiser leaves."""

    def __init__(self, cluster: Cluster, watermark: Watermark) -> None:
        self._cluster = cluster
        self._watermark = watermark

    async def work_off(self, budget: int) -> bool:
        """Tells at most about `budget` referrers, oldest target first; False when nothing is left."""
        while budget > 0:
            mark = await self._watermark.read()
            work = await self._cluster.find(CLOSURE, {}, sort=[("floor", 1)], limit=1)
            if not work:
                await self._watermark.settle(mark)
                return False
            budget -= max(1, await self._tell(work[0], min(budget, _SLICE)))
        return True

    async def _tell(self, work: Fields, limit: int) -> int:
        target = await self._cluster.find_one(STATEMENTS, {"_id": work["target"]}, {"k": 1, "p": 1})
        if (
            target is None
        ):  # listed, and then its writer died before the statement was written: whoever makes it visible comes by here again
            return 1
        wanted = {"t": work["target"], "s": {"$gt": work["done"]}}
        referrers = await self._cluster.find(
            STATEMENTS, wanted, {"k": 1, "p": 1, "s": 1, "z": 1}, sort=[("s", 1)], limit=limit, one_answer=False
        )
        takers = [(one, new) for one in referrers if one["p"] == target["p"] and (new := gained(one["k"], target["k"]))]
        await self._list_referred(takers, work)
        for one, new in takers:
            same = {"_id": one["_id"], "z": one["z"]}
            if not await self._cluster.update(STATEMENTS, same, {"$addToSet": {"k": {"$each": new}}}):
                return len(referrers)  # its keys were made anew meanwhile: all is read again
        if len(referrers) < limit:
            await self._cluster.delete(CLOSURE, {"_id": work["_id"]})
        else:
            await self._cluster.update(CLOSURE, {"_id": work["_id"]}, {"$set": {"done": referrers[-1]["s"]}})
        return len(referrers)

    async def _list_referred(self, takers: list[tuple[Fields, list[str]]], work: Fields) -> None:
        marks = [mark_id(one["_id"]) for one, _ in takers]
        if not marks:
            return
        found = await self._cluster.find(STATEMENTS, {"_id": {"$in": marks}}, {"_id": 1}, limit=len(marks), one_answer=False)
        turn = os.urandom(6).hex()
        await self._cluster.keep(CLOSURE, [closure_work(mark["_id"][1:], work["floor"], f">{turn}") for mark in found])
