"""Providers are walls, keys have scopes and bindings: over HTTP, at every resource (xAPI-Communication 1.0.3 4.2)."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from jejak.composition import Product
from lrs.ports import Scope
from lrs.services.client_changes import ClientChange
from tests.support.product import VERSION, application_over
from tests.support.statement_sender import BOUNDARY, attachment, multipart, part, statement

ID = "8f87ccde-bb56-4c2e-ab83-44982ef22df0"
REGISTRATION, OTHER_REGISTRATION = "1f9c4c1e-6b8a-4f5e-9d0e-2a1b3c4d5e6f", "2f9c4c1e-6b8a-4f5e-9d0e-2a1b3c4d5e6f"
SARI, BUDI = {"mbox": "mailto:sari@peserta.test"}, {"mbox": "mailto:budi@peserta.test"}
ACTIVITY = "https://pelatihan.test/kursus/1"
STATE = {"activityId": ACTIVITY, "agent": json.dumps(SARI), "stateId": "s"}
MIXED = {"Content-Type": f"multipart/mixed; boundary={BOUNDARY}"}
V1, V2 = {VERSION: "1.0.3"}, {VERSION: "2.0.0"}


class Bench:
    """A product with two providers, and an HTTP client for whichever key is wanted."""

    def __init__(self, product: Product, transport: httpx.ASGITransport) -> None:
        self._product = product
        self._transport = transport

    async def client(self, provider: str, *scopes: Scope, **change: Any) -> httpx.AsyncClient:
        more = ClientChange(**change)
        issued = await self._product.clients.add_client(provider, "LMS", frozenset(scopes), more=more)
        auth = (issued.client.key, issued.secret)
        return httpx.AsyncClient(transport=self._transport, base_url="http://jejak.test", auth=auth, headers=V1)


@asynccontextmanager
async def _bench(folder: Path) -> AsyncIterator[Bench]:
    application = application_over(folder)
    async with application.running() as product:
        for provider in ("utara", "selatan"):
            await product.clients.add_provider(provider, provider)
        yield Bench(product, httpx.ASGITransport(application, raise_app_exceptions=False))


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with _bench(tmp_path) as opened:
        yield opened


def _scope(answer: httpx.Response) -> str:
    assert answer.status_code == 403
    named: str = answer.json()["error"]["scope"]
    return named


async def test_a_missing_scope_is_403_and_named(bench: Bench) -> None:
    nobody = await bench.client("utara", Scope.DEFINE)
    assert _scope(await nobody.post("/xapi/statements", json=statement())) == "statements/write"
    assert _scope(await nobody.put(f"/xapi/statements?statementId={ID}", json=statement())) == "statements/write"
    assert _scope(await nobody.get("/xapi/statements")) == "statements/read"
    for method in ("GET", "PUT", "POST", "DELETE"):
        assert _scope(await nobody.request(method, "/xapi/activities/state", params=STATE, content=b"x")) == "state"
        profile = {"activityId": ACTIVITY, "profileId": "p"}
        assert _scope(await nobody.request(method, "/xapi/activities/profile", params=profile, content=b"x")) == "profile"
        profile = {"agent": json.dumps(SARI), "profileId": "p"}
        assert _scope(await nobody.request(method, "/xapi/agents/profile", params=profile, content=b"x")) == "profile"
    writer = await bench.client("utara", Scope.STATEMENTS_WRITE)
    assert _scope(await writer.get("/xapi/activities", params={"activityId": ACTIVITY})) == "statements/read"
    assert _scope(await writer.get("/xapi/agents", params={"agent": json.dumps(SARI)})) == "statements/read"


async def test_reading_everything_lets_nobody_write_documents(bench: Bench) -> None:
    reader = await bench.client("utara", Scope.ALL_READ)
    assert (await reader.get("/xapi/activities/state", params=STATE)).status_code == 404
    assert _scope(await reader.put("/xapi/activities/state", params=STATE, content=b"x")) == "state"


async def test_one_provider_sees_nothing_of_another_at_any_resource(bench: Bench) -> None:
    north, south = (
        await bench.client("utara", Scope.STATEMENTS_READ, Scope.STATEMENTS_WRITE, Scope.DEFINE, Scope.STATE, Scope.PROFILE),
        None,
    )
    south = await bench.client("selatan", Scope.STATEMENTS_READ, Scope.STATEMENTS_WRITE, Scope.DEFINE, Scope.STATE, Scope.PROFILE)
    named = statement(id=ID, actor={**SARI, "name": "Sari"}, object={"id": ACTIVITY, "definition": {"name": {"id": "Kursus"}}})
    named["attachments"] = [attachment(b"rahasia")]
    assert (await north.post("/xapi/statements", content=multipart(named, part(b"rahasia")), headers=MIXED)).status_code == 200
    for path, params in (
        ("/xapi/activities/state", STATE),
        ("/xapi/activities/profile", {"activityId": ACTIVITY, "profileId": "p"}),
        ("/xapi/agents/profile", {"agent": json.dumps(SARI), "profileId": "p"}),
    ):
        assert (await north.put(path, params=params, content=b"utara", headers=V2)).status_code == 204
        assert (await south.get(path, params=params)).status_code == 404
        assert (await south.put(path, params=params, content=b"selatan", headers=V2)).status_code == 204
        assert (await south.delete(path, params=params)).status_code == 204
        assert (await north.get(path, params=params)).content == b"utara"
    assert (await south.get("/xapi/statements", params={"statementId": ID})).status_code == 404
    for query in ("", "?attachments=true", f"?agent={json.dumps(SARI)}", f"?activity={ACTIVITY}&related_activities=true"):
        answer = await south.get(f"/xapi/statements{query}")
        assert b"sari" not in answer.content
        assert b"rahasia" not in answer.content
    assert "definition" not in (await south.get("/xapi/activities", params={"activityId": ACTIVITY})).json()
    assert (await south.get("/xapi/agents", params={"agent": json.dumps(SARI)})).json().keys() == {"objectType", "mbox"}
    declared = statement(attachments=[attachment(b"rahasia", fileUrl="https://a.test/f")])
    assert (await south.post("/xapi/statements", json=declared)).status_code == 200
    assert b"\r\n\r\nrahasia" not in (await south.get("/xapi/statements?attachments=true")).content


async def test_an_id_of_another_provider_is_a_conflict_and_changes_nothing(bench: Bench) -> None:
    north, south = await bench.client("utara", Scope.ALL), await bench.client("selatan", Scope.STATEMENTS_WRITE)
    await north.post("/xapi/statements", json=statement(id=ID))
    before = (await north.get("/xapi/statements", params={"statementId": ID})).content
    for body in (statement(id=ID), statement(id=ID, actor=BUDI)):
        answer = await south.post("/xapi/statements", json=[statement(), body])
        assert answer.status_code == 409
        assert answer.json()["error"]["where"].startswith("statements[1]")
    assert (await north.get("/xapi/statements", params={"statementId": ID})).content == before
    assert len((await north.get("/xapi/statements")).json()["statements"]) == 1


async def test_a_more_link_shows_each_key_its_own_and_lets_no_stranger_in(bench: Bench) -> None:
    scopes = (Scope.STATEMENTS_READ, Scope.STATEMENTS_WRITE)
    north, south = await bench.client("utara", *scopes), await bench.client("selatan", *scopes)
    for number in range(4):
        await north.post("/xapi/statements", json=statement(result={"response": f"utara {number}"}))
        await south.post("/xapi/statements", json=statement(result={"response": f"selatan {number}"}))
    more = (await north.get("/xapi/statements?limit=1")).json()["more"]
    seen = [one["result"]["response"] for one in (await south.get(more)).json()["statements"]]
    assert all(one.startswith("selatan") for one in seen)
    south.auth = None  # type: ignore[assignment]  # httpx documents None as "no credentials"
    assert (await south.get(more)).status_code == 401


async def test_voiding_stays_within_the_provider_unless_the_key_may_do_all(bench: Bench) -> None:
    north, south = await bench.client("utara", Scope.ALL), await bench.client("selatan", Scope.STATEMENTS_WRITE)
    await north.post("/xapi/statements", json=statement(id=ID))
    void = statement(verb={"id": "http://adlnet.gov/expapi/verbs/voided"}, object={"objectType": "StatementRef", "id": ID})
    assert _scope(await south.post("/xapi/statements", json=void)) == "all"
    assert (await north.get("/xapi/statements", params={"statementId": ID})).status_code == 200
    everything = await bench.client("selatan", Scope.ALL)
    assert (await everything.post("/xapi/statements", json=void)).status_code == 200
    assert (await north.get("/xapi/statements", params={"voidedStatementId": ID})).status_code == 200


async def test_a_bound_key_reaches_documents_of_its_actor_and_registration_only(bench: Bench) -> None:
    free = await bench.client("utara", Scope.STATE)
    bound = await bench.client("utara", Scope.STATE, bound_actor=json.dumps(SARI), bound_registration=REGISTRATION.upper())
    own, other = STATE | {"registration": REGISTRATION}, STATE | {"registration": OTHER_REGISTRATION}
    assert (await bound.put("/xapi/activities/state", params=own, content=b"own")).status_code == 204
    assert (await bound.get("/xapi/activities/state", params=own)).content == b"own"
    await free.put("/xapi/activities/state", params=other, content=b"other")
    for params in (other, own | {"agent": json.dumps(BUDI)}):
        for method in ("GET", "PUT", "POST", "DELETE"):
            assert (await bound.request(method, "/xapi/activities/state", params=params, content=b"x")).status_code == 403
    every = {name: value for name, value in STATE.items() if name != "stateId"}
    assert (await bound.get("/xapi/activities/state", params=every)).status_code == 403
    assert (await bound.delete("/xapi/activities/state", params=every)).status_code == 403, "not those of all registrations at once"
    assert (await bound.get("/xapi/activities/state", params=every | {"registration": REGISTRATION})).json() == ["s"]
    assert (await free.get("/xapi/activities/state", params=other)).content == b"other"


async def test_a_bound_key_reads_what_its_actor_did_and_not_what_others_say_of_them(bench: Bench) -> None:
    lms = await bench.client("utara", Scope.ALL)
    bound = await bench.client("utara", Scope.STATEMENTS_READ, bound_actor=json.dumps(SARI))
    about = statement(actor={**BUDI, "name": "Budi"}, object={"objectType": "Agent", **SARI})
    group = statement(actor={"objectType": "Group", "member": [SARI, BUDI]})
    for body in (statement(actor=SARI, id=ID), about, group):
        assert (await lms.post("/xapi/statements", json=body)).status_code == 200
    read, more = [], "/xapi/statements?limit=1"
    while more:
        page = (await bound.get(more)).json()
        read += [one["id"] for one in page["statements"]]
        more = page["more"]
    assert read == [ID]
    with_attachments = await bound.get("/xapi/statements?attachments=true")
    assert b"budi" not in with_attachments.content
    assert "name" not in (await bound.get("/xapi/agents", params={"agent": json.dumps(BUDI)})).json()


async def test_over_its_rate_a_client_is_429_with_when_to_come_back_and_others_are_not(bench: Bench) -> None:
    slow, other = await bench.client("utara", Scope.ALL, rate_limit=60), await bench.client("utara", Scope.ALL)
    answers = [await slow.get("/xapi/statements", headers={"Origin": "https://konten.test"}) for _ in range(15)]
    refused = [one for one in answers if one.status_code == 429]
    assert refused
    assert len(refused) < 15
    assert all(int(one.headers["Retry-After"]) >= 1 for one in refused)
    assert "Retry-After" in refused[0].headers["Access-Control-Expose-Headers"]
    assert (await other.get("/xapi/statements")).status_code == 200


async def test_a_key_of_one_origin_is_refused_to_other_pages_and_works_without_a_browser(bench: Bench) -> None:
    bound = await bench.client("utara", Scope.ALL, origins=("https://konten.test",))
    for origin, status in (("https://konten.test", 200), ("https://lain.test", 403), ("null", 403), (None, 200)):
        answer = await bound.get("/xapi/statements", headers={"Origin": origin} if origin else {})
        assert answer.status_code == status
