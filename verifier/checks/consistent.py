"""Everything that names the issuer, the certificate or a time names the same one: part of check 1, and what key is meant: part of
check 3.

The official validator leaves most of this out: a proof whose fragment carries the forger's key, or a token whose `iss` is another than its
issuer, passes there.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from verifier.errors import CheckError
from verifier.readers.presented import Presented, Proven, Token
from verifier.verdict import Verdict

_TOKEN_HEADER = frozenset({"alg", "typ", "kid", "cty"})
_TYPES = ("vc+jwt", "JWT")  # VC-JOSE-COSE 1.0 §6.1.1; Open Badges 3.0 §8.2.4.1
CRYPTOSUITES = ("eddsa-rdfc-2022", "ecdsa-rdfc-2019", "eddsa-jcs-2022", "ecdsa-jcs-2019")


def named_issuer(presented: Presented) -> str:
    """The issuer's DID or address. Raises CheckError."""
    issuer = presented.document.get("issuer")
    did = issuer.get("id") if isinstance(issuer, dict) else issuer
    if not isinstance(did, str) or not did.startswith(("did:", "https://")) or len(did) > 2_000:
        told_elsewhere = isinstance(presented, Token) and "iss" in presented.claims
        raise CheckError("it names no issuer", Verdict.ALTERED if told_elsewhere else None)
    return did


def named_method(presented: Presented, did: str) -> str:
    """The absolute id of the key that it names, when it is the issuer's to name. Raises CheckError."""
    method = presented.method
    if isinstance(method, str) and method.startswith("#"):
        method = did + method
    if not isinstance(method, str) or ("#" not in method and did.startswith("did:")):
        raise CheckError("it does not say with which key it is signed")
    whose = method.partition("#")[0]
    if whose != did and not _same_host(whose, did):
        raise CheckError("the key that it names is not its issuer's but one of {owner}", owner=whose)
    return method


def _same_host(address: str, issuer: str) -> bool:
    """For issuers without a DID: the key lies where the issuer lies."""
    return issuer.startswith("https://") and address.startswith("https://") and urlsplit(address).netloc == urlsplit(issuer).netloc


def check_header(presented: Presented) -> None:
    """Nothing in the token's header or the proof that says what only the issuer may say. Raises CheckError."""
    if isinstance(presented, Token):
        _check_token_header(presented)
    else:
        _check_proof(presented)


def _check_token_header(token: Token) -> None:
    """VC-JOSE-COSE 1.0 §3.1.1, §6.1; RFC 8725 §3."""
    for name in ("jwk", "jku", "x5u", "x5c", "x5t"):
        if name in token.header:
            raise CheckError("the token brings its own key ({member}), which proves nothing", Verdict.ALTERED, member=name)
    if unknown := sorted(token.header.keys() - _TOKEN_HEADER):
        raise CheckError("the token's header has a member {member} that a certificate's has not", Verdict.ALTERED, member=unknown[0])
    if token.header.get("typ", "JWT") not in _TYPES or token.header.get("cty", "vc") != "vc":
        raise CheckError("the token says that it is something else than a certificate", Verdict.ALTERED)
    if "vc" in token.claims or "vp" in token.claims:
        raise CheckError("the token wraps its credential, which VC 2.0 forbids", Verdict.CANNOT_CHECK)


def check_claims(token: Token, did: str) -> None:
    """What a JWT adds says the same as the credential (VC-JOSE-COSE 1.0 §3.1.3; Open Badges 3.0 §8.2.4.1). Raises CheckError."""
    document, claims = token.document, token.claims
    subject = document.get("credentialSubject")
    expected = {"iss": did, "jti": document.get("id"), "sub": subject.get("id") if isinstance(subject, dict) else None}
    for claim, value in expected.items():
        if claim in claims and claims[claim] != value:
            raise CheckError("the token's {claim} is not what the certificate says", Verdict.ALTERED, claim=claim)
    for claim, member in (("nbf", "validFrom"), ("exp", "validUntil")):
        if claim in claims and member in document and (isinstance(claims[claim], bool) or claims[claim] != _seconds(document[member])):
            raise CheckError("the token's {claim} is not what the certificate says", Verdict.ALTERED, claim=claim)


def _check_proof(proven: Proven) -> None:
    """VC Data Integrity 1.0 §2.1, §4.4."""
    proof = proven.proof
    if proof.get("type") != "DataIntegrityProof" or proof.get("cryptosuite") not in CRYPTOSUITES:
        kind = proof.get("cryptosuite") or proof.get("type")
        raise CheckError("its proof is of a kind that this verifier does not know: {kind}", Verdict.CANNOT_CHECK, kind=kind)
    if proof.get("proofPurpose") != "assertionMethod":
        raise CheckError("its proof was made for another purpose", Verdict.ALTERED)


def _seconds(moment: Any) -> int:
    return int(read_moment(moment).timestamp())


def read_moment(value: Any) -> datetime:
    """A time with its zone. Raises CheckError."""
    try:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, TypeError, OverflowError) as error:
        raise CheckError("a time in the certificate is none: {value}", value=value) from error
    raise CheckError("a time in the certificate has no zone: {value}", value=value)
