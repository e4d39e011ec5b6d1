"""Figures of a person and sums of many, and that small groups stay hidden whatever is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from credentials.hours import balances, bundled_rules
from credentials.hours.figures import CellSums, Sums, YearFigure, figure_of, total
from credentials.hours.suppression import LEAST, Group, suppressed
from tests.support.hours import PERSON, PNS, PPPK, line, only

_LINES = [line(9, 4, "2026-05-04"), line(3, 8, "2026-08-05"), line(24, 4, "2026-06-04"), line(3, 20, "2026-10-10", id="x")]


def _figure(status: object = PNS, person: str = PERSON) -> YearFigure:
    assert status in (PNS, PPPK)
    return figure_of(replace(only(balances(status, bundled_rules(), _LINES)), person=person))


def test_a_figure_holds_what_a_roll_up_needs() -> None:
    found = _figure()
    assert (found.agency, found.unit, found.kind, found.time_zone) == ("dinas-a", "bidang-1", "pns", "Asia/Jakarta")
    assert (found.counted, found.floor, found.waiting, found.seminars) == (32, 20, 1, 4)
    assert found.steps == ((123, 9, 4, 0), (216, 3, 8, 0), (282, 3, 20, 0))


def test_a_figure_tells_how_it_stood_on_a_day() -> None:
    found = _figure(PPPK)
    assert (found.counted, found.over_ceiling) == (24, 8)
    days = (date(2026, 5, 3), date(2026, 5, 4), date(2026, 12, 31))
    assert [found.standing(day) for day in days] == [(0, 0, 0), (4, 0, 4), (24, 8, 4)]


def test_sums_count_persons_by_what_holds_of_them() -> None:
    sums = CellSums()
    early = figure_of(replace(only(balances(PNS, bundled_rules(), _LINES, until=date(2026, 6, 1))), person="c"))
    sums.add([_figure(person="a"), _figure(PPPK, "b"), early])
    pns, pppk = sums.cells()
    assert (pns.kind, pppk.kind) == ("pns", "pppk")
    assert pns.sums == Sums(persons=2, owing=2, met=1, waiting=1, approved_jp=36, counted_jp=36, seminar_jp=8, bands=(1, 0, 0, 1, 0))
    assert (pppk.sums.capped, pppk.sums.over, pppk.sums.over_jp) == (1, 1, 8)
    assert total(sums.cells()).persons == 3


def test_sums_as_of_a_day_leave_out_years_that_had_not_begun() -> None:
    sums = CellSums(date(2026, 2, 1))
    sums.add([_figure(), _figure(PPPK)])
    assert [(cell.kind, cell.sums.counted_jp) for cell in sums.cells()] == [("pns", 0)]


_GROUPS = st.lists(st.tuples(st.integers(0, 60), st.lists(st.integers(0, 60), min_size=2, max_size=2)), max_size=8).map(
    lambda drawn: [Group(str(at), persons, tuple(min(one, persons) for one in having)) for at, (persons, having) in enumerate(drawn)]
)


@given(_GROUPS)
def test_nobody_can_work_out_a_small_group_from_what_is_shown_and_the_totals(groups: list[Group]) -> None:
    shown = suppressed(groups)
    assert [one.name for one in shown] == [one.name for one in groups]
    hidden = [one.persons for one, told in zip(groups, shown, strict=True) if told.persons is None]
    _safe(hidden, [one.persons for one in groups if one.persons])
    assert all(told.persons is None or told.persons == 0 or told.persons >= LEAST for told in shown)
    for number in range(2):
        within = [one for one, told in zip(groups, shown, strict=True) if told.having[number] is None]
        _safe([one.having[number] for one in within], [one.having[number] for one in groups])
        _safe([one.persons - one.having[number] for one in within], [one.persons - one.having[number] for one in groups])
        for told in shown:
            having, persons = told.having[number], told.persons
            assert having is None or (persons is not None and (having in (0, persons) or (having >= LEAST and persons - having >= LEAST)))


def _safe(hidden: list[int], everything: list[int]) -> None:
    """What is hidden is nothing, two or more that are together many or none, or all that there is."""
    assert not hidden or (len(hidden) > 1 and (sum(hidden) >= LEAST or sum(hidden) == 0)) or sum(hidden) == sum(everything)


def test_a_breakdown_of_large_groups_is_shown_whole() -> None:
    groups = [Group("a", 100, (40,)), Group("b", 50, (0,)), Group("c", 0, (0,)), Group("d", 20, (20,))]
    assert [(one.persons, one.having) for one in suppressed(groups)] == [(100, (40,)), (50, (0,)), (0, (0,)), (20, (20,))]


def test_one_small_group_takes_the_next_smallest_with_it() -> None:
    groups = [Group("a", 100, (40,)), Group("b", 4, (1,)), Group("c", 30, (10,))]
    assert [one.persons for one in suppressed(groups)] == [100, None, None]
    assert [one.having for one in suppressed(groups)] == [(40,), (None,), (None,)]
