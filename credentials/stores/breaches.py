"""Breaches and whom they affected, on records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from credentials.ports.records import Kept, Page, Parts, Records, Table, get_all, scan_all
from credentials.privacy.breach import Breach


@dataclass(frozen=True, slots=True)
class Affected:
    """`how`: by which rule the person came on the list ("named", "agency:4012", "provider:balai", "viewer:person:…")."""

    breach: str
    person: str
    how: str
    at: int


BREACHES: Table[Breach] = Table("breach", Breach, key=lambda one: (one.id,), indexes={"discovered": lambda one: [(one.discovered, one.id)]})
AFFECTED: Table[Affected] = Table(
    "breach_affected", Affected, key=lambda one: (one.breach, one.person), indexes={"person": lambda one: [(one.person, one.at)]}
)
BREACH_TABLES: tuple[Table[Any], ...] = (BREACHES, AFFECTED)


@dataclass(frozen=True, slots=True)
class BreachRecords:
    """Reads."""

    records: Records

    async def breach(self, breach: str) -> Kept[Breach] | None:
        return await self.records.get(BREACHES, breach)

    async def breaches(self, after: str | None = None, limit: int = 100) -> Page[Breach]:
        """Newest first."""
        return await self.records.scan(BREACHES, "discovered", after=after, limit=limit, descending=True)

    async def affected(self, breach: str, after: str | None = None, limit: int = 100) -> Page[Affected]:
        """Who is on the list, by person."""
        return await self.records.scan(AFFECTED, None, (breach,), after=after, limit=limit)

    async def on_list(self, breach: str, persons: list[str]) -> set[str]:
        """Those of these who are on it already."""
        keys: list[Parts] = [(breach, person) for person in persons]
        return {one.person for one in (await get_all(self.records, AFFECTED, keys)).values()}

    async def of_person(self, person: str) -> list[Breach]:
        """Every breach that affected the person."""
        rows = await scan_all(self.records, AFFECTED, "person", (person,))
        found = [await self.breach(row.breach) for row in rows]
        return [kept.value for kept in found if kept is not None]
