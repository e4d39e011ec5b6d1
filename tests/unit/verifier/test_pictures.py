"""A printed QR, 3 cm at 150 dpi, is read after every damage that a way to HR does to it; what it carries is read to the last byte."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from PIL import Image

from credentials.certificate.qr import qr_image
from tests.support.pictures import DAMAGES, scanned
from tests.support.verifying import document, qr_text
from verifier.errors import UnreadableError
from verifier.readers.payload import read_link, read_payload
from verifier.readers.pdf import read_pdf
from verifier.readers.photo import find_qr, open_picture

_LONG = document()
_LONG["credentialSubject"]["achievement"]["name"] = (
    "Pelatihan Teknis Penyusunan Rencana Pembangunan Daerah Berbasis Data dan Bukti bagi Pejabat Fungsional Perencana Ahli Muda di "
    "Lingkungan Pemerintah Kabupaten dan Kota Kawasan Timur"
)
_NAME = "Dr. Ir. Raden Mas Contoh Kartawidjaja Hadiningrat Kusumawardhani, S.Sos., M.A.P."
_URL = "https://verifikasi-sertifikat.pelatihan.bangkom.go.id"
_PROVIDER = "Pusat Pengembangan Sumber Daya Manusia Regional Contoh Kementerian Dalam Negeri"
_TEXTS = {
    "usual": qr_text(document()),
    "longest": qr_text(_LONG, holder=_NAME, provider=_PROVIDER, valid_until=1_985_000_000, jp=120, url=_URL),
}


@pytest.mark.parametrize("text", _TEXTS.values(), ids=_TEXTS)
@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_it_is_read_after_this_damage(damage: Callable[[Image.Image], Image.Image], text: str) -> None:
    out = io.BytesIO()
    damage(scanned(text)).convert("L").save(out, "PNG")
    found = find_qr(open_picture(out.getvalue()))
    assert found == read_link(text)
    assert found is not None
    assert found.payload is not None
    assert read_payload(found.payload).id == "abcdefghijklmnopqrstuvwxya"


def test_cut_texts_are_marked() -> None:
    found = read_link(_TEXTS["longest"])
    assert found is not None
    assert found.payload is not None
    payload = read_payload(found.payload)
    assert payload.cut == {name for name in ("title", "holder", "provider") if getattr(payload, name).endswith("…")}
    assert "title" in payload.cut


def _page_of(*texts: str) -> Image.Image:
    """A page with a QR beside the other."""
    page = Image.new("L", (900 * len(texts), 900), 255)
    for place, text in enumerate(texts):
        page.paste(qr_image(text, 6), (900 * place + 40, 40))
    return page


def test_qrs_of_two_certificates_in_one_picture_are_no_certificate() -> None:
    other = _TEXTS["usual"].replace("abcdefghijklmnopqrstuvwxya", "b" * 25 + "a")
    with pytest.raises(UnreadableError, match="more than one certificate"):
        find_qr(_page_of(_TEXTS["usual"], other))
    assert find_qr(_page_of(_TEXTS["usual"], _TEXTS["usual"])) == read_link(_TEXTS["usual"])
    assert find_qr(_page_of(_TEXTS["usual"], "https://hadiah.test/klik")) == read_link(_TEXTS["usual"])


def test_a_pdf_with_qrs_of_two_certificates_on_its_pages_is_no_certificate() -> None:
    other = _TEXTS["usual"].replace("abcdefghijklmnopqrstuvwxya", "b" * 25 + "a")
    out = io.BytesIO()
    _page_of(_TEXTS["usual"]).save(out, "PDF", save_all=True, append_images=[_page_of(other)])
    with pytest.raises(UnreadableError, match="more than one certificate"):
        read_pdf(out.getvalue())
