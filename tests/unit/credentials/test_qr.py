"""The QR: what its signed object says byte for byte, that it fits and is read from a bad print, and that it is no credential."""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from dataclasses import replace
from typing import Any

import cbor2
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.certificate.qr import qr_svg, qr_version
from credentials.certificate.qr_payload import CONTENT_TYPE, QrClaims, fits, qr_link, to_digits
from credentials.errors import CertificateIdError, CredentialError
from credentials.suites.cose_sign1 import key_id, point
from credentials.suites.vc_jwt import base64url
from tests.support.certificates import CURVE, P256_SIGNER
from tests.support.pictures import DAMAGES, read_qr, scanned

URL = "https://verifikasi.bangkom.go.id"
ID = "abcdefghijklmnopqrstuvwxya"
_KEY = key_id(point(CURVE.public_key()))
_TITLE = (
    "Pelatihan Teknis Penyusunan Rencana Pembangunan Daerah Berbasis Data dan Bukti bagi Pejabat Fungsional Perencana Ahli Muda di "
    "Lingkungan Pemerintah Kabupaten dan Kota Kawasan Timur"
)
_NAME = "Dr. Ir. Raden Mas Contoh Kartawidjaja Hadiningrat Kusumawardhani, S.Sos., M.A.P."
_PROVIDER = "Pusat Pengembangan Sumber Daya Manusia Regional Contoh Kementerian Dalam Negeri"
TYPICAL = QrClaims(
    id=ID,
    holder="Ni Luh Sekar, S.Kom.",
    title="Pengadaan Barang dan Jasa Pemerintah Tingkat Dasar",
    provider="Balai Pelatihan Contoh",
    jp=20,
    valid_from=1_795_507_200,
    awarded=1_795_143_600,
    valid_until=0,
    list=1,
    index=99_999,
    digest=hashlib.sha256(b"credential").digest(),
    kind=16,
)
LONGEST = replace(TYPICAL, holder=_NAME, title=_TITLE, provider=_PROVIDER, valid_until=1_985_000_000, jp=120)


