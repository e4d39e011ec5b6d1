"""One line's figures, given what the lines before it have used."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from credentials.hours.balance import Line
from credentials.hours.converting import Used, convert
from credentials.hours.entry import HoursEntry
from credentials.hours.periods import Period, duty_day
from credentials.hours.placing import Placed
from credentials.hours.rulebook import FoundObligation, FoundRow, InForce, RuleBook, found_row
from credentials.hours.rules import Row, Words
from credentials.hours.status import Kind, Status
from credentials.hours.steps import Step, StepValue

_SELF_DIRECTED = (22, 23)  # belajar mandiri, komunitas belajar
_NOT_A_COURSE = ("session", "session-day", "semester")  # happens again by its nature
_TOLD_BY_FLAG = ("no-days", "claim-above")


@dataclass(slots=True)
class Year:
    """A period as it fills: hours under the ceiling, courses that were taken, lines; and what is owed, as far as it was asked for."""

    period: Period
    name: str
    hours: int = 0
    courses: set[str] = field(default_factory=set)
    lines: list[Line] = field(default_factory=list)
    taken_back: list[Line] = field(default_factory=list)
    duties: dict[Kind, FoundObligation | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges a person's lines one after the other, which must come in the order of learning."""

    status: Status
    book: RuleBook
    used: Used = field(default_factory=Used)

    def judge(self, placed: Placed, year: Year) -> Line:
        """The line in its year, on which it is marked."""
        line, rules = placed.line, placed.rules
        if rules is None:
            return _set_apart(line, line.approved, "no-table", {"on": placed.day})
        approved, steps = _approved(line, rules)
        if placed.period.basis == "unknown":
            key = "no-contract" if placed.kind else "no-status"
            return _set_apart(line, approved, key, {"on": placed.counts_on})
        found = rules.rows.get((line.channel, line.scope))
        if found is None:
            if rules.switches.no_row == "wait":
                return _set_apart(line, approved, "no-rule")
            if rules.switches.no_row == "zero":
                return _set_apart(line, approved, "no-rule-zero", state="counted")
            found = _as_programme(line, rules)
            steps.append(Step("no-rule-programme", decisions=(7,)))
        again = _repeated(line, found, year)
        if again and rules.switches.repeats == "once-per-year":
            steps.append(Step("repeat", decisions=(8,)))
            return _line(line, "repeat", approved, 0, 0, 0, found, again, steps)
        converted = convert(line, found, rules, approved, year.name, self.used)
        steps += converted.steps
        counted = self._under_ceiling(placed, rules, converted.jp, year, steps)
        return _line(line, "counted", approved, converted.yields, counted, converted.jp - counted, found, again, steps)

    def _under_ceiling(self, placed: Placed, rules: InForce, jp: int, year: Year, steps: list[Step]) -> int:
        """What counts; the rest is over the ceiling."""
        duty = self._duty(placed, year)
        if duty is None or duty.obligation.ceiling is None:
            return jp
        ceiling = duty.obligation.ceiling
        if self._exempt(placed, duty):
            steps.append(Step("ceiling-exempt", {"ceiling": ceiling, "cite": duty.cite}))
            return jp
        if placed.line.channel in _SELF_DIRECTED and rules.switches.self_directed == "outside":
            steps.append(Step("outside-ceiling", {"ceiling": ceiling, "cite": duty.cite}, (6,)))
            return jp
        room = max(0, ceiling - year.hours)
        counted = 0 if jp > room and rules.switches.crossing_entry == "whole-over" else min(jp, room)
        year.hours += counted
        if counted < jp:
            told: dict[str, StepValue] = {"ceiling": ceiling, "cite": duty.cite, "counted": counted, "over": jp - counted}
            steps.append(Step("ceiling", told, (6,)))
        return counted

    def _exempt(self, placed: Placed, duty: FoundObligation) -> bool:
        post = self.status.post_on(placed.counts_on)
        return post is not None and post.position_kind in duty.obligation.exempt_positions

    def _duty(self, placed: Placed, year: Year) -> FoundObligation | None:
        """What the person's kind of that day owes in such a year."""
        kind = placed.kind
        if kind is None:
            return None
        if kind not in year.duties:
            found = self.book.obligation(kind, duty_day(self.book, placed.period))
            year.duties[kind] = found if found and found.obligation.year == placed.period.basis else None
        return year.duties[kind]


def merged(line: HoursEntry, same_as: str) -> Line:
    """A line whose event another line counts for."""
    step = Step("merged", {"line": same_as}, (8,))
    return Line(entry=line, state="merged", approved=line.approved, flags=line.flags, steps=(step,), same_as=same_as)


def taken_back(line: HoursEntry, by: HoursEntry) -> Line:
    """A line that another one has reversed."""
    step = Step("reversed", {"why": by.reason or "-"})
    return Line(entry=line, state="reversed", approved=line.approved, flags=line.flags, steps=(step,))


def _approved(line: HoursEntry, rules: InForce) -> tuple[int, list[Step]]:
    """Hours to start from: those of the catalogue, whatever was claimed."""
    approved, steps = line.approved, []
    if line.minutes is not None:
        per = rules.minutes_per_jp
        approved = (line.minutes + (per // 2 if rules.switches.part_hours == "half-up" else 0)) // per
        steps.append(Step("minutes", {"minutes": line.minutes, "per": per, "jp": approved}, (4,)))
    if line.claimed is not None and line.claimed != approved:
        if line.claimed < approved and rules.switches.figures == "lower":
            steps.append(Step("claim-lowers", {"claimed": line.claimed, "approved": approved}, (9,)))
            approved = line.claimed
        else:
            key = "claim-above" if line.claimed > approved else "claim-below"
            steps.append(Step(key, {"claimed": line.claimed, "approved": approved}, (9,)))
    return approved, steps


def _repeated(line: HoursEntry, found: FoundRow, year: Year) -> bool:
    """Whether the course was taken in this year before."""
    if not line.programme or found.row.basis in _NOT_A_COURSE:
        return False
    if line.programme in year.courses:
        return True
    year.courses.add(line.programme)
    return False


def _line(
    line: HoursEntry,
    state: Literal["counted", "repeat"],
    approved: int,
    yields: int,
    counted: int,
    over: int,
    found: FoundRow,
    again: bool,
    steps: list[Step],
) -> Line:
    flags = (*line.flags, "repeat") if again else line.flags
    for step in steps:
        if step.key in _TOLD_BY_FLAG:
            flags = (*flags, step.key)
    return Line(
        entry=line,
        state=state,
        approved=approved,
        yields=yields,
        counted=counted,
        over_ceiling=over,
        rule=found.name,
        cite=found.cite,
        flags=flags,
        steps=tuple(steps),
    )


def _set_apart(
    line: HoursEntry,
    approved: int,
    key: str,
    values: dict[str, StepValue] | None = None,
    state: Literal["waiting", "counted"] = "waiting",
) -> Line:
    decisions = (7,) if key in ("no-rule", "no-rule-zero", "no-table") else ()
    flags = (*line.flags, "no-rule" if decisions else key)
    return Line(entry=line, state=state, approved=approved, flags=flags, steps=(Step(key, values or {}, decisions),))


def _as_programme(line: HoursEntry, rules: InForce) -> FoundRow:
    row = Row(channel=line.channel, scope=line.scope, basis="programme", source="", confidence="U")
    return found_row(row, rules.table.name, Words("tidak ada baris", "no row"))
