"""The issuance log over HTTP, as c2sp.org/tlog-tiles has it."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from credentials.log.tiles import WIDTH, parse_tile_path
from credentials.services.log import IssuanceLog
from credentials.web.answers import kept_for, tagged
from lrs.errors import NotFoundError

_YEAR = 365 * 24 * 3600
_SECONDS = 2  # for which the checkpoint may be kept


def log_router(log: IssuanceLog) -> APIRouter:
    """`/log/…`."""
    router = APIRouter(tags=["log"])

    @router.get("/log/checkpoint")
    async def checkpoint(request: Request) -> Response:
        """The newest that witnesses cosigned; where none ever did, the log's own newest."""
        cosigned, head = await log.last_cosigned(), await log.head()
        note = cosigned.note if cosigned else head.checkpoint if head else None
        if note is None:
            raise NotFoundError("nothing is in the log yet", where="path")
        return tagged(request, note.encode(), "text/plain; charset=utf-8", kept_for(_SECONDS))

    @router.get("/log/key")
    async def key() -> Response:
        """The log's verifier key (c2sp.org/signed-note). Whoever trusts it takes it from the trust list, not from here."""
        return Response((await log.key()).text() + "\n", media_type="text/plain", headers=kept_for(_SECONDS))

    @router.get("/log/tile/{path:path}")
    async def tile(request: Request, path: str) -> Response:
        """Hashes of one level, or with `entries` the digests themselves. Never changes; a part of a tile stays available."""
        asked = parse_tile_path(path)
        if asked is None:
            raise NotFoundError("no tile is called that", where="path")
        headers = kept_for(_YEAR, immutable=asked.width == WIDTH)
        return tagged(request, await log.tile(asked), "application/octet-stream", headers)

    return router
