"""Templates, headers and languages of the pages of people. Their style is the verifier's, with some lines more."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from verifier.language import Language, choose_code

_HERE = Path(__file__).parent
_ZONE = ZoneInfo("Asia/Jakarta")
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}
_templates = Environment(
    loader=FileSystemLoader(_HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


@cache
def _language(code: str) -> Language:
    return Language(code, _HERE / "locale")


def language_of(request: Request) -> Language:
    """What the visitor wishes."""
    return _language(choose_code(request.query_params.get("lang"), request.headers.get("accept-language")))


def page(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A page in the visitor's language."""
    told = language_of(request)
    content = _templates.get_template(template).render(t=told, _=told.text, wib=wib, **values)
    return HTMLResponse(content, status_code=status, headers=HEADERS | {"Vary": "Accept-Language, Cookie", "Content-Language": told.code})


def wib(us: int) -> datetime:
    """Microseconds as a time in the capital."""
    return datetime.fromtimestamp(us / 1_000_000, _ZONE)


def style_router() -> APIRouter:
    """`/saya/style.css`; the rest of the style is the verifier's `/v/style.css`."""
    router = APIRouter(include_in_schema=False)

    @router.get("/saya/style.css")
    async def style() -> Response:
        return FileResponse(_HERE / "static" / "style.css", media_type="text/css", headers={"Cache-Control": "public, max-age=3600"})

    return router
