"""Baked badges: the token comes out whole by other people's code and by the verifier's, and the words are drawn safely."""

from __future__ import annotations

import io
from xml.etree import ElementTree

import pytest
from openbadgeslib.baking import ITXT_KEYWORD_OB3, SVG_ELEMENT_OB3, SVG_NS_OB3, extract_png, extract_svg
from PIL import Image

from credentials.certificate.badge import BadgeWords, badge_png, badge_svg
from tests.support import certificates

_TOKEN = certificates.token()
_WORDS = [
    BadgeWords("Pengadaan Barang & Jasa <Dasar> “I”", "Balai Pelatihan Contoh", "8 JP"),
    BadgeWords("Pelatihan " * 18, "Pusat Pengembangan Sumber Daya Manusia " * 3, "120 JP"),
    BadgeWords("Tanpaspasi" * 18, "B", "1 JP"),
]


@pytest.mark.parametrize("words", _WORDS, ids=["markup", "long", "one word"])
def test_the_token_comes_out_of_both_as_it_went_in(words: BadgeWords) -> None:
    png, svg = badge_png(words, _TOKEN), badge_svg(words, _TOKEN)
    assert extract_png(png, keyword=ITXT_KEYWORD_OB3) == _TOKEN
    assert extract_svg(svg, element=SVG_ELEMENT_OB3) == _TOKEN
    assert png.count(b"iTXt") == 1
    with Image.open(io.BytesIO(png)) as image:
        assert image.size == (600, 600)


def test_words_are_text_and_never_markup() -> None:
    root = ElementTree.fromstring(badge_svg(_WORDS[0], _TOKEN))
    assert root[0].tag == f"{{{SVG_NS_OB3}}}credential"
    assert "".join(root.itertext()).count("<Dasar>") == 2
    assert {element.tag.rpartition("}")[2] for element in root.iter()} == {"svg", "credential", "title", "circle", "text"}
