"""Open or closed, and how much there is."""

from __future__ import annotations

from lrs.errors import StoreUnavailableError
from lrs.ports.copying import Closed, Mark
from lrs.stores.copied import refusal
from lrs.stores.memory.log import StatementLog


class MemoryEngine:
    """See `lrs.ports.stores.Lifecycle`."""

    def __init__(self, log: StatementLog) -> None:
        self._log = log
        self._closed = False
        self._key_mark: int | None = None
        self.marks: dict[Mark, int] = {}  # see `lrs.ports.copying`

    def must_be_open(self) -> None:
        """Raises StoreUnavailableError after `close`."""
        if self._closed:
            raise StoreUnavailableError("the store is closed")

    def must_take_writes(self) -> None:
        """As `must_be_open`, and raises it while the store is closed to writes."""
        self.must_be_open()
        if closed := self.marks.get(Mark.CLOSED, Closed.OPEN):
            raise refusal(closed)

    async def close(self) -> None:
        self._closed = True

    async def ready(self) -> None:
        self.must_take_writes()

    async def key_mark(self, first: int | None = None) -> int | None:
        self.must_be_open()
        if self._key_mark is None:
            self._key_mark = first
        return self._key_mark

    async def figures(self) -> dict[str, float]:
        self.must_be_open()
        size = sum(len(kept.answer.body) for kept in self._log.between(-1, None, ascending=True))
        return {"size_bytes": size, "statements": len(self._log)}

    def commit_groups(self) -> tuple[dict[int, int], int]:
        return {}, 0  # nothing is committed, so nothing shares a commit
