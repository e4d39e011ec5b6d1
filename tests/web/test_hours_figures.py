"""Roll-ups and lists of an agency, and the nation's figures, through the API while the server keeps them in step."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from credentials.access.roles import Role
from tests.support.hours import line
from tests.support.hours_office import AGENCY, UNIT, credit, enrol
from tests.support.office import Office, open_office

_FIGURES = f"/api/hours/agencies/{AGENCY}/figures?year=2026"


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with open_office(tmp_path) as opened:
        await enrol(opened, "Budi")
        await enrol(opened, "Ani", "pppk", unit="bidang-2")
        await credit(opened, "Budi", line(3, 24, "2026-05-04"))
        await credit(opened, "Ani", line(3, 30, "2026-05-04", id="ani"))
        yield opened


async def _settled(client: httpx.AsyncClient, path: str = _FIGURES) -> dict[str, Any]:
    for _ in range(100):
        told: dict[str, Any] = (await client.get(path)).json()
        if not told["pending"]:
            return told
        await asyncio.sleep(0.05)
    raise AssertionError("the figures never settled")


async def test_hr_sees_the_agency_by_unit_within_moments(office: Office) -> None:
    hr = await office.holder("Siti", Role.HR, agency=AGENCY)
    told = await _settled(hr)
    total = told["total"]
    assert (total["persons"], total["floor_met"], total["over_ceiling"], total["counted_jp"], total["over_ceiling_jp"]) == (2, 1, 1, 48, 6)
    assert [one["unit"] for one in told["units"]] == [UNIT, "bidang-2"]
    assert [(one["kind"], one["position_kind"]) for one in told["units"][1]["cells"]] == [("pppk", "executing")]
    earlier = await _settled(hr, _FIGURES + "&on=2026-05-03")
    assert earlier["total"]["counted_jp"] == 0


async def test_a_unit_operator_sees_the_own_unit_and_others_nothing(office: Office) -> None:
    operator = await office.holder("Oki", Role.UNIT_OPERATOR, agency=AGENCY, unit=UNIT)
    assert [one["unit"] for one in (await _settled(operator))["units"]] == [UNIT]
    assert (await office.clients["Budi"].get(_FIGURES)).status_code == 403
    assert (await operator.get(f"/api/hours/agencies/{AGENCY}/people?year=2026")).status_code == 404
    assert (await operator.get("/api/hours/nation/figures?year=2026")).status_code == 403


async def test_who_is_short_or_over_is_listed_and_that_it_was_shown_is_written_down(office: Office) -> None:
    hr = await office.holder("Siti", Role.HR, agency=AGENCY)
    await _settled(hr)
    path = f"/api/hours/agencies/{AGENCY}/people?year=2026"
    everybody = (await hr.get(path)).json()["items"]
    assert [(one["counted"], one["unit"]) for one in everybody] == [(24, UNIT), (24, "bidang-2")]
    assert [one["period"] for one in (await hr.get(path + "&standing=over")).json()["items"]] == ["2026-03-01/2027-02-28"]
    assert (await hr.get(path + "&standing=short")).json()["items"] == []
    views = (await office.clients["Budi"].get(f"/api/people/{office.ids['Budi']}/views")).json()["items"]
    assert [one["what"] for one in views] == ["hours figures"]


async def test_pages_of_a_list_follow_each_other(office: Office) -> None:
    hr = await office.holder("Siti", Role.HR, agency=AGENCY)
    await _settled(hr)
    path = f"/api/hours/agencies/{AGENCY}/people?year=2026&limit=1"
    first = (await hr.get(path)).json()
    second = (await hr.get(path, params={"after": first["more"]} | dict(httpx.URL(path).params))).json()
    assert first["items"][0]["person"] != second["items"][0]["person"]
    assert second["more"] is None


async def test_the_nations_figures_hold_small_groups_back(office: Office) -> None:
    await _settled(office.admin)
    await office.product.hours.refreshing.settle()
    told = (await office.admin.get("/api/hours/nation/figures?year=2026&by=kind")).json()
    assert told["total"] == {"persons": None, "floor_met": None, "over_ceiling": None, "waiting": 0, "counted_jp": None}
    assert [(one["name"], one["persons"], one["counted_jp"]) for one in told["rows"]] == [("pns", None, None), ("pppk", None, None)]
    assert (await office.admin.get("/api/hours/nation/figures?year=2026&by=name")).status_code in (400, 422)
