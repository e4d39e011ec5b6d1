"""Check 3: the key is one that the issuer signs certificates with, and it was in force when the certificate was issued.

The key comes from the DID document of the certificate's issuer and from nowhere else: not from the token's header, not from what stands
behind the `#`. It must stand in `assertionMethod`, and its controller must be the issuer.
"""

from __future__ import annotations

import base64
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from openvc.errors import OpenvcError
from openvc.multibase import decode_multibase

from verifier.checks.consistent import read_moment
from verifier.errors import CheckError
from verifier.messages import marked
from verifier.readers.presented import Json
from verifier.trust import KeyDates, KnownIssuer
from verifier.verdict import Verdict

LATEST = timedelta(hours=24)  # from `validFrom` to the signature; the log holds issuers to it
_RAW_KEYS = {b"\xed\x01": ("Ed25519", 32), b"\x80\x24": ("P-256", 33), b"\x81\x24": ("P-384", 49)}  # multicodec prefixes
_NOT_LISTED = marked("this key is not among those with which the issuer signs certificates")


def find_method(method: str, did: str, did_document: Json) -> Json:
    """The verification method (Controlled Identifiers 1.0 §2.2, §2.3.2). Raises CheckError."""
    if did_document.get("id") != did:
        raise CheckError("the issuer's list of keys is not the issuer's")
    for one in _list(did_document, "assertionMethod"):
        if isinstance(one, dict) and _absolute(one.get("id"), did) == method:
            return _controlled(one, did)
        if _absolute(one, did) == method:
            break
    else:
        raise CheckError(_NOT_LISTED)
    for one in _list(did_document, "verificationMethod"):
        if isinstance(one, dict) and _absolute(one.get("id"), did) == method:
            return _controlled(one, did)
    raise CheckError(_NOT_LISTED)


def _controlled(method: Json, did: str) -> Json:
    if method.get("controller") != did:
        raise CheckError("the issuer does not control this key")
    return method


def _list(document: Json, member: str) -> list[Any]:
    value = document.get(member)
    return value if isinstance(value, list) else []


def _absolute(reference: Any, did: str) -> Any:
    return did + reference if isinstance(reference, str) and reference.startswith("#") else reference


def public_key(method: Json) -> Json:
    """The key as a JWK. Raises CheckError."""
    jwk = method.get("publicKeyJwk")
    if isinstance(jwk, dict):
        return {name: value for name, value in jwk.items() if name in ("kty", "crv", "x", "y", "n", "e")}
    multibase = method.get("publicKeyMultibase")
    if isinstance(multibase, str) and len(multibase) < 200:
        return multikey(multibase)
    raise CheckError("the issuer's key is written in a way that this verifier does not know", Verdict.CANNOT_CHECK)


def multikey(multibase: str) -> Json:
    """Multikey (Controlled Identifiers 1.0 §2.2.2) as a JWK. Raises CheckError."""
    try:
        raw = decode_multibase(multibase)
        curve, length = _RAW_KEYS[raw[:2]]
        if len(raw) != length + 2:
            raise ValueError("length")
        if curve == "Ed25519":
            return {"kty": "OKP", "crv": curve, "x": _base64url(raw[2:])}
        kind = ec.SECP256R1() if curve == "P-256" else ec.SECP384R1()
        point = ec.EllipticCurvePublicKey.from_encoded_point(kind, raw[2:]).public_numbers()
    except (OpenvcError, ValueError, KeyError) as error:
        raise CheckError("the issuer's key is written in a way that this verifier does not know", Verdict.CANNOT_CHECK) from error
    size = length - 1
    return {"kty": "EC", "crv": curve, "x": _base64url(point.x.to_bytes(size, "big")), "y": _base64url(point.y.to_bytes(size, "big"))}


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def key_dates(method: Json, issuer: KnownIssuer | None) -> KeyDates:
    """As the trust list has them, by the key's fragment; else as the DID document has them. Raises CheckError."""
    own = KeyDates(None, _date(method, "expires"), _date(method, "revoked"))
    listed = None if issuer is None else issuer.keys.get(str(method.get("id")).partition("#")[2])
    if listed is None:
        return own
    return KeyDates(listed.since, _first(listed.until, own.until), _first(listed.revoked, own.revoked))


def check_in_force(dates: KeyDates, issued: datetime | None, logged: datetime | None) -> None:
    """`issued`: what the certificate says; `logged`: what a witness of the log says, where there is one. Raises CheckError.

    A key that was merely replaced (`until`) may not have signed what is dated later. What a compromised key (`revoked`) signed counts only
    when a witness has seen it before: dates in the certificate are the forger's to choose.
    """
    revoked, signed = dates.revoked, logged or issued
    if revoked is not None and (logged is None or logged >= revoked):
        text = marked("the issuer has revoked this key ({revoked:moment}), and nothing proves that it signed this before")
        raise CheckError(text, Verdict.CANNOT_CHECK if logged is None else Verdict.ALTERED, revoked=revoked.isoformat())
    if signed is None:
        return
    latest = logged or signed + LATEST  # signed, at the latest: a certificate is dated when it is due, and signed within a day
    if dates.since is not None and latest < dates.since:
        raise CheckError("the issuer did not sign with this key before {since:moment}", since=dates.since.isoformat())
    if dates.until is not None and signed >= dates.until:
        raise CheckError("the issuer no longer signed with this key then (until {until:moment})", until=dates.until.isoformat())


def _first(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((moment for moment in (one, other) if moment is not None), default=None)


def _date(method: Json, member: str) -> datetime | None:
    value = method.get(member)
    return None if value is None else read_moment(value)
