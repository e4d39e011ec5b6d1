"""Group commit on the cluster: whatever waits in this process goes into one segment.

    look up the ids of the group ─▶ decide ─▶ append the segment (here it is stored, whole) ─▶ make it visible ─▶ answer

Another node that appended first makes the look-up old: the group catches up and decides anew. After the lease it gives up with 503;
what it had not appended by then nobody will see.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lrs.clock import Clock
from lrs.errors import LrsError, StoreUnavailableError
from lrs.ports import Batch
from lrs.stores.mongo.closure import Closure
from lrs.stores.mongo.cluster import Cluster, Fields
from lrs.stores.mongo.decide import Decided, Known, decide
from lrs.stores.mongo.log import Head, Segment, SegmentLog
from lrs.stores.mongo.materialiser import Materialiser, mark_id

MAX_GROUP = 256  # requests in one segment
MAX_GROUP_BYTES = 4_000_000  # of their statements, past which a group takes no more
MAX_WAITING = 20_000  # requests: past it the store says 503 at once instead of answering minutes late
_AT_ONCE = 500  # referrers of late targets told before the answer is given


@dataclass(slots=True)
class _Waiting:
    batch: Batch
    answer: asyncio.Future[None]


class GroupWriter:
    """The one writer of a process. `told` is called after each segment with its number of requests."""

    def __init__(
        self, cluster: Cluster, clock: Clock, log: SegmentLog, materialiser: Materialiser, closure: Closure, told: Callable[[int], None]
    ) -> None:
        self._cluster = cluster
        self._clock = clock
        self._log = log
        self._materialiser = materialiser
        self._closure = closure
        self._told = told
        self._queue: asyncio.Queue[_Waiting] = asyncio.Queue()
        self._head: Head | None = None
        self._turn = asyncio.Lock()

    async def put(self, batch: Batch) -> None:
        """See `StatementStore.put`."""
        if self._queue.qsize() > MAX_WAITING:
            raise StoreUnavailableError("too many writes are waiting", retry_after=1)
        waiting = _Waiting(batch, asyncio.get_running_loop().create_future())
        self._queue.put_nowait(waiting)
        async with self._turn:  # whoever has the turn writes for all that wait
            if not waiting.answer.done():
                await asyncio.shield(self._write_group(self._take()))
        await waiting.answer

    async def beat(self) -> None:
        """Moves the end of an idle log to the present, so that `consistent_through` may follow the clock."""
        async with self._turn:
            head = await self._materialiser.catch_up(patience=self._cluster.options.patience)
            now = self._clock.now_us()
            appended = await self._log.append(head, [], now) if now > head.until else None
            if appended is not None:
                await self._materialiser.apply(Segment(appended, []))
            self._head = appended

    def _take(self) -> list[_Waiting]:
        group: list[_Waiting] = []
        size = 0
        while len(group) < MAX_GROUP and size < MAX_GROUP_BYTES and not self._queue.empty():
            waiting = self._queue.get_nowait()
            size += sum(len(statement.head) for statement in waiting.batch.statements)
            group.append(waiting)
        return group

    async def _write_group(self, group: list[_Waiting]) -> None:
        try:
            decided = await self._stored([waiting.batch for waiting in group])
        except LrsError as error:
            self._head = None
            _answer(group, [error] * len(group))
        except BaseException:
            self._head = None
            _answer(group, [StoreUnavailableError("the write was broken off")] * len(group))
            raise
        else:
            _answer(group, list(decided.refused))

    async def _stored(self, group: list[Batch]) -> Decided:
        """Raises StoreUnavailableError."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._cluster.options.lease
        while True:
            head = self._head or await self._materialiser.catch_up(patience=self._cluster.options.patience)
            looked_up = await self._materialiser.stored(_names(group), bodies=True)
            decided = decide(group, _known(looked_up), head.until, self._clock.now_us())
            if not decided.rows:
                self._head = head
                return decided
            if loop.time() > deadline:
                raise StoreUnavailableError("the cluster is too slow now; nothing was stored", retry_after=2)
            appended = await self._log.append(head, decided.rows, decided.rows[-1].stored)
            if appended is not None:
                await self._show(Segment(appended, decided.rows), looked_up, len(group))
                return decided
            self._head = None

    async def _show(self, segment: Segment, looked_up: Mapping[str, Fields], requests: int) -> None:
        """The segment is stored: if it cannot be made visible from here, another node does, and the sender is told to look."""
        try:
            late = await self._materialiser.apply(segment, looked_up)
            if late:
                await self._closure.work_off(_AT_ONCE)
        except StoreUnavailableError as error:
            raise StoreUnavailableError(
                "it is not known whether this was stored; send it again with the same ids", retry_after=2
            ) from error
        self._head = segment.head
        self._told(requests)


def _names(group: list[Batch]) -> list[str]:
    """What storing the group depends on: its statements, their targets, and who referred to them before they came."""
    statements = [statement for batch in group for statement in batch.statements]
    ids = {one.id for one in statements}
    return sorted(ids | {one.target for one in statements if one.target} | {mark_id(name) for name in ids})


def _known(looked_up: Mapping[str, Fields]) -> dict[str, Known]:
    return {name: Known(one["p"], bytes(one["b"]), "q" in one) for name, one in looked_up.items() if "p" in one}


def _answer(group: list[_Waiting], outcomes: list[LrsError | None]) -> None:
    for waiting, outcome in zip(group, outcomes, strict=True):
        if waiting.answer.done():
            continue
        if outcome is None:
            waiting.answer.set_result(None)
        else:
            waiting.answer.set_exception(outcome)
