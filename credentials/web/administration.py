"""Certificates of a batch, for administrators."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from credentials.certificate.issued import Certificate
from credentials.ports.records import Records, scan_all
from credentials.stores.certificates import CERTIFICATES
from credentials.web.shapes import Slug
from lrs.clock import format_us
from lrs.web.auth import AdministratorGuards


def administration_router(records: Records, guards: AdministratorGuards) -> APIRouter:
    """The routes."""
    router = APIRouter(prefix="/admin", tags=["certificates"])

    @router.get("/batches/{batch_id}/certificates", dependencies=[Depends(guards.reader)])
    async def list_certificates(batch_id: Slug) -> list[dict[str, object]]:
        return [_certificate_view(one) for one in await scan_all(records, CERTIFICATES, "batch", (batch_id,))]

    return router


def _certificate_view(one: Certificate) -> dict[str, object]:
    return {"id": one.id, "person": one.person, "title": one.title, "number": one.number, "issued": format_us(one.issued)}
