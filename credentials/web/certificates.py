"""Certificates by their unguessable id: whoever has the id may fetch them, and no cache keeps them."""

from __future__ import annotations

import asyncio
import json

from fastapi import APIRouter, Response

from credentials.certificate.badge import BadgeWords, badge_png, badge_svg
from credentials.certificate.issued import Certificate
from credentials.certificate.qr import qr_png, qr_svg
from credentials.ports.records import Records
from credentials.services.log import IssuanceLog
from credentials.stores.certificates import CERTIFICATES, RESERVATIONS
from credentials.web.answers import LONGEST_ID, NOT_INDEXED
from lrs.errors import NotFoundError


def certificates_router(records: Records, log: IssuanceLog, url: str) -> APIRouter:
    """`/c/ID` and its other forms. `url`: the server's public address."""
    router = APIRouter(tags=["certificates"])

    @router.get("/c/{certificate_id}.jwt")
    async def token(certificate_id: str) -> Response:
        """The `vc+jwt` (Open Badges 3.0 §8.2: compact, as text)."""
        certificate = await find_certificate(records, certificate_id)
        return Response(certificate.token, media_type="text/plain", headers=NOT_INDEXED | file_name(certificate, "jwt"))

    @router.get("/c/{certificate_id}.tlog-proof")
    async def proof(certificate_id: str) -> Response:
        """That it is in the issuance log, and since when (c2sp.org/tlog-proof)."""
        certificate = await find_certificate(records, certificate_id)
        content = await log.proof(certificate.id)
        return Response(content, media_type="text/plain", headers=NOT_INDEXED | file_name(certificate, "tlog-proof"))

    _picture_routes(router, records, url)

    @router.get("/c/{certificate_id}")  # applied from below: the longer path is looked at first
    @router.get("/c/{certificate_id}.json")
    async def document(certificate_id: str) -> Response:
        """The credential with its Data Integrity proof; its own `id` is this address."""
        certificate = await find_certificate(records, certificate_id)
        return Response(certificate.document, media_type="application/vc", headers=NOT_INDEXED)

    return router


def _picture_routes(router: APIRouter, records: Records, url: str) -> None:
    @router.get("/c/{certificate_id}/qr.png")
    async def png(certificate_id: str) -> Response:
        """The QR that is printed on it."""
        certificate = await find_certificate(records, certificate_id)
        return Response(qr_png(qr_text(certificate, url)), media_type="image/png", headers=NOT_INDEXED)

    @router.get("/c/{certificate_id}/qr.svg")
    async def svg(certificate_id: str) -> Response:
        """The same, to be printed in any size."""
        certificate = await find_certificate(records, certificate_id)
        return Response(qr_svg(qr_text(certificate, url)), media_type="image/svg+xml", headers=NOT_INDEXED)

    @router.get("/c/{certificate_id}.png")
    async def badge_as_png(certificate_id: str) -> Response:
        """The baked badge (Open Badges 3.0 §5.3.1): a picture that carries the `vc+jwt`."""
        certificate = await find_certificate(records, certificate_id)
        content = await asyncio.to_thread(badge_png, _words(certificate), certificate.token)
        return Response(content, media_type="image/png", headers=NOT_INDEXED | file_name(certificate, "png"))

    @router.get("/c/{certificate_id}.svg")
    async def badge_as_svg(certificate_id: str) -> Response:
        """The baked badge as SVG (Open Badges 3.0 §5.3.2)."""
        certificate = await find_certificate(records, certificate_id)
        content = await asyncio.to_thread(badge_svg, _words(certificate), certificate.token)
        return Response(content, media_type="image/svg+xml", headers=NOT_INDEXED | file_name(certificate, "svg"))


async def find_certificate(records: Records, certificate_id: str) -> Certificate:
    """Raises NotFoundError, which says so when it is still being made."""
    kept = await records.get(CERTIFICATES, certificate_id[:LONGEST_ID])
    if kept is not None:
        return kept.value
    if await records.get(RESERVATIONS, certificate_id[:LONGEST_ID]) is not None:
        raise NotFoundError("this certificate is being made; try again in a moment", where="path")
    raise NotFoundError("there is no certificate with this id", where="path")


def qr_text(certificate: Certificate, url: str) -> str:
    """What the QR says: the link to the verifier, and behind the `#` what never reaches a server."""
    return f"{url}/v/{certificate.id}#{certificate.qr}"


def _words(certificate: Certificate) -> BadgeWords:
    told = json.loads(certificate.document)
    return BadgeWords(certificate.title, told["issuer"]["name"], f"{told['credentialSubject']['creditsEarned']:g} JP")


def file_name(certificate: Certificate, ending: str) -> dict[str, str]:
    """Of a download. The id tells nothing; a name would stay in the list of downloads of a shared machine."""
    return {"Content-Disposition": f'attachment; filename="{certificate.id}.{ending}"'}
