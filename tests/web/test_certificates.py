"""The administration of catalogue and persons, certificates and DID documents, over HTTP; and evidence that comes before or after them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from openvc.status.bitstring import decode_bitstring, get_status_bit

from jejak.composition import Application
from jejak.settings import Settings
from tests.support.learning import COURSE, HOME, QUIZ
from tests.support.pictures import the_qr

Json = dict[str, Any]
_COMPLETED = "http://adlnet.gov/expapi/verbs/completed"
_PROGRAMME = {"id": "pbj", "provider": "balai", "title": "Pengadaan", "description": "Dasar.", "criteria": "Lulus.", "jp": 8}
_BATCH: Json = {
    "id": "pbj-1",
    "programme": "pbj",
    "provider": "balai",
    "name": "Angkatan I",
    "starts": "2026-11-01",
    "ends": "2026-11-30",
    "rule": "course-completed-and-quiz-passed",
    "bindings": [{"role": "course", "activity": COURSE}, {"role": "quiz", "activity": QUIZ}],
    "minimum_score": 0.7,
}


@dataclass
class World:
    """A server, signed in to as overseer, with the provider `balai` and its LMS."""

    http: httpx.AsyncClient
    lms: tuple[str, str]
    other_lms: tuple[str, str]

    async def made(self, path: str, body: Json) -> Json:
        answer = await self.http.post(path, json=body)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def catalogue(self) -> None:
        window = {"starts": "2020-01-01", "body": "LAN"}
        answer = await self.http.put("/api/providers/balai/accreditations", json={"accreditations": [window], "reason": "SK akreditasi"})
        assert answer.status_code == 200, answer.text
        await self.made("/api/programmes", _PROGRAMME)
        await self.made("/api/batches", _BATCH)
        await self.approve()

    async def approve(self) -> None:
        """By two overseers."""
        await self.http.post("/api/programmes/pbj/1/state", json={"state": "proposed"})
        second = (await self.http.post("/admin/administrators", json={"name": "rini"})).json()
        auth = httpx.BasicAuth("rini", second["secret-key"])
        answer = await self.http.post("/api/programmes/pbj/1/state", json={"state": "approved"}, auth=auth)
        assert answer.json()["state"] == "approved"

    async def person(self, user: str) -> str:
        account = {"provider": "balai", "home_page": HOME, "name": user}
        return str((await self.made("/api/people", {"name": {"name": f"Peserta {user}"}, "accounts": [account]}))["id"])

    async def learnt(self, user: str, *, score: float = 0.8, lms: tuple[str, str] | None = None) -> None:
        actor = {"account": {"homePage": HOME, "name": user}}
        quiz = {"success": True, "score": {"scaled": score}}
        told = [
            {"actor": actor, "verb": {"id": _COMPLETED}, "object": {"id": QUIZ}, "result": quiz, "timestamp": "2026-11-20T02:00:00Z"},
            {"actor": actor, "verb": {"id": _COMPLETED}, "object": {"id": COURSE}, "timestamp": "2026-11-20T17:30:00Z"},
        ]
        headers = {"X-Experience-API-Version": "1.0.3"}
        answer = await self.http.post("/xapi/statements", json=told, auth=lms or self.lms, headers=headers)
        assert answer.status_code == 200, answer.text

    async def lines(self, person: str) -> list[Json]:
        """Of the year's balances, as an overseer sees them."""
        path, why = f"/api/people/{person}/hours?year=2026", {"Jejak-Reason": "pemeriksaan"}
        found = (await self.http.get(path, headers=why)).json()["balances"]
        return [line for balance in found for line in balance["lines"]]

    async def certificates(self, expected: int) -> list[Json]:
        """Those of the batch once the projector is through, which must be `expected`."""
        for _ in range(200):
            metrics = (await self.http.get("/metrics")).text
            found = (await self.http.get("/admin/batches/pbj-1/certificates")).json()
            if 'jejak_feed_lag{consumer="credentials"} 0.0' in metrics and len(found) >= expected:
                break
            await asyncio.sleep(0.02)
        assert len(found) == expected
        return list(found)


@pytest.fixture(params=["memory:", ""], ids=["memory", "sqlite"])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    application = Application(Settings.model_validate({"data_dir": tmp_path, "store": request.param, "public_url": "https://jejak.test"}))
    async with application.running() as product:
        assert product.first_run is not None
        auth = (product.first_run.administrator, product.first_run.administrator_secret)
        transport = httpx.ASGITransport(application, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="https://jejak.test", auth=auth) as http:
            keys = []
            for provider in ("balai", "lain"):
                await http.post("/admin/providers", json={"id": provider, "name": f"Balai {provider}"})
                body = {"provider": provider, "label": "Moodle", "scopes": ["statements/write"]}
                client = (await http.post("/admin/clients", json=body)).json()
                keys.append((client["api-key"], client["secret-key"]))
            yield World(http, keys[0], keys[1])


