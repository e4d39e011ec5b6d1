"""Who may ask why a batch is complete, see what was parked and have it tried again, and read and save rules."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from credentials.access.roles import Role
from credentials.ports.records import Put, scan_all
from credentials.stores.dossiers import PARKED, Parked
from tests.support.office import WHY, Json, Office, attend, catalogued, credits, offered, open_office, placed

_RULE = {"title": "hadir", "conditions": {"a": {"path": ["verb", "id"], "op": "eq", "val": "http://adlnet.gov/expapi/verbs/attended"}}}
_WHY = {"Jejak-Reason": "pengaduan 7/2026"}


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """`arsip-1` of balai, `lain-1` of lain; a parked judgement of Budi at each, and a statement of balai's."""
    async with open_office(tmp_path) as opened:
        await opened.holder("Siti", Role.HR, agency="a1")
        await opened.holder("Tono", Role.HR, agency="a2")
        await opened.holder("Rini", Role.PROVIDER, provider="balai")
        await opened.holder("Agus", Role.AUDITOR)
        await opened.holder("Joko", Role.UNIT_OPERATOR, agency="a1", unit="u1")
        await placed(opened, "Budi", "a1", "u1")
        await catalogued(opened, "arsip-1", 9)
        await catalogued(opened, "lain-1", 9, provider="lain")
        budi = opened.ids["Budi"]
        parked = [
            Parked("judgement", budi, "the rule takes too much work", "balai", "arsip-1"),
            Parked("judgement", budi, "the rule takes too much work", "lain", "lain-1"),
            Parked("statement", "0192a000-0000-7000-8000-000000000001", "too large", "balai"),
        ]
        await opened.product.credentials.records.commit(*(Put(PARKED, one) for one in parked))
        yield opened


async def _explain(office: Office, name: str, batch: str = "arsip-1", *, of: str = "Budi", why: bool = False) -> int:
    client = office.clients[name] if name else office.admin
    path = f"/api/people/{office.ids[of]}/evidence/explain"
    answer = await client.get(path, params={"batch": batch}, headers=_WHY if why else {})
    assert answer.status_code != 200 or answer.json()["outcome"] == "incomplete"
    return answer.status_code


async def test_the_person_hr_of_the_agency_and_the_provider_of_the_batch_are_told_why(office: Office) -> None:
    assert [await _explain(office, name) for name in ("Budi", "Siti", "Rini")] == [200, 200, 200]
    views = (await office.clients["Budi"].get(f"/api/people/{office.ids['Budi']}/views")).json()["items"]
    assert [(one["role"], one["what"]) for one in views] == [("provider", "evidence"), ("hr", "evidence")]


async def test_nobody_else_is_told_and_nobody_learns_that_there_is_such_a_person(office: Office) -> None:
    assert [await _explain(office, name) for name in ("Tono", "Joko")] == [404, 404]
    assert await _explain(office, "Rini", "lain-1") == 404
    assert await _explain(office, "Budi", of="Siti") == 404


async def test_overseer_and_auditor_say_why_they_ask(office: Office) -> None:
    assert [await _explain(office, name) for name in ("", "Agus")] == [400, 400]
    assert [await _explain(office, name, why=True) for name in ("", "Agus")] == [200, 200]


async def _parked(client: httpx.AsyncClient, **params: str) -> tuple[int, list[str]]:
    answer = await client.get("/api/evidence/parked", params=params)
    return answer.status_code, [one["provider"] for one in answer.json().get("parked", ())]


async def test_a_providers_officer_sees_what_is_parked_of_their_own_provider(office: Office) -> None:
    rini = office.clients["Rini"]
    assert await _parked(rini, provider="balai") == (200, ["balai", "balai"])
    assert await _parked(rini, provider="lain") == (403, [])
    assert await _parked(rini) == (403, [])
    views = (await office.clients["Budi"].get(f"/api/people/{office.ids['Budi']}/views")).json()["items"]
    assert [(one["role"], one["what"]) for one in views] == [("provider", "parked")]


