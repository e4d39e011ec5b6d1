"""The ledger of hours on records: lines are only added. What adds one asks in its commit for the person's figures to be made anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from credentials.hours.entry import HoursEntry
from credentials.ports.records import Keep, Put, Records, Table, Write, scan_all

HOURS: Table[HoursEntry] = Table(
    "hours_line",
    HoursEntry,
    key=lambda one: (one.person, one.id),
    indexes={
        "batch": lambda one: [(one.batch, one.person)] if one.batch else [],
        "provider": lambda one: [(one.provider, one.person)] if one.provider else [],
    },
)


@dataclass(frozen=True, slots=True)
class Due:
    """Somebody's yearly figures are to be made anew. `cause` tells one change from another (`line:ID`, `status:REVISION`): a mark is taken
    away only by who has read what it stands for. A mark of many has no `person`, and stands for one of each in `many`.
    """

    person: str
    cause: str
    many: tuple[str, ...] = ()


DUE: Table[Due] = Table("hours_due", Due, key=lambda one: (one.person, one.cause))
LEDGER_TABLES: tuple[Table[Any], ...] = (HOURS, DUE)


def figures_due(person: str, cause: str) -> Put[Due]:
    """To be added to the commit of whatever changes a person's status, contracts or postings."""
    return Put(DUE, Due(person, cause))


def figures_due_of(persons: Sequence[str], cause: str) -> Put[Due]:
    """The same for many in one write: what imports them stays quick."""
    return Put(DUE, Due("", cause, tuple(persons)))


@dataclass(frozen=True, slots=True)
class LedgerRecords:
    """Lines by person."""

    records: Records

    async def lines(self, person: str) -> list[HoursEntry]:
        """Every line, credits and reversals, by id."""
        return await scan_all(self.records, HOURS, prefix=(person,))

    async def line(self, person: str, line: str) -> HoursEntry | None:
        kept = await self.records.get(HOURS, person, line)
        return kept.value if kept else None

    async def open_credits(self, person: str) -> list[HoursEntry]:
        """Those that nothing reverses."""
        lines = await self.lines(person)
        gone = {line.reverses for line in lines if line.kind == "reversal"}
        return [line for line in lines if line.kind == "credit" and line.id not in gone]

    @staticmethod
    def writes(line: HoursEntry) -> tuple[Write, ...]:
        """For the commit of whoever decides it; safe to repeat."""
        return Keep(HOURS, line), figures_due(line.person, f"line:{line.id}")
