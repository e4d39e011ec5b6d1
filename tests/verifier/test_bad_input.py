"""Whatever is uploaded gets a report, soon, and never a green one; and the next file is checked as if nothing had been."""

from __future__ import annotations

import asyncio
import base64
import gzip
import io
import json
import os
import signal
import time
import zipfile
import zlib
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio
from openvc.did.did_key import DidKeyResolver
from PIL import Image

from credentials.certificate.status import Purpose, list_address
from credentials.suites.vc_jwt import sign_token
from tests.support import files
from tests.support.certificates import P256_SIGNER
from tests.support.sandbox import pool_of
from tests.support.verifying import ISSUER_URL, document, qr_text, sources, status_list
from verifier.errors import BusyError
from verifier.readers.reading import LONGEST_FILE
from verifier.report import Report
from verifier.sandbox.limits import MEMORY, SECONDS
from verifier.sandbox.pool import Pool
from verifier.sources.ports import Fetched, FixedSources
from verifier.trust import KnownIssuer
from verifier.verdict import Verdict

pytestmark = pytest.mark.asyncio(loop_scope="module")
_DOCUMENT = document()
_TOKEN = sign_token(_DOCUMENT, P256_SIGNER)
_QR = qr_text(_DOCUMENT)
_POISONER = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"
_SLACK = 3.0  # seconds: a busy machine starts the fork late


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pool() -> AsyncIterator[Pool]:
    strangers = {_POISONER: DidKeyResolver().resolve(_POISONER).raw}
    async with pool_of(sources(_DOCUMENT, did_documents=strangers)) as made:
        await made.examine(b"warm")
        yield made


def _pdf_bomb() -> bytes:
    """A page whose drawing is two gigabytes, packed to two megabytes."""
    packing = zlib.compressobj(9)
    packed = b"".join(packing.compress(bytes(1_000_000)) for _ in range(2_000)) + packing.flush()
    page = b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R>>endobj\n"
    content = b"4 0 obj<</Length %d/Filter/FlateDecode>>stream\n" % len(packed) + packed + b"\nendstream endobj\n"
    head = b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    return head + page + content + b"trailer<</Root 1 0 R>>\n%%EOF"


def _png_text_bomb() -> bytes:
    """A badge whose certificate unpacks to a gigabyte."""
    text = b"openbadgecredential\0\1\0\0\0" + zlib.compress(bytes(50_000_000), 9)
    out = io.BytesIO()
    Image.new("L", (2, 2)).save(out, "PNG")
    whole, end = out.getvalue()[:-12], out.getvalue()[-12:]
    return whole + len(text).to_bytes(4, "big") + b"iTXt" + text + zlib.crc32(b"iTXt" + text).to_bytes(4, "big") + end


def _laughs() -> bytes:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    return f'<!DOCTYPE svg [<!ENTITY l0 "ha">{entities}]><svg xmlns="http://www.w3.org/2000/svg">&l11;</svg>'.encode()


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.jwt", _TOKEN)
    return out.getvalue()


def _poison() -> bytes:
    """Blank nodes that all look alike: canonicalizing them tries every order."""
    names = [f"_:b{number}" for number in range(14)]
    evidence = [{"id": name, "type": ["Evidence"], "evidence": [other for other in names if other != name]} for name in names]
    made = document(issuer=_POISONER, evidence=evidence)
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "proofPurpose": "assertionMethod",
        "created": "2026-11-24T08:00:00Z",
    }
    proof |= {"verificationMethod": f"{_POISONER}#{_POISONER.removeprefix('did:key:')}", "proofValue": "z" + "1" * 88}
    return json.dumps(made | {"proof": proof}).encode()