async def test_overseer_and_auditor_see_all_that_is_parked_and_nobody_else_does(office: Office) -> None:
    for client in (office.admin, office.clients["Agus"]):
        assert await _parked(client) == (200, ["balai", "lain", "balai"])
    for name in ("Siti", "Budi", "Joko"):
        assert (await _parked(office.clients[name]))[0] == 403


async def test_a_page_of_a_providers_parked_goes_on_where_the_last_one_ended(office: Office) -> None:
    rini = office.clients["Rini"]
    first = (await rini.get("/api/evidence/parked", params={"provider": "balai", "limit": 1})).json()
    then = (await rini.get("/api/evidence/parked", params={"provider": "balai", "after": first["more"]})).json()
    assert ([one["kind"] for one in (*first["parked"], *then["parked"])], then["more"]) == (["judgement", "statement"], None)


async def test_a_providers_officer_has_its_own_tried_again_and_no_others(office: Office) -> None:
    own = {"kind": "judgement", "id": office.ids["Budi"], "batch": "arsip-1"}
    for name, body, status in (
        ("Rini", own | {"batch": "lain-1"}, 404),
        ("Agus", own, 403),
        ("Siti", own, 403),
        ("Rini", own, 200),
        ("Rini", own, 404),
    ):
        answer = await office.clients[name].post("/api/evidence/parked/replay", json=body)
        assert answer.status_code == status, (name, body)
    left = {(one.kind, one.batch) for one in await scan_all(office.product.credentials.records, PARKED)}
    assert left == {("judgement", "lain-1"), ("statement", "")}


async def test_a_replay_over_the_api_makes_right_what_was_mended(tmp_path: Path) -> None:
    async with open_office(tmp_path) as office:
        rini, budi = await office.holder("Rini", Role.PROVIDER, provider="balai"), await office.person("Budi")
        iri = await offered(office, "arsip-1")
        rule = {"title": "jawaban", "conditions": {"a": {"path": ["result", "response"], "op": "eq", "val": "ya"}}}
        assert (await office.admin.post("/api/evidence/rules", json={"id": "jawaban", "rule": rule})).status_code == 201
        run = (await office.admin.get("/api/batches/arsip-1")).json()
        run = {name: run[name] for name in ("programme", "version", "provider", "name", "starts", "ends", "bindings")}
        await _change(office, run | {"rule": "jawaban"})
        await attend(office, "Budi", iri, result={"response": "x" * 5_000})
        (parked,) = await _wait(rini, 1)
        assert "response" in parked["reason"]
        await _change(office, run | {"rule": "attended"})
        told = await rini.post("/api/evidence/parked/replay", json={"kind": parked["kind"], "id": parked["id"]})
        assert told.status_code == 200, told.text
        (line,) = await credits(office, "Budi", 1)
        assert line.batch == "arsip-1"
        assert await _wait(rini, 0) == []
        explained = await budi.get(f"/api/people/{office.ids['Budi']}/evidence/explain", params={"batch": "arsip-1"})
        assert (explained.json()["outcome"], explained.json()["standing"]["entry"]) == ("complete", line.id)


async def _change(office: Office, run: Json) -> None:
    answer = await office.admin.put("/api/batches/arsip-1", json=run | {"reason": WHY})
    assert answer.status_code == 200, answer.text


async def _wait(client: httpx.AsyncClient, expected: int) -> list[Json]:
    """What is parked of balai, once it is as much as expected."""
    for _ in range(300):
        found: list[Json] = (await client.get("/api/evidence/parked", params={"provider": "balai"})).json()["parked"]
        if len(found) == expected:
            return found
        await asyncio.sleep(0.02)
    raise AssertionError(f"{len(found)} are parked in place of {expected}")


async def test_rules_are_read_by_whoever_enters_what_uses_them_and_saved_by_overseers(office: Office) -> None:
    read = {name: (await office.clients[name].get("/api/evidence/rules")).status_code for name in ("Rini", "Agus", "Siti", "Budi")}
    assert read == {"Rini": 200, "Agus": 200, "Siti": 403, "Budi": 403}
    body = {"id": "hadir", "rule": _RULE}
    for name in ("Rini", "Agus"):
        assert (await office.clients[name].post("/api/evidence/rules", json=body)).status_code == 403
    assert (await office.admin.post("/api/evidence/rules", json=body)).status_code == 201
