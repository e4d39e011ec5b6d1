"""What joins the pages of people to the rest."""

from __future__ import annotations

from fastapi import APIRouter

from credentials.keys import Derived
from jejak.casework import Casework
from jejak.hours import Hours
from jejak.issuing import Credentials
from jejak.pages.door import Door
from jejak.pages.learner import LearnerPages
from jejak.pages.oidc import OpenId, Provider
from jejak.pages.record import LearnerRecord
from jejak.pages.records import Sessions, Shares
from jejak.pages.rendering import style_router
from jejak.settings import Settings
from lrs.clock import Clock


def pages_routers(
    credentials: Credentials, casework: Casework, hours: Hours, derived: Derived, clock: Clock, settings: Settings
) -> list[APIRouter]:
    """The learner's pages with their door."""
    records, looking = credentials.records, casework.access.looking

    def seal(content: bytes) -> bytes:
        return derived.mac("page-attempt/1", content.decode("ascii"))

    secure = settings.url.startswith("https://")
    door = Door(casework.sign_in, Sessions(records, clock), _openid(settings), settings.dev_login, seal, secure)
    record = LearnerRecord(
        records,
        hours.balances,
        credentials.certificates.reserving,
        casework.cases.casefile,
        looking,
        looking.persons,
        credentials.providers,
        clock,
    )
    pages = LearnerPages(door, record, Shares(records, clock), casework.cases.deciding, settings.url)
    return [style_router(), door.router(), pages.router()]


def _openid(settings: Settings) -> OpenId | None:
    if not settings.oidc_issuer:
        return None
    callback = f"{settings.url}/masuk/kembali"
    provider = Provider(
        settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret, settings.oidc_claim, settings.oidc_scope, callback
    )
    return OpenId(provider)