async def test_evidence_that_satisfies_the_rule_becomes_a_certificate_and_hours(world: World) -> None:
    await world.catalogue()
    person = await world.person("7")
    await world.learnt("7")
    (certificate,) = await world.certificates(1)
    assert certificate["person"] == person
    (line,) = await world.lines(person)
    assert (line["approved"], line["certificate"], line["completed_on"]) == (8, certificate["id"], "2026-11-21")  # in WIB


async def test_evidence_that_was_there_before_the_person_counts_too(world: World) -> None:
    await world.catalogue()
    await world.learnt("7")
    await world.certificates(0)
    await world.person("7")
    await world.certificates(1)


async def test_evidence_that_was_there_before_the_batch_counts_too(world: World) -> None:
    await world.person("7")
    await world.learnt("7")
    await world.learnt("8")
    await world.catalogue()
    await world.certificates(1)


async def test_the_same_evidence_sent_again_gives_nothing_more(world: World) -> None:
    await world.catalogue()
    person = await world.person("7")
    for _ in range(3):
        await world.learnt("7")
        await world.certificates(1)
    assert [line["approved"] for line in await world.lines(person)] == [8]


async def test_a_score_below_the_batchs_least_gives_nothing(world: World) -> None:
    await world.catalogue()
    await world.person("7")
    await world.learnt("7", score=0.69)
    await world.certificates(0)


async def test_another_providers_statements_are_no_evidence(world: World) -> None:
    await world.catalogue()
    await world.person("7")
    await world.learnt("7", lms=world.other_lms)
    await world.certificates(0)


async def _issued(world: World) -> str:
    await world.catalogue()
    await world.person("7")
    await world.learnt("7")
    return str((await world.certificates(1))[0]["id"])


async def test_a_certificate_is_served_in_both_proofs_with_its_qr_and_is_kept_by_no_cache(world: World) -> None:
    certificate = await _issued(world)
    for suffix, kind in (
        (".json", "application/vc"),
        ("", "application/vc"),
        (".jwt", "text/plain"),
        (".pdf", "application/pdf"),
        (".svg", "image/svg+xml"),
        (".png", "image/png"),
        ("/qr.svg", "image/svg+xml"),
        ("/qr.png", "image/png"),
    ):
        answer = await world.http.get(f"/c/{certificate}{suffix}", auth=httpx.Auth())
        assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (200, kind)
        assert "no-store" in answer.headers["cache-control"]
        assert answer.headers["x-robots-tag"] == "noindex"
        assert answer.headers["access-control-allow-origin"] == "*"
    assert re.fullmatch(f"https://jejak.test/v/{certificate}#[0-9]{{400,1400}}", the_qr(answer.content))


async def test_an_issuers_keys_are_public_and_none_of_them_private(world: World) -> None:
    await _issued(world)
    answer = await world.http.get("/issuers/balai/did.json", auth=httpx.Auth())
    document = answer.json()
    assert document["id"] == "did:web:jejak.test:issuers:balai"
    assert [method["type"] for method in document["verificationMethod"]] == ["Multikey", "JsonWebKey"]
    assert document["assertionMethod"] == [method["id"] for method in document["verificationMethod"]]
    assert '"d"' not in answer.text
    assert "secret" not in answer.text.lower()


@pytest.mark.parametrize(
    "path", ["/c/nothing.json", "/c/nothing.jwt", "/c/nothing/qr.png", "/c/nothing.tlog-proof", "/c/nothing", "/issuers/lain/did.json"]
)
async def test_what_is_not_there_is_404_with_our_error(world: World, path: str) -> None:
    answer = await world.http.get(path, auth=httpx.Auth())
    assert answer.status_code == 404
    assert answer.json()["error"]["status"] == 404


async def test_nobody_reads_certificates_of_a_batch_unrecognised(world: World) -> None:
    assert (await world.http.get("/admin/batches/pbj-1/certificates", auth=httpx.Auth())).status_code == 401
    assert (await world.http.get("/admin/batches/pbj-1/certificates")).status_code == 200


