"""The printed number carries the id whole, and notices what goes wrong when it is typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.certificate.number import id_bytes, id_text, printed_number
from credentials.errors import CertificateIdError

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_IDS = st.binary(min_size=16, max_size=16).map(id_text)


def _value(number: str) -> int:
    value = 0
    for letter in number.replace("-", ""):
        value = value * 32 + _ALPHABET.index(letter)
    return value


def test_a_number_has_seven_groups_of_four() -> None:
    assert printed_number("abcdefghijklmnopqrstuvwxya") == "008G-S19H-T2AJ-V3BK-W4CM-X5DN-Y0TE"


@given(certificate=_IDS)
def test_the_id_is_read_back_from_the_number(certificate: str) -> None:
    value = _value(printed_number(certificate))
    assert value % 1021 == 1
    assert id_text((value >> 10).to_bytes(16, "big")) == certificate
    assert id_text(id_bytes(certificate)) == certificate


@given(certificate=_IDS, place=st.integers(0, 27), other=st.sampled_from(_ALPHABET))
def test_one_wrong_character_is_noticed(certificate: str, place: int, other: str) -> None:
    number = printed_number(certificate).replace("-", "")
    if number[place] != other:
        assert _value(number[:place] + other + number[place + 1 :]) % 1021 != 1


@given(certificate=_IDS, first=st.integers(0, 27), second=st.integers(0, 27))
def test_two_characters_that_changed_places_are_noticed(certificate: str, first: int, second: int) -> None:
    letters = list(printed_number(certificate).replace("-", ""))
    if letters[first] != letters[second]:
        letters[first], letters[second] = letters[second], letters[first]
        assert _value("".join(letters)) % 1021 != 1


@pytest.mark.parametrize(
    "wrong", ["", "a", "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYA", "abcdefghijklmnopqrstuvwxy1", "ä" * 26]
)
def test_what_is_no_id_has_no_number(wrong: str) -> None:
    with pytest.raises(CertificateIdError):
        printed_number(wrong)
