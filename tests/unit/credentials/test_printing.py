"""The printed certificate: six fields, QR and credential on it, as PDF/A; a template that is hostile or wrong ends with a sentence."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pypdfium2
import pytest

from credentials.certificate.issued import Certificate
from credentials.errors import PrintingError
from credentials.printing.words import printed_words
from credentials.services.printing import Printing, set_in_process
from credentials.stores.memory import MemoryRecords
from tests.support.issuing import URL, open_office
from tests.support.pictures import read_qr


async def _printed() -> tuple[Printing, Certificate]:
    office = await open_office(MemoryRecords())
    certificate = await office.issue(1, holder="Ni Luh *Sekar* #let <x> $y$", provider_number="800/17/BPC/2026")
    return Printing(URL, office.keys), certificate


async def test_the_page_has_the_six_fields_the_holder_the_number_and_the_host_and_the_qr_reads() -> None:
    printing, certificate = await _printed()
    made = await printing.pdf(certificate)
    document = pypdfium2.PdfDocument(made)
    try:
        page = document[0]
        text = page.get_textpage()
        told = " ".join(text.get_text_range().split())
        for expected in (
            "Pelatihan teknis",
            "Balai Contoh",
            "Pengadaan Barang dan Jasa",
            "3 November 2026 – 20 November 2026",
            "8 JP",
            "pernyataan xAPI",
            "Ni Luh *Sekar* #let <x> $y$",
            "800/17/BPC/2026",
            "jejak.test",
            printed_words(certificate, URL)["number"],
        ):
            assert expected in told, told
        bitmap = page.render(scale=3)
        assert f"{URL}/v/{certificate.id}#{certificate.qr}" in read_qr(bitmap.to_pil())
        attachment = document.get_attachment(0)
        assert bytes(attachment.get_data()).decode() == certificate.token
        for one in (text, bitmap, page):
            one.close()
    finally:
        document.close()
    assert b"pdfaid:part>3<" in made.replace(b" ", b"")


def _pdfsig(path: Path) -> str:
    """What poppler says of the signature."""
    return subprocess.run(["pdfsig", "-nocert", str(path)], capture_output=True, text=True, timeout=60, check=False).stdout


async def test_it_is_made_once_and_kept() -> None:
    printing, certificate = await _printed()
    assert await printing.pdf(certificate) is await printing.pdf(certificate)


async def test_pdfsig_calls_the_signature_valid_and_with_one_byte_changed_invalid(tmp_path: Path) -> None:
    printing, certificate = await _printed()
    made = await printing.pdf(certificate)
    place = made.index(b"/Title") if b"/Title" in made else len(made) // 2
    altered = made[:place] + bytes([made[place] ^ 1]) + made[place + 1 :]
    for content, told in ((made, "Signature is Valid"), (altered, "Digest Mismatch")):
        path = tmp_path / "certificate.pdf"
        path.write_bytes(content)
        assert told in _pdfsig(path)
    path.write_bytes(made)
    assert "ETSI.CAdES.detached" in _pdfsig(path)
    assert "Total document signed" in _pdfsig(path)


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ("#panic(1)", "cannot be set"),
        ('#read("/etc/passwd")', "cannot be set"),
        ('#read("../../../../etc/passwd")', "cannot be set"),
        ('#import "@preview/cetz:0.3.0"', "cannot be set"),
        ("#let f(n) = f(n + 1)\n#f(0)", "cannot be set"),
        ("#told.missing", "cannot be set"),
    ],
)
async def test_a_template_reaches_nothing_and_its_mistakes_are_told(template: str, told: str) -> None:
    with pytest.raises(PrintingError, match=told):
        await set_in_process(template, {"title": "x"})