def _opened(link: str) -> tuple[dict[int, Any], dict[int, Any]]:
    """Protected header and claims, after checking the signature by hand as docs/formats.md says it."""
    prefix, digits = link.split("#")
    number = int(digits)
    cose = cbor2.loads(zlib.decompress(number.to_bytes((number.bit_length() + 7) // 8, "big"), -15))
    assert cose.tag == 18
    header, unprotected, payload, signature = cose.value
    assert unprotected == {}
    message = b"\x84\x6aSignature1" + cbor2.dumps(header) + b"\x40" + cbor2.dumps(payload)
    der = encode_dss_signature(int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))
    CURVE.public_key().verify(der, message, ECDSA(SHA256()))
    assert prefix == f"{URL}/v/{ID}"
    return cbor2.loads(header), cbor2.loads(payload)


def test_the_object_says_what_the_formats_page_says_it_says() -> None:
    header, claims = _opened(qr_link(URL, TYPICAL, _KEY, P256_SIGNER))
    assert header == {1: -7, 3: "application/vnd.jejak.qr", 4: _KEY}
    assert claims == {
        1: bytes.fromhex("00443214c74254b635cf84653a56d7c0"),
        2: "Ni Luh Sekar, S.Kom.",
        3: "Pengadaan Barang dan Jasa Pemerintah Tingkat Dasar",
        4: "Balai Pelatihan Contoh",
        5: 20,
        6: 1_795_507_200,
        7: 1_795_143_600,
        9: 1,
        10: 99_999,
        11: TYPICAL.digest,
        12: 16,
    }


def test_the_key_id_starts_the_thumbprint_of_the_public_key() -> None:
    jwk = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(CURVE.public_key()))
    told = f'{{"crv":"P-256","kty":"EC","x":"{jwk["x"]}","y":"{jwk["y"]}"}}'
    assert hashlib.sha256(told.encode()).digest()[:8] == _KEY


def test_a_usual_certificate_needs_version_14() -> None:
    assert qr_version(qr_link(URL, TYPICAL, _KEY, P256_SIGNER)) <= 14


def test_the_longest_title_and_name_fit_whole_or_are_cut_and_marked() -> None:
    assert (len(_TITLE), len(_NAME)) == (180, 80)
    link = qr_link(URL, LONGEST, _KEY, P256_SIGNER)
    assert qr_version(link) == 18
    _, claims = _opened(link)
    assert claims[2] == _NAME
    cut = claims.get(13, 0)
    assert claims[3] == _TITLE or (cut & 2 and claims[3].endswith("…") and _TITLE.startswith(claims[3][:-1]))
    assert claims[11] == TYPICAL.digest


def test_cutting_marks_each_text_that_was_cut_and_no_other() -> None:
    far = replace(LONGEST, title=_TITLE * 3, provider=_PROVIDER * 3)
    _, claims = _opened(qr_link(URL, far, _KEY, P256_SIGNER))
    assert claims[13] in (2 | 4, 1 | 2 | 4)
    assert all(claims[label].endswith("…") == bool(claims[13] & bit) for label, bit in ((2, 1), (3, 2), (4, 4)))


@settings(max_examples=30, deadline=None)
@given(holder=st.text(min_size=1, max_size=300), title=st.text(min_size=1, max_size=300), provider=st.text(min_size=1, max_size=300))
def test_whatever_the_texts_are_the_symbol_has_at_most_version_18(holder: str, title: str, provider: str) -> None:
    link = qr_link(URL, replace(TYPICAL, holder=holder, title=title, provider=provider), _KEY, P256_SIGNER)
    assert qr_version(link) <= 18
    _opened(link)


def test_an_address_for_which_no_room_is_left_is_refused() -> None:
    with pytest.raises(CredentialError, match="too long"):
        qr_link("https://" + "a" * 400 + ".test", TYPICAL, _KEY, P256_SIGNER)


def test_what_fits_by_count_is_what_the_symbol_takes() -> None:
    prefix = f"{URL}/v/{ID}#"
    most = max(count for count in range(1000, 1400) if fits(prefix, "9" * count))
    assert qr_version(prefix + "9" * most) == 18
    assert qr_version(prefix + "9" * (most + 1)) == 19


def test_decimal_needs_fewer_modules_than_base32_and_base64url() -> None:
    prefix, digits = qr_link(URL, TYPICAL, _KEY, P256_SIGNER).split("#")
    number = int(digits)
    content = number.to_bytes((number.bit_length() + 7) // 8, "big")
    assert to_digits(content) == digits
    base32 = base64.b32encode(content).decode().rstrip("=")
    versions = [qr_version(f"{prefix}#{written}") for written in (digits, base32, base64url(content))]
    assert versions == sorted(set(versions))


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("claims", [TYPICAL, LONGEST], ids=["usual", "longest"])
def test_three_centimetres_at_150_dpi_are_read_after_damage(claims: QrClaims, damage: str) -> None:
    link = qr_link(URL, claims, _KEY, P256_SIGNER)
    assert link in read_qr(DAMAGES[damage](scanned(link)))


def test_the_drawn_symbol_has_a_rectangle_for_every_run_of_dark_modules() -> None:
    drawn = qr_svg("https://jejak.test")
    assert drawn.startswith('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 33 33"')
    assert "M4 4h7v1h-7z" in drawn


def test_the_object_is_no_token_and_a_token_is_no_object() -> None:
    link = qr_link(URL, TYPICAL, _KEY, P256_SIGNER)
    number = int(link.split("#")[1])
    content = number.to_bytes((number.bit_length() + 7) // 8, "big")
    with pytest.raises(jwt.InvalidTokenError):
        jwt.decode(base64url(zlib.decompress(content, -15)), CURVE.public_key(), algorithms=["ES256"])
    assert CONTENT_TYPE not in ("application/vc", "application/jwt")


@pytest.mark.parametrize("wrong", ["", "ABCDEFGHIJKLMNOPQRSTUVWXYA", ID[:-1], ID + "a", ID[:-1] + "z", "0" * 26])
def test_what_is_no_id_has_no_qr(wrong: str) -> None:
    with pytest.raises(CertificateIdError):
        qr_link(URL, replace(TYPICAL, id=wrong), _KEY, P256_SIGNER)
