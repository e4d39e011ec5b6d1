"""`/api/batches/…/certificates`: what was issued for a batch, for officers of its provider, overseers and auditors."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Depends

from credentials.access.actions import Action
from credentials.access.principal import Principal
from credentials.access.rules import Subject, permit
from credentials.certificate.issued import Certificate
from credentials.ports.records import Records
from credentials.services.explaining import Explaining
from credentials.services.looking import Looking
from credentials.stores.certificates import CERTIFICATES
from credentials.web.guards import PrincipalGuards, Reason
from credentials.web.shapes import After, Limit, Slug, known_parameters
from lrs.clock import format_us


@dataclass(frozen=True, slots=True)
class BatchCertificates:
    """What the route calls."""

    records: Records
    explaining: Explaining
    looking: Looking


def batch_certificates_router(services: BatchCertificates, guards: PrincipalGuards) -> APIRouter:
    """The route."""
    router = APIRouter(prefix="/api", tags=["certificates"], dependencies=[Depends(known_parameters)])
    signed_in = Depends(guards.signed_in)

    @router.get("/batches/{batch}/certificates")
    async def list_certificates(
        batch: Slug, reason: Reason, after: After = None, limit: Limit = 100, principal: Principal = signed_in
    ) -> dict[str, object]:
        """By id, those that were replaced or revoked among them: what each is worth says its address. Nobody is named; whom a certificate
        is about reads that it was listed.
        """
        provider = await services.explaining.provider_of(batch)
        warrant = permit(principal, Action.CERTIFICATES_LIST, Subject(provider=provider), reason)
        page = await services.records.scan(CERTIFICATES, "batch", (batch,), after=after, limit=limit)
        await services.looking.note(principal, warrant, [one.person for one in page.values], "certificates", reason)
        return {"items": [_listed(one) for one in page.values], "more": page.more}

    return router


def _listed(one: Certificate) -> dict[str, object]:
    return {"id": one.id, "issue": one.number, "title": one.title, "issued": format_us(one.issued), "address": f"/c/{one.id}"}
