"""Signed statements (xAPI-Data 1.0.3, 2.6; 2.0, 4.2.6): a compact JWS (RFC 7515) in an attachment, over the statement without it.

Not checked: whether a certificate is revoked, and whether its subject is the statement's actor or authority. Without `x5c` there is no key,
so the signature's bytes are not verified at all; only its form, its algorithm and its payload are.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.verification import ExtensionPolicy, PolicyBuilder, Store, VerificationError

from lrs.errors import InvalidStatementError
from lrs.xapi.attachment import SIGNATURE_USAGE_TYPE
from lrs.xapi.equality import same_statement
from lrs.xapi.statement import ParsedStatement, parse_statement
from lrs.xapi.strict_json import JsonLimits, check_json
from lrs.xapi.versions import Version

_CLAUSE = "xAPI-Data 2.6"
_ALGORITHMS: dict[str, type[hashes.HashAlgorithm]] = {"RS256": hashes.SHA256, "RS384": hashes.SHA384, "RS512": hashes.SHA512}
# RFC 7518, 3.3.
_MIN_KEY_BITS = 2048
# A key over this costs milliseconds a signature, for nothing.
_MAX_KEY_BITS = 8192
_MAX_CHAIN = 10

_Members = dict[str, msgspec.Raw]


class Trust(StrEnum):
    """How far the signer's certificate is trusted."""

    NO_CERTIFICATE = "no certificate"
    NO_ANCHORS = "no anchors configured"
    UNTRUSTED = "untrusted"
    TRUSTED = "trusted"


@dataclass(frozen=True, slots=True)
class SignatureVerdict:
    """`verified`: the signature's bytes were checked with the key of x5c[0].

    `fingerprint`: SHA-256 hex of that certificate, "" without one.
    """

    algorithm: str
    verified: bool
    trust: Trust
    fingerprint: str = ""


class _Header(msgspec.Struct, frozen=True):
    alg: str
    x5c: list[str] | msgspec.UnsetType = msgspec.UNSET
    crit: list[str] | msgspec.UnsetType = msgspec.UNSET
    b64: bool | msgspec.UnsetType = msgspec.UNSET


_header_decoder = msgspec.json.Decoder(_Header)
_members_decoder = msgspec.json.Decoder(_Members)
_items_decoder = msgspec.json.Decoder(list[msgspec.Raw])


def verify_signature(
    jws: bytes,
    statement: ParsedStatement,
    digest: str,
    *,
    anchors: tuple[x509.Certificate, ...],
    moment: datetime,
    limits: JsonLimits,
    where: str,
) -> SignatureVerdict:
    """Checks one signature attachment, whose SHA-2 is `digest`, of `statement`; certificates must be valid at `moment`.

    Raises InvalidStatementError when it is no compact JWS of RS256, RS384 or RS512, its payload is another statement, or the key of x5c[0]
    did not make it.
    """
    protected, payload, signature = _segments(jws, where)
    header, made = _header(protected, limits, where), _decode(signature, where)
    _check_payload(_decode(payload, where), statement, digest, limits, where)
    if header.x5c is msgspec.UNSET:
        return SignatureVerdict(header.alg, verified=False, trust=Trust.NO_CERTIFICATE)
    chain = _chain(header.x5c, where)
    _check_bytes(chain[0], header.alg, made, protected + b"." + payload, where)
    fingerprint = chain[0].fingerprint(hashes.SHA256()).hex()
    return SignatureVerdict(header.alg, verified=True, trust=_trust(chain, anchors, moment), fingerprint=fingerprint)


def _bad(message: str, where: str) -> InvalidStatementError:
    return InvalidStatementError(message, where=where, clause=_CLAUSE)


def _segments(jws: bytes, where: str) -> tuple[bytes, bytes, bytes]:
    segments = jws.split(b".", 3)
    if len(segments) != 3 or not all(segments):
        raise _bad("the signature is no compact JWS", where)
    return segments[0], segments[1], segments[2]


def _decode(segment: bytes, where: str) -> bytes:
    """Base64url without padding (RFC 7515, 2)."""
    standard = segment.translate(bytes.maketrans(b"-_+/=", b"+/!!!"))
    try:
        return base64.b64decode(standard + b"=" * (-len(segment) % 4), validate=True)
    except binascii.Error:
        raise _bad("a part of the JWS is not base64url", where) from None


