"""`vc+jwt` by ES256: the credential itself as the payload (VC-JOSE-COSE 1.0 §3.1.1), with the claims that Open Badges 3.0 §8.2 asks for."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any

import orjson

from credentials.suites.signer import Signer


def sign_token(document: dict[str, Any], signer: Signer) -> str:
    """The compact token of a document without proof. Besides the document: `iss`, `jti`, `sub`, `nbf` (and `exp` where `validUntil`
    stands).
    """
    issuer = document["issuer"]
    claims = {
        **document,
        "iss": issuer if isinstance(issuer, str) else issuer["id"],
        "jti": document["id"],
        "sub": document["credentialSubject"]["id"],
        "nbf": _seconds(document["validFrom"]),
    }
    if "validUntil" in document:
        claims["exp"] = _seconds(document["validUntil"])
    header = {"alg": signer.algorithm, "typ": "vc+jwt", "kid": signer.method}
    signed = f"{_part(header)}.{_part(claims)}"
    return f"{signed}.{base64url(signer.sign(signed.encode('ascii')))}"


def _part(value: dict[str, Any]) -> str:
    return base64url(orjson.dumps(value))


def base64url(data: bytes) -> str:
    """Base64url without padding (RFC 7515 §2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _seconds(moment: str) -> int:
    return int(datetime.fromisoformat(moment).timestamp())
