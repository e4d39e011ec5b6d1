"""The catalogue's queue, previews of suspensions, and the log: for whom, and what they say."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from credentials.access.roles import Role
from credentials.hours.entry import HoursEntry, reversal
from credentials.ports.records import Put
from credentials.stores.ledger import HOURS
from tests.support.office import WHY, Office, catalogued, open_office, placed

_PROGRAMME = {"provider": "balai", "title": "Pengadaan", "description": "Dasar", "criteria": "Lulus", "jp": 8}


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with open_office(tmp_path) as opened:
        await opened.product.clients.add_provider("balai", "Balai")
        await opened.product.clients.add_provider("lain", "Lain")
        await opened.holder("Rina", Role.PROVIDER, provider="balai")
        yield opened


async def _codes(office: Office) -> dict[str, str]:
    """A competence code by its field."""
    items = (await office.admin.get("/api/competences")).json()["items"]
    return {one["field"]: one["code"] for one in items}


async def _proposed(client: httpx.AsyncClient, id: str, **change: Any) -> None:
    made = await client.post("/api/programmes", json=_PROGRAMME | {"id": id} | change)
    assert made.status_code == 201, made.text
    moved = await client.post(f"/api/programmes/{id}/1/state", json={"state": "proposed"})
    assert moved.status_code == 200, moved.text


async def _waiting(client: httpx.AsyncClient, **params: Any) -> list[str]:
    answer = await client.get("/api/queue/programmes", params=params)
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["items"]]


async def test_each_role_sees_the_proposals_of_its_scope(office: Office) -> None:
    codes = await _codes(office)
    one, other = sorted(codes)[:2]
    center = await office.holder("Kiki", Role.CENTER, field=one)
    await _proposed(office.clients["Rina"], "pbj", competences=[codes[one]])
    await _proposed(office.admin, "arsip", provider="lain", competences=[codes[other]])
    await _proposed(office.admin, "gizi", provider="lain", competences=[codes[one], codes[other]])
    assert await _waiting(office.admin) == ["arsip", "gizi", "pbj"]
    assert await _waiting(center) == ["gizi", "pbj"]
    assert await _waiting(office.clients["Rina"]) == ["pbj"]
    learner = await office.person("Budi")
    assert (await learner.get("/api/queue/programmes")).status_code == 403


async def test_pages_of_the_queue_join(office: Office) -> None:
    for number in range(5):
        await _proposed(office.admin, f"p{number}")
    found: list[str] = []
    after: str | None = None
    while True:
        answer = (await office.admin.get("/api/queue/programmes", params={"limit": 2} | ({"after": after} if after else {}))).json()
        found += [one["id"] for one in answer["items"]]
        after = answer["more"]
        if after is None:
            break
    assert found == [f"p{number}" for number in range(5)]
    assert (await office.admin.get("/api/queue/programmes", params={"after": "%%"})).status_code == 400


async def test_many_are_approved_at_once_but_not_by_who_proposed_them(office: Office) -> None:
    await _proposed(office.clients["Rina"], "pbj")
    await _proposed(office.admin, "arsip")
    body = {"programmes": [{"programme": one, "version": 1} for one in ("pbj", "arsip", "none")], "verdict": "approved"}
    items = (await office.admin.post("/api/queue/programmes/decisions", json=body)).json()["items"]
    assert [(one["state"], bool(one["error"])) for one in items] == [("approved", False), (None, True), (None, True)]
    assert "two persons" in items[1]["error"]
    refused = (await office.clients["Rina"].post("/api/queue/programmes/decisions", json=body)).json()["items"]
    assert all(one["error"] for one in refused)


async def test_what_is_returned_needs_a_reason_and_leaves_the_queue(office: Office) -> None:
    await _proposed(office.clients["Rina"], "pbj")
    body = {"programmes": [{"programme": "pbj", "version": 1}], "verdict": "returned"}
    assert (await office.admin.post("/api/queue/programmes/decisions", json=body)).status_code == 400
    answer = await office.admin.post("/api/queue/programmes/decisions", json=body | {"reason": "JP belum wajar"})
    assert answer.json()["items"][0]["state"] == "draft"
    assert await _waiting(office.admin) == []


def _line(number: int, person: str, day: date, **change: Any) -> HoursEntry:
    certificate = f"c{number}" if change.get("source", "lms") == "lms" else None
    return HoursEntry(
        id=f"l{number}",
        person=person,
        source=change.get("source", "lms"),
        provider="balai",
        programme="p-b1",
        version=1,
        batch=change.get("batch", "b1"),
        title="t",
        channel=3,
        approved=8,
        completed_at=1,
        completed_on=day,
        event_key="",
        recorded_at=1,
        certificate=certificate,
    )


async def test_a_preview_counts_what_a_suspension_would_take_back_and_changes_nothing(office: Office) -> None:
    await catalogued(office, "b1", 3)
    await placed(office, "Budi", "a1")
    await placed(office, "Ani", "a2")
    budi, ani = office.ids["Budi"], office.ids["Ani"]
    old, new = date(2026, 1, 5), date(2026, 6, 5)
    lines = [
        _line(1, budi, old),
        _line(2, budi, new),
        _line(3, budi, new, batch="b2"),
        _line(4, ani, new),
        _line(5, ani, new, source="claim"),
        _line(6, ani, new),
    ]
    gone = reversal(lines[5], id="l6-r", recorded_at=2, reason="void")
    await office.product.credentials.records.commit(*(Put(HOURS, line) for line in [*lines, gone]))
    body = {"since": "2026-06-01", "reason": WHY}
    told = (await office.admin.post("/api/suspensions/preview", json=body | {"provider": "balai"})).json()
    assert (told["lines"], told["persons"], told["jp"], told["certificates"], told["stay"]) == (3, 2, 24, 3, 1)
    assert told["batches"] == {"b1": 2, "b2": 1}
    assert told["agencies"] == {"a1": 1, "a2": 1}
    assert sorted(told["listed"]) == sorted([budi, ani])
    programme = (await office.admin.post("/api/suspensions/preview", json=body | {"programme": "p-b1", "version": 1})).json()
    assert (programme["lines"], programme["batches"]) == (2, {"b1": 2})
    views = (await office.clients["Budi"].get(f"/api/people/{budi}/views")).json()["items"]
    assert {(one["what"], one["reason"]) for one in views} == {("suspension preview", WHY)}
    assert (await office.admin.get("/api/providers/balai/standing")).json()["history"] == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"provider": "balai", "programme": "p", "version": 1}, 400),
        ({"programme": "p"}, 400),
        ({"provider": "none"}, 404),
        ({"programme": "none", "version": 1}, 404),
    ],
)
async def test_a_preview_of_nothing_is_refused(office: Office, body: dict[str, Any], status: int) -> None:
    answer = await office.admin.post("/api/suspensions/preview", json={"since": "2026-06-01", "reason": WHY} | body)
    assert answer.status_code == status


async def test_only_overseers_preview_and_only_they_and_auditors_read_the_log(office: Office) -> None:
    rina = office.clients["Rina"]
    body = {"provider": "balai", "since": "2026-06-01", "reason": WHY}
    assert (await rina.post("/api/suspensions/preview", json=body)).status_code == 403
    assert (await rina.get("/api/decisions")).status_code == 403
    auditor = await office.holder("Odi", Role.AUDITOR)
    first = (await auditor.get("/api/decisions", params={"limit": 2})).json()
    assert [one["number"] for one in first["items"]] == [1, 2]
    rest = (await auditor.get("/api/decisions", params={"after": first["more"]})).json()
    assert rest["items"][0]["number"] == 3
    assert rest["more"] is None
