"""The outbox for SIASN on records: agencies that send, and a row for each line that SIASN should hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from credentials.hours.siasn import SendState, SiasnRow
from credentials.ports.records import Kept, Page, Records, Table, scan_all


@dataclass(frozen=True, slots=True)
class SiasnAgency:
    """An agency whose connector sends. `instansi`: its id at SIASN. `since`: learning before that day was entered by hand, and is left
    alone. `defaults`: values of fields that we know nothing of (`jenisKursus`, `jenisKursusSertipikat`, `lokasiId`).
    """

    agency: str
    instansi: str
    since: date
    active: bool = True
    defaults: dict[str, str] = field(default_factory=dict)


SIASN_AGENCIES: Table[SiasnAgency] = Table("siasn_agency", SiasnAgency, key=lambda one: (one.agency,))
SIASN_ROWS: Table[SiasnRow] = Table(
    "siasn_row",
    SiasnRow,
    key=lambda one: (one.person, one.line),
    indexes={
        "queue": lambda one: [(one.agency, one.state, one.person, one.line)],
        "key": lambda one: [(one.agency, one.key)],
    },
)
SIASN_TABLES: tuple[Table[Any], ...] = (SIASN_AGENCIES, SIASN_ROWS)


@dataclass(frozen=True, slots=True)
class SiasnRecords:
    """Reads; writes are made by the service."""

    records: Records

    async def agency(self, agency: str) -> Kept[SiasnAgency] | None:
        return await self.records.get(SIASN_AGENCIES, agency)

    async def rows_of(self, person: str) -> list[SiasnRow]:
        return await scan_all(self.records, SIASN_ROWS, prefix=(person,))

    async def row(self, person: str, line: str) -> Kept[SiasnRow] | None:
        return await self.records.get(SIASN_ROWS, person, line)

    async def queue(self, agency: str, state: SendState, after: str | None, limit: int) -> Page[SiasnRow]:
        return await self.records.scan(SIASN_ROWS, "queue", (agency, state), after=after, limit=limit)

    async def by_key(self, agency: str, key: str) -> SiasnRow | None:
        found = (await self.records.scan(SIASN_ROWS, "key", (agency, key), limit=1)).values
        return found[0] if found else None
