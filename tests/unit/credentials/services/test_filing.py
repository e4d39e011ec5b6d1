"""A certificate's PDF: whose seal is on it, and what the trust list has to name."""

from __future__ import annotations

import asyncio

import pypdfium2

from credentials.files.seal_service import SealAccount, SealService
from credentials.services.filing import Filing
from credentials.stores.decisions import DecisionLog
from credentials.stores.memory import MemoryRecords
from tests.support.issuing import URL, Office, open_office
from tests.support.learning import PROVIDER
from tests.support.seal_service import PASSWORD, USER, Identity, seal_service
from verifier.readers.pdf_signature import read_signature

_SEALER = Identity.make("Segel Balai Contoh")


def _filing(office: Office, service: SealService | None) -> Filing:
    return Filing(office.records, office.keys, office.log, DecisionLog(office.records, office.clock), URL, None, service)


def _words(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    words = " ".join(document[0].get_textpage().get_text_bounded().split())
    document.close()
    return words


async def test_a_provider_with_an_account_seals_by_the_service_and_says_whose_seal_it_is() -> None:
    office = await open_office(MemoryRecords())
    certificate = await office.issue(1)
    with seal_service(_SEALER) as running:
        account = SealAccount(USER, PASSWORD, {"nik": "0" * 16, "passphrase": "frasa-uji"}, (_SEALER.certificate,))
        filing = _filing(office, SealService(f"{running.address}/api/v2/sign/pdf", 20, {PROVIDER: account}))
        pdf = await filing.pdf(certificate)
    found, words = await asyncio.to_thread(read_signature, pdf, ""), _words(pdf)
    assert (found.signer, found.intact, found.whole) == (_SEALER.name, True, True)
    assert f"atas nama {_SEALER.name}" in words
    assert "tersertifikasi" not in words
    assert set(found.signers) & set(await filing.signers(PROVIDER))


async def test_a_provider_without_an_account_seals_with_its_own_key_as_ever() -> None:
    office = await open_office(MemoryRecords())
    certificate = await office.issue(1)
    filing = _filing(office, SealService("http://127.0.0.1:9/", 20, {}))
    pdf = await filing.pdf(certificate)
    found = await asyncio.to_thread(read_signature, pdf, "")
    assert found.intact
    assert set(found.signers) & set(await filing.signers(PROVIDER))
    assert "bukan tanda tangan elektronik tersertifikasi" in _words(pdf)
