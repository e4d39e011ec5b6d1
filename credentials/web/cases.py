"""`/api`: files, claims, self-study, manual entries; one's own cases; the queue, and deciding on what is in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response

from credentials.access.principal import Principal
from credentials.queues.case import Kind
from credentials.services.casefile import Casefile
from credentials.services.deciding import Deciding
from credentials.services.files import Files
from credentials.web.case_shapes import DecisionIn, LearningIn, ManualIn, WithdrawalIn, case_view, note_view, outcome_view
from credentials.web.guards import PrincipalGuards, Reason
from credentials.web.shapes import After, Digest, Identity, Limit, known_parameters, moment
from lrs.errors import TooLargeError

_BINARY = {"requestBody": {"required": True, "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}}
_SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cache-Control": "private, no-store",
}
_ENDINGS = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}
State = Literal["open", "returned", "approved", "rejected", "withdrawn", "reversed"]


@dataclass(frozen=True, slots=True)
class CaseServices:
    """What the routes call."""

    casefile: Casefile
    deciding: Deciding
    files: Files


def case_router(services: CaseServices, guards: PrincipalGuards) -> APIRouter:
    """The routes."""
    router = APIRouter(prefix="/api", tags=["queues"], dependencies=[Depends(known_parameters)])
    signed_in = Depends(guards.signed_in)
    _file_routes(router, services.files, signed_in)
    _sending_routes(router, services.casefile, signed_in)
    _own_routes(router, services, signed_in)
    _queue_routes(router, services.deciding, signed_in)
    return router


def _file_routes(router: APIRouter, files: Files, signed_in: Principal) -> None:
    @router.post("/files", status_code=201, openapi_extra=_BINARY)
    async def bring(request: Request, principal: Principal = signed_in) -> dict[str, object]:
        """Takes a PDF, PNG or JPEG as the body; answers the digest by which a case names it."""
        upload = await files.bring(principal, await read_bounded(request, files.most_bytes))
        return {"digest": upload.digest, "media_type": upload.media_type, "size": upload.size, "brought": moment(upload.at)}

    @router.get("/cases/{case_id}/files/{digest}", response_class=Response)
    async def file(case_id: Identity, digest: Digest, reason: Reason, principal: Principal = signed_in) -> Response:
        """The bytes, to be saved, never shown within a page of ours."""
        media_type, content = await files.of_case(principal, case_id, digest, reason)
        named = {"Content-Disposition": f'attachment; filename="{digest[:16]}.{_ENDINGS[media_type]}"'}
        return Response(content, media_type=media_type, headers=_SAFE | named)


def _sending_routes(router: APIRouter, casefile: Casefile, signed_in: Principal) -> None:
    @router.post("/claims", status_code=201)
    async def claim(body: LearningIn, principal: Principal = signed_in) -> dict[str, object]:
        """Claims a course of one's own that did not come in by itself, with evidence."""
        return case_view(await casefile.claim(principal, body.sent()))

    @router.post("/studies", status_code=201)
    async def study(body: LearningIn, principal: Principal = signed_in) -> dict[str, object]:
        """Self-study (channel 22) or learning in a community (23), for the superior to confirm."""
        return case_view(await casefile.study(principal, body.sent()))

    @router.post("/manual-entries", status_code=201)
    async def manual(body: ManualIn, principal: Principal = signed_in) -> dict[str, object]:
        """Hours that HR or a unit's operator enters for somebody; another person approves."""
        return case_view(await casefile.manual(principal, body.person, LearningIn(**body.model_dump(exclude={"person"})).sent()))

    @router.post("/cases/{case_id}/amend")
    async def amend(case_id: Identity, body: LearningIn, principal: Principal = signed_in) -> dict[str, object]:
        """Sends again what was returned."""
        return case_view(await casefile.amend(principal, case_id, body.sent()))

    @router.post("/cases/{case_id}/withdraw")
    async def withdraw(case_id: Identity, body: WithdrawalIn, principal: Principal = signed_in) -> dict[str, object]:
        """Takes back what one sent."""
        return case_view(await casefile.withdraw(principal, case_id, body.reason))


def _own_routes(router: APIRouter, services: CaseServices, signed_in: Principal) -> None:
    @router.get("/me/cases")
    async def mine(
        about: Literal["me", "sent"] = "me", after: After = None, limit: Limit = 100, principal: Principal = signed_in
    ) -> dict[str, object]:
        """Cases about me, or those that I sent; newest first."""
        cases = services.deciding.cases
        page = await (cases.of_person(principal.person, after, limit) if about == "me" else cases.sent_by(principal.actor, after, limit))
        return {"items": [case_view(one) for one in page.values], "more": page.more}

    @router.get("/cases/{case_id}")
    async def case(case_id: Identity, reason: Reason, principal: Principal = signed_in) -> dict[str, object]:
        """One case with what was said about it, and `why` it was decided as it was."""
        found = await services.deciding.seen(principal, case_id, reason)
        notes = await services.deciding.cases.notes(case_id)
        return case_view(found) | {"notes": [note_view(one) for one in notes], "why": await services.deciding.why(found) or None}


def _queue_routes(router: APIRouter, deciding: Deciding, signed_in: Principal) -> None:
    @router.get("/queue")
    async def queue(
        kind: Annotated[list[Kind] | None, Query(max_length=len(Kind))] = None,
        state: State = "open",
        after: After = None,
        limit: Limit = 100,
        principal: Principal = signed_in,
    ) -> dict[str, object]:
        """What waits for my decision, the highest risk first. Seen by the persons in their log of views."""
        page = await deciding.queue(principal, kind or list(Kind), state, after, limit)
        return {"items": [case_view(one) for one in page.values], "more": page.more}

    @router.post("/queue/decisions")
    async def decide(body: DecisionIn, principal: Principal = signed_in) -> dict[str, object]:
        """Approves, returns or rejects; each case is a decision of its own, and one that cannot be decided stops no other."""
        outcomes = await deciding.decide_many(principal, body.cases, body.verdict, body.reason, body.jp)
        return {"items": [outcome_view(one) for one in outcomes]}

    @router.post("/cases/{case_id}/reverse")
    async def reverse(case_id: Identity, body: WithdrawalIn, principal: Principal = signed_in) -> dict[str, object]:
        """Takes an approval of hours back; the ledger gets a counter-entry."""
        return case_view(await deciding.reverse(principal, case_id, body.reason))


async def read_bounded(request: Request, most: int) -> bytes:
    """The body, read no further than `most` bytes. Raises TooLargeError."""
    content = bytearray()
    async for piece in request.stream():
        content += piece
        if len(content) > most:
            raise TooLargeError(f"the body has more than {most:,} bytes", where="body")
    return bytes(content)
