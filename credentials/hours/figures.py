"""Figures of a year: a person's, small enough to keep one for everybody, and sums of them. Derived, and made anew at any time. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date

import msgspec

from credentials.hours.balance import Balance

BANDS = (0, 10, 20, 31, 41)  # a person's counted JP: below 10, 10 to 19, 20 to 30, 31 to 40, 41 and more
SEMINAR = 9  # IP ASN asks for seminars apart


FigureKey = tuple[str, int, str, str, str]  # agency, year, unit, person, period


class YearFigure(msgspec.Struct, frozen=True, array_like=True):
    """One person's balance in one period, without its lines. A Struct in array form: an agency's roll-up reads a hundred thousand.

    `steps`: for each line that counts, the days since `starts`, the channel, JP counted and JP over the ceiling, in the order of learning;
    what is counted by a day is the sum of the steps up to it.
    """

    agency: str
    year: int
    unit: str
    person: str
    period: str
    starts: date
    ends: date
    kind: str
    position_kind: str
    time_zone: str
    approved: int
    counted: int
    over_ceiling: int
    waiting: int
    floor: int | None
    ceiling: int | None
    target: int | None
    steps: tuple[tuple[int, int, int, int], ...] = ()

    @property
    def key(self) -> FigureKey:
        return self.agency, self.year, self.unit, self.person, self.period

    @property
    def seminars(self) -> int:
        """JP counted by seminars, conferences and forums."""
        return sum(counted for _, channel, counted, _ in self.steps if channel == SEMINAR)

    def until(self, day: date) -> YearFigure:
        """As it stood when nothing was learnt after that day. What waits is not dated, and stays."""
        last = (day - self.starts).days
        steps = tuple(step for step in self.steps if step[0] <= last)
        counted, over = sum(step[2] for step in steps), sum(step[3] for step in steps)
        return msgspec.structs.replace(self, counted=counted, over_ceiling=over, steps=steps)


def figure_of(balance: Balance) -> YearFigure:
    """Of a period with a kind; where the person worked is "" when that is not known."""
    starts = balance.period.starts
    return YearFigure(
        agency=balance.agency,
        year=balance.period.year,
        unit=balance.unit,
        person=balance.person,
        period=balance.period.name,
        starts=starts,
        ends=balance.period.ends,
        kind=balance.kind or "",
        position_kind=balance.position_kind,
        time_zone=balance.time_zone,
        approved=balance.approved,
        counted=balance.counted,
        over_ceiling=balance.over_ceiling,
        waiting=balance.waiting,
        floor=balance.duty.floor,
        ceiling=balance.duty.ceiling,
        target=balance.duty.target,
        steps=tuple(
            ((line.entry.completed_on - starts).days, line.entry.channel, line.counted, line.over_ceiling)
            for line in balance.lines
            if line.counted or line.over_ceiling
        ),
    )


@dataclass(frozen=True, slots=True)
class Sums:
    """Of a group of persons. `owing`: who has a floor; `met`: of those, who reached it. `aiming` and `reached`: the same of the agency's
    target. `capped`: who has a ceiling; `over`: of those, who learnt more than it. `waiting`: who has lines that wait. Then sums of JP, and
    how many persons are in each of `BANDS`.
    """

    persons: int = 0
    owing: int = 0
    met: int = 0
    aiming: int = 0
    reached: int = 0
    capped: int = 0
    over: int = 0
    waiting: int = 0
    approved_jp: int = 0
    counted_jp: int = 0
    over_jp: int = 0
    seminar_jp: int = 0
    bands: tuple[int, ...] = (0,) * len(BANDS)

    def __add__(self, other: Sums) -> Sums:
        numbers = {name: getattr(self, name) + getattr(other, name) for name in _NUMBERS}
        return Sums(**numbers, bands=tuple(a + b for a, b in zip(self.bands, other.bands, strict=True)))


_NUMBERS = tuple(one.name for one in fields(Sums) if one.name != "bands")


@dataclass(frozen=True, slots=True)
class Cell:
    """The persons of one kind, kind of position and time zone."""

    kind: str
    position_kind: str
    time_zone: str
    sums: Sums


class CellSums:
    """Figures summed by kind, kind of position and time zone, as they come. With `on`, as it stood that day: periods that had not begun are
    left out.
    """

    def __init__(self, on: date | None = None) -> None:
        self._on = on
        self._tallies: dict[tuple[str, str, str], _Tally] = {}

    def add(self, figures: Iterable[YearFigure]) -> None:
        for one in figures:
            if self._on is not None:
                if one.starts > self._on:
                    continue
                one = one.until(self._on)
            key = (one.kind, one.position_kind, one.time_zone)
            tally = self._tallies.get(key)
            if tally is None:
                tally = self._tallies[key] = _Tally()
            tally.add(one)

    def cells(self) -> tuple[Cell, ...]:
        return tuple(Cell(*key, self._tallies[key].sums()) for key in sorted(self._tallies))


def total(cells: Iterable[Cell]) -> Sums:
    """All of them together."""
    found = Sums()
    for cell in cells:
        found += cell.sums
    return found


class _Tally:
    """Sums as they grow: adding to plain numbers costs a tenth of making a value for each person."""

    __slots__ = ("bands", "numbers")

    def __init__(self) -> None:
        self.numbers = [0] * len(_NUMBERS)
        self.bands = [0] * len(BANDS)

    def add(self, one: YearFigure) -> None:
        numbers, counted = self.numbers, one.counted
        numbers[0] += 1
        if one.floor is not None:
            numbers[1] += 1
            numbers[2] += counted >= one.floor
        if one.target is not None:
            numbers[3] += 1
            numbers[4] += counted >= one.target
        if one.ceiling is not None:
            numbers[5] += 1
            numbers[6] += one.over_ceiling > 0
        numbers[7] += one.waiting > 0
        numbers[8] += one.approved
        numbers[9] += counted
        numbers[10] += one.over_ceiling
        for _, channel, jp, _ in one.steps:
            if channel == SEMINAR:
                numbers[11] += jp
        self.bands[bisect_right(BANDS, counted) - 1] += 1

    def sums(self) -> Sums:
        return Sums(**dict(zip(_NUMBERS, self.numbers, strict=True)), bands=tuple(self.bands))
