"""The feed in memory."""

from __future__ import annotations

from lrs.errors import ConflictError
from lrs.ports import FeedItem
from lrs.stores.memory.engine import MemoryEngine
from lrs.stores.memory.log import Kept, StatementLog
from lrs.stores.waiters import Waiters

_POLL_SECONDS = 10  # nobody else writes here


class MemoryFeed:
    """See `lrs.ports.Feed`."""

    def __init__(self, engine: MemoryEngine, log: StatementLog) -> None:
        self._engine = engine
        self._log = log
        self.positions: dict[str, int] = {}
        self._waiters = Waiters(_POLL_SECONDS)
        log.on_append(self._waiters.wake)

    async def read(self, after: int, limit: int) -> list[FeedItem]:
        self._engine.must_be_open()
        return [_item(kept) for kept in self._log.after(after, limit)]

    async def checkpoint(self, consumer: str) -> int:
        self._engine.must_be_open()
        return self.positions.get(consumer, 0)

    async def advance(self, consumer: str, position: int, *, expected: int) -> None:
        self._engine.must_take_writes()
        if self.positions.get(consumer, 0) != expected:
            raise ConflictError(f"the consumer {consumer} is at another position: it runs elsewhere too")
        self.positions[consumer] = position

    async def end(self) -> int:
        self._engine.must_be_open()
        return len(self._log)

    async def checkpoints(self) -> dict[str, int]:
        self._engine.must_be_open()
        return dict(self.positions)

    async def wait(self, after: int, seconds: float) -> bool:
        return await self._waiters.wait(self.end, after, seconds)


def _item(kept: Kept) -> FeedItem:
    answer = kept.answer
    return FeedItem(kept.position, answer.id, answer.stored, answer.body, answer.provider, answer.client)
