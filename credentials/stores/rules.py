"""Rule tables and targets that were published, on records. Only the last day of a table changes, or that it was withdrawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from credentials.hours.rules import AgencyTarget, RuleTable
from credentials.ports.records import Kept, Records, Table, scan_all

NATION = ""  # the agency of national tables


@dataclass(frozen=True, slots=True)
class PublishedTable:
    """A table, by whom and when (microseconds UTC) it was published. `withdrawn`: before it came into force; it holds on no day.
    `proposed_by`: another actor, of a national table.
    """

    table: RuleTable
    by: str
    at: int
    reason: str = ""
    withdrawn: bool = False
    proposed_by: str = ""


@dataclass(frozen=True, slots=True)
class ProposedTable:
    """A national table that waits for a second overseer. `hands`: every actor that whoever proposed it is. `past`: as it was proposed."""

    table: RuleTable
    by: str
    hands: tuple[str, ...]
    at: int
    reason: str
    past: bool = False


@dataclass(frozen=True, slots=True)
class PublishedTarget:
    """An agency's target, and who set it when."""

    target: AgencyTarget
    by: str
    at: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RulesStamp:
    """One record: what publishes counts it up, so that every server notices, and two who publish at once do not miss each other."""

    number: int = 0


PUBLISHED: Table[PublishedTable] = Table("hours_table", PublishedTable, key=lambda one: (one.table.agency, one.table.id, one.table.version))
TARGETS: Table[PublishedTarget] = Table(
    "hours_target", PublishedTarget, key=lambda one: (one.target.agency, one.target.kind, one.target.effective_from.isoformat())
)
STAMP: Table[RulesStamp] = Table("hours_stamp", RulesStamp, key=lambda one: ("rules",))
PROPOSED: Table[ProposedTable] = Table("hours_proposed", ProposedTable, key=lambda one: (one.table.id, one.table.version))
RULE_TABLES: tuple[Table[Any], ...] = (PUBLISHED, PROPOSED, TARGETS, STAMP)


@dataclass(frozen=True, slots=True)
class RuleRecords:
    """Reads; writes are made by the service."""

    records: Records

    async def stamp(self) -> Kept[RulesStamp]:
        """Revision 0 when nothing was ever published."""
        return await self.records.get(STAMP, "rules") or Kept(RulesStamp(), 0)

    async def tables(self, agency: str | None = None) -> list[PublishedTable]:
        """All, or those of one agency (`NATION`: the national ones), by agency, id and version."""
        return await scan_all(self.records, PUBLISHED, prefix=() if agency is None else (agency,))

    async def table(self, agency: str, table: str, version: int) -> Kept[PublishedTable] | None:
        return await self.records.get(PUBLISHED, agency, table, version)

    async def proposals(self) -> list[ProposedTable]:
        """National tables that wait for a second overseer, by id and version."""
        return await scan_all(self.records, PROPOSED)

    async def proposal(self, table: str, version: int) -> Kept[ProposedTable] | None:
        return await self.records.get(PROPOSED, table, version)

    async def targets(self, agency: str | None = None) -> list[PublishedTarget]:
        """All, or those of one agency, by kind and date."""
        return await scan_all(self.records, TARGETS, prefix=() if agency is None else (agency,))
