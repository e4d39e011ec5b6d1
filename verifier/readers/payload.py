"""The small signed object of a printed QR (docs/formats.md, "QR"): `https://HOST/v/ID#DIGITS`, DIGITS the decimal number of the raw deflate
of a COSE_Sign1 over a CBOR map.

It is a type of its own: its content type stands in the protected header, so it is never taken for a certificate, nor a certificate for
it.
"""

from __future__ import annotations

import base64
import re
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NoReturn
from urllib.parse import urlsplit

import cbor2

from schemas.loader import formats
from verifier.errors import UnreadableError
from verifier.readers.presented import QrCode

LONGEST_QR = 4_000  # characters; a QR of version 40 has 4,296 at most
LONGEST_PAYLOAD = 4_096  # bytes, unpacked
_LINK = re.compile(r"/v/([a-z2-7]{26})/?")
_ALGORITHM, _CONTENT_TYPE, _KEY_ID, _ES256 = 1, 3, 4, -7  # RFC 9052 §3.1, RFC 9053 §2.1
_SIGN1 = 18
_CUT = formats()["qr"]["cut"]
_LABELS: dict[int, str] = {label: name for name, label in formats()["qr"]["claims"].items()}
_TEXTS, _NUMBERS = ("holder", "title", "provider"), ("valid_from", "awarded", "valid_until", "list", "index", "kind", "cut")


@dataclass(frozen=True, slots=True)
class Payload:
    """`signed`: the bytes that `signature` is over; `key`: the first eight bytes of the key's thumbprint. `kind`: the channel's code, 0 for
    none; `list` and `index`: the place in its issuer's status lists; `digest`: of the whole certificate; `cut`: which texts are.
    """

    key: bytes
    signed: bytes
    signature: bytes
    id: str
    holder: str
    title: str
    provider: str
    jp: float
    issued: datetime
    awarded: datetime | None
    expires: datetime | None
    list: int
    index: int
    kind: int
    digest: bytes
    cut: frozenset[str]


def read_link(text: str) -> QrCode | None:
    """The link to a verifier, with what its fragment holds; None for a text that is none. Raises UnreadableError for a damaged one."""
    text = text.strip()
    link, _, fragment = text.partition("#")
    parts = urlsplit(link) if link.startswith(("https://", "http://")) else None
    if parts is None or not parts.hostname or _LINK.fullmatch(parts.path) is None:
        return None
    if not fragment:
        return QrCode(f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}", None)
    if len(text) > LONGEST_QR:
        _damaged()
    return QrCode(f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}", _bytes(fragment))


def linked_id(link: str) -> str:
    """The certificate's id in a link that `read_link` answered."""
    found = _LINK.fullmatch(urlsplit(link).path)
    return found[1] if found else ""


def _bytes(digits: str) -> bytes:
    """The object out of the fragment."""
    if not digits.isascii() or not digits.isdecimal() or digits[0] == "0":
        _damaged()
    number = int(digits)
    packed = number.to_bytes((number.bit_length() + 7) // 8, "big")
    try:
        unpacking = zlib.decompressobj(wbits=-15)
        content = unpacking.decompress(packed, LONGEST_PAYLOAD + 1)
    except zlib.error:
        _damaged()
    if len(content) > LONGEST_PAYLOAD or not unpacking.eof or unpacking.unused_data:
        _damaged()
    return content


def read_payload(content: bytes) -> Payload:
    """Raises UnreadableError."""
    try:
        outer = cbor2.loads(content)
        header, unprotected, body, signature = outer.value
        told, claims = cbor2.loads(header), cbor2.loads(body)
        if outer.tag != _SIGN1 or unprotected or cbor2.dumps(outer, canonical=True) != content:
            _damaged()
        return _payload(told, {_LABELS[label]: value for label, value in claims.items()}, header, body, signature)
    except UnreadableError:
        raise
    except Exception as error:  # what strangers can make of CBOR has no end; whatever goes wrong, it is damaged
        raise UnreadableError("what the QR code carries is damaged", damaged=True) from error


def _payload(told: dict[Any, Any], claims: dict[str, Any], header: bytes, body: bytes, signature: bytes) -> Payload:
    if told.keys() != {_ALGORITHM, _CONTENT_TYPE, _KEY_ID} or told[_CONTENT_TYPE] != formats()["qr"]["content_type"]:
        raise UnreadableError("what the QR code carries is of another type than a certificate's", damaged=True)
    if told[_ALGORITHM] != _ES256 or not all(isinstance(claims[name], str) for name in _TEXTS):
        _damaged()
    if not all(type(claims.get(name, 0)) is int for name in _NUMBERS) or type(claims["jp"]) not in (int, float):
        _damaged()
    key, digest, certificate = told[_KEY_ID], claims["digest"], claims["id"]
    if (len(key), len(digest), len(certificate), len(signature)) != (8, 32, 16, 64):
        _damaged()
    return Payload(
        key=key,
        signed=cbor2.dumps(["Signature1", header, b"", body], canonical=True),
        signature=signature,
        id=base64.b32encode(certificate).rstrip(b"=").decode("ascii").lower(),
        holder=claims["holder"],
        title=claims["title"],
        provider=claims["provider"],
        jp=claims["jp"],
        issued=_moment(claims["valid_from"]),
        awarded=_moment(claims["awarded"]) if claims.get("awarded") else None,
        expires=_moment(claims["valid_until"]) if claims.get("valid_until") else None,
        list=claims["list"],
        index=claims["index"],
        kind=claims.get("kind", 0),
        digest=digest,
        cut=frozenset(name for name, bit in _CUT.items() if claims.get("cut", 0) & bit),
    )


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _damaged() -> NoReturn:
    raise UnreadableError("what the QR code carries is damaged", damaged=True)
