"""A store with providers, a catalogue, persons, statements that were really stored, and a projector over it; and what stands in it.

What two worlds have in common is compared by `standing`: open completions and lines of hours, and who has a valid certificate. How often
something was written and taken back on the way is no part of it.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from credentials.catalogue.model import Batch, Programme
from credentials.catalogue.provider import Accreditation
from credentials.people.person import Name, Posting
from credentials.ports.records import scan_all
from credentials.services.links import Evidence
from credentials.services.people import NewPerson
from credentials.services.projection.rebuilding import Difference, Rebuild
from credentials.services.projector import Projector
from credentials.stores.certificates import PLACES, RESERVATIONS
from credentials.stores.completions import COMPLETIONS
from credentials.stores.dossiers import PARKED, Parked
from credentials.stores.ledger import HOURS
from jejak.issuing import Credentials, open_credentials
from jejak.settings import Settings
from lrs.ports import Provider, Scope, Stores, account_term
from lrs.services.identifiers import Uuid7Source
from lrs.services.principal import Principal
from lrs.services.signatures import SignaturePolicy, Signatures
from lrs.services.statements import StatementWrites
from lrs.stores.memory import memory_stores
from lrs.stores.mongo import ClusterOptions, open_mongo_stores
from lrs.stores.sqlite import SqliteOptions, open_sqlite_stores
from lrs.xapi.statements import parse_statements
from lrs.xapi.strict_json import JsonLimits
from lrs.xapi.versions import Version
from tests.support.clock import SettableClock
from tests.support.evidence import BATCH, HOME, PROGRAMME, PROVIDER, Members

KEY, URL, ASN = b"k" * 32, "https://jejak.test", "https://asn.test"
BY, OTHER = "administrator:rini", "administrator:budi"
VOIDED = "http://adlnet.gov/expapi/verbs/voided"


@dataclass(slots=True)
class World:
    """Everything over one engine."""

    stores: Stores
    credentials: Credentials
    clock: SettableClock
    writes: StatementWrites

    @property
    def projector(self) -> Projector:
        return self.credentials.projector

    async def provider(self, provider: str = PROVIDER, *, accredited: bool = True) -> None:
        await self.stores.clients.add_provider(Provider(provider, f"Balai {provider}"))
        if accredited:
            window = (Accreditation(date(2020, 1, 1), None, "LAN"),)
            await self.credentials.register.standings.accredit(provider, window, by=BY, reason="SK")

    async def programme(self, programme: Programme = PROGRAMME) -> None:
        """Drafted, proposed by one, approved by another."""
        programmes = self.credentials.register.programmes
        await programmes.draft(replace(programme, history=()), BY)
        await programmes.move(programme.id, programme.version, "proposed", by=BY)
        await programmes.move(programme.id, programme.version, "approved", by=OTHER)

    async def batch(self, batch: Batch = BATCH) -> None:
        await self.credentials.register.batches.add(replace(batch, history=()), BY)

    async def person(self, *users: str, provider: str = PROVIDER, zone: str = "Asia/Jakarta") -> str:
        """Somebody with these accounts at the provider."""
        told = NewPerson((Name(date(2020, 1, 1), "Peserta Contoh"),), postings=(Posting(date(2020, 1, 1), "4012", time_zone=zone),))
        accounts = [(provider, account_term(HOME, user)) for user in users]
        register = self.credentials.register
        return (await register.links.register(register.people, told, accounts, Evidence("hr", "test", BY))).id

    async def link(self, person: str, user: str, provider: str = PROVIDER) -> str:
        link = await self.credentials.register.links.link(person, provider, account_term(HOME, user), Evidence("hr", "test", BY))
        return link.id

    async def unlink(self, link: str) -> None:
        await self.credentials.register.links.undo(link, by=BY, reason="bukan saya")

    async def send(self, *statements: Members, provider: str = PROVIDER, everywhere: bool = False) -> tuple[str, ...]:
        """By a client of the provider, in one request; `everywhere`: one that may void what others said."""
        scopes = frozenset({Scope.ALL if everywhere else Scope.STATEMENTS_WRITE})
        authority = json.dumps({"account": {"homePage": URL, "name": f"lms-{provider}"}}).encode()
        principal = Principal(provider, f"lms-{provider}", scopes, authority)
        parsed = parse_statements(json.dumps(list(statements)).encode(), Version.V1, JsonLimits(), 10_000)
        return (await self.writes.store_statements(principal, parsed)).ids

    async def void(self, statement: str, *, provider: str = PROVIDER, everywhere: bool = False, id: str = "") -> str:
        """Voids a statement, whether it is there or not."""
        told: dict[str, Any] = {
            "actor": {"account": {"homePage": HOME, "name": "admin"}},
            "verb": {"id": VOIDED},
            "object": {"objectType": "StatementRef", "id": statement},
        }
        return (await self.send(told | ({"id": id} if id else {}), provider=provider, everywhere=everywhere))[0]

    async def drain(self) -> None:
        await self.projector.drain()

    async def standing(self) -> dict[str, Any]:
        """What stands, in values that another world can have too, persons by their order of entering being the tester's business."""
        records = self.credentials.records
        completions = await scan_all(records, COMPLETIONS)
        lines = await scan_all(records, HOURS)
        gone = {line.reverses for line in lines if line.kind == "reversal"}
        credits = [line for line in lines if line.kind == "credit" and line.id not in gone]
        valid = await self.valid_certificates()
        open_ones = [one for one in completions if one.state == "open"]
        assert {one.entry for one in open_ones} == {line.id for line in credits}, "the open lines are those of the open completions"
        return {
            "completions": {(one.person, one.batch): (one.at, one.learned_on, one.statements, one.days, one.flags) for one in open_ones},
            "held": {(one.person, one.batch) for one in completions if one.state == "held"},
            "lines": {(line.person, line.batch): replace(line, id="", recorded_at=0, certificate=None, reverses=None) for line in credits},
            "valid": {(one.person, one.batch) for one in open_ones if one.certificate in valid},
            "revoked": {one.certificate for one in open_ones} - valid,
        }

    async def valid_certificates(self) -> set[str]:
        records = self.credentials.records
        revoked = {one.certificate for one in await scan_all(records, PLACES) if one.revoked}
        return {one.id for one in await scan_all(records, RESERVATIONS)} - revoked

    async def parked(self) -> list[Parked]:
        return await scan_all(self.credentials.records, PARKED)

    async def rebuilt(self) -> list[Difference]:
        """The differences that a rebuild finds."""
        rebuild = Rebuild(self.credentials.equipment)
        await rebuild.read()
        found = [one async for one in rebuild.differences()]
        await rebuild.abandon()
        return found


@asynccontextmanager
async def opened_world(engine: str, folder: Path, clock: SettableClock | None = None) -> AsyncIterator[World]:
    """`engine`: "memory", "sqlite" (a file in the folder, opened again when it is there), or an address of MongoDB."""
    clock = clock or SettableClock()
    if engine == "memory":
        stores = memory_stores(clock)
    elif engine.startswith("mongodb://"):
        stores = await open_mongo_stores(engine, clock, ClusterOptions(lease=8.0, patience=0.1, poll=0.1))
    else:
        stores = await open_sqlite_stores(folder / "jejak.sqlite3", clock, SqliteOptions(synchronous="OFF"))
    try:
        credentials = await open_credentials(stores, KEY, clock, Settings.model_validate({"public_url": URL, "asn_home_page": ASN}))
        writes = StatementWrites(stores, Uuid7Source(clock), Signatures(SignaturePolicy(), clock))
        yield World(stores, credentials, clock, writes)
    finally:
        await stores.engine.close()


async def enter(world: World, batches: Sequence[Batch] = (BATCH,)) -> None:
    """The provider, its programme, and batches."""
    await world.provider()
    await world.programme()
    for batch in batches:
        await world.batch(batch)
