"""Headers of what everybody may fetch, and answers that know their ETag."""

from __future__ import annotations

import hashlib

from fastapi import Request, Response

LONGEST_ID = 64  # characters of an id in a path that are looked at
ANYWHERE = {"Access-Control-Allow-Origin": "*", "X-Content-Type-Options": "nosniff"}
NOT_INDEXED = {"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex"} | ANYWHERE  # a certificate names its holder


def kept_for(seconds: int, *, immutable: bool = False) -> dict[str, str]:
    """For what a cache may keep."""
    return {"Cache-Control": f"public, max-age={seconds}" + (", immutable" if immutable else "")} | ANYWHERE


def etag_of(content: bytes) -> str:
    """A strong validator."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def tagged(request: Request, content: bytes, media_type: str, headers: dict[str, str], etag: str = "") -> Response:
    """The content, or 304 for whoever has it already (RFC 9110 §13.1.2)."""
    etag = etag or etag_of(content)
    headers = headers | {"ETag": etag}
    wanted = [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]
    if etag in wanted or "*" in wanted:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=media_type, headers=headers)
