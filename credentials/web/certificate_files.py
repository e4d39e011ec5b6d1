"""A certificate on paper, and the templates that providers print with."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field

from credentials.errors import TemplateError
from credentials.ports.records import Records
from credentials.services.filing import Filing
from credentials.stores.templates import KeptTemplate
from credentials.web.answers import NOT_INDEXED
from credentials.web.certificates import file_name, find_certificate
from credentials.web.shapes import Slug
from lrs.errors import NotFoundError
from lrs.ports import Administrator, ClientStore
from lrs.web.auth import AdministratorGuards

Ending = Literal["png", "svg", "jpg"]
_LONGEST_LOGO = 1_400_000  # letters of Base64


class LogoIn(BaseModel):
    """A picture in Base64."""

    model_config = ConfigDict(extra="forbid")
    content: Annotated[str, Field(max_length=_LONGEST_LOGO)]
    ending: Ending


class TemplateIn(BaseModel):
    """`source` in Typst's language; empty: the bundled template with these logos."""

    model_config = ConfigDict(extra="forbid")
    source: Annotated[str, Field(max_length=200_000)] = ""
    provider_logo: LogoIn | None = None
    agency_logo: LogoIn | None = None


def certificate_files_router(records: Records, filing: Filing) -> APIRouter:
    """`/c/ID.pdf`. To be included before the router of `/c/ID`, whose path takes every ending."""
    router = APIRouter(tags=["certificates"])

    @router.get("/c/{certificate_id}.pdf")
    async def pdf(certificate_id: str) -> Response:
        """For paper: PDF/A-3b with the credential in it, sealed by the issuer (PAdES)."""
        certificate = await find_certificate(records, certificate_id)
        return Response(await filing.pdf(certificate), media_type="application/pdf", headers=NOT_INDEXED | file_name(certificate, "pdf"))

    return router


def templates_router(filing: Filing, providers: ClientStore, guards: AdministratorGuards) -> APIRouter:
    """`/admin/providers/ID/certificate-template`."""
    writer = Depends(guards.writer)
    router = APIRouter(prefix="/admin/providers/{provider}/certificate-template", tags=["certificates and hours"])

    async def known(provider: str) -> None:
        if await providers.provider(provider) is None:
            raise NotFoundError("there is no provider with this id", where="path")

    @router.post("/preview", dependencies=[writer], response_class=Response)
    async def preview(provider: Slug, told: TemplateIn) -> Response:
        """The page of an invented certificate as PDF. 400 says what is wrong with the template, or which field it does not show."""
        await known(provider)
        return Response(await filing.preview(_template(provider, told)), media_type="application/pdf")

    @router.put("", status_code=204)
    async def save(provider: Slug, told: TemplateIn, who: Administrator = writer) -> Response:
        """Takes it into use, when a preview of it goes well."""
        await known(provider)
        await filing.save_template(_template(provider, told), f"administrator:{who.name}")
        return Response(status_code=204)

    @router.delete("", status_code=204)
    async def drop(provider: Slug, who: Administrator = writer) -> Response:
        """Back to the bundled one."""
        await filing.drop_template(provider, f"administrator:{who.name}")
        return Response(status_code=204)

    return router


def _template(provider: str, told: TemplateIn) -> KeptTemplate:
    logo, agency = _picture("provider_logo", told.provider_logo), _picture("agency_logo", told.agency_logo)
    return KeptTemplate(provider, told.source, logo[0], logo[1], agency[0], agency[1])


def _picture(where: str, told: LogoIn | None) -> tuple[bytes, str]:
    if told is None:
        return b"", ""
    try:
        return base64.b64decode(told.content, validate=True), told.ending
    except (binascii.Error, ValueError) as error:
        raise TemplateError("this is not Base64", where=where) from error
