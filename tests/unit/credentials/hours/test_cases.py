"""The worked cases: every row, cap, year and switch, against JP that were worked out by hand."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest

from credentials.hours import RuleBook, Switches, bundled_rules
from schemas.loader import jp_switches
from tests.support.hours import Case, told_of
from tests.unit.credentials.hours import cases_caps, cases_decisions, cases_rows, cases_switches

CASES = [*cases_rows.ALL, *cases_caps.ALL, *cases_switches.ALL, *cases_decisions.ALL]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_worked_case(case: Case) -> None:
    told = told_of(case)
    assert [one.counted for one in told] == list(case.counted), case.by_hand
    assert {place: one.over_ceiling for place, one in enumerate(told) if one.over_ceiling} == case.over, case.by_hand
    assert {place: one.state for place, one in enumerate(told) if one.state != "counted"} == case.states


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_line_of_a_worked_case_has_a_reason_in_both_languages(case: Case) -> None:
    for one in told_of(case):
        assert one.reason.id != one.reason.en
        assert "{" not in one.reason.id + one.reason.en
        assert (one.cite is None) == (not one.rule)
        assert one.cite is None or (one.cite.id in one.reason.id and one.cite.en in one.reason.en)
        assert all(str(number) in one.reason.id.rpartition("Anggapan:")[2] for number in one.decisions)


def test_there_are_at_least_sixty_cases_and_each_is_another_one() -> None:
    assert len(CASES) >= 60
    assert len({case.name for case in CASES}) == len(CASES)


def test_every_row_of_the_national_table_has_a_case() -> None:
    rows = {row.place for row in bundled_rules().national[0].rows}
    assert rows == {f"{one.channel}/{one.scope}" for case in cases_rows.ALL for one in case.lines}


def test_every_value_of_every_switch_has_a_case() -> None:
    seen = {(name, value) for name, value in dataclasses.asdict(_national()).items()}
    for case in CASES:
        for table in (*case.rules.national, *case.rules.agencies):
            seen |= set(table.switches.items())
    assert {(one["key"], value) for one in jp_switches() for value in one["values"]} <= seen


def _national() -> Switches:
    found = RuleBook(bundled_rules()).in_force("", date(2026, 1, 1))
    assert found is not None
    return found.switches
