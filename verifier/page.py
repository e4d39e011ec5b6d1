"""The public page: `/v/ID` (where the QR leads), `/v` (paste a certificate), and `/api/verify` for machines.

Needs no script in the browser, and keeps nothing of what it is shown.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from verifier.readers.presented import LONGEST
from verifier.report import Report, Verdict
from verifier.texts import TEXTS, choose_language
from verifier.trust import Issuers
from verifier.verification import verify

_HERE = Path(__file__).parent
_LONGEST_FORM = 3 * LONGEST + 100  # a form writes some bytes as three
_LONGEST_ID = 64
_ZONE = ZoneInfo("Asia/Jakarta")  # the page tells days and times in WIB, and says so
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}
_templates = Environment(loader=FileSystemLoader(_HERE / "templates"), autoescape=True, undefined=StrictUndefined)


@dataclass(frozen=True, slots=True)
class Kept:
    """A certificate as its host keeps it, in both proofs."""

    token: str
    document: str


class Certificates(Protocol):
    """Where `/v/ID` finds certificates."""

    async def kept(self, certificate_id: str) -> Kept | None: ...


@dataclass(frozen=True, slots=True)
class VerifierPage:
    """`url`: the address of this page's host, shown in words against look-alikes."""

    issuers: Issuers
    certificates: Certificates
    url: str

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(tags=["verifier"])
        router.add_api_route("/v", self.form, methods=["GET"], include_in_schema=False, response_class=HTMLResponse)
        router.add_api_route("/v", self.paste, methods=["POST"], include_in_schema=False, response_class=HTMLResponse)
        router.add_api_route("/v/style.css", self.style, methods=["GET"], include_in_schema=False, response_class=FileResponse)
        router.add_api_route("/v/{certificate_id}", self.scan, methods=["GET"], include_in_schema=False, response_class=HTMLResponse)
        router.add_api_route("/api/verify", self.verify, methods=["POST"], response_class=JSONResponse)
        return router

    async def form(self, request: Request) -> Response:
        """The empty form."""
        return self._page(request)

    async def style(self) -> Response:
        """The style sheet."""
        return FileResponse(_HERE / "static" / "style.css", headers={"Cache-Control": "public, max-age=3600"})

    async def paste(self, request: Request) -> Response:
        """The verdict on what was pasted."""
        form = parse_qs(await _text(request, _LONGEST_FORM), max_num_fields=10)
        return self._page(request, await self._report(form.get("certificate", [""])[0]))

    async def scan(self, request: Request, certificate_id: str) -> Response:
        """The verdict on a certificate that is kept here."""
        kept = await self.certificates.kept(certificate_id[:_LONGEST_ID])
        if kept is None:
            return self._page(request, missing=True)
        report = await self._report(kept.token)
        other = await self._report(kept.document)
        if report.verdict is Verdict.VALID and other.facts != report.facts:
            report = other if other.verdict is not Verdict.VALID else Report(Verdict.ALTERED, report.checks)
        return self._page(request, report, certificate_id)

    async def verify(self, request: Request) -> Response:
        """The report on the body: a certificate as JSON or as a token. 200 whatever the verdict is."""
        report = await self._report(await _text(request, LONGEST))
        told = asdict(report)
        told["checks"] = [{"number": int(check.step[0]), **asdict(check), "step": check.step[2:]} for check in report.checks]
        if report.facts is not None:
            told["facts"] |= {name: value.isoformat() for name, value in told["facts"].items() if isinstance(value, datetime)}
        return JSONResponse(told, headers={"Cache-Control": "no-store", "Access-Control-Allow-Origin": "*"})

    async def _report(self, text: str) -> Report:
        return await verify(text, self.issuers, datetime.now(UTC))

    def _page(self, request: Request, report: Report | None = None, certificate_id: str = "", *, missing: bool = False) -> Response:
        language = choose_language(request.query_params.get("lang"), request.headers.get("accept-language"))
        content = _templates.get_template("verifier.html").render(
            t=TEXTS[language],
            language=language,
            other="en" if language == "id" else "id",
            report=report,
            certificate_id=certificate_id,
            missing=missing,
            host=urlsplit(self.url).netloc,
            now=format_datetime(datetime.now(_ZONE), "d MMMM y HH:mm 'WIB'", locale=language),
            day=lambda moment: format_date(moment.astimezone(_ZONE), "d MMMM y", locale=language),
        )
        return HTMLResponse(content, status_code=404 if missing else 200, headers=_HEADERS)


async def _text(request: Request, longest: int) -> str:
    """The body, cut off behind `longest` bytes: no certificate is so long, so the verdict on the rest is the same."""
    content = b""
    async for piece in request.stream():
        content += piece[: longest + 1 - len(content)]
    return content.decode("utf-8", "replace")