def _header(protected: bytes, limits: JsonLimits, where: str) -> _Header:
    raw = _decode(protected, where)
    try:
        check_json(raw, limits)
        header = _header_decoder.decode(raw)
    except (msgspec.MsgspecError, InvalidStatementError):
        raise _bad("the header of the JWS is no JSON object with an alg", where) from None
    if header.alg not in _ALGORITHMS:
        raise _bad("the algorithm of the JWS must be RS256, RS384 or RS512", where)
    if header.crit is not msgspec.UNSET or header.b64 is False:
        raise _bad("the JWS demands an extension that is not understood", where)
    return header


def _check_payload(payload: bytes, statement: ParsedStatement, digest: str, limits: JsonLimits, where: str) -> None:
    """The payload is the statement before this signature was added, or before any signature was."""
    try:
        parse_statement(payload, statement.version, limits)
    except InvalidStatementError as error:
        raise _bad(f"the payload of the JWS is no valid statement: {error.message}", where) from None
    second = statement.version is Version.V2
    candidates = (without_signatures(statement.raw, digest, second), without_signatures(statement.raw, None, second))
    if not any(same_statement(candidate, payload) for candidate in candidates):
        raise _bad("the payload of the JWS is not this statement without its signature", where)


def without_signatures(statement: bytes, digest: str | None, second: bool = False) -> bytes:
    """The statement without its signature attachments: the one with that SHA-2, or with None all; no empty `attachments` is left.

    `second`: it came as one of 2.0, and is to be compared by those rules whatever its `version` says.
    """
    members = _members_decoder.decode(statement)
    kept = [raw for raw in _items_decoder.decode(members["attachments"]) if not _is_signature(raw, digest)]
    if kept:
        members["attachments"] = msgspec.Raw(msgspec.json.encode(kept))
    else:
        del members["attachments"]
    if second:
        members["version"] = msgspec.Raw(b'"2.0.0"')
    return msgspec.json.encode(members)


class _Attachment(msgspec.Struct, frozen=True):
    usageType: str
    sha2: str


_attachment_decoder = msgspec.json.Decoder(_Attachment)


def _is_signature(raw: msgspec.Raw, digest: str | None) -> bool:
    attachment = _attachment_decoder.decode(raw)
    return attachment.usageType == SIGNATURE_USAGE_TYPE and digest in (None, attachment.sha2.lower())


def _chain(encoded: list[str], where: str) -> list[x509.Certificate]:
    if not 0 < len(encoded) <= _MAX_CHAIN:
        raise _bad(f"x5c holds 1 to {_MAX_CHAIN} certificates", where)
    try:
        return [x509.load_der_x509_certificate(base64.b64decode(item, validate=True)) for item in encoded]
    except ValueError:
        raise _bad("x5c holds something that is no certificate", where) from None


def _check_bytes(certificate: x509.Certificate, algorithm: str, signature: bytes, signed: bytes, where: str) -> None:
    try:
        key = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        raise _bad("the key of the certificate cannot be read", where) from None
    if not isinstance(key, rsa.RSAPublicKey) or not _MIN_KEY_BITS <= key.key_size <= _MAX_KEY_BITS:
        raise _bad(f"the key of the certificate must be RSA of {_MIN_KEY_BITS} to {_MAX_KEY_BITS} bits", where)
    try:
        key.verify(signature, signed, padding.PKCS1v15(), _ALGORITHMS[algorithm]())
    except InvalidSignature:
        raise _bad("the signature was not made with the key of its certificate", where) from None


def _trust(chain: list[x509.Certificate], anchors: tuple[x509.Certificate, ...], moment: datetime) -> Trust:
    """Whether the chain leads to an anchor:
    names, validity, signatures and CA constraints; any use of the leaf's key is fine (no web server is meant).
    """
    if not anchors:
        return Trust.NO_ANCHORS
    if chain[0] in anchors and chain[0].not_valid_before_utc <= moment <= chain[0].not_valid_after_utc:
        return Trust.TRUSTED
    policy = PolicyBuilder().store(Store(list(anchors))).time(moment).max_chain_depth(_MAX_CHAIN)
    policy = policy.extension_policies(ca_policy=ExtensionPolicy.webpki_defaults_ca(), ee_policy=ExtensionPolicy.permit_all())
    try:
        policy.build_client_verifier().verify(chain[0], chain[1:])
    except (VerificationError, ValueError):
        return Trust.UNTRUSTED
    return Trust.TRUSTED
