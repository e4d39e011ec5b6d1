"""A printed QR, 3 cm at 150 dpi, is read after every damage that a way to HR does to it; what it carries is read to the last byte."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from PIL import Image

from tests.support.pictures import DAMAGES, scanned
from tests.support.verifying import document, qr_text
from verifier.readers.payload import read_link, read_payload
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
