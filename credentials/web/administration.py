"""Certificates of a batch and hours of a person, for administrators."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import Field

from credentials.certificate.issued import Certificate
from credentials.hours.entry import HoursEntry
from credentials.hours.merging import learning_order
from credentials.ports.records import Records, scan_all
from credentials.stores.certificates import CERTIFICATES
from credentials.stores.ledger import LedgerRecords
from credentials.stores.people import PERSONS
from lrs.clock import format_us
from lrs.errors import NotFoundError
from lrs.web.auth import AdministratorGuards

Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Year = Annotated[int, Field(ge=1, le=9_998)]


def administration_router(records: Records, guards: AdministratorGuards) -> APIRouter:
    """The routes."""
    router = APIRouter(prefix="/admin", tags=["certificates and hours"])

    @router.get("/batches/{batch_id}/certificates", dependencies=[Depends(guards.reader)])
    async def list_certificates(batch_id: Slug) -> list[dict[str, object]]:
        return [_certificate_view(one) for one in await scan_all(records, CERTIFICATES, "batch", (batch_id,))]

    @router.get("/people/{person_id}/hours", dependencies=[Depends(guards.reader)])
    async def hours(person_id: Annotated[str, Field(max_length=64)], year: Year) -> dict[str, object]:
        """Lines of the ledger that stand, of a calendar year, as approved. What counts of them and why: `/api/people/ID/hours`."""
        if await records.get(PERSONS, person_id) is None:
            raise NotFoundError("there is no person with this id", where="path")
        standing = [line for line in await LedgerRecords(records).open_credits(person_id) if line.completed_on.year == year]
        standing.sort(key=learning_order)
        return {"year": year, "approved": sum(line.approved for line in standing), "lines": [_line_view(line) for line in standing]}

    return router


def _certificate_view(one: Certificate) -> dict[str, object]:
    return {"id": one.id, "person": one.person, "title": one.title, "number": one.number, "issued": format_us(one.issued)}


def _line_view(line: HoursEntry) -> dict[str, object]:
    return {
        "title": line.title,
        "approved": line.approved,
        "learned_on": line.completed_on,
        "provider": line.provider,
        "batch": line.batch,
        "certificate": line.certificate,
    }
