"""What a bench tells, and how it is told."""

from __future__ import annotations

import pytest

from bench.model import Goal, Outcome, Ratio
from bench.report import Report, Row


@pytest.mark.parametrize(
    ("goal", "value", "met", "text"),
    [
        (Goal(at_least=6), 6.0, True, "≥ 6 ×"),
        (Goal(at_least=6), 5.99, False, "≥ 6 ×"),
        (Goal(at_most=4.5), 4.5, True, "≤ 4.5 ×"),
        (Goal(at_most=4.5), 4.6, False, "≤ 4.5 ×"),
        (Goal(), 0.0, True, ""),
    ],
)
def test_a_goal_is_met_at_its_very_limit(goal: Goal, value: float, met: bool, text: str) -> None:
    assert (goal.is_met(value), goal.text("×")) == (met, text)


def test_the_value_of_a_ratio_is_the_median_of_its_rounds() -> None:
    assert Ratio("single", "×", Goal(), (9.0, 1.0, 6.5)).value == 6.5


def _report() -> Report:
    met = Ratio("insert rate", "%", Goal(at_least=80), (85.0, 91.0, 88.0))
    missed = Ratio("latest", "ms", Goal(at_most=1), (1_234.5,))
    outcome = Outcome((met, missed), {"large: statements/s": 9_876.54})
    rows = [Row("insert", "Insert rate", 1.0, outcome), Row("ralph", "Over Ralph", 0.0, None, "Ralph is not installed")]
    return Report("2026-11-24T08:00:00+00:00", {"cores": "2"}, rows)


def test_the_table_has_ratios_first_then_the_machine_then_figures() -> None:
    text = _report().as_markdown()
    assert "| insert rate | 88 % | ≥ 80 % | yes | 85 … 91 |" in text
    assert "| latest | 1,234 ms | ≤ 1 ms | **no** |  |" in text
    assert "| Over Ralph | not measured: Ralph is not installed | | | |" in text
    places = [text.index(part) for part in ("insert rate", "- cores: 2", "| large: statements/s | 9,877 |")]
    assert places == sorted(places)


def test_json_has_every_round_and_what_is_missing() -> None:
    told = _report().as_json()
    insert, ralph = told["benches"]
    assert insert["ratios"][0] == {
        "name": "insert rate", "value": 88.0, "unit": "%", "goal": "≥ 80 %", "met": True, "rounds": [85.0, 91.0, 88.0]
    }  # fmt: skip
    assert ralph == {"name": "ralph", "title": "Over Ralph", "seconds": 0.0, "missing": "Ralph is not installed"}
    assert not _report().is_whole
