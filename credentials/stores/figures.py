"""Figures of hours on records: one for each person and period, sums of a unit's, and what is due to be made anew. All of it is derived."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from credentials.hours.figures import Cell, YearFigure
from credentials.ports.records import Kept, Put, Records, Table, scan_all

_PAGE = 2_000  # figures read at once: some ten milliseconds of decoding


@dataclass(frozen=True, slots=True)
class FigureState:
    """Which figures a person has: their `keys` (agency, year, unit, period), so that those that no longer hold are taken away.

    Whoever makes them anew replaces this at the revision that was read before, so an older reading never overwrites a newer one.
    `next_change`: the next day on which status, contract or posting change by themselves.
    """

    person: str
    keys: tuple[tuple[str, int, str, str], ...] = ()
    next_change: date | None = None


@dataclass(frozen=True, slots=True)
class UnitMark:
    """Whether a unit's sums are behind its figures. Every change of a figure writes it anew, so a sum that was read before is noticed."""

    agency: str
    year: int
    unit: str
    behind: bool


@dataclass(frozen=True, slots=True)
class UnitSums:
    """The sums of a unit's figures of a year."""

    agency: str
    year: int
    unit: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Sweep:
    """Figures of everybody (or of those who work or worked in an agency) are to be made anew. `after`: how far it is, None at the start."""

    id: str
    agency: str = ""
    after: str | None = None
    done: bool = False


FIGURES: Table[YearFigure] = Table("hours_figure", YearFigure, key=lambda one: one.key)
STATES: Table[FigureState] = Table(
    "hours_figure_state",
    FigureState,
    key=lambda one: (one.person,),
    indexes={"change": lambda one: [(one.next_change.isoformat(),)] if one.next_change else []},
)
UNIT_MARKS: Table[UnitMark] = Table(
    "hours_unit_mark",
    UnitMark,
    key=lambda one: (one.agency, one.year, one.unit),
    indexes={"behind": lambda one: [(one.agency, one.year, one.unit)] if one.behind else []},
)
UNIT_SUMS: Table[UnitSums] = Table("hours_unit_sums", UnitSums, key=lambda one: (one.year, one.agency, one.unit))
SWEEPS: Table[Sweep] = Table("hours_sweep", Sweep, key=lambda one: (one.id,), indexes={"open": lambda one: [] if one.done else [(one.id,)]})
FIGURE_TABLES: tuple[Table[Any], ...] = (FIGURES, STATES, UNIT_MARKS, UNIT_SUMS, SWEEPS)


def sweep(id: str, agency: str = "") -> Put[Sweep]:
    """To be added to the commit of what changes rules; "" for everybody."""
    return Put(SWEEPS, Sweep(id, agency))


@dataclass(frozen=True, slots=True)
class FigureRecords:
    """Reads; writes are made by the services."""

    records: Records

    async def state(self, person: str) -> Kept[FigureState]:
        """Revision 0 when there is none."""
        return await self.records.get(STATES, person) or Kept(FigureState(person), 0)

    async def changing(self, today: date, limit: int) -> list[FigureState]:
        """Whose status, contract or posting has changed by itself by today."""
        return (await self.records.scan(STATES, "change", high=(today.isoformat(),), limit=limit)).values

    async def of(self, agency: str, year: int, unit: str | None = None) -> AsyncIterator[list[YearFigure]]:
        """Page by page, by unit and person."""
        prefix = (agency, year) if unit is None else (agency, year, unit)
        after: str | None = None
        while True:
            page = await self.records.scan(FIGURES, prefix=prefix, after=after, limit=_PAGE)
            yield page.values
            if page.more is None:
                return
            after = page.more

    async def behind(self, agency: str, year: int) -> list[str]:
        """Units of an agency whose sums are behind."""
        return [one.unit for one in await scan_all(self.records, UNIT_MARKS, "behind", (agency, year))]

    async def any_behind(self, limit: int) -> list[UnitMark]:
        """Units anywhere whose sums are behind."""
        return (await self.records.scan(UNIT_MARKS, "behind", limit=limit)).values

    async def mark(self, agency: str, year: int, unit: str) -> Kept[UnitMark] | None:
        return await self.records.get(UNIT_MARKS, agency, year, unit)

    async def sums(self, year: int, agency: str | None = None) -> list[UnitSums]:
        """Of every unit of the year, or of an agency's, by agency and unit."""
        return await scan_all(self.records, UNIT_SUMS, prefix=(year,) if agency is None else (year, agency))

    async def open_sweeps(self) -> list[Sweep]:
        return await scan_all(self.records, SWEEPS, "open")
