"""What everybody may fetch: certificates by their unguessable id, and issuers' DID documents. All of it can be kept by a cache."""

from __future__ import annotations

import json

from fastapi import APIRouter, Response

from credentials.certificate.qr import qr_png
from credentials.keys import IssuerKeys
from credentials.model import Certificate
from credentials.ports import CredentialStore
from lrs.errors import NotFoundError

_LONGEST_ID = 64  # characters of an id in a path that are looked at
_ANYWHERE = {"Access-Control-Allow-Origin": "*", "X-Content-Type-Options": "nosniff"}
_KEPT = {"Cache-Control": "public, max-age=300"} | _ANYWHERE  # a rotated key is seen within five minutes
_NOT_INDEXED = {"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex"} | _ANYWHERE  # a certificate names its holder


def public_router(store: CredentialStore, keys: IssuerKeys, url: str) -> APIRouter:
    """`/c/ID` (`.json`, `.jwt`, `.png`) and `/issuers/PROVIDER/did.json`. `url`: the server's public address."""
    router = APIRouter(tags=["certificates"])

    async def found(certificate_id: str) -> Certificate:
        certificate = await store.certificate(certificate_id[:_LONGEST_ID])
        if certificate is None:
            raise NotFoundError("there is no certificate with this id", where="path")
        return certificate

    @router.get("/c/{certificate_id}.jwt")
    async def token(certificate_id: str) -> Response:
        """The `vc+jwt` (Open Badges 3.0 §8.2: compact, as text)."""
        certificate = await found(certificate_id)
        named = {"Content-Disposition": f'attachment; filename="{certificate.id}.jwt"'}
        return Response(certificate.token, media_type="text/plain", headers=_NOT_INDEXED | named)

    @router.get("/c/{certificate_id}.png")
    async def qr(certificate_id: str) -> Response:
        """The QR of the link to the verifier."""
        certificate = await found(certificate_id)
        return Response(qr_png(f"{url}/v/{certificate.id}"), media_type="image/png", headers=_NOT_INDEXED)

    @router.get("/c/{certificate_id}")  # applied from below: the longer path is looked at first
    @router.get("/c/{certificate_id}.json")
    async def document(certificate_id: str) -> Response:
        """The credential with its Data Integrity proof; its own `id` is this address."""
        return Response((await found(certificate_id)).document, media_type="application/vc", headers=_NOT_INDEXED)

    @router.get("/issuers/{provider}/did.json")
    async def did_document(provider: str) -> Response:
        """The issuer's keys (did:web 1.0)."""
        content = await keys.did_document(provider[:_LONGEST_ID])
        if content is None:
            raise NotFoundError("nobody with this name has issued anything here", where="path")
        return Response(json.dumps(content), media_type="application/did+json", headers=_KEPT)

    return router
