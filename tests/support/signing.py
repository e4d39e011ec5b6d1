"""The other party of a signed statement: a signer with a key, and the authorities that certify it.

Everything is invented and made when asked for.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

_HASHES: dict[str, type[hashes.HashAlgorithm]] = {"RS256": hashes.SHA256, "RS384": hashes.SHA384, "RS512": hashes.SHA512}
_YEARS = timedelta(days=3_650)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


@dataclass(frozen=True)
class Authority:
    """A certificate with its key; it may certify others when it is an authority."""

    name: str
    key: rsa.RSAPrivateKey
    certificate: x509.Certificate

    @classmethod
    def root(cls, name: str, moment: datetime) -> Authority:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        return cls(name, key, _certificate(name, key.public_key(), name, key, moment, is_authority=True))

    def issue(self, name: str, moment: datetime, *, is_authority: bool = False) -> Authority:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        return Authority(name, key, _certificate(name, key.public_key(), self.name, self.key, moment, is_authority=is_authority))

    def certify(self, name: str, key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey, moment: datetime) -> x509.Certificate:
        return _certificate(name, key, self.name, self.key, moment, is_authority=False)


def _certificate(
    subject: str,
    key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey,
    issuer: str,
    issuer_key: rsa.RSAPrivateKey,
    moment: datetime,
    *,
    is_authority: bool,
) -> x509.Certificate:
    usage = x509.KeyUsage(not is_authority, not is_authority, False, False, False, is_authority, is_authority, False, False)
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(moment - _YEARS)
        .not_valid_after(moment + _YEARS)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )
    return builder.sign(issuer_key, hashes.SHA256())


def _encoded(raw: bytes) -> bytes:
    return base64.urlsafe_b64encode(raw).rstrip(b"=")


def signed_jws(
    payload: dict[str, Any] | bytes,
    key: rsa.RSAPrivateKey,
    algorithm: str = "RS256",
    chain: list[x509.Certificate] | None = None,
    *,
    header: dict[str, Any] | None = None,
) -> bytes:
    """A compact JWS; `header` in place of the one made from algorithm and chain."""
    named: dict[str, Any] = {"alg": algorithm}
    if chain is not None:
        named["x5c"] = [base64.b64encode(one.public_bytes(Encoding.DER)).decode() for one in chain]
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    signed = _encoded(json.dumps(header or named).encode()) + b"." + _encoded(body)
    return signed + b"." + _encoded(key.sign(signed, padding.PKCS1v15(), _HASHES[algorithm]()))


def signature_attachment(jws: bytes, **members: Any) -> dict[str, Any]:
    """The declaration of a signature (xAPI-Data 1.0.3, 2.6)."""
    return {
        "usageType": "http://adlnet.gov/expapi/attachments/signature",
        "display": {"en": "Signature"},
        "contentType": "application/octet-stream",
        "length": len(jws),
        "sha2": hashlib.sha256(jws).hexdigest(),
        **members,
    }
