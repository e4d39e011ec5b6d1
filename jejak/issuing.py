"""What joins the credential module and the verifier to the rest: their store in the same engine, the projector, the routes."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from fastapi import APIRouter

from credentials.keys import Derived, IssuerKeys
from credentials.ports import CredentialStore, Records
from credentials.services.evidence import Evidence
from credentials.services.issue import Issuing
from credentials.services.projector import Projector
from credentials.stores.decisions import DecisionLog
from credentials.stores.memory import MemoryCredentials, MemoryRecords
from credentials.stores.sqlite import open_sqlite_credentials, open_sqlite_records
from credentials.stores.tables import TABLES
from credentials.web.administration import administration_router
from credentials.web.public import public_router
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
    keys: IssuerKeys
    projector: Projector
    verifying: Verifying
    url: str

    def routers(self, guards: AdministratorGuards) -> list[APIRouter]:
        """Administration, what everybody may fetch, and the verifier's page."""
        administration, public = administration_router(self.store, guards), public_router(self.store, self.keys, self.url)
        return [administration, public, *self.verifying.routers()]

    @asynccontextmanager
    async def projecting(self) -> AsyncIterator[None]:
        """Evidence becomes certificates and hours, and files are checked, as long as this lasts."""
        running = asyncio.create_task(self.projector.run(), name="projector")
        try:
            async with self.verifying.running():
                yield
        finally:
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running


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
    keys = IssuerKeys(store, derived, clock, url)
    projector = Projector(stores.feed, store, Evidence(stores.statements), Issuing(stores.clients, keys, derived, clock, url))
    verifying = Verifying(store, keys, stores.clients, url)
    log = DecisionLog(records, clock)
    register = make_register(records, log, stores.clients, derived, asn_home_page, store)
    return Credentials(records, log, store, stores.clients, register, keys, projector, verifying, url)
