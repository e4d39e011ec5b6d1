"""The printed certificate number: the 128 bits of the certificate's id with a check, in seven groups of four (docs/formats.md, "Number").

Crockford's Base32, which has no I, L, O and U. The two last characters check the rest: read as one number, all 28 leave the remainder 1
when divided by the prime 1021, so one wrong character, or two that changed places, is always noticed. This side writes numbers; the
verifier reads them, by code of its own.
"""

from __future__ import annotations

import base64

from credentials.errors import CertificateIdError
from schemas.loader import formats

_ALPHABET: str = formats()["number"]["alphabet"]
_MODULUS: int = formats()["number"]["modulus"]
_CHECK_BITS = 10  # two characters
_LENGTH, _GROUP = 28, 4


def id_bytes(certificate_id: str) -> bytes:
    """The 16 bytes of an id of 26 lower-case letters and digits 2 to 7. Raises CertificateIdError."""
    try:
        found = base64.b32decode(certificate_id.upper() + "======")
    except ValueError as error:
        raise CertificateIdError("a certificate's id is 26 letters and digits from 2 to 7") from error
    if id_text(found) != certificate_id:
        raise CertificateIdError("a certificate's id is 26 letters and digits from 2 to 7")
    return found


def id_text(content: bytes) -> str:
    """The id as it stands in addresses: RFC 4648 Base32 without padding, in lower case."""
    return base64.b32encode(content).rstrip(b"=").decode("ascii").lower()


def printed_number(certificate_id: str) -> str:
    """`0A1B-2C3D-…`: seven groups of four. Raises CertificateIdError."""
    value = int.from_bytes(id_bytes(certificate_id), "big") << _CHECK_BITS
    value += (1 - value) % _MODULUS
    digits = "".join(_ALPHABET[value >> shift & 31] for shift in range(5 * (_LENGTH - 1), -1, -5))
    return "-".join(digits[start : start + _GROUP] for start in range(0, _LENGTH, _GROUP))
