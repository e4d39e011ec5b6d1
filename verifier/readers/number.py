"""The printed certificate number: typed by a person, so case, blanks and dashes do not matter, O is 0, I and L are 1 (docs/formats.md,
"Number")."""

from __future__ import annotations

import base64
import re

from schemas.loader import formats
from verifier.errors import RefusedError

_ALPHABET: str = formats()["number"]["alphabet"]
_MODULUS: int = formats()["number"]["modulus"]
_CHECK_BITS, _LENGTH = 10, 28
_SHAPE = re.compile(r"[0-9A-Za-z]{4}([\s.\-\u2010-\u2015]*[0-9A-Za-z]{4}){6}")
_ID = re.compile(r"[a-z2-7]{26}")


def printed_number(certificate_id: str) -> str:
    """As it stands on paper, in seven groups of four; "" for what is no id."""
    if _ID.fullmatch(certificate_id) is None:
        return ""
    value = int.from_bytes(base64.b32decode(certificate_id.upper() + "======"), "big") << _CHECK_BITS
    value += (1 - value) % _MODULUS
    digits = "".join(_ALPHABET[value >> shift & 31] for shift in range(5 * (_LENGTH - 1), -1, -5))
    return "-".join(digits[start : start + 4] for start in range(0, _LENGTH, 4))


def read_number(text: str) -> str | None:
    """The certificate's id; None for a text that has not the shape of a number. Raises RefusedError for one with a slip in it."""
    text = text.strip()
    if _ID.fullmatch(text):
        return text
    if _SHAPE.fullmatch(text) is None:
        return None
    typed = re.sub(r"[^0-9A-Za-z]", "", text).upper().translate(str.maketrans("OIL", "011"))
    value = 0
    for letter in typed:
        digit = _ALPHABET.find(letter)
        if digit < 0:
            raise RefusedError("this certificate number has a slip in it: compare it letter by letter", 400)
        value = value << 5 | digit
    certificate = value >> _CHECK_BITS
    if value % _MODULUS != 1 or certificate >> 128:
        raise RefusedError("this certificate number has a slip in it: compare it letter by letter", 400)
    return base64.b32encode(certificate.to_bytes(16, "big")).rstrip(b"=").decode("ascii").lower()