async def test_status_lists_are_served_in_both_proofs_with_etag_and_for_any_origin(world: World) -> None:
    await _issued(world)
    for suffix, kind in (("", "application/vc"), (".jwt", "text/plain")):
        answer = await world.http.get(f"/issuers/balai/status/revocation/1{suffix}", auth=httpx.Auth())
        assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (200, kind)
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["cache-control"] == "public, max-age=300"
        again = await world.http.get(answer.request.url.path, headers={"If-None-Match": answer.headers["etag"]}, auth=httpx.Auth())
        assert (again.status_code, again.content) == (304, b"")
    document = (await world.http.get("/issuers/balai/status/suspension/1", auth=httpx.Auth())).json()
    assert document["credentialSubject"]["statusPurpose"] == "suspension"


@pytest.mark.parametrize(
    "path",
    [
        "/issuers/balai/status/revocation/2",
        "/issuers/balai/status/revocation/01",
        "/issuers/balai/status/revocation/1.json",
        "/issuers/balai/status/other/1",
        "/issuers/balai/status/revocation/99999999999999999999",
        "/log/tile/0/001",
        "/log/tile/0/0",
        "/log/tile/entries/000.p/255",
        "/log/tile/9999/000",
    ],
)
async def test_lists_and_tiles_that_are_none_are_404(world: World, path: str) -> None:
    await _issued(world)
    assert (await world.http.get(path, auth=httpx.Auth())).status_code == 404


async def test_the_log_is_served_as_others_read_it(world: World) -> None:
    certificate = await _issued(world)
    checkpoint = (await world.http.get("/log/checkpoint", auth=httpx.Auth())).text
    assert checkpoint.startswith("jejak.test/log\n1\n")
    tile = await world.http.get("/log/tile/entries/000.p/1", auth=httpx.Auth())
    assert len(tile.content) == 34
    assert "immutable" not in tile.headers["cache-control"]
    proof = (await world.http.get(f"/c/{certificate}.tlog-proof", auth=httpx.Auth())).text
    assert proof.startswith("c2sp.org/tlog-proof@v1\nindex 0\n\njejak.test/log\n1\n")


async def test_code_lists_that_certificates_point_to_are_public(world: World) -> None:
    assert (await world.http.get("/reference/channels", auth=httpx.Auth())).json()["16"]["id"] == "E-learning"
    assert "M.1" in (await world.http.get("/reference/competences", auth=httpx.Auth())).json()


async def test_an_overseer_revokes_and_the_list_says_so_within_moments(world: World) -> None:
    certificate = await _issued(world)
    answer = await world.http.post(f"/admin/certificates/{certificate}/revoke", json={"reason": "bukti palsu"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["revoked"]
    index = int((await world.http.get(f"/c/{certificate}.json")).json()["credentialStatus"]["statusListIndex"])
    for _ in range(100):
        document = (await world.http.get("/issuers/balai/status/revocation/1")).json()
        if get_status_bit(decode_bitstring(document["credentialSubject"]["encodedList"]), index):
            break
        await asyncio.sleep(0.05)
    else:
        raise AssertionError("the list does not say so")
    assert (await world.http.post(f"/admin/certificates/{certificate}/revoke", json={"reason": "x"})).status_code == 409
    told = (await world.http.get(f"/admin/certificates/{certificate}")).json()
    assert [event["what"] for event in told["events"]] == ["issued", "revoked"]
    evidence = (await world.http.get(f"/admin/certificates/{certificate}/evidence")).json()
    shown = (await world.http.get(f"/c/{certificate}.json")).json()["evidence"]
    assert [one["digest"] for one in evidence] == [one["description"] for one in shown]


async def test_keys_are_rotated_over_the_administration_and_a_stolen_one_tells_what_to_reissue(world: World) -> None:
    certificate = await _issued(world)
    rotated = await world.http.post("/admin/issuers/balai/rotate", json={"reason": "setiap tahun"})
    assert [key["method"] for key in rotated.json()] == ["ed25519-2", "p256-2"]
    body = {"reason": "dicuri", "method": "p256-1", "since": "2026-11-01T00:00:00+07:00"}
    assert (await world.http.post("/admin/issuers/balai/compromised", json=body)).json()["reissue"] == [certificate]
    made = await world.http.post(f"/admin/certificates/{certificate}/reissue", json={"reason": "kunci dicuri"})
    assert (made.status_code, made.json()["replaces"], made.json()["issue"]) == (201, certificate, 2)
    assert [key["revoked"] is not None for key in (await world.http.get("/admin/issuers/balai/keys")).json()] == [False, True, False, False]
