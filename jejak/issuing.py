"""What joins the credential module and the verifier to the rest: their store in the same engine, the projector, the routes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from fastapi import APIRouter

from credentials.keys import Derived
from credentials.ports import Records
from credentials.services.explaining import Explaining
from credentials.services.looking import Looking
from credentials.services.parking import Parking
from credentials.services.projection.engine import Equipment
from credentials.services.projector import Projector
from credentials.services.publishing import Publishing
from credentials.services.ruling import EvidenceRules
from credentials.stores.decisions import DecisionLog
from credentials.stores.evidence_rules import EvidenceRuleRecords
from credentials.stores.memory import MemoryRecords
from credentials.stores.sqlite import open_sqlite_records
from credentials.web.administration import administration_router
from credentials.web.amending import amending_router
from credentials.web.batch_certificates import BatchCertificates, batch_certificates_router
from credentials.web.certificate_files import templates_router
from credentials.web.evidence import EvidenceServices, evidence_router
from credentials.web.guards import PrincipalGuards
from jejak.certificates import Certificates, make_certificates
from jejak.matching import HolderMatching
from jejak.projecting import make_equipment
from jejak.projector_metrics import ProjectorMetrics
from jejak.register import Register, make_register
from jejak.settings import Settings
from jejak.tables import PRODUCT_TABLES
from jejak.trusting import open_trust
from jejak.verifying import Verifying
from lrs.background import end
from lrs.clock import Clock
from lrs.ports import ClientStore, Stores
from lrs.stores.memory.engine import MemoryEngine
from lrs.stores.sqlite.engine import SqliteEngine
from lrs.web.auth import AdministratorGuards


@dataclass(frozen=True, slots=True)
class Credentials:
    """The module, made and opened."""

    records: Records
    decisions: DecisionLog
    providers: ClientStore
    rules: EvidenceRuleRecords
    register: Register
    certificates: Certificates
    equipment: Equipment
    projector: Projector
    verifying: Verifying

    def routers(self, guards: AdministratorGuards) -> list[APIRouter]:
        """Administration, what everybody may fetch, and the verifier's page."""
        administration = administration_router(self.records, guards)
        amending = amending_router(self.certificates.amending(self.decisions), self.certificates.issuing.maker, guards)
        templates = templates_router(self.certificates.filing, self.providers, guards)
        return [administration, amending, templates, *self.certificates.routers(), *self.verifying.routers()]

    @property
    def publishing(self) -> Publishing:
        """What everybody may fetch, as files."""
        parts = self.certificates
        return Publishing(self.records, self.providers, parts.keys, parts.log)

    def evidence_router(self, guards: PrincipalGuards, looking: Looking) -> APIRouter:
        """Why somebody has completed a batch, and what could not be processed."""
        return evidence_router(EvidenceServices(*self.evidence(), looking), guards)

    def batch_certificates_router(self, guards: PrincipalGuards, looking: Looking) -> APIRouter:
        """What was issued for a batch."""
        return batch_certificates_router(BatchCertificates(self.records, Explaining(self.equipment), looking), guards)

    def evidence(self) -> tuple[Explaining, Parking, EvidenceRules]:
        """What asks about evidence, and what mends it."""
        return Explaining(self.equipment), Parking(self.equipment), EvidenceRules(self.rules, self.decisions)

    @property
    def metrics(self) -> ProjectorMetrics:
        """The projector's numbers."""
        return ProjectorMetrics(self.projector, Parking(self.equipment), self.equipment.clock)

    @asynccontextmanager
    async def projecting(self) -> AsyncIterator[None]:
        """Evidence becomes certificates and hours, and files are checked, as long as this lasts."""
        work = {"projector": self.projector.run(), **self.certificates.work()}
        running = [asyncio.create_task(one, name=name) for name, one in work.items()]
        try:
            async with self.verifying.running():
                yield
        finally:
            await end(*running)


async def _open_records(stores: Stores, clock: Clock) -> Records:
    match stores.engine:
        case SqliteEngine(database=database):
            return await open_sqlite_records(database, PRODUCT_TABLES)
        case MemoryEngine():
            return MemoryRecords()
        case engine:
            from jejak import mongo  # here: see there

            return await mongo.open_records(engine, clock)


async def open_credentials(stores: Stores, server_key: bytes, clock: Clock, settings: Settings) -> Credentials:
    """Raises ConfigurationError, StoreVersionError, StoreUnavailableError."""
    records = await _open_records(stores, clock)
    derived, rules, log = Derived(server_key), EvidenceRuleRecords(records), DecisionLog(records, clock)
    certificates = make_certificates(stores, records, rules, derived, clock, settings)
    register = make_register(records, log, rules, stores.clients, derived, settings.asn_page, settings.url)
    equipment = make_equipment(stores, records, register, rules, certificates.reserving, clock)
    verifying = Verifying(certificates, stores.clients, HolderMatching(records, certificates, clock), open_trust(settings))
    return Credentials(records, log, stores.clients, rules, register, certificates, equipment, Projector(equipment), verifying)
