"""The code lists to which certificates point: channels (jalur) and competences."""

from __future__ import annotations

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from credentials.ports.records import Records
from credentials.stores.competences import CompetenceRecords
from credentials.web.answers import kept_for
from schemas.loader import jp_channels

_HOUR = 3600


def reference_router(records: Records) -> APIRouter:
    """`/reference/…`."""
    router = APIRouter(prefix="/reference", tags=["reference"])

    @router.get("/channels")
    async def channels() -> Response:
        """Names by code: SIASN's jenisDiklat, and 0 for a study assignment."""
        return JSONResponse({str(code): name for code, name in jp_channels().items()}, headers=kept_for(_HOUR))

    @router.get("/competences")
    async def competences() -> Response:
        """Names and definitions by code."""
        found = await CompetenceRecords(records).competences()
        told = {
            code: {
                "name": {"id": one.name_id, "en": one.name_en},
                "definition": {"id": one.definition_id, "en": one.definition_en},
                "field": one.field,
                "retired": one.retired,
            }
            for code, one in found.items()
        }
        return JSONResponse(told, headers=kept_for(_HOUR))

    return router
