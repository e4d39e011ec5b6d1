"""Reduction in memory."""

from __future__ import annotations

from collections.abc import Sequence

from lrs.ports import Condition, FeedItem, Reduced
from lrs.ports.reduction import DIGEST_TERM
from lrs.stores.memory.attachments import MemoryAttachments
from lrs.stores.memory.engine import MemoryEngine
from lrs.stores.memory.log import StatementLog


class MemoryReduction:
    """See `lrs.ports.reduction.StatementReduction`."""

    def __init__(self, engine: MemoryEngine, log: StatementLog, attachments: MemoryAttachments) -> None:
        self._engine = engine
        self._log = log
        self._attachments = attachments
        self._dropped: set[str] = set()

    async def everything(self, provider: str, term: str, after: int, limit: int) -> list[FeedItem]:
        self._engine.must_be_open()
        positions = sorted(position for position in self._log.matching(Condition(term, related=True)) if position > after)
        found = [kept for position in positions for kept in self._log.after(position - 1, 1) if kept.provider == provider]
        return [
            FeedItem(kept.position, kept.answer.id, kept.answer.stored, kept.answer.body, kept.provider, kept.answer.client)
            for kept in found[:limit]
        ]

    async def reduce(self, statements: Sequence[Reduced]) -> None:
        self._engine.must_take_writes()
        for statement in statements:
            self._log.reduce(statement)
            self._dropped |= set(statement.digests)

    async def settle(self) -> int:
        self._engine.must_take_writes()
        dropped, self._dropped = self._dropped, set()
        return self._attachments.forget({digest for digest in dropped if not self._log.with_term(DIGEST_TERM + digest)})
