"""Objections: of one's own only, with a deadline, decided by somebody else, and what an upheld one changes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from credentials.access.roles import Role
from credentials.hours.entry import HoursEntry
from credentials.people.links import Identity, Link
from credentials.ports.records import Put, scan_all
from credentials.stores.exclusions import EXCLUSIONS, ExclusionRecords, excluded
from credentials.stores.ledger import HOURS
from credentials.stores.links import IDENTITIES
from lrs.ports import account_term
from tests.support.office import WHY, Office, open_office, placed
from tests.web.test_queues import CLAIM

_IFI = account_term("https://lms.contoh.test", "u-17")


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with open_office(tmp_path) as opened:
        for name in ("Siti", "Dewi"):
            await opened.holder(name, Role.HR, agency="a1")
        await placed(opened, "Budi", "a1", "u1")
        await placed(opened, "Ani", "a1", "u1")
        yield opened


def _line(office: Office) -> HoursEntry:
    return HoursEntry(
        id="jp-1",
        person=office.ids["Budi"],
        source="lms",
        provider="balai",
        programme="pbj",
        version=1,
        batch="pbj-1",
        title="Pengadaan",
        channel=3,
        approved=8,
        completed_at=1,
        completed_on=date(2026, 3, 2),
        event_key="k",
        recorded_at=1,
    )


async def _file(client: httpx.AsyncClient, **body: Any) -> dict[str, Any]:
    answer = await client.post("/api/objections", json=body)
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def _decide(client: httpx.AsyncClient, case: str, verdict: str = "approved") -> dict[str, Any]:
    answer = await client.post("/api/queue/decisions", json={"cases": [case], "verdict": verdict, "reason": "sudah diperiksa"})
    told: dict[str, Any] = answer.json()["items"][0]
    return told


async def _approved_claim(office: Office) -> str:
    claim = (await office.clients["Budi"].post("/api/claims", json=CLAIM)).json()["id"]
    assert (await _decide(office.clients["Siti"], claim))["state"] == "approved"
    return str(claim)


async def test_an_objection_has_three_days_and_waits_for_hr(office: Office) -> None:
    filed = await _file(office.clients["Budi"], ground="wrong-name", about="person", target=office.ids["Budi"], note="gelar kurang")
    due, sent = datetime.fromisoformat(filed["due"]), datetime.fromisoformat(filed["sent"])
    assert due - sent == timedelta(hours=72)
    waiting = (await office.clients["Siti"].get("/api/queue", params={"kind": "objection"})).json()["items"]
    assert [one["objection"]["ground"] for one in waiting] == ["wrong-name"]
    assert "cannot be returned" in (await _decide(office.clients["Siti"], filed["id"], "returned"))["error"]
    assert (await _decide(office.clients["Siti"], filed["id"]))["state"] == "approved"
    overdue = await office.product.casework.cases.deciding.cases.due_by(int(due.timestamp() * 1_000_000) + 1)
    assert overdue.values == []


@pytest.mark.parametrize(
    ("body", "status", "where"),
    [
        ({"ground": "not-me", "about": "entry", "target": "none"}, 404, "target"),
        ({"ground": "not-me", "about": "certificate", "target": "none"}, 404, "target"),
        ({"ground": "not-me", "about": "link", "target": "none"}, 404, "target"),
        ({"ground": "other", "about": "case", "target": "none"}, 404, "target"),
        ({"ground": "other", "about": "person", "target": "none"}, 404, "target"),
        ({"ground": "not-me", "about": "person", "target": "x"}, 400, "about"),
        ({"ground": "wrong-date", "about": "entry", "target": "x"}, 400, "right_date"),
        ({"ground": "wrong-name", "about": "person", "target": "x", "right_date": "2026-01-01"}, 400, "right_date"),
        ({"ground": "wrong-date", "about": "entry", "target": "x", "right_date": "2900-01-01"}, 400, "right_date"),
    ],
)
async def test_an_objection_that_makes_no_sense_is_refused(office: Office, body: dict[str, Any], status: int, where: str) -> None:
    answer = await office.clients["Budi"].post("/api/objections", json=body)
    assert (answer.status_code, answer.json()["error"]["where"]) == (status, where)


async def test_nobody_objects_to_what_is_anothers(office: Office) -> None:
    await office.product.credentials.records.commit(Put(HOURS, _line(office)))
    body = {"ground": "not-me", "about": "entry", "target": "jp-1"}
    assert (await office.clients["Ani"].post("/api/objections", json=body)).status_code == 404
    assert (await office.clients["Budi"].post("/api/objections", json=body)).status_code == 201


async def test_who_decided_before_does_not_decide_on_the_objection(office: Office) -> None:
    claim = await _approved_claim(office)
    filed = await _file(office.clients["Budi"], ground="wrong-hours", about="entry", target=f"case-{claim}")
    assert "two persons" in (await _decide(office.clients["Siti"], filed["id"]))["error"]
    assert (await _decide(office.clients["Dewi"], filed["id"], "rejected"))["state"] == "rejected"


async def test_an_entry_of_a_case_that_is_not_mine_is_reversed(office: Office) -> None:
    claim = await _approved_claim(office)
    filed = await _file(office.clients["Budi"], ground="not-me", about="entry", target=f"case-{claim}")
    await _decide(office.clients["Dewi"], filed["id"])
    ledger = office.product.casework.reports.objections.ledger
    assert await ledger.open_credits(office.ids["Budi"]) == []
    assert len(await ledger.lines(office.ids["Budi"])) == 2


async def test_a_wrong_date_of_a_claim_is_written_again_under_the_right_one(office: Office) -> None:
    claim = await _approved_claim(office)
    right = date.fromisoformat(CLAIM["ended_on"]) - timedelta(days=30)
    filed = await _file(office.clients["Budi"], ground="wrong-date", about="entry", target=f"case-{claim}", right_date=str(right))
    await _decide(office.clients["Dewi"], filed["id"])
    ledger = office.product.casework.reports.objections.ledger
    (line,) = await ledger.open_credits(office.ids["Budi"])
    assert (line.completed_on, line.started_on, line.approved) == (right, right, 8)
    gone = await office.clients["Dewi"].post(f"/api/cases/{claim}/reverse", json={"reason": WHY})
    assert gone.json()["state"] == "reversed"
    assert await ledger.open_credits(office.ids["Budi"]) == []


async def test_an_event_of_an_lms_that_is_not_mine_is_excluded_and_looked_at_anew(office: Office) -> None:
    records, budi = office.product.credentials.records, office.ids["Budi"]
    await records.commit(Put(HOURS, _line(office)))
    filed = await _file(office.clients["Budi"], ground="not-me", about="entry", target="jp-1")
    await _decide(office.clients["Siti"], filed["id"])
    assert [(one.person, one.batch) for one in await scan_all(records, EXCLUSIONS)] == [(budi, "pbj-1")]
    pairs = [(budi, "pbj-1"), (budi, "pbj-2")]
    assert await ExclusionRecords(records).among(pairs) == {(budi, "pbj-1")}
    assert excluded(await office.product.credentials.decisions.read(0, 1_000)) == {(budi, "pbj-1")}


async def test_a_link_that_is_not_mine_is_undone_and_refused(office: Office) -> None:
    records, budi = office.product.credentials.records, office.ids["Budi"]
    link = Link("link-1", budi, "hr", "import", f"person:{office.ids['Siti']}", 1)
    await records.commit(Put(IDENTITIES, Identity("balai", _IFI, (link,))))
    filed = await _file(office.clients["Budi"], ground="not-me", about="link", target="link-1")
    assert "two persons" in (await _decide(office.clients["Siti"], filed["id"]))["error"]
    assert (await _decide(office.clients["Dewi"], filed["id"]))["state"] == "approved"
    kept = await records.get(IDENTITIES, "balai", _IFI)
    assert kept is not None
    assert kept.value.held() == ()
    assert kept.value.refuses(budi)
