"""From a segment to the documents that queries read. Whoever comes by may do it, twice or at the same time: every step can be repeated.

In order: work for late targets, the statements with the marks of who is referred to, voids, definitions; then the watermark, past which
no reader looks. So a segment becomes visible at once, and only after every one before it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from bson import Binary

from lrs.stores.mongo.cluster import Cluster, Fields
from lrs.stores.mongo.definitions import Definitions
from lrs.stores.mongo.inheritance import gained, inherited_keys
from lrs.stores.mongo.log import Head, Segment, SegmentLog
from lrs.stores.mongo.rows import Row
from lrs.stores.mongo.schema import CLOSURE, NEVER, STATEMENTS
from lrs.stores.mongo.watermark import Watermark

_SEGMENTS = 20  # read at once while catching up
_IDS = 1_000  # looked up at once


class Materialiser:
    """Applies segments in their order."""

    def __init__(self, cluster: Cluster, log: SegmentLog, watermark: Watermark) -> None:
        self._cluster = cluster
        self._log = log
        self._watermark = watermark
        self._definitions = Definitions(cluster)

    async def catch_up(self, *, patience: float) -> Head:
        """Everything that is in the log is visible when this returns; answers the log's end.

        Whoever appended a segment makes it visible; only when that has not happened for `patience` seconds is it done here.
        """
        loop = asyncio.get_running_loop()
        head = await self._log.head()
        until = loop.time() + patience
        mark = await self._watermark.read()
        pause = 0.002
        while mark.number < head.number and loop.time() < until:
            await asyncio.sleep(pause)
            pause = min(pause * 2, 0.05)
            mark = await self._watermark.read()
        while mark.number < head.number:
            for segment in await self._log.read(mark.number, _SEGMENTS):
                await self.apply(segment)
            mark = await self._watermark.read()
        return head

    async def apply(self, segment: Segment, looked_up: Mapping[str, Fields] | None = None) -> bool:
        """Makes `segment` visible; those before it are. Whether there is work left for late targets.

        `looked_up`: what was there of `to_look_up` when all before the segment was visible; without it, it is read.
        """
        rows = segment.rows
        late = False
        if rows:
            known = await self.stored(to_look_up(rows)) if looked_up is None else looked_up
            late = await self._write(rows, segment.head.last - len(rows) + 1, known)
            await self._void(rows)
        await self._definitions.merge(rows, segment.head)
        floor = min((row.stored for row in rows), default=NEVER) if late else NEVER
        await self._watermark.advance(segment.head, floor)
        return late

    async def _write(self, rows: Sequence[Row], first: int, looked_up: Mapping[str, Fields]) -> bool:
        targets = {row.target for row in rows if row.target} - {row.id for row in rows}
        stored = {name: (one["p"], one["k"]) for name, one in looked_up.items() if name in targets and "p" in one}
        keys = inherited_keys(rows, stored)
        referred = [row for row in rows if mark_id(row.id) in looked_up]
        voided = await self._voided_before(referred)
        await self._cluster.keep(CLOSURE, [closure_work(row.id, row.stored) for row in referred])
        await self._cluster.keep(STATEMENTS, _documents(rows, first, keys, voided))
        if stored:
            await self._take_what_came_meanwhile(rows, keys, list(stored))
        return bool(referred)

    async def _take_what_came_meanwhile(self, rows: Sequence[Row], keys: dict[str, list[str]], targets: list[str]) -> None:
        """A target may have gained keys between being read and its referrer being written; whoever gave them could not see the referrer."""
        again = {name: (one["p"], one["k"]) for name, one in (await self.stored(targets)).items()}
        for row_id, late in inherited_keys(rows, again).items():
            if new := gained(keys[row_id], late):
                await self._cluster.update(STATEMENTS, {"_id": row_id, "z": 0}, {"$addToSet": {"k": {"$each": new}}})

    async def stored(self, names: list[str], *, bodies: bool = False) -> dict[str, Fields]:
        """Statements and marks of these names, as far as storing others needs them."""
        found: dict[str, Fields] = {}
        fields = {"p": 1, "k": 1, "q": 1} | ({"b": 1} if bodies else {})
        for start in range(0, len(names), _IDS):
            part = names[start : start + _IDS]
            documents = await self._cluster.find(STATEMENTS, {"_id": {"$in": part}}, fields, limit=len(part), one_answer=False)
            found |= {one["_id"]: one for one in documents}
        return found

    async def _voided_before(self, referred: list[Row]) -> dict[str, int]:
        """For each row that a void with effect came before: that void's moment."""
        found: dict[str, int] = {}
        for row in referred:
            if row.voids:
                continue
            for condition in ({"v": 1, "p": row.provider}, {"v": 2}):
                voids = await self._cluster.find(STATEMENTS, {"t": row.id} | condition, {"s": 1}, sort=[("s", 1)], limit=1)
                if voids:
                    found[row.id] = min(found.get(row.id, NEVER), voids[0]["s"])
        return found

    async def _void(self, rows: Sequence[Row]) -> None:
        """Statements outside the segment that its voiding statements name."""
        for row in rows:
            if row.voids and row.target:
                own = {} if row.voids == 2 else {"p": row.provider}
                wanted = {"_id": row.target, "v": 0, "x": {"$gt": row.stored}} | own
                await self._cluster.update(STATEMENTS, wanted, {"$set": {"x": row.stored}})


def to_look_up(rows: Sequence[Row]) -> list[str]:
    """The targets of a segment's rows, and the marks of who referred to the rows."""
    return sorted({row.target for row in rows if row.target} - {row.id for row in rows}) + [mark_id(row.id) for row in rows]


def mark_id(statement_id: str) -> str:
    """Of the document that says that somebody refers to the statement."""
    return f"?{statement_id}"


def closure_work(statement_id: str, floor: int, came_from: str = "") -> Fields:
    """The referrers of `statement_id` after the moment `done` are still to be told."""
    return {"_id": f"{statement_id}{came_from}", "target": statement_id, "floor": floor, "done": 0}


def _documents(rows: Sequence[Row], first: int, keys: dict[str, list[str]], voided: dict[str, int]) -> list[Fields]:
    """Fields: s stored, n sequence number, p provider, c client, b body, k keys (the first `o` its own), z how often these were made anew,
    v as `Row.voids`, x the moment when it was voided, t target; q when it is reduced.
    """
    moments = dict(voided)
    by_id = {row.id: row for row in rows}
    for row in rows:
        target = by_id.get(row.target)
        if row.voids and target is not None and not target.voids and (row.voids == 2 or row.provider == target.provider):
            moments[target.id] = min(moments.get(target.id, NEVER), row.stored)
    documents: list[Fields] = [{"_id": mark_id(row.target)} for row in rows if row.target]
    for place, row in enumerate(rows, first):
        document: Fields = {"_id": row.id, "s": row.stored, "n": place, "p": row.provider, "c": row.client, "b": Binary(row.body)}
        document |= {"k": keys[row.id], "o": len(row.keys), "z": 0, "v": row.voids, "x": moments.get(row.id, NEVER)}
        if row.target:
            document["t"] = row.target
        documents.append(document)
    return documents
