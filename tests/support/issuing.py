"""A provider with a programme and a batch, statements that are evidence, and the worker that issues: over one store, on a clock."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from credentials.certificate.issued import Certificate
from credentials.certificate.reservation import Draft, Reservation
from credentials.keys import Derived, IssuerKeys, SealedVault
from credentials.keys.vault import KeyVault
from credentials.ports.records import Put, Records
from credentials.services.issuing import Issuing
from credentials.services.log import IssuanceLog
from credentials.services.making import Maker
from credentials.services.reserving import Reserving
from credentials.services.status_lists import StatusLists
from credentials.stores.catalogue import BATCHES, PROGRAMMES, CatalogueRecords
from credentials.stores.certificates import CERTIFICATES
from credentials.stores.evidence_rules import EvidenceRuleRecords
from credentials.stores.leases import Lease
from lrs.ports import Batch as StatementBatch
from lrs.ports import NewStatement, Provider, Stores
from lrs.stores.memory import memory_stores
from tests.support.clock import SettableClock
from tests.support.learning import BATCH, PROGRAMME, PROVIDER

URL = "https://jejak.test"
HOUR = 3_600_000_000


@dataclass(slots=True)
class Office:
    """Everything that issues."""

    records: Records
    clock: SettableClock
    stores: Stores
    keys: IssuerKeys
    reserving: Reserving
    maker: Maker
    log: IssuanceLog
    lists: StatusLists
    issuing: Issuing

    async def reserve(self, number: int, **changes: Any) -> Reservation:
        """For person `number`, whose evidence is there."""
        made = await self.reserving.reserve(replace(draft(number), **changes))
        assert made is not None
        return made

    async def issue(self, number: int, **changes: Any) -> Certificate:
        """Reserved and issued."""
        reservation = await self.reserve(number, **changes)
        await self.issue_all()
        return await self.certificate(reservation.id)

    async def issue_all(self) -> int:
        """Everything that waits."""
        done = 0
        while some := await self.issuing.step():
            done += some
        return done

    async def certificate(self, certificate: str) -> Certificate:
        """One that must be there."""
        kept = await self.records.get(CERTIFICATES, certificate)
        assert kept is not None
        return kept.value

    async def document(self, certificate: str) -> dict[str, Any]:
        """Its JSON."""
        told: dict[str, Any] = json.loads((await self.certificate(certificate)).document)
        return told


def statement_id(number: int) -> str:
    """Of the evidence of person `number`."""
    return f"00000000-0000-4000-8000-{number:012d}"


def draft(number: int) -> Draft:
    """What is reserved for person `number`."""
    return Draft(
        provider=PROVIDER,
        person=f"person-{number}",
        programme=PROGRAMME.id,
        version=PROGRAMME.version,
        batch=BATCH.id,
        number=1,
        holder=f"Peserta {number}, S.Kom.",
        jp=PROGRAMME.jp,
        completed=1_795_143_600_000_000,
        started_on=date(2026, 11, 3),
        learned_on=date(2026, 11, 20),
        statements=(statement_id(number),),
    )


async def open_office(records: Records, people: int = 5, vault: KeyVault | None = None, server_key: bytes = b"k" * 32) -> Office:
    """`people`: how many have evidence."""
    clock = SettableClock()
    stores = memory_stores(clock)
    await stores.clients.add_provider(Provider(PROVIDER, "Balai Contoh"))
    await records.commit(Put(PROGRAMMES, PROGRAMME), Put(BATCHES, BATCH))
    told = [NewStatement(statement_id(number), b'{"id":"%s"' % statement_id(number).encode(), True, ()) for number in range(people)]
    await stores.statements.put(StatementBatch(PROVIDER, "moodle", tuple(told)))
    return another_office(records, clock, stores, vault, server_key)


def another_office(
    records: Records,
    clock: SettableClock,
    stores: Stores,
    vault: KeyVault | None = None,
    server_key: bytes = b"k" * 32,
) -> Office:
    """Another process over the same stores."""
    derived = Derived(server_key)
    used = vault or SealedVault(derived)
    keys = IssuerKeys(records, {used.name: used}, clock, URL, used.name)
    log, lists = IssuanceLog(records, keys, clock, "jejak.test/log"), StatusLists(records, keys, clock, URL)
    catalogue, rules = CatalogueRecords(records), EvidenceRuleRecords(records)
    maker = Maker(records, catalogue, rules, stores.clients, stores.statements, keys, derived, URL)
    issuing = Issuing(records, maker, log, lists, Lease(records, clock, "issuing"), clock)
    return Office(records, clock, stores, keys, Reserving(records, derived, clock), maker, log, lists, issuing)
