"""Attachments: bytes by the SHA-2 digest that we computed, each kept once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class AttachmentContent:
    """`digest`: lower-case hex SHA-256, SHA-384 or SHA-512 of `content`, computed by us from these very bytes."""

    digest: str
    content: bytes
    content_type: str


class AttachmentStore(Protocol):
    """Bytes by digest. Walls are kept by the caller: it opens only what a statement that it may see names."""

    async def keep(self, attachments: tuple[AttachmentContent, ...]) -> None:
        """Makes them durable; what is there already is passed over. An attachment without a statement does no harm. Raises
        StoreUnavailableError.
        """
        ...

    async def size(self, digest: str) -> int | None:
        """Length in bytes, None when there is none."""
        ...

    def open(self, digest: str) -> AsyncIterator[bytes]:
        """The bytes in pieces of at most 256 KiB. Raises NotFoundError before the first piece when there is none."""
        ...
