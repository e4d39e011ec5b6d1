"""The page at `/`: where what is. For whoever opens the server's address in a browser to see whether it runs."""

from __future__ import annotations

from html import escape

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}
_ROWS = (
    ("/v", "Periksa sertifikat", "Check a certificate"),
    ("/api/docs", "API administrasi", "The administration's API"),
    ("/xapi/about", "xAPI 1.0.3 (2.0: /xapi2)", "xAPI 1.0.3 (2.0: /xapi2)"),
    ("/health/ready", "Kesehatan", "Health"),
    ("/metrics", "Metrik", "Metrics"),
)


def welcome_router(url: str) -> APIRouter:
    """`url`: the public address, as learning systems have to be told it."""
    router = APIRouter(include_in_schema=False)
    page = _page(url)

    @router.get("/")
    async def welcome() -> HTMLResponse:
        return HTMLResponse(page, headers=_HEADERS)

    return router


def _page(url: str) -> str:
    rows = "".join(f'<tr><td><a href="{path}">{path}</a><td lang="id">{own}<td lang="en">{english}' for path, own, english in _ROWS)
    return (
        '<!doctype html><html lang="id"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        "<title>Jejak</title><style>body{font:1rem/1.6 system-ui,sans-serif;max-width:44rem;margin:3rem auto;padding:0 1rem}"
        "table{border-collapse:collapse;width:100%}td{border-top:1px solid #bbb;padding:.4rem .6rem .4rem 0}"
        "code{word-break:break-all}</style>"
        f'<h1>Jejak</h1><p lang="id">Titik akhir xAPI: <code>{escape(url)}/xapi</code>'
        f'<p lang="en">xAPI endpoint for learning systems: <code>{escape(url)}/xapi</code><table>{rows}</table></html>'
    )
