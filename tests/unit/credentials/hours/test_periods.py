"""Years of calendar and contract, and what is owed in them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from credentials.errors import HoursError
from credentials.hours import (
    AgencyTarget,
    Balance,
    Contract,
    DatedKind,
    DatedPost,
    Status,
    balances_of,
    bundled_rules,
    check_status,
)
from credentials.hours.periods import contract_year
from tests.support.hours import BEGIN, CPNS, PERSON, PNS, PPPK, line, only, with_agency


def _year(status: Status, year: int = 2026, *lines: int) -> list[tuple[str, str | None, int | None, int | None]]:
    found = balances_of(status, bundled_rules(), [], year)
    return [(one.period.name, one.kind, one.duty.floor, one.duty.ceiling) for one in found]


@pytest.mark.parametrize(
    ("origin", "day", "starts", "ends"),
    [
        ("2024-03-01", "2024-03-01", "2024-03-01", "2025-02-28"),
        ("2024-03-01", "2025-02-28", "2024-03-01", "2025-02-28"),
        ("2024-03-01", "2025-03-01", "2025-03-01", "2026-02-28"),
        ("2023-03-01", "2024-02-29", "2023-03-01", "2024-02-29"),
        ("2024-02-29", "2025-02-28", "2024-02-29", "2025-02-28"),
        ("2024-02-29", "2025-03-01", "2025-03-01", "2026-02-28"),
        ("2024-02-29", "2028-02-28", "2027-03-01", "2028-02-28"),
        ("2024-02-29", "2028-02-29", "2028-02-29", "2029-02-28"),
        ("2026-12-31", "2027-12-30", "2026-12-31", "2027-12-30"),
    ],
)
def test_a_contract_year_runs_to_the_day_before_the_anniversary(origin: str, day: str, starts: str, ends: str) -> None:
    found = contract_year(date.fromisoformat(origin), date.fromisoformat(day))
    assert (str(found.starts), str(found.ends)) == (starts, ends)


def test_the_last_contract_year_ends_with_the_contract() -> None:
    assert contract_year(date(2026, 3, 1), date(2027, 4, 1), date(2027, 8, 31)).ends == date(2027, 8, 31)


def test_each_kind_has_its_year_and_its_duty_also_without_a_line() -> None:
    assert _year(PNS) == [("2026", "pns", 20, None)]
    assert _year(CPNS) == [("2026", "cpns", None, None)]
    assert _year(PPPK) == [("2026-03-01/2027-02-28", "pppk", None, 24)]
    assert _year(PPPK, 2027) == [("2027-03-01/2028-02-29", "pppk", None, 24)]
    assert _year(PPPK, 2028) == []


def test_who_becomes_pns_in_the_year_has_one_calendar_year_and_owes_as_pns() -> None:
    status = replace(CPNS, kinds=(DatedKind("cpns", BEGIN, date(2026, 5, 31)), DatedKind("pns", date(2026, 6, 1))))
    assert _year(status) == [("2026", "pns", 20, None)]
    assert _year(status, 2025) == [("2025", "cpns", None, None)]


def test_who_goes_from_contract_to_pns_has_a_contract_year_and_a_calendar_year() -> None:
    kinds = (DatedKind("pppk", date(2026, 3, 1), date(2026, 10, 31)), DatedKind("pns", date(2026, 11, 1)))
    assert _year(replace(PPPK, kinds=kinds)) == [("2026", "pns", 20, None), ("2026-03-01/2027-02-28", "pppk", None, 24)]


def test_two_contracts_in_one_year_are_two_contract_years() -> None:
    contracts = (Contract(date(2026, 1, 1), date(2026, 6, 30)), Contract(date(2026, 7, 1), date(2027, 6, 30)))
    status = Status(PERSON, (DatedKind("pppk", date(2026, 1, 1)),), contracts=contracts)
    assert [name for name, *_ in _year(status)] == ["2026-01-01/2026-06-30", "2026-07-01/2027-06-30"]


def test_the_year_2019_owes_though_the_table_begins_in_february() -> None:
    assert _year(replace(PNS, kinds=(DatedKind("pns", date(2010, 1, 1)),)), 2019) == [("2019", "pns", 20, None)]
    assert _year(replace(PNS, kinds=(DatedKind("pns", date(2010, 1, 1)),)), 2018) == []


def _pns(*approved: int, targets: tuple[AgencyTarget, ...] = ()) -> Balance:
    lines = [line(3, jp, f"2026-05-{number + 1:02}") for number, jp in enumerate(approved)]
    return only(balances_of(PNS, with_agency(targets=targets), lines, 2026))


def test_floor_and_target_tell_what_is_missing() -> None:
    target = AgencyTarget(agency="dinas-a", kind="pns", jp=90, effective_from=date(2026, 1, 1), decree="SK 1/2026")
    short = _pns(12, targets=(target,))
    assert (short.counted, short.duty.floor, short.short_of_floor, short.duty.target, short.short_of_target) == (12, 20, 8, 90, 78)
    assert short.duty.target_decree == "SK 1/2026"
    met = _pns(12, 8, 90, targets=(target,))
    assert (met.short_of_floor, met.short_of_target) == (0, 0)


def test_a_target_is_the_agencys_latest_for_the_kind_when_the_year_begins() -> None:
    def target(jp: int, since: date, agency: str = "dinas-a") -> AgencyTarget:
        return AgencyTarget(agency=agency, kind="pns", jp=jp, effective_from=since)

    targets = (target(50, date(2026, 1, 2)), target(30, date(2024, 1, 1)), target(40, date(2025, 6, 1)), target(99, BEGIN, "dinas-b"))
    assert _pns(1, targets=targets).duty.target == 40
    assert _pns(1, targets=(*targets, target(0, date(2026, 1, 1)))).duty.target is None


def test_a_year_is_reported_by_the_agency_where_it_ended() -> None:
    moved = replace(PNS, posts=(DatedPost("dinas-a", BEGIN, date(2026, 6, 30)), DatedPost("dinas-b", date(2026, 7, 1), unit="u")))
    found = only(balances_of(moved, bundled_rules(), [line(3, 8, "2026-05-04")], 2026))
    assert (found.agency, found.unit, found.counted) == ("dinas-b", "u", 8)


def test_channels_are_told_apart() -> None:
    lines = [line(9, 4, "2026-05-04"), line(3, 8, "2026-05-05"), line(9, 4, "2026-06-04"), line(24, 4, "2026-06-04")]
    found = only(balances_of(PNS, bundled_rules(), lines, 2026))
    assert (found.by_channel, found.waiting, found.approved) == ({3: 8, 9: 8}, 1, 16)


def test_until_leaves_out_what_was_learnt_later() -> None:
    lines = [line(9, 4, "2026-05-04"), line(3, 8, "2026-05-05")]
    assert only(balances_of(PNS, bundled_rules(), lines, 2026, until=date(2026, 5, 4))).counted == 4


@pytest.mark.parametrize(
    ("zone", "day"), [("Asia/Jakarta", date(2026, 5, 3)), ("Asia/Makassar", date(2026, 5, 3)), ("Asia/Jayapura", date(2026, 5, 4))]
)
def test_a_moment_has_the_date_of_the_place_where_the_person_worked(zone: str, day: date) -> None:
    status = replace(PNS, posts=(DatedPost("dinas-a", BEGIN, time_zone=zone),))
    at = int(datetime(2026, 5, 3, 15, 30, tzinfo=UTC).timestamp() * 1_000_000)  # 22:30, 23:30, 00:30
    assert status.local_day(at) == day


def test_the_zone_is_dated_as_the_agency_is() -> None:
    posts = (DatedPost("a", BEGIN, date(2026, 5, 3), time_zone="Asia/Jayapura"), DatedPost("b", date(2026, 5, 4), time_zone="Asia/Jakarta"))
    status = replace(PNS, posts=posts)
    at = int(datetime(2026, 5, 3, 14, 30, tzinfo=UTC).timestamp() * 1_000_000)
    assert status.local_day(at) == date(2026, 5, 3)
    assert status.local_day(at + 10**6 * 3 * 3600) == date(2026, 5, 4)
    assert status.local_day(0) is None


@pytest.mark.parametrize(
    ("status", "where"),
    [
        (Status("p", (DatedKind("pns", BEGIN, date(2019, 1, 1)),)), "kinds[0]"),
        (Status("p", (DatedKind("pns", BEGIN), DatedKind("pppk", date(2026, 1, 1)))), "kinds[1]"),
        (Status("p", (), (DatedPost("a", BEGIN, date(2026, 1, 1)), DatedPost("b", date(2026, 1, 1)))), "posts[1]"),
        (Status("p", (), (), (Contract(BEGIN, date(2021, 1, 1)), Contract(date(2020, 6, 1), date(2022, 1, 1)))), "contracts[1]"),
    ],
)
def test_a_series_that_overlaps_itself_is_refused(status: Status, where: str) -> None:
    check_status(PPPK)
    with pytest.raises(HoursError) as refused:
        check_status(status)
    assert refused.value.where == where
