"""What a table would change, before it is in force."""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from credentials.access.roles import Role
from schemas.loader import jp_tables
from tests.support.hours import line
from tests.support.hours_office import AGENCY, credit, enrol
from tests.support.office import Office, open_office

Json = dict[str, Any]


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """Budi has 18 JP by seminars and a course and 6 that wait, Ani has 20 by a course, Cici works elsewhere."""
    async with open_office(tmp_path) as opened:
        for name, agency in (("Budi", AGENCY), ("Ani", AGENCY), ("Cici", "dinas-b")):
            await enrol(opened, name, agency=agency)
        await credit(opened, "Budi", line(9, 8, "2026-05-04", "2026-05-05"), line(3, 10, "2026-06-01"), line(24, 6, "2026-06-02"))
        await credit(opened, "Ani", line(3, 20, "2026-06-01", id="ani"))
        await credit(opened, "Cici", line(9, 4, "2026-06-01", id="cici"))
        yield opened


def _national(jp: int) -> Json:
    """Seminars in Indonesia give another number a day."""
    table: Json = copy.deepcopy(jp_tables()[0])
    table |= {"id": "usulan", "effective_from": "2030-01-01"}
    next(row for row in table["rows"] if (row["channel"], row["scope"]) == (9, "national"))["jp"] = jp
    return table


def _override() -> Json:
    source = {"cite": {"id": "SK 7", "en": "decree 7"}, "dated": "2026", "read_on": "2026-01-02", "where": "sk"}
    row = {"channel": 24, "scope": "national", "basis": "programme", "source": "sk", "confidence": "H"}
    return {
        "id": "usulan-a", "version": 1, "level": "agency", "agency": AGENCY, "title": {"id": "T", "en": "T"}, "issuing_body": "Dinas A",
        "effective_from": "2030-01-01", "sources": {"sk": source}, "rows": [row],
    }  # fmt: skip


async def test_a_national_table_is_counted_beside_the_one_in_force(office: Office) -> None:
    told = (await office.admin.post("/api/hours/rules/simulate", json={"table": _national(5), "year": 2026})).json()
    assert (told["persons"], told["everybody"], told["moved"], told["gaining"], told["losing"]) == (3, True, 2, 2, 0)
    assert (told["newly_met"], told["newly_short"]) == (1, 0)
    assert (told["before"]["counted_jp"], told["after"]["counted_jp"]) == (42, 45)
    assert told["rows"] == [{"row": "usulan.1/9/national", "lines": 2, "counted_before": 12, "counted_after": 15}]


async def test_it_can_be_as_if_from_a_day_on_and_for_one_agency(office: Office) -> None:
    body = {"table": _national(1), "year": 2026, "since": "2026-05-20", "agency": AGENCY}
    told = (await office.admin.post("/api/hours/rules/simulate", json=body)).json()
    assert (told["persons"], told["moved"], told["agency"], told["since"]) == (2, 0, AGENCY, "2026-05-20")


async def test_a_sample_says_that_it_is_one(office: Office) -> None:
    told = (await office.admin.post("/api/hours/rules/simulate", json={"table": _national(5), "year": 2026, "most": 2})).json()
    assert (told["persons"], told["everybody"]) == (2, False)


async def test_an_agencys_hr_tries_its_own_table_on_its_own_people(office: Office) -> None:
    hr = await office.holder("Siti", Role.HR, agency=AGENCY)
    path = f"/api/hours/agencies/{AGENCY}/rules/simulate"
    told = (await hr.post(path, json={"table": _override(), "year": 2026})).json()
    assert (told["persons"], told["gaining"], told["newly_met"], told["before"]["waiting"], told["after"]["waiting"]) == (2, 1, 1, 1, 0)
    assert told["rows"] == [{"row": "usulan-a.1/24/national", "lines": 1, "counted_before": 0, "counted_after": 6}]


async def test_nothing_is_stored_and_only_who_may_publish_may_try(office: Office) -> None:
    hr = await office.holder("Siti", Role.HR, agency=AGENCY)
    assert (await hr.post("/api/hours/rules/simulate", json={"table": _national(5), "year": 2026})).status_code == 403
    assert (await hr.post("/api/hours/agencies/dinas-b/rules/simulate", json={"table": _override(), "year": 2026})).status_code == 400
    other = {"table": _override(), "year": 2026, "agency": "dinas-b"}
    assert (await hr.post(f"/api/hours/agencies/{AGENCY}/rules/simulate", json=other)).status_code == 400
    assert len((await office.admin.get("/api/hours/rules")).json()["items"]) == 1
