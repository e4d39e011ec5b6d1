"""A row applied to a line: hours that the row yields, and what is left of them under caps that other lines have used already."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from credentials.hours.entry import DayOfLearning, HoursEntry
from credentials.hours.rulebook import FoundRow, InForce
from credentials.hours.rules import Row, Switches
from credentials.hours.steps import Step, StepValue

_Month = tuple[int, int, int]  # channel, year, month
_Part = tuple[date, int]  # hours that fall on a day


@dataclass(slots=True)
class Used:
    """What a person's lines have used of the caps so far. Both scopes of a channel share them."""

    days: dict[tuple[int, date], int] = field(default_factory=dict)
    attended: set[tuple[int, date]] = field(default_factory=set)
    sessions: dict[_Month, int] = field(default_factory=dict)
    months: dict[_Month, int] = field(default_factory=dict)
    years: dict[tuple[int, str], int] = field(default_factory=dict)


@dataclass(slots=True)
class Converted:
    """`jp`: hours after the row, its caps and its uplift. `yields`: the same if no other line had used anything."""

    jp: int
    yields: int
    steps: list[Step]


def convert(line: HoursEntry, found: FoundRow, rules: InForce, approved: int, period: str, used: Used) -> Converted:
    """`approved`: hours to start from. `period`: the name of the year in which the line counts. `used` is written on."""
    switches, row, days = rules.switches, found.row, line.days
    if found.by_days:
        days = _active_days(line, switches)
        if not days:
            return Converted(0, 0, [Step("no-days", decisions=(3,))])
    elif found.plain and not row.uplift_percent:
        return Converted(approved, approved, [Step("programme", {"jp": approved})])
    conversion = _Conversion(line, row, switches, approved, period, days, used if switches.caps_hold == "person-and-channel" else Used())
    jp = conversion.result()
    return Converted(jp, conversion.alone(jp), conversion.steps)


def _active_days(line: HoursEntry, switches: Switches) -> tuple[DayOfLearning, ...]:
    if switches.active_days == "own-acts" or any(day.on == line.completed_on for day in line.days):
        return line.days
    return tuple(sorted([*line.days, DayOfLearning(line.completed_on)], key=lambda day: day.on))


