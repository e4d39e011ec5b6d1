"""A certificate in every kind of file, read and checked in a process of its own."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from credentials.suites.eddsa_rdfc_2022 import add_proof
from credentials.suites.vc_jwt import sign_token
from tests.support import files
from tests.support.certificates import DID, ED25519_SIGNER, ISSUED, P256_SIGNER
from tests.support.sandbox import pool_of
from tests.support.verifying import LINK, document, issuer, log_proof, qr_text, sources
from verifier.report import Outcome, Report, Step
from verifier.sandbox.pool import Pool
from verifier.verdict import Verdict

_DOCUMENT = document()
_TOKEN = sign_token(_DOCUMENT, P256_SIGNER)
_QR = qr_text(_DOCUMENT)
_WORDS = "Ni Luh Sekar, S.Kom.\nPengadaan Barang & Jasa – Dasar “I”\n8 JP"


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pool() -> AsyncIterator[Pool]:
    async with pool_of(sources(_DOCUMENT)) as made:
        yield made


def _passed(report: Report) -> set[Step]:
    return {check.step for check in report.checks if check.outcome is Outcome.PASSED}


_PDF = {"certificate.jwt": _TOKEN, "proof.tlog-proof": log_proof(_DOCUMENT)}
_SEALED = files.signed(files.pdf(_PDF), "Segel Contoh", own=False)
_GENUINE = {
    "jwt": _TOKEN.encode(),
    "json": json.dumps(add_proof(_DOCUMENT, ED25519_SIGNER, ISSUED)).encode(),
    "png": files.png(_TOKEN),
    "svg": files.svg(_TOKEN),
    "pdf": files.signed(files.pdf(_PDF, _QR)),
    "photo": files.photo(_QR),
    "qr": _QR.encode(),
    "link": LINK.encode(),
}


@pytest.mark.parametrize(("form", "content"), _GENUINE.items(), ids=_GENUINE)
async def test_a_genuine_certificate_is_valid_in_every_form(pool: Pool, form: str, content: bytes) -> None:
    report = await pool.examine(content)
    assert (report.verdict, report.form) == (Verdict.VALID, form), report
    assert report.facts is not None
    assert report.facts.holder == "Ni Luh Sekar, S.Kom."


async def test_a_signed_pdf_with_qr_passes_all_ten_checks(pool: Pool) -> None:
    report = await pool.examine(_GENUINE["pdf"])
    assert _passed(report) == set(Step)
    assert report.checks[Step.PDF_SIGNATURE.number - 1].reason.values == {"signer": "Balai Contoh", "level": "PAdES B-B"}


async def test_a_scanned_pdf_is_checked_by_its_qr_and_a_print_by_its_words_too(pool: Pool) -> None:
    scan = await pool.examine(files.pdf({}, _QR))
    assert scan.verdict is Verdict.VALID
    assert Step.PDF_UNCHANGED not in _passed(scan)
    printed = await pool.examine(files.pdf({}, _QR, _WORDS))
    assert printed.verdict is Verdict.VALID
    assert Step.PDF_UNCHANGED in _passed(printed)


async def test_the_signer_may_be_one_that_the_trust_list_names() -> None:
    async with pool_of(sources(_DOCUMENT)) as pool:
        assert (await pool.examine(_SEALED)).verdict is Verdict.ALTERED
    named = issuer(pdf_signers=frozenset({files.fingerprint("Segel Contoh", own=False)}))
    async with pool_of(sources(_DOCUMENT, issuers={DID: named})) as pool:
        assert (await pool.examine(_SEALED)).verdict is Verdict.VALID
