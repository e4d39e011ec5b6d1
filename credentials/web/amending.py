"""What administrators decide about certificates and keys, under `/admin`. Overseers decide; auditors read, salts of evidence included."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from credentials.certificate.digest import statement_digest
from credentials.certificate.number import printed_number
from credentials.keys.did import moment
from credentials.keys.key import IssuerKey
from credentials.ports.records import scan_all
from credentials.services.amending import Amending
from credentials.services.making import Maker
from credentials.services.reserving import Issue
from credentials.stores.certificates import EVENTS, RESERVATIONS
from lrs.clock import to_us
from lrs.errors import InvalidRequestError, NotFoundError
from lrs.ports import Administrator
from lrs.web.auth import AdministratorGuards

Id = Annotated[str, Field(max_length=64)]
View = dict[str, object]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Decided(_Model):
    """Why: what the holder is told."""

    reason: Annotated[str, Field(min_length=1, max_length=300)]


class Compromised(Decided):
    """Since when the key may have been in other hands."""

    method: Annotated[str, Field(max_length=64)]
    since: datetime


def amending_router(amending: Amending, maker: Maker, guards: AdministratorGuards) -> APIRouter:
    """The routes."""
    router = APIRouter(prefix="/admin", tags=["certificates and keys"])
    _certificate_routes(router, amending, maker, guards)
    _key_routes(router, amending, guards)
    return router


def _certificate_routes(router: APIRouter, amending: Amending, maker: Maker, guards: AdministratorGuards) -> None:
    writer = Depends(guards.writer)

    @router.get("/certificates/{certificate}", dependencies=[Depends(guards.reader)])
    async def show(certificate: Id) -> View:
        return await _view(amending, await _issue(amending, certificate))

    @router.post("/certificates/{certificate}/revoke")
    async def revoke(certificate: Id, body: Decided, who: Administrator = writer) -> View:
        return await _view(amending, await amending.revoke(certificate, _actor(who), body.reason))

    @router.post("/certificates/{certificate}/suspend")
    async def suspend(certificate: Id, body: Decided, who: Administrator = writer) -> View:
        return await _view(amending, await amending.suspend(certificate, _actor(who), body.reason))

    @router.post("/certificates/{certificate}/reinstate")
    async def reinstate(certificate: Id, body: Decided, who: Administrator = writer) -> View:
        return await _view(amending, await amending.reinstate(certificate, _actor(who), body.reason))

    @router.post("/certificates/{certificate}/reissue", status_code=201)
    async def reissue(certificate: Id, body: Decided, who: Administrator = writer) -> View:
        made = await amending.reissue(certificate, _actor(who), body.reason)
        return await _view(amending, await _issue(amending, made))

    @router.get("/certificates/{certificate}/evidence", dependencies=[Depends(guards.reader)])
    async def evidence(certificate: Id) -> list[View]:
        """Statement ids with salt and digest, computed anew from the statements as they are now."""
        reservation = (await _issue(amending, certificate)).reservation
        told: list[View] = []
        for statement in reservation.draft.statements:
            body, salt = await maker.statement(reservation.draft.provider, statement), maker.salt(certificate, statement)
            told.append({"statement": statement, "salt": salt.hex(), "digest": statement_digest(body, salt) if body is not None else None})
        return told


def _key_routes(router: APIRouter, amending: Amending, guards: AdministratorGuards) -> None:
    writer = Depends(guards.writer)

    @router.get("/issuers/{provider}/keys", dependencies=[Depends(guards.reader)])
    async def keys(provider: Id) -> list[View]:
        return [_key_view(key) for key in await amending.keys.keys(provider)]

    @router.post("/issuers/{provider}/rotate", status_code=201)
    async def rotate(provider: Id, body: Decided, who: Administrator = writer) -> list[View]:
        return [_key_view(key) for key in await amending.rotate(provider, _actor(who), body.reason)]

    @router.post("/issuers/{provider}/compromised")
    async def compromised(provider: Id, body: Compromised, who: Administrator = writer) -> View:
        """Revokes the key, signs by a new one, and lists what must be reissued."""
        if body.since.tzinfo is None:
            raise InvalidRequestError("the moment needs a zone: 2026-11-24T08:00:00+07:00", where="since")
        found = await amending.compromised(provider, body.method, to_us(body.since), _actor(who), body.reason)
        return {"method": body.method, "reissue": [one.id for one in found]}


async def _issue(amending: Amending, certificate: str) -> Issue:
    found = await amending.reserving.issue(certificate)
    if found is None:
        raise NotFoundError("there is no certificate with this id", where="path")
    return found


async def _view(amending: Amending, issue: Issue) -> View:
    reservation, draft = issue.reservation, issue.reservation.draft
    events = await scan_all(amending.records, EVENTS, prefix=(reservation.id,))
    return {
        "id": reservation.id,
        "number": printed_number(reservation.id),
        "provider": draft.provider,
        "batch": draft.batch,
        "person": draft.person,
        "issue": draft.number,
        "replaces": draft.replaces or None,
        "provider_number": draft.provider_number or None,
        "same_provider_number": await _same_number(amending, issue),
        "revoked": moment(issue.revoked) if issue.revoked else None,
        "suspended": moment(issue.suspended) if issue.suspended else None,
        "events": [{"at": moment(one.at), "what": one.what, "reason": one.reason, "by": one.by} for one in events],
    }


async def _same_number(amending: Amending, issue: Issue) -> list[str]:
    """Others with the provider's own number: told, not refused."""
    draft = issue.reservation.draft
    if not draft.provider_number:
        return []
    found = await scan_all(amending.records, RESERVATIONS, "provider_number", (draft.provider, draft.provider_number))
    return [one.id for one in found if one.id != issue.reservation.id and one.draft.person != draft.person]


def _key_view(key: IssuerKey) -> View:
    dated: View = {name: moment(at) if at else None for name, at in (("expires", key.expires), ("revoked", key.revoked))}
    told: View = {"method": key.method, "kind": key.kind, "vault": key.vault, "created": moment(key.created)}
    return told | dated


def _actor(who: Administrator) -> str:
    return f"administrator:{who.name}"
