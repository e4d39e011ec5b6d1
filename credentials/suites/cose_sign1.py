"""COSE_Sign1 by ES256 (RFC 9052 §4.2, RFC 9053 §2.1) over a content type of our own.

The content type is in the protected header, so what is signed here can never be taken for a token or a credential, nor the reverse: what
ES256 signs for a token is ASCII that starts with a Base64 header, here it is a CBOR array that starts with the text `Signature1`.
"""

from __future__ import annotations

import hashlib
import json

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from credentials.suites.signer import Signer
from credentials.suites.vc_jwt import base64url

_ALGORITHM, _CONTENT_TYPE, _KEY_ID = 1, 3, 4  # header labels (RFC 9052 §3.1)
_ES256 = -7
_SIGN1 = 18  # the tag
KEY_ID_BYTES = 8


def key_id(public: bytes) -> bytes:
    """The first eight bytes of the key's JWK thumbprint (RFC 7638 with SHA-256). `public`: uncompressed point of P-256."""
    x, y = base64url(public[1:33]), base64url(public[33:])
    told = json.dumps({"crv": "P-256", "kty": "EC", "x": x, "y": y}, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(told.encode("ascii")).digest()[:KEY_ID_BYTES]


def point(key: ec.EllipticCurvePublicKey) -> bytes:
    """The uncompressed point, as `key_id` takes it."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def protected_header(content_type: str, key: bytes) -> bytes:
    """The protected header, in deterministic encoding (RFC 8949 §4.2.1)."""
    return cbor2.dumps({_ALGORITHM: _ES256, _CONTENT_TYPE: content_type, _KEY_ID: key}, canonical=True)


def sign1(payload: bytes, content_type: str, key: bytes, signer: Signer) -> bytes:
    """The tagged object. `key`: the key id; `signer`: an ES256 signer."""
    header = protected_header(content_type, key)
    return encoded(header, payload, signer.sign(to_be_signed(header, payload)))


def to_be_signed(header: bytes, payload: bytes) -> bytes:
    """The Sig_structure (RFC 9052 §4.4), without external data."""
    return cbor2.dumps(["Signature1", header, b"", payload], canonical=True)


def encoded(header: bytes, payload: bytes, signature: bytes) -> bytes:
    """The four parts under tag 18; nothing stands in the unprotected header."""
    return cbor2.dumps(cbor2.CBORTag(_SIGN1, [header, {}, payload, signature]), canonical=True)
