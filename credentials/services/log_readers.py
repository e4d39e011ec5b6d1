"""Logs to audit: this server's own, and one over HTTP."""

from __future__ import annotations

from dataclasses import dataclass, field

import httpx

from credentials.log.tiles import WIDTH, TilePath, tile_path
from credentials.services.log import IssuanceLog
from lrs.errors import NotFoundError, StoreUnavailableError

_SECONDS = 30.0
_MOST_BYTES = 64_000  # a bundle has 8,704, a note at most 64,000


@dataclass(frozen=True, slots=True)
class OwnLog:
    """The log of a store, with its newest checkpoint."""

    log: IssuanceLog

    async def checkpoint(self) -> str:
        head = await self.log.head()
        if head is None:
            raise NotFoundError("nothing is in the log yet")
        last = await self.log.last_cosigned()
        return last.note if last is not None and last.size == head.size else head.checkpoint

    async def tile(self, asked: TilePath) -> bytes:
        return await self.log.tile(asked)


@dataclass(slots=True)
class HttpLog:
    """`url`: the log's prefix, without a slash. A full tile stands in for a part of it that is not served any more."""

    url: str
    transport: httpx.AsyncBaseTransport | None = None
    _client: httpx.AsyncClient | None = field(default=None, repr=False)

    async def checkpoint(self) -> str:
        return (await self._get("checkpoint")).decode("utf-8", "replace")

    async def tile(self, asked: TilePath) -> bytes:
        try:
            return await self._get("tile/" + tile_path(asked.level, asked.index, asked.width))
        except NotFoundError:
            if asked.width == WIDTH:
                raise
        whole = await self._get("tile/" + tile_path(asked.level, asked.index))
        return whole[: len(whole) // WIDTH * asked.width]

    async def close(self) -> None:
        """Ends its connections."""
        if self._client is not None:
            await self._client.aclose()

    async def _get(self, path: str) -> bytes:
        self._client = self._client or httpx.AsyncClient(timeout=_SECONDS, transport=self.transport, trust_env=False)
        content = b""
        try:
            async with self._client.stream("GET", f"{self.url}/{path}") as answer:
                if answer.status_code == 404:
                    raise NotFoundError(f"the log has no {path}")
                if answer.status_code != 200:
                    raise StoreUnavailableError(f"the log answered {answer.status_code} to {path}")
                async for piece in answer.aiter_bytes():
                    content += piece
                    if len(content) > _MOST_BYTES:
                        raise StoreUnavailableError(f"the log's {path} has no end")
        except httpx.HTTPError as error:
            raise StoreUnavailableError(f"the log cannot be reached: {type(error).__name__}") from error
        return content
