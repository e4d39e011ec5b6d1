"""Check 2: everything that names the issuer, the certificate or a time names the same one.

The official validator leaves most of this out: a proof whose fragment carries the forger's key, or a token whose `iss` is another than its
issuer, passes there.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from verifier.errors import CheckError
from verifier.readers.presented import Presented, Proven, Token

_TOKEN_HEADER = {"alg", "typ", "kid"}


def check_consistent(presented: Presented) -> str:
    """The issuer's DID. Raises CheckError."""
    issuer = presented.document.get("issuer")
    did = issuer.get("id") if isinstance(issuer, dict) else issuer
    if not isinstance(did, str) or not did.startswith("did:"):
        raise CheckError("the issuer has no DID")
    if not isinstance(presented.method, str) or not presented.method.startswith(did + "#"):
        raise CheckError("the key that it names is not the issuer's")
    if isinstance(presented, Token):
        _check_token(presented, did)
    else:
        _check_proof(presented)
    return did


def _check_token(token: Token, did: str) -> None:
    """VC-JOSE-COSE 1.0 §3.1.1 and Open Badges 3.0 §8.2."""
    if token.header.keys() != _TOKEN_HEADER or token.header["typ"] != "vc+jwt":
        raise CheckError("the token's header is not that of a certificate")
    if "vc" in token.claims or "vp" in token.claims:
        raise CheckError("the token wraps its credential, which VC 2.0 forbids")
    document = token.document
    subject = document.get("credentialSubject")
    expected = {
        "iss": did,
        "jti": document.get("id"),
        "sub": subject.get("id") if isinstance(subject, dict) else None,
        "nbf": _seconds(document.get("validFrom")),
        "exp": _seconds(document.get("validUntil")),
    }
    for claim, value in expected.items():
        if token.claims.get(claim) != value or isinstance(token.claims.get(claim), bool):
            raise CheckError(f"the token's {claim} is not what the certificate says")


def _check_proof(proven: Proven) -> None:
    """VC Data Integrity 1.0 §4.4."""
    expected = {"type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022", "proofPurpose": "assertionMethod"}
    for member, value in expected.items():
        if proven.proof.get(member) != value:
            raise CheckError(f"the proof's {member} is not {value}")


def _seconds(moment: Any) -> int | None:
    if moment is None:
        return None
    try:
        return int(datetime.fromisoformat(moment).timestamp())
    except (ValueError, TypeError, OverflowError) as error:
        raise CheckError("a time in the certificate is none") from error
