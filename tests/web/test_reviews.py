"""Evidence of a provider without accreditation waits for HR: approved it counts, rejected it does not, and never by itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from credentials.access.roles import Role
from tests.support.office import WHY, Office, attend, credits, offered, open_office, placed


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """Balai's accreditation has run out; Budi attended, says its LMS; Siti is HR."""
    async with open_office(tmp_path) as opened:
        iri = await offered(opened, "seminar")
        window = {"accreditations": [{"starts": "2020-01-01", "ends": "2020-12-31", "body": "LAN"}], "reason": WHY}
        assert (await opened.admin.put("/api/providers/balai/accreditations", json=window)).status_code == 200
        await placed(opened, "Budi", "a1", "u1")
        await opened.holder("Siti", Role.HR, agency="a1")
        await attend(opened, "Budi", iri)
        yield opened


async def _waiting(office: Office) -> dict[str, Any]:
    for _ in range(300):
        items = (await office.clients["Siti"].get("/api/queue", params={"kind": "review"})).json()["items"]
        if items:
            found: dict[str, Any] = items[0]
            return found
        await asyncio.sleep(0.02)
    raise AssertionError("nothing waits for a review")


async def test_what_hr_approves_counts(office: Office) -> None:
    held = await _waiting(office)
    assert [one["code"] for one in held["reasons"]] == ["not-accredited"]
    await credits(office, "Budi", 0)
    decide = {"cases": [held["id"]], "verdict": "approved", "reason": "diperiksa"}
    assert (await office.clients["Budi"].post("/api/queue/decisions", json=decide)).json()["items"][0]["error"]
    assert (await office.clients["Siti"].post("/api/queue/decisions", json=decide)).json()["items"][0]["state"] == "approved"
    (line,) = await credits(office, "Budi", 1)
    assert (line.batch, line.source) == ("seminar", "lms")


async def test_a_verdict_holds_for_what_was_seen_and_not_for_other_weak_evidence(office: Office) -> None:
    first = await _waiting(office)
    decide = {"cases": [first["id"]], "verdict": "rejected", "reason": "tidak hadir"}
    assert (await office.clients["Siti"].post("/api/queue/decisions", json=decide)).json()["items"][0]["state"] == "rejected"
    await attend(office, "Budi", "https://lms.contoh.test/seminar", days_ago=5)
    second = await _waiting(office)
    assert second["id"] != first["id"]
    approve = {"cases": [second["id"]], "verdict": "approved", "reason": "hadir"}
    assert (await office.clients["Siti"].post("/api/queue/decisions", json=approve)).json()["items"][0]["state"] == "approved"
    await credits(office, "Budi", 1)


async def test_what_hr_rejects_does_not_count(office: Office) -> None:
    held = await _waiting(office)
    decide = {"cases": [held["id"]], "verdict": "rejected", "reason": "tidak hadir"}
    assert (await office.clients["Siti"].post("/api/queue/decisions", json=decide)).json()["items"][0]["state"] == "rejected"
    await asyncio.sleep(0.5)
    await credits(office, "Budi", 0)


async def test_an_event_that_is_not_mine_is_taken_back_by_the_projector(office: Office) -> None:
    held, siti = await _waiting(office), office.clients["Siti"]
    await siti.post("/api/queue/decisions", json={"cases": [held["id"]], "verdict": "approved", "reason": "diperiksa"})
    (line,) = await credits(office, "Budi", 1)
    body = {"ground": "not-me", "about": "entry", "target": line.id, "note": "akun dipakai rekan"}
    objection = await office.clients["Budi"].post("/api/objections", json=body)
    assert objection.status_code == 201, objection.text
    decide = {"cases": [objection.json()["id"]], "verdict": "approved", "reason": "benar"}
    assert (await siti.post("/api/queue/decisions", json=decide)).json()["items"][0]["state"] == "approved"
    await credits(office, "Budi", 0)
