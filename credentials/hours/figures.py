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


Step = tuple[int, int, int, int]  # days since the period began, channel, JP counted, JP over the ceiling
_STEPS = msgspec.msgpack.Decoder(tuple[Step, ...])
FigureKey = tuple[str, int, str, str, str]  # agency, year, unit, person, period


class YearFigure(msgspec.Struct, frozen=True, array_like=True):
    """One person's balance in one period, without its lines. A Struct in array form: an agency's roll-up reads a hundred thousand.

    `seminars`: JP counted by seminars, conferences and forums. `packed`: the `steps` as MessagePack: few who read a figure need them.
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
    seminars: int
    floor: int | None
    ceiling: int | None
    target: int | None
    packed: bytes = b"\x90"

    @property
    def key(self) -> FigureKey:
        return self.agency, self.year, self.unit, self.person, self.period

    @property
    def steps(self) -> tuple[Step, ...]:
        """For each line that counts, in the order of learning. What is counted by a day is the sum of the steps up to it."""
        return _STEPS.decode(self.packed)

    def standing(self, day: date) -> tuple[int, int, int]:
        """JP counted, over the ceiling and by seminars, as it stood when nothing was learnt after that day. What waits is not dated."""
        last = (day - self.starts).days
        counted = over = seminars = 0
        for days, channel, jp, beyond in self.steps:
            if days <= last:
                counted += jp
                over += beyond
                seminars += jp if channel == SEMINAR else 0
        return counted, over, seminars


def figure_of(balance: Balance) -> YearFigure:
    """Of a period with a kind; where the person worked is "" when that is not known."""
    starts = balance.period.starts
    steps = tuple(
        ((line.entry.completed_on - starts).days, line.entry.channel, line.counted, line.over_ceiling)
        for line in balance.lines
        if line.counted or line.over_ceiling
    )
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
        seminars=_seminars(steps),
        packed=msgspec.msgpack.encode(steps),
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
        on = self._on
        for one in figures:
            if on is None:
                self._tally(one, one.counted, one.over_ceiling, one.seminars)
            elif one.starts <= on:
                self._tally(one, *one.standing(on))

    def _tally(self, one: YearFigure, counted: int, over: int, seminars: int) -> None:
        key = (one.kind, one.position_kind, one.time_zone)
        tally = self._tallies.get(key)
        if tally is None:
            tally = self._tallies[key] = _Tally([0] * len(_NUMBERS), [0] * len(BANDS))
        numbers, floor, target = tally.numbers, one.floor, one.target
        numbers[0] += 1
        if floor is not None:
            numbers[1] += 1
            numbers[2] += counted >= floor
        if target is not None:
            numbers[3] += 1
            numbers[4] += counted >= target
        if one.ceiling is not None:
            numbers[5] += 1
            numbers[6] += over > 0
            numbers[10] += over
        numbers[7] += one.waiting > 0
        numbers[8] += one.approved
        numbers[9] += counted
        numbers[11] += seminars
        tally.bands[bisect_right(BANDS, counted) - 1] += 1

    def cells(self) -> tuple[Cell, ...]:
        return tuple(Cell(*key, self._tallies[key].sums()) for key in sorted(self._tallies))


def total(cells: Iterable[Cell]) -> Sums:
    """All of them together."""
    found = Sums()
    for cell in cells:
        found += cell.sums
    return found


@dataclass(slots=True)
class _Tally:
    """Sums as they grow, in the order of `_NUMBERS`: adding to plain numbers costs a tenth of making a value for each person."""

    numbers: list[int]
    bands: list[int]

    def sums(self) -> Sums:
        return Sums(**dict(zip(_NUMBERS, self.numbers, strict=True)), bands=tuple(self.bands))


def _seminars(steps: Iterable[Step]) -> int:
    return sum(counted for _, channel, counted, _ in steps if channel == SEMINAR)
