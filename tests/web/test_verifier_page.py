"""The page that the QR leads to, over the real product: verdicts, languages, and what the page keeps and reveals."""

from __future__ import annotations

import re

import httpx
import pytest

from credentials.keys import P256Signer
from credentials.suites.vc_jwt import sign_token
from tests.support import certificates
from tests.web.test_certificates import World, _issued, world

__all__ = ["world"]  # the fixture


@pytest.fixture
async def certificate(world: World) -> str:
    return await _issued(world)


async def test_the_address_in_the_qr_says_valid_in_indonesian(world: World, certificate: str) -> None:
    answer = await world.http.get(f"/v/{certificate}", auth=httpx.Auth())
    assert answer.status_code == 200
    for expected in (
        'lang="id"',
        '<h1 id="verdict">Sah</h1>',
        "Pengadaan",
        "Peserta 7",
        "Balai balai",
        "<b>8</b> JP",
        "21 November 2026",
        "jejak.test",
    ):
        assert expected in answer.text


async def test_it_speaks_english_when_asked(world: World, certificate: str) -> None:
    for address, headers in ((f"/v/{certificate}?lang=en", {}), (f"/v/{certificate}", {"Accept-Language": "fr, en-GB;q=0.8"})):
        assert '<h1 id="verdict">Valid</h1>' in (await world.http.get(address, headers=headers)).text


async def test_it_is_small_has_no_script_inside_and_is_neither_kept_nor_found(world: World, certificate: str) -> None:
    answer = await world.http.get(f"/v/{certificate}")
    style = await world.http.get("/v/style.css")
    pictures = [await world.http.get(f"/v/{name}") for name in ("guilloche.svg", "icon.svg")]
    assert len(answer.content) + len(style.content) + sum(len(one.content) for one in pictures) < 40_000
    assert set(re.findall(r"<script[^>]*>", answer.text)) <= {
        '<script src="/v/fragment.js" type="module">',
        '<script type="application/json" id="facts">',
    }
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    assert "noindex" in answer.headers["x-robots-tag"]
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "7" not in answer.text.split("<footer")[1]


async def test_a_number_that_nobody_has_is_404_and_says_so(world: World) -> None:
    answer = await world.http.get("/v/abcdefghijklmnopqrstuvwxyz")
    assert answer.status_code == 404
    assert "Tidak ada sertifikat dengan nomor ini" in answer.text


@pytest.mark.parametrize("suffix", [".jwt", ".json"])
async def test_what_is_pasted_is_valid_as_issued_and_altered_when_one_byte_changes(world: World, certificate: str, suffix: str) -> None:
    text = (await world.http.get(f"/c/{certificate}{suffix}")).text
    assert '<h1 id="verdict">Sah</h1>' in (await world.http.post("/v", data={"certificate": text})).text
    place = text.index("Pengadaan") if suffix == ".json" else len(text) // 2
    altered = text[:place] + ("Q" if text[place] != "Q" else "R") + text[place + 1 :]
    answer = await world.http.post("/v", data={"certificate": altered})
    assert '<h1 id="verdict">Diubah</h1>' in answer.text
    assert "Peserta 7" not in answer.text


@pytest.mark.parametrize("text", ["", "halo", "<script>alert(1)</script>", "ÿ" * 300_000, "{" * 5_000, "a.b.c"])
async def test_whatever_is_pasted_gets_a_page(world: World, text: str) -> None:
    answer = await world.http.post("/v", data={"certificate": text})
    assert answer.status_code == (400 if not text else 413 if len(text) > 100_000 else 200)
    assert "<script>alert" not in answer.text
    assert "Sah" not in answer.text


async def test_machines_get_the_report_as_json_with_numbered_checks(world: World, certificate: str) -> None:
    token = (await world.http.get(f"/c/{certificate}.jwt")).text
    report = (await world.http.post("/verify", content=token)).json()
    assert report["verdict"] == "valid"
    assert [check["number"] for check in report["checks"]] == list(range(1, 11))
    assert report["certificate"]["jp"] == 8
    assert (await world.http.post("/verify", content=b"\xff\xfe")).json()["verdict"] == "cannot-check"


async def test_a_certificate_of_another_host_is_of_an_unknown_issuer(world: World, certificate: str) -> None:
    did = "did:web:lain.test:issuers:balai"
    document = certificates.unsigned(issuer={"id": did, "type": ["Profile"], "name": "Balai balai"})
    token = sign_token(document, P256Signer(f"{did}#p256-1", certificates.CURVE))
    report = (await world.http.post("/verify", content=token)).json()
    assert (report["verdict"], report["certificate"]) == ("unknown-issuer", None)


async def test_a_certificate_that_somebody_else_signed_in_an_issuers_name_is_altered(world: World, certificate: str) -> None:
    report = (await world.http.post("/verify", content=certificates.token())).json()
    assert (report["verdict"], report["certificate"]) == ("altered", None)


async def test_a_kept_certificate_that_somebody_changed_in_the_store_is_altered(world: World, certificate: str) -> None:
    """Whoever can write the database still cannot forge."""
    document = (await world.http.get(f"/c/{certificate}.json")).json()
    document["credentialSubject"]["creditsEarned"] = 80
    assert (await world.http.post("/verify", json=document)).json()["verdict"] == "altered"
