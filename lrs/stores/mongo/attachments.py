"""Attachments on MongoDB: pieces, then the head that says that all of them are there."""

from __future__ import annotations

from collections.abc import AsyncIterator

from bson import Binary

from lrs.errors import NotFoundError
from lrs.ports import AttachmentContent
from lrs.stores.mongo.cluster import Cluster
from lrs.stores.mongo.schema import ATTACHMENTS, CHUNKS

_PIECE = 262_144  # bytes; what `open` answers at once


class MongoAttachments:
    """See `lrs.ports.AttachmentStore`."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    async def keep(self, attachments: tuple[AttachmentContent, ...]) -> None:
        self._cluster.collection(ATTACHMENTS)
        for attachment in attachments:
            if await self.size(attachment.digest) is not None:
                continue
            content = attachment.content
            for place, start in enumerate(range(0, len(content), _PIECE)):
                piece = Binary(content[start : start + _PIECE])
                await self._cluster.insert(CHUNKS, {"_id": _piece(attachment.digest, place), "content": piece})
            await self._cluster.insert(ATTACHMENTS, {"_id": attachment.digest, "size": len(content), "type": attachment.content_type})

    async def size(self, digest: str) -> int | None:
        found = await self._cluster.find_one(ATTACHMENTS, {"_id": digest}, {"size": 1})
        return None if found is None else int(found["size"])

    async def open(self, digest: str) -> AsyncIterator[bytes]:
        size = await self.size(digest)
        if size is None:
            raise NotFoundError("no attachment has that digest")
        for place in range(-(-size // _PIECE)):
            piece = await self._cluster.find_one(CHUNKS, {"_id": _piece(digest, place)}, {"content": 1})
            if piece is None:
                raise NotFoundError("the attachment was erased meanwhile")
            yield bytes(piece["content"])

    async def forget(self, digest: str) -> bool:
        """Erases it; whether it was there."""
        size = await self.size(digest)
        if size is None:
            return False
        await self._cluster.delete(ATTACHMENTS, {"_id": digest})
        for place in range(-(-size // _PIECE)):
            await self._cluster.delete(CHUNKS, {"_id": _piece(digest, place)})
        return True


def _piece(digest: str, place: int) -> str:
    return f"{digest}-{place:06d}"
