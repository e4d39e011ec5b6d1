"""Copying a whole store into another, of whatever engine: what lies in it, read in order and written so that repeating does no harm.

For `jejak db copy` only; no request of a client leads here. docs/adr/0076-moving.md says how a move goes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Shelf(StrEnum):
    """What there is beside statements. An attachment's row tells its size; its bytes go through `AttachmentStore`."""

    ATTACHMENT = "attachment"
    PROVIDER = "provider"
    CLIENT = "client"
    ADMINISTRATOR = "administrator"
    ACTIVITY = "activity"
    DOCUMENT = "document"
    CHECKPOINT = "checkpoint"


class Mark(StrEnum):
    """Numbers that a store keeps about itself. `identity`: whose copy a copy is of. `closed`: see `Closed`."""

    IDENTITY = "identity"
    COPY_OF = "copy of"
    CLOSED = "closed"


class Closed:
    """Values of the mark `closed`: who opened the store for anything but copying can write only where it is OPEN."""

    OPEN = 0
    MOVED = 1  # away: the differences are carried over, or clients are elsewhere
    FILLING = 2  # a copy that is not finished


@dataclass(frozen=True, slots=True)
class CopiedStatement:
    """A statement with all that a store knows of it. `position` counts from 1 in stored order, in every engine.

    `voids`: 0, 1 (within its provider) or 2 (any provider's). `digests`: of the declared attachments those whose bytes came with it.
    `voided` is told, not taken: it follows from the statements that void.
    """

    position: int
    id: str
    stored: int
    body: bytes
    provider: str
    client: str
    target: str | None = None
    voids: int = 0
    digests: tuple[str, ...] = ()
    reduced: bool = False
    voided: bool = False


@dataclass(frozen=True, slots=True)
class ShelfPage:
    """Rows by their keys, in the store's own order. `more` is given to the next call as `after`; None at the end."""

    rows: dict[str, bytes]
    more: str | None


class Copying(Protocol):
    """Rows are the same bytes in every engine, so that they can be compared. Writes are durable when they return."""

    async def statements(self, after: int, limit: int) -> list[CopiedStatement]:
        """The next ones after that position that are visible, oldest first."""
        ...

    async def keep_statements(self, statements: Sequence[CopiedStatement]) -> None:
        """Stores them at the end, at the moments that they name; those that are there are passed over. Raises ConflictError unless they go
        on where the store ends, and when others are there.
        """
        ...

    async def page(self, shelf: Shelf, after: str | None, limit: int) -> ShelfPage: ...

    async def rows(self, shelf: Shelf, keys: Sequence[str]) -> dict[str, bytes]:
        """Those that are there."""
        ...

    async def write(self, shelf: Shelf, put: Mapping[str, bytes], remove: Sequence[str] = ()) -> None:
        """Inserts, overwrites and removes. Of attachments it only removes."""
        ...

    async def mark(self, mark: Mark) -> int:
        """0 where it was never set."""
        ...

    async def set_mark(self, mark: Mark, value: int) -> None: ...
