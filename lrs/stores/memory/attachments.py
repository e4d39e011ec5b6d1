"""The attachment port in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator

from lrs.errors import NotFoundError
from lrs.ports import AttachmentContent
from lrs.stores.memory.engine import MemoryEngine

_PIECE = 262_144


class MemoryAttachments:
    """See `lrs.ports.AttachmentStore`."""

    def __init__(self, engine: MemoryEngine) -> None:
        self._engine = engine
        self.contents: dict[str, bytes] = {}

    async def keep(self, attachments: tuple[AttachmentContent, ...]) -> None:
        self._engine.must_take_writes()
        for attachment in attachments:
            self.contents.setdefault(attachment.digest, attachment.content)

    async def size(self, digest: str) -> int | None:
        self._engine.must_be_open()
        content = self.contents.get(digest)
        return None if content is None else len(content)

    async def open(self, digest: str) -> AsyncIterator[bytes]:
        self._engine.must_be_open()
        content = self.contents.get(digest)
        if content is None:
            raise NotFoundError("no attachment has that digest")
        for start in range(0, len(content), _PIECE):
            yield content[start : start + _PIECE]

    def forget(self, digests: set[str]) -> int:
        """Erases these; how many were there."""
        return sum(self.contents.pop(digest, None) is not None for digest in digests)
