"""The statement port in memory."""

from __future__ import annotations

from collections.abc import Iterator

from lrs.ports import Batch, Page, StatementQuery, StoredStatement, Wall
from lrs.stores.cursors import read_cursor, write_cursor
from lrs.stores.memory.engine import MemoryEngine
from lrs.stores.memory.log import Kept, StatementLog


class MemoryStatements:
    """See `lrs.ports.StatementStore`."""

    def __init__(self, engine: MemoryEngine, log: StatementLog) -> None:
        self._engine = engine
        self._log = log

    async def put(self, batch: Batch) -> None:
        self._engine.must_take_writes()
        self._log.append(batch)

    async def get(self, statement_id: str, wall: Wall, *, voided: bool = False) -> StoredStatement | None:
        self._engine.must_be_open()
        kept = self._log.find(statement_id)
        if kept is None or not _within(wall, kept) or self._log.is_voided(kept) != voided:
            return None
        return kept.answer

    async def query(self, query: StatementQuery, wall: Wall) -> Page:
        self._engine.must_be_open()
        bodies: list[bytes] = []
        size, last = 0, 0
        for kept in self._satisfying(query, wall):
            size += len(kept.answer.body)
            if len(bodies) == query.limit or (bodies and size > query.max_bytes):
                return Page(bodies, write_cursor(last))
            bodies.append(kept.answer.body)
            last = kept.answer.stored
        return Page(bodies)

    async def consistent_through(self) -> int:
        self._engine.must_be_open()
        return self._log.consistent_through()

    def _satisfying(self, query: StatementQuery, wall: Wall) -> Iterator[Kept]:
        """All that are left to answer, in the order asked for."""
        since, until = _bounds(query)
        found = [self._log.matching(condition) for condition in query.conditions]
        for kept in self._log.between(since, until, ascending=query.ascending):
            if all(kept.position in one for one in found) and _within(wall, kept) and not self._log.is_voided(kept):
                yield kept


def _bounds(query: StatementQuery) -> tuple[int, int | None]:
    """The moment after which, and the one up to which, with what the cursor leaves."""
    since, until = -1 if query.since is None else query.since, query.until
    if query.cursor is not None:
        position = read_cursor(query.cursor)
        if query.ascending:
            since = max(since, position)
        else:
            until = position - 1 if until is None else min(until, position - 1)
    return since, until


def _within(wall: Wall, kept: Kept) -> bool:
    return wall.provider in (None, kept.answer.provider) and wall.client in (None, kept.answer.client)
