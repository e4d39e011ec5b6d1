"""Reduction on MongoDB: the statement's row in the log, then its document for queries, then the keys of those who refer to it.

A document says of each statement that it is being reduced, before anything of it is changed, and goes only when `settle` is done with it:
so whoever comes next finishes what a process left. Keys that are made anew have a number (`z`), which whoever adds a key must know: a
process that slept cannot bring former terms back.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from bson import Binary

from lrs.ports import Condition, FeedItem, Reduced
from lrs.ports.reduction import DIGEST_TERM
from lrs.stores.mongo.attachments import MongoAttachments
from lrs.stores.mongo.closure import Closure
from lrs.stores.mongo.cluster import Cluster, Fields
from lrs.stores.mongo.inheritance import inherited_keys
from lrs.stores.mongo.log import SegmentLog
from lrs.stores.mongo.materialiser import Materialiser, closure_work
from lrs.stores.mongo.rows import Row, condition_keys, reduced_row
from lrs.stores.mongo.schema import CLOSURE, NEVER, REDUCTIONS, STATEMENTS
from lrs.stores.mongo.watermark import Watermark

_AT_ONCE = 200  # statements that are being reduced, read at once by `settle`
_MOST_REFERRERS = 4_096  # whose keys are made anew with those of one statement; a longer chain ends there
_ITEM = {"s": 1, "n": 1, "b": 1, "p": 1, "c": 1}
_KEYS = {"s": 1, "p": 1, "c": 1, "k": 1, "o": 1, "z": 1, "t": 1}


class MongoReduction:
    """See `lrs.ports.reduction.StatementReduction`."""

    def __init__(
        self,
        cluster: Cluster,
        log: SegmentLog,
        watermark: Watermark,
        materialiser: Materialiser,
        closure: Closure,
        attachments: MongoAttachments,
    ) -> None:
        self._cluster = cluster
        self._log = log
        self._watermark = watermark
        self._materialiser = materialiser
        self._closure = closure
        self._attachments = attachments

    async def everything(self, provider: str, term: str, after: int, limit: int) -> list[FeedItem]:
        mark = await self._watermark.read()
        since = await self._moment(after, mark.number) if after > 0 else 0
        keys = {"$in": condition_keys(Condition(term, related=True))}
        wanted = {"p": provider, "k": keys, "s": {"$gt": since, "$lte": mark.until}}
        found = await self._cluster.find(STATEMENTS, wanted, _ITEM, sort=[("s", 1)], limit=limit, one_answer=False)
        return [FeedItem(one["n"], one["_id"], one["s"], bytes(one["b"]), one["p"], one["c"]) for one in found]

    async def reduce(self, statements: Sequence[Reduced]) -> None:
        wanted = {one.id: one for one in statements}
        for statement in statements:
            found = await self._cluster.find_one(STATEMENTS, {"_id": statement.id}, {"n": 1})
            if found is not None and "n" in found:
                await self._begin(statement)
                await self._log.rewrite(found["n"], lambda row: reduced_row(row, wanted[row.id]) if row.id in wanted else row)
                await self._replace(statement)
                await self._rekey(statement.id)

    async def settle(self) -> int:
        # Segments that come after this read the statements as they are now; those before it have their referrers in place.
        await self._materialiser.catch_up(patience=self._cluster.options.patience)
        erased = 0
        while begun := await self._cluster.find(REDUCTIONS, {}, sort=[("_id", 1)], limit=_AT_ONCE, one_answer=False):
            for one in begun:
                await self._rekey(one["_id"])
                for digest in one["digests"]:
                    erased += not await self._has_digest(digest) and await self._attachments.forget(digest)
            while await self._closure.work_off(_AT_ONCE):
                pass
            for one in begun:
                await self._cluster.delete(REDUCTIONS, {"_id": one["_id"], "turn": one["turn"]})
        return erased

    async def _moment(self, position: int, upto: int) -> int:
        """When the statement with this sequence number was stored."""
        for segment in await self._log.read_from(position - 1, upto, 1):
            return segment.rows[position - 1 - segment.head.last].stored
        return NEVER

    async def _begin(self, statement: Reduced) -> None:
        while True:
            turn, digests = os.urandom(12).hex(), sorted(set(statement.digests))
            if await self._cluster.insert(REDUCTIONS, {"_id": statement.id, "digests": digests, "turn": turn}):
                return
            present = await self._cluster.find_one(REDUCTIONS, {"_id": statement.id})
            if present is None:
                continue
            change = {"$set": {"digests": sorted({*digests, *present["digests"]}), "turn": turn}}
            if await self._cluster.update(REDUCTIONS, {"_id": statement.id, "turn": present["turn"]}, change):
                return

    async def _replace(self, statement: Reduced) -> None:
        while True:
            present = await self._cluster.find_one(STATEMENTS, {"_id": statement.id}, _KEYS)
            if present is None:
                return
            row = reduced_row(_row(present), statement)
            new = {"b": Binary(row.body), "k": list(row.keys), "o": len(row.keys), "z": present["z"] + 1, "q": True}
            if await self._cluster.update(STATEMENTS, {"_id": statement.id, "z": present["z"]}, {"$set": new}):
                return

    async def _rekey(self, statement_id: str) -> None:
        """Makes the keys of a statement and of all who refer to it, directly or not, from what each of them is itself.

        What others added meanwhile they are then told again.
        """
        together = await self._together(statement_id)
        if not together:
            return
        root = together[statement_id]
        outside: dict[str, tuple[str, list[str]]] = {}
        if root.get("t") and root["t"] not in together:
            target = await self._cluster.find_one(STATEMENTS, {"_id": root["t"]}, {"p": 1, "k": 1})
            if target is not None:
                outside[root["t"]] = (target["p"], target["k"])
        keys = inherited_keys([_row(one) for one in together.values()], outside)
        for name, one in together.items():
            new = {"k": keys[name], "z": one["z"] + 1}
            await self._cluster.update(STATEMENTS, {"_id": name, "z": one["z"]}, {"$set": new})
        await self._tell_again(together, outside)

    async def _tell_again(self, together: Mapping[str, Fields], outside: Mapping[str, object]) -> None:
        targets = {one["t"] for one in together.values() if one.get("t")} & (together.keys() | outside.keys())
        turn = os.urandom(6).hex()
        await self._cluster.keep(CLOSURE, [closure_work(target, NEVER, f"!{turn}") for target in sorted(targets)])

    async def _together(self, statement_id: str) -> dict[str, Fields]:
        """The statement and who refers to it, and to these, and so on."""
        root = await self._cluster.find_one(STATEMENTS, {"_id": statement_id}, _KEYS)
        if root is None:
            return {}
        found, ahead = {statement_id: root}, [statement_id]
        while ahead and len(found) < _MOST_REFERRERS:
            target = found[ahead.pop()]
            wanted = {"t": target["_id"], "p": target["p"]}
            for one in await self._cluster.find(STATEMENTS, wanted, _KEYS, sort=[("s", 1)], limit=_MOST_REFERRERS, one_answer=False):
                if one["_id"] not in found:
                    found[one["_id"]] = one
                    ahead.append(one["_id"])
        return found

    async def _has_digest(self, digest: str) -> bool:
        keys = {"k": condition_keys(Condition(DIGEST_TERM + digest))[0]}
        return await self._cluster.find_one(STATEMENTS, keys, {"_id": 1}) is not None


def _row(document: Fields) -> Row:
    """As far as keys go."""
    own = tuple(document["k"][: document["o"]])
    return Row(document["_id"], document["s"], document["p"], document["c"], b"", own, document.get("t", ""))
