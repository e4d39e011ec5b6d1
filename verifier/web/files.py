"""The files that pages need: style, pictures, scripts. All of them come from here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse

from verifier.web.rendering import PACKAGE

_TYPES = {
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".js": "text/javascript",
    ".json": "application/manifest+json",
    ".wasm": "application/wasm",
    ".png": "image/png",
}
_HEADERS = {"Cache-Control": "public, max-age=3600", "X-Content-Type-Options": "nosniff"}
_WORKER = {"Cache-Control": "no-cache", "Service-Worker-Allowed": "/v", "X-Content-Type-Options": "nosniff"}


def files_router() -> APIRouter:
    """One route a file, so that no name of a visitor's ever becomes a path."""
    router = APIRouter(include_in_schema=False)
    for path in sorted((PACKAGE / "static").iterdir()):
        if path.suffix in _TYPES:
            router.add_api_route(f"/v/{path.name}", _serving(path), methods=["GET"])
    return router


def _serving(path: Path) -> Callable[[], Awaitable[Response]]:
    async def serve() -> Response:
        return FileResponse(path, media_type=_TYPES[path.suffix], headers=_WORKER if path.name == "sw.js" else _HEADERS)

    return serve
