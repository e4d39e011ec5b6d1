"""Check 2: the signature is that of the key which the certificate names.

By other people's code: PyJWT's algorithms on `cryptography` for tokens, openvc-core (on PyLD) for Data Integrity; what signs is ours, so
neither can hide the other's mistake.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import jwt
from cryptography.exceptions import InvalidSignature
from jwt.algorithms import Algorithm, get_default_algorithms
from openvc.errors import OpenvcError
from openvc.proof.data_integrity import DataIntegrityProofSuite
from openvc.proof.di_ecdsa_rdfc import EcdsaRdfcProofSuite
from openvc.proof.di_jcs import EcdsaJcsProofSuite, EddsaJcsProofSuite

from schemas.loader import contexts
from verifier.errors import CheckError
from verifier.messages import marked
from verifier.readers.presented import Json, Presented, Proven, Token
from verifier.readers.strict import read_base64url
from verifier.verdict import Verdict

# The algorithm follows from the key, never from the header: so `none`, and HS256 with a public key as the secret, have no way in.
_ALGORITHMS = {("EC", "P-256"): "ES256", ("EC", "P-384"): "ES384", ("OKP", "Ed25519"): "EdDSA", ("RSA", None): "RS256"}
_LEAST_RSA_BITS = 2048
_NOT_ITS_OWN = marked("the signature is not that of the issuer's key over this text")


def check_signature(presented: Presented, key: Json, fetched: Mapping[str, Json]) -> None:
    """`key` as a JWK; `fetched`: contexts beside the pinned ones. Raises CheckError."""
    if isinstance(presented, Token):
        _check_token(presented, key)
    else:
        _check_proof(presented, key, fetched)


def _check_token(token: Token, key: Json) -> None:
    algorithm, name, public = _prepared(json.dumps(key, sort_keys=True))
    if token.header.get("alg") != name:
        raise CheckError("the token is not signed in the way of the issuer's key: {alg}", alg=token.header.get("alg"))
    signed, _, signature = token.text.rpartition(".")
    if not _verifies(lambda: algorithm.verify(signed.encode("ascii"), public, read_base64url(signature))):
        raise CheckError(_NOT_ITS_OWN)


def check_raw(data: bytes, signature: bytes, key: Json, algorithm: str) -> None:
    """A signature as COSE and JOSE write it (ES256: r and s). Raises CheckError."""
    method, name, public = _prepared(json.dumps(key, sort_keys=True))
    if name != algorithm or not _verifies(lambda: method.verify(data, public, signature)):
        raise CheckError(_NOT_ITS_OWN)


def _verifies(verify: Callable[[], bool]) -> bool:
    try:
        return verify()
    except (InvalidSignature, ValueError, TypeError):
        return False


@lru_cache(maxsize=256)
def _prepared(jwk: str) -> tuple[Algorithm, str, Any]:
    key: Json = json.loads(jwk)
    name = _ALGORITHMS.get((key.get("kty", ""), key.get("crv")))
    if name is None:
        raise CheckError("the issuer's key is of a kind that this verifier does not know", Verdict.CANNOT_CHECK)
    try:
        public = jwt.PyJWK(key, name).key
    except (jwt.PyJWTError, ValueError, TypeError, KeyError) as error:
        raise CheckError("the issuer's key is none", Verdict.CANNOT_CHECK) from error
    if name == "RS256" and public.key_size < _LEAST_RSA_BITS:
        raise CheckError("the issuer's RSA key is shorter than {bits} bits", Verdict.CANNOT_CHECK, bits=_LEAST_RSA_BITS)
    return get_default_algorithms()[name], name, public


def _check_proof(proven: Proven, key: Json, fetched: Mapping[str, Json]) -> None:
    secured = proven.document | {"proof": proven.proof}
    suite, known = proven.proof["cryptosuite"], contexts() | dict(fetched)
    try:
        if suite == "eddsa-rdfc-2022":
            DataIntegrityProofSuite().verify(secured, public_key_jwk=key, extra_contexts=known, check_temporal=False)
        elif suite == "ecdsa-rdfc-2019":
            EcdsaRdfcProofSuite().verify(secured, public_key_jwk=key, extra_contexts=known, check_temporal=False)
        elif suite == "eddsa-jcs-2022":
            EddsaJcsProofSuite().verify(secured, public_key_jwk=key, check_temporal=False)
        else:
            EcdsaJcsProofSuite().verify(secured, public_key_jwk=key, check_temporal=False)
    except (OpenvcError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise CheckError(_NOT_ITS_OWN) from error
