"""What was measured, as JSON and as a Markdown table: ratios first, the machine, then the figures."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bench.model import Outcome, Ratio


@dataclass(frozen=True, slots=True)
class Row:
    """One bench: its `outcome`, or why there is none."""

    name: str
    title: str
    seconds: float
    outcome: Outcome | None
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """`at`: ISO 8601; `settings`: what was run and where."""

    at: str
    settings: dict[str, str]
    rows: list[Row] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether every bench could be measured."""
        return all(row.outcome is not None for row in self.rows)

    def as_json(self) -> dict[str, Any]:
        return {"at": self.at, **self.settings, "benches": [_row_json(row) for row in self.rows]}

    def as_markdown(self) -> str:
        """The table of ratios; below it what else is known."""
        parts = [_ratios(self.rows), _settings(self.at, self.settings), _figures(self.rows)]
        return "\n\n".join(part for part in parts if part) + "\n"


def _row_json(row: Row) -> dict[str, Any]:
    told: dict[str, Any] = {"name": row.name, "title": row.title, "seconds": round(row.seconds, 1)}
    if row.outcome is None:
        return told | {"missing": row.missing}
    told["ratios"] = [_ratio_json(ratio) for ratio in row.outcome.ratios]
    told["figures"] = {name: _rounded(value) for name, value in row.outcome.figures.items()}
    return told | ({"note": row.outcome.note} if row.outcome.note else {})


def _ratio_json(ratio: Ratio) -> dict[str, Any]:
    return {
        "name": ratio.name,
        "value": _rounded(ratio.value),
        "unit": ratio.unit,
        "goal": ratio.goal.text(ratio.unit),
        "met": ratio.goal.is_met(ratio.value),
        "rounds": [_rounded(value) for value in ratio.rounds],
    }


def _ratios(rows: list[Row]) -> str:
    lines = ["| what | measured | goal | met | rounds |", "|---|---|---|---|---|"]
    for row in rows:
        if row.outcome is None:
            lines.append(f"| {row.title} | not measured: {row.missing} | | | |")
            continue
        lines += [_ratio_line(ratio) for ratio in row.outcome.ratios]
    return "\n".join(lines) if len(lines) > 2 else ""


def _ratio_line(ratio: Ratio) -> str:
    goal = ratio.goal.text(ratio.unit)
    met = "" if not goal else "yes" if ratio.goal.is_met(ratio.value) else "**no**"
    spread = f"{_text(min(ratio.rounds))} … {_text(max(ratio.rounds))}" if len(ratio.rounds) > 1 else ""
    return f"| {ratio.name} | {_text(ratio.value)} {ratio.unit} | {goal} | {met} | {spread} |"


def _settings(at: str, settings: dict[str, str]) -> str:
    return "\n".join(f"- {name}: {value}" for name, value in {"measured": at, **settings}.items())


def _figures(rows: list[Row]) -> str:
    lines = ["| figure | value |", "|---|---|"]
    for row in rows:
        if row.outcome is not None:
            lines += [f"| {name} | {_text(value)} |" for name, value in row.outcome.figures.items()]
    return "\n".join(lines) if len(lines) > 2 else ""


def _rounded(value: float) -> float:
    """Four digits say all that such a measurement knows."""
    return float(f"{value:.4g}")


def _text(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:.3g}"
