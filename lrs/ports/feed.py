"""The feed: statements in stored order for consumers inside the product, at least once, each consumer with a checkpoint of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One statement at `position`: an opaque number that grows in stored order. Voided statements are in the feed like all others."""

    position: int
    id: str
    stored: int
    body: bytes
    provider: str
    client: str


class Feed(Protocol):
    """A statement that became visible is never missed: what `read` answers after a position is complete up to its last item."""

    async def read(self, after: int, limit: int) -> list[FeedItem]:
        """The next statements after `after` (0: from the beginning), oldest first, at most `limit`."""
        ...

    async def checkpoint(self, consumer: str) -> int:
        """The position up to which `consumer` is done; 0 for one that never was."""
        ...

    async def advance(self, consumer: str, position: int, *, expected: int) -> None:
        """Sets the checkpoint durably. Raises ConflictError when it is not at `expected` (another process runs the same consumer)."""
        ...

    async def end(self) -> int:
        """The position of the newest visible statement, 0 when there is none. `end - checkpoint` is the lag, in positions."""
        ...

    async def checkpoints(self) -> dict[str, int]:
        """Every consumer's checkpoint, for metrics."""
        ...

    async def wait(self, after: int, seconds: float) -> bool:
        """Returns True as soon as something lies after `after`, False after `seconds`. Writes by other processes are seen
        within 1 s.
        """
        ...
