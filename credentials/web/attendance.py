"""`/api/attendance-lists`: a CSV of who was there, by an officer of the provider, with the scan of the signed sheet."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field

from credentials.access.principal import Principal
from credentials.services.attending import Attending, Told
from credentials.stores.attendance import AttendanceList
from credentials.tabular.reading import Trouble
from credentials.web.cases import read_bounded
from credentials.web.coaching import Moment
from credentials.web.guards import PrincipalGuards
from credentials.web.shapes import After, Because, Digest, Identity, Limit, Slug, Text, known_parameters, moment

_CSV = {"requestBody": {"required": True, "content": {"text/csv": {"schema": {"type": "string"}}}}}
_SHOWN = 500  # troubles in an answer
_ENDINGS = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}


def attendance_router(attending: Attending, guards: PrincipalGuards) -> APIRouter:
    """The routes."""
    router = APIRouter(prefix="/api", tags=["queues"], dependencies=[Depends(known_parameters)])
    signed_in = Depends(guards.signed_in)

    @router.post("/attendance-lists", openapi_extra=_CSV)
    async def send(
        request: Request,
        batch: Slug,
        title: Annotated[Text, Query()],
        starts: Annotated[Moment, Query()],
        ends: Annotated[Moment, Query()],
        sheet: Annotated[Digest, Query(description="digest of the scan, brought with POST /api/files")],
        dry_run: bool = False,
        principal: Principal = signed_in,
    ) -> dict[str, object]:
        """Good rows become statements of the provider; each bad one is told with its number. The same list again changes nothing."""
        told = Told(batch=batch, title=title, starts=starts, ends=ends, sheet=sheet, dry_run=dry_run)
        result = await attending.send(principal, told, await read_bounded(request, attending.most_bytes))
        found = result.found
        counts = {"rows": len(found.rows), "absent": found.absent, "repeated": found.repeated, "troubles": len(found.troubles)}
        listed = [_trouble_view(one) for one in found.troubles[:_SHOWN]]
        return {"list": _list_view(result.kept) if result.kept else None, **counts, "told": listed}

    @router.get("/attendance-lists")
    async def lists(provider: Slug, after: After = None, limit: Limit = 100, principal: Principal = signed_in) -> dict[str, object]:
        """Of a provider, newest first."""
        page = await attending.of_provider(principal, provider, after, limit)
        return {"items": [_list_view(one) for one in page.values], "more": page.more}

    @router.post("/attendance-lists/{list_id}/withdraw")
    async def withdraw(list_id: Identity, body: Because, principal: Principal = signed_in) -> dict[str, object]:
        """Voids its statements; hours follow."""
        return _list_view(await attending.withdraw(principal, list_id, body.reason))

    @router.get("/attendance-lists/{list_id}/sheet/{digest}", response_class=Response)
    async def sheet_of(list_id: Identity, digest: Annotated[str, Field(max_length=64)], principal: Principal = signed_in) -> Response:
        """The scan, for the provider's officers, overseers and auditors."""
        media_type, content = await attending.sheet(principal, list_id, digest)
        named = {"Content-Disposition": f'attachment; filename="{list_id}.{_ENDINGS[media_type]}"', "X-Content-Type-Options": "nosniff"}
        return Response(content, media_type=media_type, headers=named | {"Cache-Control": "private, no-store"})

    return router


def _list_view(one: AttendanceList) -> dict[str, object]:
    told = {"id": one.id, "provider": one.provider, "batch": one.batch, "title": one.title, "starts": one.starts, "ends": one.ends}
    return told | {"rows": one.rows, "sheet": one.sheet, "by": one.by, "sent": moment(one.at), "state": one.state}


def _trouble_view(one: Trouble) -> dict[str, object]:
    return {"row": one.row, "column": one.column or None, "message": one.message, "fix": one.fix or None, "severity": one.severity}
