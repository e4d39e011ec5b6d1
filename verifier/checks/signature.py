"""Checks 4 and 5: the key is one that the issuer signs certificates with, and the signature is that key's.

By other people's code: PyJWT for tokens, openvc-core (on PyLD) for Data Integrity; what signs is ours, so neither can hide the
other's mistake.
"""

from __future__ import annotations

import base64
from typing import Any

import jwt
from openvc.errors import OpenvcError
from openvc.multibase import decode_multibase
from openvc.proof.data_integrity import DataIntegrityProofSuite

from schemas.loader import contexts
from verifier.errors import CheckError
from verifier.readers.presented import Json, Presented, Proven, Token
from verifier.trust import KnownIssuer

_ED25519_PREFIX = b"\xed\x01"  # multicodec of an Ed25519 public key


def find_key(presented: Presented, issuer: KnownIssuer) -> Json:
    """Check 4: the public key as a JWK. Raises CheckError."""
    did_document = issuer.did_document
    if did_document.get("id") != issuer.did or presented.method not in did_document.get("assertionMethod", []):
        raise CheckError("the issuer does not sign certificates with this key")
    for method in did_document.get("verificationMethod", []):
        if method.get("id") == presented.method and method.get("controller") == issuer.did:
            return _jwk(method, wanted="JsonWebKey" if isinstance(presented, Token) else "Multikey")
    raise CheckError("the issuer's list of keys does not have this one")


def check_signature(presented: Presented, key: Json) -> None:
    """Check 5. Raises CheckError."""
    if isinstance(presented, Token):
        _check_token(presented, key)
    else:
        _check_proof(presented, key)


def _jwk(method: Json, *, wanted: str) -> Json:
    if method.get("type") != wanted:
        raise CheckError("the key is of another kind than the signature")
    if wanted == "JsonWebKey":
        jwk: Json = method["publicKeyJwk"]
        return jwk
    raw = decode_multibase(method["publicKeyMultibase"])
    if not raw.startswith(_ED25519_PREFIX):
        raise CheckError("the key is of another kind than the signature")
    x = base64.urlsafe_b64encode(raw.removeprefix(_ED25519_PREFIX)).rstrip(b"=").decode("ascii")
    return {"kty": "OKP", "crv": "Ed25519", "x": x}


def _check_token(token: Token, key: Json) -> None:
    unchecked: Any = {f"verify_{name}": False for name in ("exp", "nbf", "iat", "aud", "iss", "sub", "jti")}  # checks 2 and 8 look at them
    try:
        jwt.decode(token.text, jwt.PyJWK(key, "ES256").key, algorithms=["ES256"], options=unchecked)
    except jwt.PyJWTError as error:
        raise CheckError("the signature is not the issuer's over this text") from error


def _check_proof(proven: Proven, key: Json) -> None:
    secured = proven.document | {"proof": proven.proof}
    try:
        DataIntegrityProofSuite().verify(secured, public_key_jwk=key, extra_contexts=contexts(), check_temporal=False)
    except OpenvcError as error:
        raise CheckError("the signature is not the issuer's over this text") from error
