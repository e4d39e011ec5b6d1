"""What joins the credential module and the verifier to the rest: their store in the same engine, the projector, the routes."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from fastapi import APIRouter

from credentials.keys import Derived
from credentials.ports import CredentialStore, Records
from credentials.services.awarding import Awarding
from credentials.services.evidence import Evidence
from credentials.services.projector import Projector
from credentials.stores.decisions import DecisionLog
from credentials.stores.memory import MemoryCredentials, MemoryRecords
from credentials.stores.sqlite import open_sqlite_credentials, open_sqlite_records
from credentials.stores.tables import TABLES
from credentials.web.administration import administration_router
from jejak.certificates import Certificates, make_certificates
from jejak.register import Register, make_register
from jejak.verifying import Verifying
from lrs.clock import Clock
from lrs.ports import ClientStore, Stores
from lrs.stores.sqlite.engine import SqliteEngine
from lrs.web.auth import AdministratorGuards


@dataclass(frozen=True, slots=True)
class Credentials:
    """The module, made and opened."""

    records: Records
    decisions: DecisionLog
    store: CredentialStore
    providers: ClientStore
    register: Register
    certificates: Certificates
    projector: Projector
    verifying: Verifying

    def routers(self, guards: AdministratorGuards) -> list[APIRouter]:
        """Administration, what everybody may fetch, and the verifier's page."""
        administration = administration_router(self.store, self.records, guards)
        return [administration, *self.certificates.routers(), *self.verifying.routers()]

    @asynccontextmanager
    async def projecting(self) -> AsyncIterator[None]:
        """Evidence becomes certificates and hours, and files are checked, as long as this lasts."""
        work = {"projector": self.projector.run(), "issuing": self.certificates.issuing.run()}
        running = [asyncio.create_task(one, name=name) for name, one in work.items()]
        try:
            async with self.verifying.running():
                yield
        finally:
            for task in running:
                task.cancel()
            for task in running:
                with contextlib.suppress(asyncio.CancelledError):
                    await task


async def open_credentials(stores: Stores, server_key: bytes, clock: Clock, url: str, asn_home_page: str) -> Credentials:
    """Raises StoreVersionError, StoreUnavailableError."""
    engine = stores.engine
    records: Records
    store: CredentialStore
    if isinstance(engine, SqliteEngine):
        records, store = await open_sqlite_records(engine.database, TABLES), await open_sqlite_credentials(engine.database)
    else:
        records, store = MemoryRecords(), MemoryCredentials()
    derived = Derived(server_key)
    certificates = make_certificates(stores, records, store, derived, clock, url)
    projector = Projector(stores.feed, store, Evidence(stores.statements), Awarding(store, certificates.reserving, clock))
    verifying = Verifying(certificates, stores.clients)
    log = DecisionLog(records, clock)
    register = make_register(records, log, stores.clients, derived, asn_home_page, store)
    return Credentials(records, log, store, stores.clients, register, certificates, projector, verifying)
