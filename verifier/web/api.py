"""For programs: `POST /verify`, any file or text as the body, the report as JSON."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from verifier.errors import BusyError, RefusedError
from verifier.messages import Message
from verifier.web.site import Site
from verifier.web.telling import both, report_json
from verifier.web.uploads import read_body, read_form

ANYWHERE = {"Cache-Control": "no-store", "Access-Control-Allow-Origin": "*", "X-Content-Type-Options": "nosniff"}


@dataclass(frozen=True, slots=True)
class Api:
    """The route."""

    site: Site

    def router(self) -> APIRouter:
        """`POST /verify`."""
        router = APIRouter(tags=["verifier"])
        router.add_api_route("/verify", self.verify, methods=["POST"], response_class=JSONResponse, summary="Check a certificate")
        return router

    async def verify(self, request: Request) -> JSONResponse:
        """The report on the body: a certificate as JSON, token, PDF, PNG, SVG, picture, or the text of a QR. A form with a `file` does as
        well. 200 whatever the verdict is; 413 for too much, 503 with `Retry-After` when too many are being checked.
        """
        try:
            report = await self.site.pool.examine(await _content(request))
        except RefusedError as error:
            return refusal(error.status, error.reason)
        except BusyError as error:
            return refusal(503, error.reason, {"Retry-After": str(error.retry)})
        return JSONResponse(report_json(report), headers=ANYWHERE)


async def _content(request: Request) -> bytes:
    if request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        form = await read_form(request)
        content = form.file if form.file is not None else form.fields.get("certificate", "").encode()
    else:
        content = await read_body(request)
    if not content.strip():
        raise RefusedError("send a certificate as the body: a file of any kind, or the text of a QR code")
    return content


def refusal(status: int, reason: Message, headers: dict[str, str] | None = None) -> JSONResponse:
    """An error in the shape that all of them have."""
    told = both(reason)
    error = {"message": told["en"], "messages": told, "status": status}
    return JSONResponse({"error": error}, status_code=status, headers=ANYWHERE | (headers or {}))
