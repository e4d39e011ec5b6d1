"""Check 7: the QR's signed object is the issuer's, and it belongs to this certificate."""

from __future__ import annotations

from verifier.checks.digest import credential_digest
from verifier.checks.key import find_method, public_key
from verifier.checks.signature import check_raw
from verifier.errors import CheckError
from verifier.readers.payload import Payload
from verifier.readers.presented import Json
from verifier.trust import thumbprint


def payload_method(payload: Payload, did: str, did_document: Json) -> Json:
    """The issuer's key that the object names. Raises CheckError."""
    for method in did_document.get("verificationMethod", []):
        jwk = method.get("publicKeyJwk") if isinstance(method, dict) else None
        if isinstance(jwk, dict) and jwk.get("crv") == "P-256" and thumbprint(jwk) == payload.key:
            return find_method(method["id"], did, did_document)
    raise CheckError("the QR code is not signed with a key of this issuer")


def check_payload_signature(payload: Payload, method: Json) -> None:
    """COSE_Sign1 by ES256 (RFC 9052 §4.4). Raises CheckError."""
    check_raw(payload.signed, payload.signature, public_key(method), "ES256")


def check_same(payload: Payload, document: Json, certificate_id: str) -> None:
    """The QR is this certificate's. Raises CheckError."""
    if not certificate_id.endswith("/" + payload.id):
        raise CheckError("the QR code belongs to another certificate")
    if credential_digest(document) != payload.digest:
        raise CheckError("the QR code belongs to another text of this certificate")
