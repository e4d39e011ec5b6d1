"""The seal of a printed certificate: PAdES B-B without a time-stamp service, B-LT with one, and what a service may not do to us."""

from __future__ import annotations

import asyncio
import io

import pytest
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pyhanko.pdf_utils.reader import PdfFileReader

from credentials.errors import CredentialError
from credentials.files.facts import REQUIRED
from credentials.files.sealing import Seal, sealed
from credentials.files.time_stamps import HttpTimeStamps
from credentials.files.typesetting import Sheet, Template, Typesetting
from credentials.keys.key import IssuerKey
from credentials.keys.pdf_certificate import self_signed
from credentials.keys.vault import P256Signer
from tests.support.time_stamps import time_stamp_service
from verifier.readers.pdf_signature import read_signature
from verifier.readers.presented import PdfFindings

_NAME = "Balai Pelatihan Contoh"
_CREATED = 1_795_500_000_000_000


def _seal(time_stamps: HttpTimeStamps | None = None) -> Seal:
    private = ec.generate_private_key(ec.SECP256R1())
    public = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    signer = P256Signer("did:web:jejak.test:issuers:balai#pdf", private)
    key = IssuerKey("balai@pdf", 1, "pdf", "p-256", public, "sealed", b"", _CREATED)
    return Seal(signer, self_signed(key, _NAME, signer), _NAME, time_stamps)


async def _read(content: bytes) -> PdfFindings:
    return await asyncio.to_thread(read_signature, content, "")


@pytest.fixture(scope="module")
def page() -> bytes:
    facts = dict.fromkeys(REQUIRED, "contoh") | dict.fromkeys(("batch", "issued", "competences", "provider_number", "replaces"), "")
    return asyncio.run(Typesetting().page(Template(), Sheet(facts, "https://jejak.test/v/x#1", b"{}", "ey.a.b")))


async def test_without_a_time_stamp_service_the_seal_is_b_b(page: bytes) -> None:
    found = await _read(await sealed(page, _seal()))
    assert (found.intact, found.whole, found.level, found.signer, found.trusted_time) == (True, True, "PAdES B-B", _NAME, False)


async def test_with_a_time_stamp_service_the_seal_is_b_lt_and_says_when(page: bytes) -> None:
    with time_stamp_service() as (address, root):
        content = await sealed(page, _seal(HttpTimeStamps(address, (root,))))
    found = await _read(content)
    assert (found.intact, found.whole, found.level) == (True, True, "PAdES B-LT")
    assert "/DSS" in PdfFileReader(io.BytesIO(content)).root


async def test_a_changed_byte_breaks_the_seal(page: bytes) -> None:
    content = await sealed(page, _seal())
    place = content.index(b"stream") + 40
    found = await _read(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
    assert not found.intact


async def test_a_time_stamp_service_that_is_not_there_makes_no_pdf(page: bytes) -> None:
    with pytest.raises(CredentialError, match="cannot be reached"):
        await sealed(page, _seal(HttpTimeStamps("http://127.0.0.1:9/", ())))


def test_the_certificate_over_the_key_is_for_signatures_only() -> None:
    certificate = asn1_x509.Certificate.load(_seal().certificate)
    assert certificate.key_usage_value.native == {"digital_signature", "non_repudiation"}
    assert certificate.self_signed == "maybe"