@dataclass(slots=True)
class _Conversion:
    """One way through the row; `steps` are told on the way. `lessened`: what other lines have used may have made the result less;
    `free`: hours by the basis if they had used nothing.
    """

    line: HoursEntry
    row: Row
    switches: Switches
    approved: int
    period: str
    days: tuple[DayOfLearning, ...]
    used: Used
    steps: list[Step] = field(default_factory=list)
    lessened: bool = False
    free: int = 0

    def result(self) -> int:
        parts = self._by_basis()
        if self.row.jp_per_month is not None:
            parts = self._of_the_months(parts, self.row.jp_per_month)
        jp = sum([part for _, part in parts])
        if self.row.jp_per_year is not None:
            jp = self._of_the_year(jp, self.row.jp_per_year)
        return self._uplifted(jp) if self.switches.uplift == "after-caps" else jp

    def alone(self, jp: int) -> int:
        """What `result`, which gave `jp`, would give if no other line had used anything."""
        if not self.lessened:
            return jp
        row = self.row
        if row.jp_per_month is not None or row.jp_per_year is not None:
            return _Conversion(self.line, row, self.switches, self.approved, self.period, self.days, Used()).result()
        return self._with_uplift(self.free) if self.switches.uplift == "after-caps" else self.free

    def _by_basis(self) -> list[_Part]:
        row, jp = self.row, self.row.jp or 0
        if row.basis in ("session", "session-day"):
            return self._sessions(jp)
        if row.basis == "semester" or (row.basis == "day" and self.switches.day_rows == "each-day"):
            return self._each_day(jp)
        if row.basis == "event":
            self.steps.append(Step("event", {"jp": jp}))
            return [(self.line.completed_on, self._before(jp))]
        most = jp if row.basis == "day" else row.jp_per_day
        approved = self._before(self.approved)
        if most is not None:
            return self._filled_days(most, approved)
        self.steps.append(Step("programme", {"jp": approved}))
        return [(self.line.completed_on, approved)]

    def _filled_days(self, most: int, approved: int) -> list[_Part]:
        """The earliest days are filled first, each up to what is left of its most."""
        parts, left, used, channel = [], approved, self.used.days, self.row.channel
        for day in self.days:
            key = (channel, day.on)
            before = used.get(key, 0)
            part = min(left, max(0, most - before))
            used[key] = before + part
            left -= part
            parts.append((day.on, part))
            self.lessened |= before > 0
        room = most * len(parts)
        dates = tuple([on for on, _ in parts])
        given: dict[str, StepValue] = {"most": most, "days": len(parts), "dates": dates, "room": room, "approved": approved}
        given["jp"] = approved - left
        self.steps.append(Step("most-per-day", given, (1, 3) if self.row.basis == "day" else (3,)))
        self.free = min(approved, room)
        if (lost := self.free - (approved - left)) > 0:
            self.steps.append(Step("day-shared", {"jp": lost}, (2,)))
        return parts

    def _each_day(self, jp: int) -> list[_Part]:
        each, channel, attended = self._before(jp), self.row.channel, self.used.attended
        dates = tuple([day.on for day in self.days])
        key, decisions = ("each-semester", ()) if self.row.basis == "semester" else ("each-day", (1, 3))
        self.steps.append(Step(key, {"each": each, "days": len(dates), "dates": dates, "jp": each * len(dates)}, decisions))
        taken = tuple(on for on in dates if (channel, on) in attended) if self.switches.same_day == "once" else ()
        attended.update([(channel, on) for on in dates])
        if not taken:
            return [(on, each) for on in dates]
        self.free = each * len(dates)
        self.lessened = True
        self.steps.append(Step("day-taken", {"days": len(taken), "dates": taken, "jp": each * len(taken)}, (1,)))
        return [(on, each) for on in dates if on not in taken]

    def _sessions(self, jp: int) -> list[_Part]:
        each, most, used = self._before(jp), self.row.sessions_per_month, self.used.sessions
        by_day = self.row.basis == "session-day"
        parts, held, counted, own = [], 0, 0, dict[_Month, int]()
        for day in self.days:
            month = (self.row.channel, day.on.year, day.on.month)
            before, sessions = used.get(month, 0), 1 if by_day else day.sessions
            taken = sessions if most is None else min(sessions, max(0, most - before))
            used[month] = before + taken
            own[month] = own.get(month, 0) + sessions
            held, counted = held + sessions, counted + taken
            parts.append((day.on, taken * each))
        dates = tuple([on for on, _ in parts])
        key = "each-session-day" if by_day else "each-session"
        self.steps.append(Step(key, {"each": each, "sessions": held, "dates": dates, "jp": held * each}, (2,)))
        if counted < held:
            self.lessened = True
            self.free = each * sum([min(sessions, most or 0) for sessions in own.values()])
            self.steps.append(Step("month-full", {"most": most or 0, "sessions": held - counted, "jp": (held - counted) * each}, (2,)))
        return parts

    def _of_the_months(self, parts: list[_Part], most: int) -> list[_Part]:
        kept, used = [], self.used.months
        for on, part in parts:
            month = (self.row.channel, on.year, on.month)
            before = used.get(month, 0)
            jp = min(part, max(0, most - before))
            used[month] = before + jp
            kept.append((on, jp))
        if lost := sum(jp for _, jp in parts) - sum(jp for _, jp in kept):
            self.lessened = True
            self.steps.append(Step("month-cap", {"most": most, "jp": lost}, (2,)))
        return kept

    def _of_the_year(self, jp: int, most: int) -> int:
        key = (self.row.channel, self.period)
        before = self.used.years.get(key, 0)
        kept = min(jp, max(0, most - before))
        self.used.years[key] = before + kept
        if kept < jp:
            self.lessened = True
            self.steps.append(Step("year-cap", {"most": most, "jp": jp - kept}, (2,)))
        return kept

    def _before(self, jp: int) -> int:
        return self._uplifted(jp) if self.switches.uplift == "before-caps" else jp

    def _uplifted(self, jp: int) -> int:
        percent = self.row.uplift_percent
        if not percent:
            return jp
        more = self._with_uplift(jp)
        self.steps.append(Step("uplift", {"percent": percent, "before": jp, "jp": more}, (4,)))
        return more

    def _with_uplift(self, jp: int) -> int:
        return (jp * (100 + self.row.uplift_percent) + (50 if self.switches.part_hours == "half-up" else 0)) // 100
