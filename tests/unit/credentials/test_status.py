"""Status lists: the bits by the specification's own example, and the credential around them."""

from __future__ import annotations

import base64
import gzip
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st
from openvc.status.bitstring import decode_bitstring

from credentials.certificate.status import ENTRIES, Purpose, encoded_list, list_address, list_credential, status_entry

_ISSUER = "https://jejak.test/issuers/balai"
_SIGNED = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def _bits(encoded: str) -> bytes:
    return gzip.decompress(base64.urlsafe_b64decode(encoded[1:] + "=" * (-len(encoded[1:]) % 4)))


def test_bit_zero_is_the_leftmost_of_at_least_131072() -> None:
    assert _bits(encoded_list([])) == bytes(16_384)
    assert _bits(encoded_list([0, 9, ENTRIES - 1])) == b"\x80\x40" + bytes(16_381) + b"\x01"


@settings(max_examples=20, deadline=None)
@given(indexes=st.sets(st.integers(0, ENTRIES - 1), max_size=300))
def test_the_same_bits_give_the_same_text_in_any_order(indexes: set[int]) -> None:
    encoded = encoded_list(sorted(indexes, reverse=True))
    assert encoded == encoded_list(indexes)
    bits = _bits(encoded)
    assert {index for index in range(ENTRIES) if bits[index >> 3] & 0x80 >> (index & 7)} == indexes
    assert bytes(decode_bitstring(encoded)) == bits


def test_a_certificate_names_its_place_in_the_revocation_list_only() -> None:
    assert status_entry(_ISSUER, 3, 77) == {
        "id": "https://jejak.test/issuers/balai/status/revocation/3#77",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "77",
        "statusListCredential": "https://jejak.test/issuers/balai/status/revocation/3",
    }


def test_a_list_lives_for_a_day_and_is_asked_for_again_after_five_minutes() -> None:
    address = list_address(_ISSUER, Purpose.SUSPENSION, 3)
    document = list_credential("did:web:jejak.test:issuers:balai", address, Purpose.SUSPENSION, encoded_list([1]), _SIGNED)
    assert document["id"] == address == "https://jejak.test/issuers/balai/status/suspension/3"
    assert (document["validFrom"], document["validUntil"]) == ("2026-11-24T08:00:00Z", "2026-11-25T08:00:00Z")
    subject = document["credentialSubject"]
    assert (subject["type"], subject["statusPurpose"], subject["ttl"]) == ("BitstringStatusList", "suspension", 300_000)
    assert subject["id"] != address
