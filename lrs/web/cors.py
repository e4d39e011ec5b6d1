"""What browser content of other origins needs (Fetch standard): a preflight without credentials, and our headers made readable."""

from __future__ import annotations

import re

from lrs.web.exchange import Response
from lrs.xapi.versions import HEADER

THROUGH = "X-Experience-API-Consistent-Through"
_EXPOSED = f"ETag, Last-Modified, {THROUGH}, {HEADER}, Retry-After, Content-Type, X-Request-Id, WWW-Authenticate"
_ALLOWED = f"Authorization, Content-Type, {HEADER}, If-Match, If-None-Match, Accept, Accept-Language, X-Experience-API-Hash"
_METHODS = "GET, HEAD, PUT, POST, DELETE, OPTIONS"
_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,100}")
_MOST = 50  # names asked for: a page with its monitoring sends ten


def preflight(headers: dict[str, str]) -> Response:
    """Needs neither credentials nor a version. Whatever headers are asked for are allowed: monitoring in a page adds its own."""
    answer = [("Allow", _METHODS)]
    if "origin" in headers:
        asked = [name.strip() for name in headers.get("access-control-request-headers", "").split(",")[:_MOST]]
        known = _ALLOWED.lower().split(", ")
        further = [name for name in asked if _NAME.fullmatch(name) and name.lower() not in known]
        answer += [
            ("Access-Control-Allow-Methods", _METHODS),
            ("Access-Control-Allow-Headers", ", ".join((_ALLOWED, *further))),
            ("Access-Control-Max-Age", "86400"),
        ]
    return Response(204, b"", answer)


def cors_headers(origin: str) -> list[tuple[bytes, bytes]]:
    """Of every answer to a browser, errors too. Credentials are a header that scripts set, so no cookie can be misused."""
    return [
        (b"access-control-allow-origin", origin.encode("latin-1", "replace")),
        (b"access-control-expose-headers", _EXPOSED.encode()),
        (b"vary", b"Origin"),
    ]