_PDF = files.pdf({"a.jwt": _TOKEN}, _QR)
_PNG, _PHOTO = files.png(_TOKEN), files.photo(_QR)
_OUTSIDE = b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg">&x;</svg>'
_BAD = {
    "nothing to read": b"\0" * 100,
    "noise": bytes(range(256)) * 400,
    "a word": b"halo",
    "a page that looks like a verdict": b"<!doctype html><h1>Sah</h1>",
    "a cut-off token": _TOKEN[: len(_TOKEN) // 2].encode(),
    "a cut-off PDF": _PDF[: len(_PDF) // 2],
    "a cut-off PNG": _PNG[: len(_PNG) // 2],
    "a cut-off photo": _PHOTO[: len(_PHOTO) // 3],
    "a PDF bomb": _pdf_bomb(),
    "a PNG bomb": files.png_bomb(),
    "a PNG bomb of text": _png_text_bomb(),
    "an SVG bomb": _laughs(),
    "an SVG with an outside entity": _OUTSIDE,
    "deep JSON": b"[" * 200_000,
    "deep objects": b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
    "a number of many digits": b'{"credentialSubject":' + b"9" * 60_000 + b"}",
    "a ZIP": _zip(),
    "a gzip": gzip.compress(bytes(10_000_000)),
    "a PDF header on a picture": b"%PDF-1.7\n" + _PHOTO,
    "poisoned blank nodes": _poison(),
    "more than there is room for": b"x" * (LONGEST_FILE + 1),
}


@pytest.mark.parametrize(("name", "content"), _BAD.items(), ids=_BAD)
async def test_bad_input_gets_a_verdict_in_time_and_never_a_green_one(pool: Pool, name: str, content: bytes) -> None:
    started = time.monotonic()
    report = await pool.examine(content)
    assert time.monotonic() - started < SECONDS + _SLACK
    assert report.verdict in (Verdict.CANNOT_CHECK, Verdict.ALTERED, Verdict.UNKNOWN_ISSUER)
    assert report.facts is None
    assert report.decisive is not None


async def test_after_all_of_them_a_genuine_file_is_valid(pool: Pool) -> None:
    assert (await pool.examine(_TOKEN.encode())).verdict is Verdict.VALID


async def test_a_status_list_that_is_a_bomb_cannot_be_checked() -> None:
    packed = gzip.compress(bytes(500_000_000), 9)
    bomb = "u" + base64.urlsafe_b64encode(packed).rstrip(b"=").decode()
    subject = {"type": "BitstringStatusList", "statusPurpose": "revocation", "encodedList": bomb}
    listed = status_list(Purpose.REVOCATION, credentialSubject=subject | {"id": f"{ISSUER_URL}/status/revocation/1#list"})
    known = sources(_DOCUMENT)
    lists = {**known.status_lists, list_address(ISSUER_URL, Purpose.REVOCATION, 1): listed}
    async with pool_of(replace(known, status_lists=lists)) as made:
        report = await made.examine(_TOKEN.encode())
    assert (report.verdict, report.decisive and report.decisive.reason.text) == (
        Verdict.CANNOT_CHECK,
        "the status list is longer than any may be, or cut off",
    )


class _Slow(FixedSources):
    """The trust list takes a second."""

    def issuer(self, did: str) -> KnownIssuer | None:
        time.sleep(1)
        return super().issuer(did)

    def status_list(self, url: str) -> Fetched:
        return super().status_list(url)


async def test_a_bounded_number_is_checked_at_once_a_bounded_number_waits_and_the_rest_is_told_to_come_back() -> None:
    known = sources(_DOCUMENT)
    slow = _Slow(known.issuers, known.did_documents, known.status_lists, known.contexts, known.certificates, known.log_proofs, known.hosts)
    async with pool_of(slow, at_once=1, waiting=1) as made:
        found = await asyncio.gather(*(made.examine(_TOKEN.encode()) for _ in range(4)), return_exceptions=True)
        assert [one.verdict for one in found if isinstance(one, Report)] == [Verdict.VALID, Verdict.VALID]
        refused = [one for one in found if isinstance(one, BusyError)]
        assert len(refused) == 2
        assert refused[0].retry > 0
        assert (await made.examine(_TOKEN.encode(), patient=True)).verdict is Verdict.VALID


async def test_an_inmate_has_so_much_memory_and_no_more(pool: Pool) -> None:
    """240 MB of pixels, in a file of a megabyte: fewer pixels than are refused at once, more memory than there is."""
    side = 7_700
    assert side * side * 4 > MEMORY
    out = io.BytesIO()
    Image.new("RGBA", (side, side), "white").save(out, "PNG")
    report = await pool.examine(out.getvalue())
    assert (report.verdict, report.form) == (Verdict.CANNOT_CHECK, "")
    assert report.decisive is not None
    assert report.decisive.reason.text.startswith(("this picture cannot be opened", "reading this takes more time or memory"))


async def test_when_the_nursery_is_killed_another_one_takes_its_place(pool: Pool) -> None:
    first = pool.nursery_pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    await asyncio.sleep(0.2)
    assert (await pool.examine(_TOKEN.encode())).verdict is Verdict.VALID
    assert pool.nursery_pid != first
