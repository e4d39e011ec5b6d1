"""The published trust list, now and as it was."""

from __future__ import annotations

import asyncio
from pathlib import Path

from fastapi import APIRouter, Request, Response

from credentials.web.answers import kept_for, tagged
from lrs.errors import NotFoundError

_NEWEST = kept_for(300)
_OLD = kept_for(365 * 24 * 3600, immutable=True)


def trust_router(folder: Path | None) -> APIRouter:
    """`/trust/list.json` and `/trust/VERSION.json`. `folder`: what `jejak trust publish` wrote to; None: no list is served."""
    router = APIRouter(prefix="/trust", tags=["trust list"])

    @router.get("/{name}.json")
    async def trust_list(request: Request, name: str) -> Response:
        """A whole list, which tells itself whether it is genuine and how long it holds."""
        newest = name == "list"
        if folder is None or not (newest or (name.isascii() and name.isdecimal() and len(name) < 10 and str(int(name)) == name)):
            raise NotFoundError("there is no such trust list", where="path")
        path = folder / ("list.json" if newest else f"{name}.list.json")
        try:
            content = await asyncio.to_thread(path.read_bytes)
        except OSError as error:
            raise NotFoundError("there is no such trust list", where="path") from error
        return tagged(request, content, "application/json", _NEWEST if newest else _OLD)

    return router
