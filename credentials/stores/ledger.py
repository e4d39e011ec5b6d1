"""The ledger of hours on records: lines are only added. What adds one asks in its commit for the person's figures to be made anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from credentials.hours.entry import HoursEntry
from credentials.ports.records import Keep, Put, Records, Table, Write, get_all, scan_all

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
class FiguresDue:
    """Somebody's yearly figures are to be made anew. `cause` tells one change from another (`line:ID`, `status:REVISION`): a mark is taken
    away only by who has read what it stands for. A mark of many has no `person`, and stands for one of each in `many`.
    """

    person: str
    cause: str
    many: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Superseded:
    """A certificate of the person was corrected by another one: lines, which never change, go on naming it. `certificate`: the one from
    before, or the id of a line that named none when it was written.
    """

    person: str
    certificate: str
    by: str


SUPERSEDED: Table[Superseded] = Table("certificate_superseded", Superseded, key=lambda one: (one.person, one.certificate))
DUE: Table[FiguresDue] = Table("hours_due", FiguresDue, key=lambda one: (one.person, one.cause))
LEDGER_TABLES: tuple[Table[Any], ...] = (HOURS, SUPERSEDED, DUE)


def figures_due(person: str, cause: str) -> Put[FiguresDue]:
    """To be added to the commit of whatever changes a person's status, contracts or postings."""
    return Put(DUE, FiguresDue(person, cause))


def figures_due_of(persons: Sequence[str], cause: str) -> Put[FiguresDue]:
    """The same for many in one write: what imports them stays quick."""
    return Put(DUE, FiguresDue("", cause, tuple(persons)))


@dataclass(frozen=True, slots=True)
class LedgerRecords:
    """Lines by person."""

    records: Records

    async def lines(self, person: str) -> list[HoursEntry]:
        """Every line, credits and reversals, by id; each with the certificate of now, where the one of then was corrected."""
        lines = await scan_all(self.records, HOURS, prefix=(person,))
        return _with_present(lines, await scan_all(self.records, SUPERSEDED, prefix=(person,)))

    async def line(self, person: str, line: str) -> HoursEntry | None:
        """With the certificate of now."""
        return (await self.lines_named([(person, line)])).get((person, line))

    async def lines_named(self, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], HoursEntry]:
        """Those that are there, by person and id; each with the certificate of now."""
        found = await get_all(self.records, HOURS, list(keys))
        superseded = await self.records.scan_many(SUPERSEDED, None, [(person,) for person in dict.fromkeys(one for one, _ in found)])
        changed = _with_present(list(found.values()), [one for some in superseded for one in some])
        return {(one.person, one.id): one for one in changed}

    async def open_credits(self, person: str) -> list[HoursEntry]:
        """Those that nothing reverses."""
        lines = await self.lines(person)
        gone = {line.reverses for line in lines if line.kind == "reversal"}
        return [line for line in lines if line.kind == "credit" and line.id not in gone]

    @staticmethod
    def writes(line: HoursEntry) -> tuple[Write, ...]:
        """For the commit of whoever decides it; safe to repeat."""
        return Keep(HOURS, line), figures_due(line.person, f"line:{line.id}")


def superseding(person: str, certificate: str, by: str) -> tuple[Write, ...]:
    """For the commit of whatever corrects a certificate, or makes one for the line of that id; safe to repeat."""
    return Put(SUPERSEDED, Superseded(person, certificate, by)), figures_due(person, f"certificate:{by}")


def _with_present(lines: list[HoursEntry], superseded: Sequence[Superseded]) -> list[HoursEntry]:
    if not superseded:
        return lines
    after = {one.certificate: one.by for one in superseded}
    return [replace(one, certificate=_last(told, after)) if (told := one.certificate or one.id) in after else one for one in lines]


def _last(certificate: str, after: dict[str, str]) -> str:
    """The issue number rises with each correction, so the way ends."""
    while certificate in after:
        certificate = after[certificate]
    return certificate
