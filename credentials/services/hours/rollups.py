"""Sums over many persons: of a unit, an agency, the nation. A unit's sums are kept, and made anew when one of its figures has changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from credentials.access.actions import Action
from credentials.access.principal import Principal
from credentials.access.rules import Subject, permit
from credentials.errors import NotAllowedError
from credentials.hours.figures import Cell, CellSums, Sums, total
from credentials.hours.suppression import LEAST, Group, Shown, suppressed
from credentials.ports.records import Put, Records, Remove, Replace, Write
from credentials.services.looking import Looking
from credentials.stores.figures import UNIT_MARKS, UNIT_SUMS, FigureRecords, UnitMark, UnitSums
from credentials.stores.ledger import DUE
from lrs.errors import ConflictError

By = Literal["agency", "kind", "position_kind", "time_zone"]
_TRIES = 3  # against figures that change while they are summed
_UNITS_AT_ONCE = 100  # whose sums wait for one commit


@dataclass(frozen=True, slots=True)
class AgencySums:
    """`units`: with the cells of each, those within the asker's reach. `pending`: something is being made anew, somewhere."""

    agency: str
    year: int
    on: date | None
    units: tuple[UnitSums, ...]
    pending: bool

    @property
    def total(self) -> Sums:
        return total(cell for unit in self.units for cell in unit.cells)


@dataclass(frozen=True, slots=True)
class NationRow:
    """One group of a breakdown; None for what is held back. `counted_jp` is that of the persons shown."""

    shown: Shown
    counted_jp: int | None


@dataclass(frozen=True, slots=True)
class NationSums:
    """A breakdown of everybody. `least`: groups of fewer persons are held back."""

    year: int
    by: By
    total: Sums
    rows: tuple[NationRow, ...]
    least: int
    pending: bool


@dataclass(frozen=True, slots=True)
class RollUps:
    """Each method raises NotAllowedError."""

    records: Records
    figures: FigureRecords

    async def agency(self, principal: Principal, agency: str, year: int, on: date | None = None) -> AgencySums:
        """Of the agency, or of those of its units that the asker may see. With `on`, as it stood that day."""
        units = units_within(principal, agency)
        if on is not None:
            found = [one async for one in self._as_of(agency, year, on)]
        else:
            await self.sum_up([(agency, year, unit) for unit in await self.figures.behind(agency, year)])
            found = await self.figures.sums(year, agency)
        within = tuple(one for one in found if units is None or one.unit in units)
        return AgencySums(agency, year, on, within, await self._pending())

    async def nation(self, principal: Principal, year: int, by: By) -> NationSums:
        """Small groups are held back, and enough beside them."""
        permit(principal, Action.FIGURES_NATION, Subject())
        groups: dict[str, list[Cell]] = defaultdict(list)
        name = _NAMES[by]
        for unit in await self.figures.sums(year):
            for cell in unit.cells:
                groups[name(unit, cell)].append(cell)
        sums = {key: total(groups[key]) for key in sorted(groups)}
        whole = sum(sums.values(), Sums())
        return NationSums(year, by, whole, _held_back(sums), LEAST, await self._pending())

    async def sum_up(self, units: Sequence[tuple[str, int, str]]) -> None:
        """Makes these units' sums anew, many in a commit. Those whose figures change all the while stay behind and are taken up later."""
        for start in range(0, len(units), _UNITS_AT_ONCE):
            made = [await self._summed(*unit) for unit in units[start : start + _UNITS_AT_ONCE]]
            try:
                await self.records.commit(*_conditions_first(made))
            except ConflictError:
                for unit in units[start : start + _UNITS_AT_ONCE]:
                    await self._sum_up_one(*unit)

    async def sum_up_some(self) -> int:
        """Units that are behind; how many there were."""
        found = await self.figures.any_behind(_UNITS_AT_ONCE)
        await self.sum_up([(one.agency, one.year, one.unit) for one in found])
        return len(found)

    async def _sum_up_one(self, agency: str, year: int, unit: str) -> None:
        for _ in range(_TRIES):
            try:
                await self.records.commit(*_conditions_first([await self._summed(agency, year, unit)]))
            except ConflictError:
                continue
            return

    async def _summed(self, agency: str, year: int, unit: str) -> tuple[Write, Write]:
        """The mark, over the one that was read before the figures, and the sums."""
        mark = await self.figures.mark(agency, year, unit)
        sums = CellSums()
        async for page in self.figures.of(agency, year, unit):
            sums.add(page)
        cells = sums.cells()
        caught_up = Replace(UNIT_MARKS, UnitMark(agency, year, unit, behind=False), mark.revision if mark else 0)
        return caught_up, Put(UNIT_SUMS, UnitSums(agency, year, unit, cells)) if cells else Remove(UNIT_SUMS, (year, agency, unit))

    async def _as_of(self, agency: str, year: int, on: date) -> AsyncIterator[UnitSums]:
        """Figures come by unit, so one is summed at a time."""
        sums, unit = CellSums(on), ""
        async for page in self.figures.of(agency, year):
            start = 0
            for at, one in enumerate(page):
                if one.unit != unit:
                    sums.add(page[start:at])
                    if cells := sums.cells():
                        yield UnitSums(agency, year, unit, cells)
                    sums, unit, start = CellSums(on), one.unit, at
            sums.add(page[start:])
        if cells := sums.cells():
            yield UnitSums(agency, year, unit, cells)

    async def _pending(self) -> bool:
        return bool((await self.records.scan(DUE, limit=1)).values) or bool(await self.figures.open_sweeps())


_NAMES: dict[By, Callable[[UnitSums, Cell], str]] = {
    "agency": lambda unit, cell: unit.agency,
    "kind": lambda unit, cell: cell.kind,
    "position_kind": lambda unit, cell: cell.position_kind,
    "time_zone": lambda unit, cell: cell.time_zone,
}


def units_within(principal: Principal, agency: str) -> frozenset[str] | None:
    """The units of the agency whose figures the asker may see; None: all of them. Raises NotAllowedError for none."""
    extent = Looking.extent(principal, Action.FIGURES_AGENCY)
    if extent.everything or agency in extent.agencies:
        return None
    units = frozenset(unit for of, unit in extent.units if of == agency)
    if not units:
        raise NotAllowedError("this is for hr, unit-operator, overseer and auditor within their scope", scope=Action.FIGURES_AGENCY)
    return units


def _conditions_first(made: Iterable[tuple[Write, Write]]) -> list[Write]:
    marks, sums = zip(*made, strict=True)
    return [*marks, *sums]


def _held_back(sums: dict[str, Sums]) -> tuple[NationRow, ...]:
    """`having`: who reached the floor, who learnt more than the ceiling, and whose lines wait."""
    groups: Sequence[Group] = [Group(name, one.persons, (one.met, one.over, one.waiting)) for name, one in sums.items()]
    return tuple(NationRow(shown, sums[shown.name].counted_jp if shown.persons is not None else None) for shown in suppressed(groups))
