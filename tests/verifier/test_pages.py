"""The verifier's pages and interface by themselves: uploads, numbers, NIP, many files; errors that tell the way out."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import zipfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from credentials.certificate.number import printed_number
from credentials.suites.eddsa_rdfc_2022 import add_proof
from credentials.suites.vc_jwt import sign_token
from tests.support import files
from tests.support.certificates import ED25519_SIGNER, ISSUED, P256_SIGNER
from tests.support.sandbox import pool_of
from tests.support.verifying import ID, NOW, document, qr_text, sources
from verifier.attempts import after_attempt
from verifier.jobs import Jobs
from verifier.web.routes import verifier_routers
from verifier.web.site import Kept, Match, Site

pytestmark = pytest.mark.asyncio(loop_scope="module")
_DOCUMENT = document()
_TOKEN = sign_token(_DOCUMENT, P256_SIGNER)
_JSON = json.dumps(add_proof(_DOCUMENT, ED25519_SIGNER, ISSUED))
_NIP = "19990101" + "0" * 10


class _Certificates:
    async def kept(self, certificate_id: str) -> Kept | None:
        return Kept(_TOKEN, _JSON, (("JWT", f"/c/{ID}.jwt"),)) if certificate_id == ID else None


@dataclass
class _Holder:
    """Counts as a host would."""

    attempts: tuple[int, ...] = field(default=())

    async def compare(self, certificate_id: str, nip: str) -> Match:
        kept = after_attempt(self.attempts, len(self.attempts))
        if kept is None:
            return Match.TOO_OFTEN
        self.attempts = kept
        return Match.SAME if nip == _NIP else Match.DIFFERENT


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def http() -> AsyncIterator[httpx.AsyncClient]:
    known = sources(_DOCUMENT)
    async with pool_of(known) as pool, Jobs(pool, 2).running() as jobs:
        application = FastAPI()
        site = Site("https://jejak.test", pool, known, _Certificates(), _Holder(), now=lambda: NOW)
        for router in verifier_routers(site, jobs):
            application.include_router(router)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="https://jejak.test") as client:
            yield client


async def test_a_file_is_uploaded_with_a_form_and_gets_its_verdict(http: httpx.AsyncClient) -> None:
    for name, content in (("a.svg", files.svg(_TOKEN)), ("a.jpg", files.photo(qr_text(_DOCUMENT))), ("a.json", _JSON.encode())):
        answer = await http.post("/v?lang=en", files={"file": (name, content)})
        assert answer.status_code == 200
        assert '<h1 id="verdict">Valid</h1>' in answer.text
        assert "Ni Luh Sekar" in answer.text


@pytest.mark.parametrize("typed", [printed_number(ID), printed_number(ID).lower().replace("-", " "), ID])
async def test_a_typed_number_leads_to_the_certificate(http: httpx.AsyncClient, typed: str) -> None:
    answer = await http.post("/v", data={"certificate": typed})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/v/{ID}?lang=id")


async def test_a_slip_in_a_number_is_noticed_and_said(http: httpx.AsyncClient) -> None:
    number = printed_number(ID)
    answer = await http.post("/v?lang=en", data={"certificate": ("1" if number[0] != "1" else "2") + number[1:]})
    assert answer.status_code == 400
    assert "has a slip in it" in answer.text


async def test_the_kept_certificate_shows_everything_that_hr_records(http: httpx.AsyncClient) -> None:
    page = (await http.get(f"/v/{ID}?lang=en")).text
    for expected in (
        "Pengadaan Barang",
        "Ni Luh Sekar",
        "Balai Contoh (daftar)",
        "<b>8</b>",
        "Pelatihan jarak jauh",
        "20 November 2026",
        printed_number(ID),
    ):
        assert expected in page
    assert "Status as of" in page
    assert page.count("<li class=") == 10


async def test_a_nip_is_compared_five_times_an_hour_and_stands_nowhere(http: httpx.AsyncClient) -> None:
    answers = [await http.post(f"/v/{ID}/match?lang=en", data={"nip": nip}) for nip in (_NIP, "19990101 000000 0 001", _NIP, "x", _NIP)]
    assert ["this NIP belongs" in one.text for one in answers] == [True, False, True, False, True]
    assert all(_NIP not in one.text for one in answers)
    sixth = await http.post(f"/v/{ID}/match", data={"nip": _NIP})
    assert sixth.status_code == 429
    assert "hubungi penerbit" in sixth.text
    assert (await http.post("/v/zzz/match", data={"nip": _NIP})).status_code == 404


async def test_programs_get_the_report_in_both_languages(http: httpx.AsyncClient) -> None:
    answer = await http.post("/verify", content=_TOKEN)
    told = answer.json()
    assert answer.headers["access-control-allow-origin"] == "*"
    assert (told["verdict"], told["title"], told["form"]) == ("valid", {"id": "Sah", "en": "Valid"}, "jwt")
    assert [check["number"] for check in told["checks"]] == list(range(1, 11))
    assert told["certificate"]["kind"] == {"code": 7, "name": "Pelatihan jarak jauh"}
    with_form = await http.post("/verify", files={"file": ("a.jwt", _TOKEN)})
    assert with_form.json()["verdict"] == "valid"
    altered = (await http.post("/verify", content=_TOKEN[:-9] + "AAAAAAAAA")).json()
    assert (altered["verdict"], altered["certificate"]) == ("altered", None)
    assert altered["checks"][1]["reason"]["id"] == "tanda tangan bukan dari kunci penerbit atas teks ini"


@pytest.mark.parametrize(
    ("content", "status"), [(b"", 400), (b"  \n", 400), (b"x" * (20 * 1024 * 1024 + 1), 413)], ids=["nothing", "blanks", "too much"]
)
async def test_what_cannot_be_checked_at_all_is_refused_with_the_reason(http: httpx.AsyncClient, content: bytes, status: int) -> None:
    answer = await http.post("/verify", content=content)
    assert answer.status_code == status
    assert set(answer.json()["error"]) == {"message", "messages", "status"}


def _zip(count: int = 3) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(count - 1):
            archive.writestr(f"{number}.jwt", _TOKEN)
        archive.writestr("rusak.pdf", b"%PDF-1.7 rusak")
    return out.getvalue()


async def _finished(http: httpx.AsyncClient, where: str) -> dict[str, object]:
    for _ in range(100):
        told: dict[str, object] = (await http.get(where)).json()
        if told["finished"]:
            return told
        await asyncio.sleep(0.1)
    raise AssertionError("the job did not end")


async def test_a_zip_is_a_job_with_progress_reports_and_a_table(http: httpx.AsyncClient) -> None:
    started = await http.post("/verify/batch", content=_zip())
    assert started.status_code == 202
    where = started.headers["location"]
    told = await _finished(http, where)
    assert (told["total"], told["done"], told["counts"]) == (3, 3, {"altered": 1, "valid": 2})
    table = await http.get(where + ".csv?lang=en")
    rows = list(csv.DictReader(io.StringIO(table.content.decode("utf-8-sig"))))
    assert [(row["file"], row["result"]) for row in rows] == [("0.jwt", "Valid"), ("1.jwt", "Valid"), ("rusak.pdf", "Altered")]
    page = await http.post("/v/batch?lang=en", files={"file": ("a.zip", _zip())})
    assert page.status_code == 303
    shown = await http.get(page.headers["location"])
    assert shown.status_code == 200
    assert "of 3 files" in shown.text


async def test_a_zip_with_too_many_files_or_none_is_refused(http: httpx.AsyncClient) -> None:
    assert (await http.post("/verify/batch", content=_zip(501))).status_code == 413
    assert (await http.post("/verify/batch", content=b"halo")).status_code == 400
    assert "no ZIP" in (await http.post("/v/batch?lang=en", files={"file": ("a.zip", b"halo")})).text
    assert (await http.get("/verify/batch/none")).status_code == 404
    assert (await http.get("/v/batch/none")).status_code == 404


async def test_every_page_is_neither_kept_nor_found_nor_framed(http: httpx.AsyncClient) -> None:
    for path in ("/v", f"/v/{ID}", "/v/none", "/v/batch"):
        headers = (await http.get(path)).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "'unsafe-inline'" not in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert (headers["cache-control"], headers["referrer-policy"]) == ("no-store", "no-referrer")
        assert "noindex" in headers["x-robots-tag"]
        assert "set-cookie" not in headers
