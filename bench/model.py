"""What a bench is and what it tells: ratios with goals, and the figures behind them."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.stage import Stage


@dataclass(frozen=True, slots=True)
class Goal:
    """`at_least` or `at_most` so much; neither: there is no goal."""

    at_least: float | None = None
    at_most: float | None = None

    def is_met(self, value: float) -> bool:
        """A value without a goal meets it."""
        return (self.at_least is None or value >= self.at_least) and (self.at_most is None or value <= self.at_most)

    def text(self, unit: str) -> str:
        """`≥ 6 ×`; "" without a goal."""
        if self.at_least is not None:
            return f"≥ {self.at_least:g} {unit}".rstrip()
        return f"≤ {self.at_most:g} {unit}".rstrip() if self.at_most is not None else ""


@dataclass(frozen=True, slots=True)
class Ratio:
    """What one row of the table says. `rounds`: the value of each round, in `unit` ("×", "%", "ms", "MB", "pages"); counts have one."""

    name: str
    unit: str
    goal: Goal
    rounds: tuple[float, ...]

    @property
    def value(self) -> float:
        """The median of the rounds."""
        return statistics.median(self.rounds)


@dataclass(frozen=True, slots=True)
class Outcome:
    """`figures`: absolute numbers by name (they depend on the machine); `note`: what a reader has to know."""

    ratios: tuple[Ratio, ...]
    figures: dict[str, float] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True, slots=True)
class Bench:
    """One bench. `name` is what `ONLY=` takes. `run` raises NotMeasuredError."""

    name: str
    title: str
    run: Callable[[Stage], Outcome]


def percent(part: float, whole: float) -> float:
    """`part` of `whole` in percent."""
    return 100 * part / whole
