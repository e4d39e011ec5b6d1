"""A balance: one person, one year, every line with its figures and the steps that led to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import msgspec

from credentials.hours.entry import HoursEntry
from credentials.hours.explain import sentences
from credentials.hours.periods import Period
from credentials.hours.rules import Words
from credentials.hours.status import Kind
from credentials.hours.steps import Step

State = Literal["counted", "waiting", "merged", "repeat", "reversed"]


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the ledger in a balance. A Struct, since every balance makes hundreds.

    - Figures in JP: `claimed` (None: nothing was claimed), `approved`, `counted`, and `over_ceiling` ("di luar batas": kept and shown, not
      counted). `yields`: what the row gives for the approved hours when no other line has used its caps; never less than counted and over
      the ceiling together.
    - `state`: `counted` (though it may be 0), `waiting` (no rule, status or contract yet), `merged` (the same event as line `same_as`),
      `repeat` (a course that counts once a year), `reversed`.
    - `rule`: table and row (`bps-2019.1/16/national`), "" when none was applied; `cite`: the document with its article.
    - `flags`: the line's own, and `repeat`, `claim-above`, `no-days`, `no-rule`.
    """

    entry: HoursEntry
    state: State
    approved: int
    yields: int = 0
    counted: int = 0
    over_ceiling: int = 0
    rule: str = ""
    cite: Words | None = None
    flags: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    same_as: str = ""

    @property
    def claimed(self) -> int | None:
        return self.entry.claimed

    @property
    def decisions(self) -> tuple[int, ...]:
        """Numbers of the assumptions (docs/hours.md) that the figures rest on."""
        if len(self.steps) == 1:
            return self.steps[0].decisions
        return tuple(sorted({number for step in self.steps for number in step.decisions}))

    @property
    def reason(self) -> Words:
        """Why these figures, naming rule and article."""
        return sentences(self.steps, self.rule, self.cite, self.decisions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """What was owed, or the most that counts, with what says so; None where there is none."""

    floor: int | None = None
    ceiling: int | None = None
    target: int | None = None
    cite: Words | None = None
    target_decree: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """A person's year. `kind`, `agency`, `unit`, `position_kind`, `time_zone`: the latest of the year; None and "" when not known.

    `lines`: every standing line in the order of learning, also those that wait or are merged. `taken_back`: lines that were reversed; they
    count for nothing.
    """

    person: str
    period: Period
    kind: Kind | None
    agency: str
    unit: str
    position_kind: str
    time_zone: str
    duty: Duty
    lines: tuple[Line, ...]
    taken_back: tuple[Line, ...] = ()

    @property
    def approved(self) -> int:
        """JP of the catalogue, of lines that count."""
        return sum(line.approved for line in self.lines if line.state == "counted")

    @property
    def counted(self) -> int:
        return sum(line.counted for line in self.lines)

    @property
    def over_ceiling(self) -> int:
        return sum(line.over_ceiling for line in self.lines)

    @property
    def waiting(self) -> int:
        """How many lines wait for a rule, a status or a contract."""
        return sum(line.state == "waiting" for line in self.lines)

    @property
    def short_of_floor(self) -> int:
        """Kekurangan JP: what is missing to the floor; 0 where there is none."""
        return max(0, (self.duty.floor or 0) - self.counted)

    @property
    def short_of_target(self) -> int:
        """What is missing to the agency's target; 0 where there is none."""
        return max(0, (self.duty.target or 0) - self.counted)

    @property
    def by_channel(self) -> dict[int, int]:
        """JP counted in each channel, since some scores (IP ASN) look at seminars apart."""
        found: dict[int, int] = {}
        for line in self.lines:
            if line.counted:
                found[line.entry.channel] = found.get(line.entry.channel, 0) + line.counted
        return dict(sorted(found.items()))

    def figures(self) -> Balance:
        """Without the lines that were taken back, whose number depends on the way things came, not on what holds."""
        return Balance(
            person=self.person,
            period=self.period,
            kind=self.kind,
            agency=self.agency,
            unit=self.unit,
            position_kind=self.position_kind,
            time_zone=self.time_zone,
            duty=self.duty,
            lines=self.lines,
        )
