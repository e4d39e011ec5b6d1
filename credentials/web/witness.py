"""A witness over HTTP (c2sp.org/tlog-witness): `add-checkpoint`, and the newest checkpoint of each log for monitors."""

from __future__ import annotations

import re

from fastapi import APIRouter, Request, Response

from credentials.errors import WitnessError
from credentials.services.witness import Witness

_MOST_BYTES = 80_000  # 63 lines of proof and a note of 64,000 bytes
_SIZE_TYPE = "text/x.tlog.size"
_HASH = re.compile(r"[0-9a-f]{64}")


def witness_router(witness: Witness) -> APIRouter:
    """The routes."""
    router = APIRouter(tags=["witness"])

    @router.post("/add-checkpoint")
    async def add_checkpoint(request: Request) -> Response:
        """Cosigns a checkpoint that is consistent with the last one. 400, 403, 404, 409 (with the size that is known) or 422."""
        content = b""
        async for piece in request.stream():
            content += piece
            if len(content) > _MOST_BYTES:
                return Response("more than a request can have\n", 413, media_type="text/plain")
        try:
            line = await witness.add_checkpoint(content.decode("utf-8"))
        except UnicodeDecodeError:
            return Response("not UTF-8\n", 400, media_type="text/plain")
        except WitnessError as error:
            media_type = _SIZE_TYPE if error.status == 409 else "text/plain"
            return Response(error.message.rstrip("\n") + "\n", error.status, media_type=media_type)
        return Response(line, media_type="text/plain")

    @router.get("/key")
    async def key() -> Response:
        """The witness's verifier key. Whoever trusts it takes it from the trust list."""
        return Response(witness.key.text() + "\n", media_type="text/plain")

    @router.get("/{origin_hash}/checkpoint")
    async def checkpoint(origin_hash: str) -> Response:
        """The newest that was cosigned of a log."""
        note = await witness.checkpoint(origin_hash) if _HASH.fullmatch(origin_hash) else None
        if note is None:
            return Response("nothing of such a log was cosigned here\n", 404, media_type="text/plain")
        return Response(note, media_type="text/plain")

    return router
