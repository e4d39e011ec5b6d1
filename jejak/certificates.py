"""What makes certificates of reservations: keys, maker, log, status lists and the worker, joined over one store."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from urllib.parse import urlsplit

from fastapi import APIRouter

from credentials.certificate.issued import Certificate
from credentials.keys import Derived, IssuerKeys, SealedVault
from credentials.ports.records import Records
from credentials.services.issuing import Issuing
from credentials.services.log import IssuanceLog
from credentials.services.making import Maker
from credentials.services.reserving import Reserving
from credentials.services.status_lists import StatusLists
from credentials.stores.catalogue import CatalogueRecords
from credentials.stores.certificates import CERTIFICATES
from credentials.stores.evidence_rules import EvidenceRuleRecords
from credentials.stores.leases import Lease
from credentials.web.answers import LONGEST_ID
from credentials.web.certificates import certificates_router
from credentials.web.issuers import issuers_router
from credentials.web.log import log_router
from credentials.web.reference import reference_router
from lrs.clock import Clock
from lrs.ports import Stores


@dataclass(frozen=True, slots=True)
class Certificates:
    """The parts, made."""

    records: Records
    keys: IssuerKeys
    reserving: Reserving
    issuing: Issuing
    log: IssuanceLog
    lists: StatusLists
    url: str

    async def found(self, certificate_id: str) -> Certificate | None:
        """A certificate that is issued."""
        kept = await self.records.get(CERTIFICATES, certificate_id[:LONGEST_ID])
        return None if kept is None else kept.value

    def routers(self) -> list[APIRouter]:
        """What everybody may fetch."""
        return [
            certificates_router(self.records, self.log, self.url),
            issuers_router(self.keys, self.lists),
            log_router(self.log),
            reference_router(self.records),
        ]


def make_certificates(
    stores: Stores, records: Records, rules: EvidenceRuleRecords, derived: Derived, clock: Clock, url: str
) -> Certificates:
    """`url`: the server's public address, without a slash."""
    wake = asyncio.Event()
    keys = IssuerKeys(records, {"sealed": SealedVault(derived)}, clock, url)
    log = IssuanceLog(records, keys, clock, log_origin(url))
    lists = StatusLists(records, keys, clock, url)
    maker = Maker(records, CatalogueRecords(records), rules, stores.clients, stores.statements, keys, derived, url)
    issuing = Issuing(records, maker, log, lists, Lease(records, clock, "issuing"), clock, wake)
    return Certificates(records, keys, Reserving(records, derived, clock, wake), issuing, log, lists, url)


def log_origin(url: str) -> str:
    """The log's name: its address without a scheme."""
    parts = urlsplit(url)
    return f"{parts.netloc}{parts.path}/log"
