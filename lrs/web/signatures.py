"""The administration's look at signed statements: how far the certificates of a statement's signatures are trusted."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from lrs.services.signature_reports import SignatureReports
from lrs.services.signature_views import SignedView, signed_view
from lrs.web.auth import AdministratorGuards


def signatures_router(reports: SignatureReports, guards: AdministratorGuards) -> APIRouter:
    """The route under `/admin`."""
    router = APIRouter(prefix="/admin", tags=["administration"])

    @router.get("/statements/{statement_id}/signatures", dependencies=[Depends(guards.reader)])
    async def show_signatures(statement_id: str) -> SignedView:
        return signed_view(await reports.report(statement_id))

    return router
