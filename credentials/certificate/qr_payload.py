"""What the printed QR carries besides its link: a small signed object that a verifier without a network can check (docs/formats.md, "QR").

    https://HOST/v/ID#DIGITS     DIGITS: decimal number of the raw deflate of COSE_Sign1(CBOR map)

Decimal, because a QR writes three digits in ten bits: 8.03 bits a byte, against 8.8 in Base32 and 10.7 in base64url. Texts that do not fit
are cut with `…` and marked; the digest covers the whole credential.
"""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass, replace
from typing import Any

import cbor2

from credentials.certificate.number import id_bytes
from credentials.errors import CredentialError
from credentials.suites.cose_sign1 import encoded, protected_header, sign1
from credentials.suites.signer import Signer
from schemas.loader import formats

CONTENT_TYPE: str = formats()["qr"]["content_type"]
MOST_VERSION: int = formats()["qr"]["most_version"]
_CLAIMS: dict[str, int] = formats()["qr"]["claims"]
_CUT: dict[str, int] = formats()["qr"]["cut"]
_BITS_18_M = 4504  # data bits of a version 18 symbol at level M (ISO/IEC 18004, table 7)
_SEGMENT_BITS = 4 + 16 + 4 + 12  # mode and count of a byte segment and of a numeric one, versions 10 to 26
_SHORTEST = 8  # characters that a cut text keeps; less names nobody
_SIGNATURE = 64  # bytes


@dataclass(frozen=True, slots=True)
class QrClaims:
    """What the object says. Times in whole seconds since 1970; `valid_until` 0 for none; `kind`: the channel's code
    (jalur); `digest`: SHA-256 over the credential without proof (RFC 8785), the log's entry; `list` and `index`: its place in the lists.
    """

    id: str
    holder: str
    title: str
    provider: str
    jp: int | float
    valid_from: int
    awarded: int
    valid_until: int
    list: int
    index: int
    digest: bytes
    kind: int


def qr_link(url: str, claims: QrClaims, key: bytes, signer: Signer) -> str:
    """The whole text of the symbol, at most version 18 at level M. `url`: address of the verifier's host, without a slash; `key`: key id
    of the ES256 `signer`. Raises CredentialError when even the shortest texts do not fit.
    """
    prefix = f"{url}/v/{claims.id}#"
    longest = max(len(text) for text in (claims.holder, claims.title, claims.provider))
    for most in range(_fitting(prefix, claims, longest), _SHORTEST - 1, -1):
        digits = to_digits(_deflated(sign1(_payload(_shortened(claims, most), claims), CONTENT_TYPE, key, signer)))
        if fits(prefix, digits):
            return prefix + digits
    raise CredentialError("the address of the verifier is too long for a QR that can be read from paper")


def fits(prefix: str, digits: str) -> bool:
    """Whether link and payload go into version 18 at level M."""
    return _SEGMENT_BITS + 8 * len(prefix) + _digit_bits(len(digits)) <= _BITS_18_M


def to_digits(content: bytes) -> str:
    """The decimal number whose big-endian bytes these are. Raw deflate of so little is one final block, so its first byte is odd, and
    no leading zero is lost.
    """
    return str(int.from_bytes(content, "big"))


def _fitting(prefix: str, claims: QrClaims, longest: int) -> int:
    """The greatest length of a text with which the object is likely to fit; what stands for the signature is as random as one."""
    low, high = _SHORTEST, longest
    while low < high:
        middle = (low + high + 1) // 2
        payload = _payload(_shortened(claims, middle), claims)
        likely = encoded(protected_header(CONTENT_TYPE, bytes(range(8))), payload, hashlib.sha512(payload).digest()[:_SIGNATURE])
        low, high = (middle, high) if fits(prefix, to_digits(_deflated(likely))) else (low, middle - 1)
    return low


def _shortened(claims: QrClaims, most: int) -> QrClaims:
    return replace(claims, holder=_cut(claims.holder, most), title=_cut(claims.title, most), provider=_cut(claims.provider, most))


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _payload(shown: QrClaims, whole: QrClaims) -> bytes:
    """Deterministic CBOR; a claim that says nothing is left out."""
    cut = sum(bit for name, bit in _CUT.items() if getattr(shown, name) != getattr(whole, name))
    told: dict[str, Any] = {
        "id": id_bytes(shown.id),
        "holder": shown.holder,
        "title": shown.title,
        "provider": shown.provider,
        "jp": shown.jp,
        "valid_from": shown.valid_from,
        "awarded": shown.awarded,
        "list": shown.list,
        "index": shown.index,
        "digest": shown.digest,
        "kind": shown.kind,
    }
    told |= {name: value for name, value in (("valid_until", shown.valid_until), ("cut", cut)) if value}
    return cbor2.dumps({_CLAIMS[name]: value for name, value in told.items()}, canonical=True)


def _deflated(content: bytes) -> bytes:
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
    return compressor.compress(content) + compressor.flush()


def _digit_bits(count: int) -> int:
    return 10 * (count // 3) + (0, 4, 7)[count % 3]
