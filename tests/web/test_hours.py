"""Balances through the API: whose they are, who else may see them, and that anybody can count them again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from credentials.access.roles import Role
from credentials.hours import balances_of
from credentials.hours.plain import read_basis
from tests.support.hours import line
from tests.support.hours_office import AGENCY, credit, enrol
from tests.support.office import WHY, Office, open_office

_COURSES = (line(16, 8, "2026-05-03", "2026-05-04", claimed=10), line(9, 4, "2026-06-01"), line(24, 3, "2026-06-02"))


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with open_office(tmp_path) as opened:
        yield opened


async def test_a_learner_sees_their_year_with_three_figures_and_a_reason_a_line(office: Office) -> None:
    budi = await enrol(office, "Budi")
    await credit(office, "Budi", *_COURSES)
    (balance,) = (await budi.get(f"/api/people/{office.ids['Budi']}/hours?year=2026")).json()["balances"]
    assert (balance["counted"], balance["floor"], balance["short_of_floor"], balance["waiting"]) == (10, 20, 10, 1)
    assert balance["period"] == {"name": "2026", "basis": "calendar", "year": 2026, "starts": "2026-01-01", "ends": "2026-12-31"}
    course, seminar, waiting = balance["lines"]
    assert (course["claimed"], course["approved"], course["counted"], course["rule"]) == (10, 8, 6, "bps-2019.1/16/national")
    assert "Paling banyak 3 JP tiap hari belajar (3, 4 Mei 2026)" in course["reason"]["id"]
    assert "At most 3 JP for each day of learning (3, 4 May 2026)" in course["reason"]["en"]
    assert seminar["counted"] == 4
    assert (waiting["state"], waiting["flags"]) == ("waiting", ["no-rule"])


async def test_a_year_in_which_nothing_was_learnt_shows_what_is_owed(office: Office) -> None:
    siti = await enrol(office, "Siti", "pppk")
    (balance,) = (await siti.get(f"/api/people/{office.ids['Siti']}/hours?year=2026")).json()["balances"]
    assert (balance["period"]["name"], balance["ceiling"], balance["floor"]) == ("2026-03-01/2027-02-28", 24, None)
    assert balance["lines"] == []


async def test_until_looks_back(office: Office) -> None:
    budi = await enrol(office, "Budi")
    await credit(office, "Budi", *_COURSES)
    told = (await budi.get(f"/api/people/{office.ids['Budi']}/hours?year=2026&until=2026-05-31")).json()
    assert told["balances"][0]["counted"] == 6


async def test_what_a_balance_rests_on_gives_the_same_figures_without_the_server(office: Office) -> None:
    budi = await enrol(office, "Budi")
    await credit(office, "Budi", *_COURSES)
    basis = read_basis((await budi.get(f"/api/people/{office.ids['Budi']}/hours/basis")).json())
    (balance,) = balances_of(basis.status, basis.rules, basis.lines, 2026)
    assert balance.counted == 10


async def test_others_see_a_record_only_within_their_reach_and_it_is_written_down(office: Office) -> None:
    budi = await enrol(office, "Budi")
    ani = await enrol(office, "Ani")
    path = f"/api/people/{office.ids['Budi']}/hours?year=2026"
    assert (await ani.get(path)).status_code == 404
    assert (await office.admin.get(path)).status_code == 400
    assert (await office.admin.get(path, headers={"Jejak-Reason": WHY})).status_code == 200
    views = (await budi.get(f"/api/people/{office.ids['Budi']}/views")).json()["items"]
    assert [(one["what"], one["reason"]) for one in views] == [("hours", WHY)]


@pytest.mark.parametrize("query", ["", "?year=two", "?year=99999", "?year=2026&until=31-12-2026", "?year=2026&yera=1"])
async def test_a_question_that_makes_no_sense_is_refused(office: Office, query: str) -> None:
    budi = await enrol(office, "Budi")
    assert (await budi.get(f"/api/people/{office.ids['Budi']}/hours{query}")).status_code in (400, 422)


async def test_nobody_has_no_hours(office: Office) -> None:
    hr = await office.holder("Siti", Role.HR, agency=AGENCY)
    assert (await hr.get("/api/people/nobody/hours?year=2026")).status_code == 404
