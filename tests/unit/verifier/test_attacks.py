"""What a forger would try. None of it is ever green, and the report says which check caught it."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from credentials.certificate.status import Purpose, list_address, status_entry
from credentials.keys import Ed25519Signer, P256Signer
from credentials.suites.eddsa_rdfc_2022 import add_proof, base58
from credentials.suites.vc_jwt import base64url, sign_token
from tests.support.certificates import CURVE, DID, ED25519_SIGNER, ISSUED, P256_SIGNER, did_json
from tests.support.verifying import ID, INDEX, ISSUER_URL, NOW, URL, document, issuer, log_proof, qr_text, sources, status_list
from verifier.readers.payload import read_link
from verifier.readers.presented import Exhibit, PdfFindings
from verifier.readers.reading import read_file
from verifier.report import Outcome, Report, Step
from verifier.sources.ports import FixedSources
from verifier.trust import KnownIssuer
from verifier.verdict import Verdict
from verifier.verification import verify

Json = dict[str, Any]
Attack = tuple[Exhibit, FixedSources, Step, Verdict]
_DOCUMENT = document()
_SOURCES = sources(_DOCUMENT)
_FORGER = ec.derive_private_key(666, ec.SECP256R1())
_FORGER_EDWARDS = ed25519.Ed25519PrivateKey.from_private_bytes(b"6" * 32)
_REVOCATION = list_address(ISSUER_URL, Purpose.REVOCATION, 1)
_JP = {"credentialSubject": _DOCUMENT["credentialSubject"] | {"creditsEarned": 80}}


def _token(header: Json, sign: Callable[[bytes], bytes], made: Json = _DOCUMENT) -> str:
    claims = made | {"iss": made["issuer"]["id"], "jti": made["id"], "sub": made["credentialSubject"]["id"], "nbf": int(ISSUED.timestamp())}
    parts = (header, claims)
    signed = ".".join(base64url(json.dumps(part, ensure_ascii=False).encode()) for part in parts)
    return f"{signed}.{base64url(sign(signed.encode()))}"


def _jwk(key: ec.EllipticCurvePrivateKey) -> Json:
    numbers = key.public_key().public_numbers()
    x, y = (base64url(number.to_bytes(32, "big")) for number in (numbers.x, numbers.y))
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y}


def _hs256(signed: bytes) -> bytes:
    """With the issuer's public key as the secret."""
    return hmac.new(CURVE.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo), signed, hashlib.sha256).digest()


def _forged(signed: bytes) -> bytes:
    return P256Signer("x", _FORGER).sign(signed)


_HEADER = {"alg": "ES256", "typ": "vc+jwt", "kid": P256_SIGNER.method}
_OTHER_DID = "did:web:jejak.test:issuers:lain"


def _other_issuer() -> KnownIssuer:
    """Another provider on the same trust list, with a key of its own."""
    method = {"id": f"{_OTHER_DID}#p256-1", "type": "JsonWebKey", "controller": _OTHER_DID, "publicKeyJwk": _jwk(_FORGER)}
    keys = {"id": _OTHER_DID, "verificationMethod": [method], "assertionMethod": [method["id"]]}
    return replace(issuer(), did=_OTHER_DID, name="Balai Lain", did_document=keys)


def _with_other() -> FixedSources:
    return replace(_SOURCES, issuers={**_SOURCES.issuers, _OTHER_DID: _other_issuer()})


def _jwt(header: Json, sign: Callable[[bytes], bytes], made: Json = _DOCUMENT) -> Exhibit:
    return Exhibit("jwt", _token(header, sign, made))


def _fragment_key() -> Exhibit:
    """`did:web:victim#z6Mk<forger's key>`: some verifiers take the key from behind the `#`."""
    key = "z" + base58(b"\xed\x01" + _FORGER_EDWARDS.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))
    return Exhibit("json", json.dumps(add_proof(_DOCUMENT | _JP, Ed25519Signer(f"{DID}#{key}", _FORGER_EDWARDS), ISSUED)))


def _lists(**changes: Any) -> FixedSources:
    return replace(_SOURCES, status_lists={**_SOURCES.status_lists, _REVOCATION: status_list(Purpose.REVOCATION, **changes)})


def _swapped_list() -> FixedSources:
    """The (empty) second list under the address of the first, in which it is revoked."""
    return _lists(number=2)


def _look_alike() -> Exhibit:
    return Exhibit("photo", qr=read_link(qr_text(_DOCUMENT, url="https://jejak-test.example")))


def _pdf(**changes: Any) -> PdfFindings:
    good = PdfFindings(True, True, True, "Balai Contoh", ("aa",), next(iter(issuer().key_ids)), None, False, "PAdES B-B")
    return replace(good, **changes)


def _certificate_of(another: str) -> Json:
    return document() | {"id": f"{URL}/c/{another}"}


_GOOD = sign_token(_DOCUMENT, P256_SIGNER)
_B = _certificate_of("b" * 25 + "a")
_B_TOKEN = sign_token(_B, P256_SIGNER)
_B_SOURCES = replace(_SOURCES, log_proofs={_B["id"]: log_proof(_B)}, certificates={f"{URL}/v/{ID}": _GOOD})
_QR = read_link(qr_text(_DOCUMENT))
_LOOK_ALIKE_KEYS = {"did:web:jejak-test.example": json.loads(json.dumps(did_json()).replace(DID, "did:web:jejak-test.example"))}
_ELSEWHERE = document(credentialStatus=status_entry("https://penipu.test", 1, INDEX))
_LOOK_ALIKE_DID = document(issuer={"id": "did:web:jejak-test.example", "type": ["Profile"], "name": "Balai Pelatihan Contoh"})
_DI = add_proof(_DOCUMENT, ED25519_SIGNER, ISSUED)
_ONLY_LOGIN = did_json() | {"assertionMethod": [], "authentication": [P256_SIGNER.method]}

_ATTACKS: dict[str, Attack] = {
    "alg none": (_jwt(_HEADER | {"alg": "none"}, lambda _: b""), _SOURCES, Step.SIGNATURE, Verdict.ALTERED),
    "alg none, in capitals": (_jwt(_HEADER | {"alg": "nOnE"}, lambda _: b""), _SOURCES, Step.SIGNATURE, Verdict.ALTERED),
    "HS256 with the public key": (_jwt(_HEADER | {"alg": "HS256"}, _hs256), _SOURCES, Step.SIGNATURE, Verdict.ALTERED),
    "an empty signature": (Exhibit("jwt", _GOOD.rpartition(".")[0] + "."), _SOURCES, Step.SIGNATURE, Verdict.ALTERED),
    "r and s zero": (_jwt(_HEADER, lambda _: bytes(64)), _SOURCES, Step.SIGNATURE, Verdict.ALTERED),
    "a jwk in the header": (_jwt(_HEADER | {"jwk": _jwk(_FORGER)}, _forged), _SOURCES, Step.KEY, Verdict.ALTERED),
    "an x5u in the header": (_jwt(_HEADER | {"x5u": "https://penipu.test/x"}, _forged), _SOURCES, Step.KEY, Verdict.ALTERED),
    "an x5c in the header": (_jwt(_HEADER | {"x5c": ["MIIB"]}, _forged), _SOURCES, Step.KEY, Verdict.ALTERED),
    "a jku in the header": (_jwt(_HEADER | {"jku": "https://penipu.test/x"}, _forged), _SOURCES, Step.KEY, Verdict.ALTERED),
    "a critical extension": (_jwt(_HEADER | {"crit": ["b64"], "b64": False}, _forged), _SOURCES, Step.KEY, Verdict.ALTERED),
    "a key in the fragment": (_fragment_key(), _SOURCES, Step.KEY, Verdict.ALTERED),
    "the forger's key under the issuer's name": (_jwt(_HEADER, _forged), _SOURCES, Step.SIGNATURE, Verdict.ALTERED),
    "another issuer's key": (_jwt(_HEADER | {"kid": f"{_OTHER_DID}#p256-1"}, _forged), _with_other(), Step.KEY, Verdict.ALTERED),
    "a key for sign-in only": (
        Exhibit("jwt", _GOOD),
        replace(_SOURCES, issuers={DID: issuer(did_document=_ONLY_LOGIN)}),
        Step.KEY,
        Verdict.ALTERED,
    ),
    "more hours in the token": (
        _jwt(_HEADER, lambda _: P256_SIGNER.sign(b"x"), _DOCUMENT | _JP),
        _SOURCES,
        Step.SIGNATURE,
        Verdict.ALTERED,
    ),
    "more hours in the JSON": (Exhibit("json", json.dumps(_DI | _JP)), _SOURCES, Step.SIGNATURE, Verdict.ALTERED),
    "a term that nobody signed": (Exhibit("json", json.dumps(_DI | {"jp": 80})), _SOURCES, Step.FORMAT, Verdict.ALTERED),
    "another context": (
        Exhibit("json", json.dumps(_DI | {"@context": [*_DI["@context"], {"jp": "urn:x"}]})),
        _SOURCES,
        Step.FORMAT,
        Verdict.CANNOT_CHECK,
    ),
    "a proof for another purpose": (
        Exhibit("json", json.dumps(_DI | {"proof": [_DI["proof"][0] | {"proofPurpose": "authentication"}]})),
        _SOURCES,
        Step.KEY,
        Verdict.ALTERED,
    ),
    "a swapped status list": (Exhibit("jwt", _GOOD), _swapped_list(), Step.STATUS, Verdict.CANNOT_CHECK),
    "a replayed old list": (Exhibit("jwt", _GOOD), _lists(signed=NOW - timedelta(days=2)), Step.STATUS, Verdict.CANNOT_CHECK),
    "somebody else's list": (
        Exhibit("jwt", sign_token(_ELSEWHERE, P256_SIGNER)),
        replace(_SOURCES, log_proofs={_ELSEWHERE["id"]: log_proof(_ELSEWHERE)}),
        Step.STATUS,
        Verdict.CANNOT_CHECK,
    ),
    "a status list as a certificate": (
        Exhibit("jwt", status_list(Purpose.REVOCATION).text),
        _SOURCES,
        Step.FORMAT,
        Verdict.CANNOT_CHECK,
    ),
    "the QR of one certificate on another's PDF": (Exhibit("pdf", _B_TOKEN, _QR, _pdf()), _B_SOURCES, Step.QR, Verdict.ALTERED),
    "the QR of one certificate on a print of another": (
        Exhibit("pdf", None, _QR, _pdf(signed=False, words="Orang Lain, S.E.\nPelatihan Lain\n40 JP")),
        _SOURCES,
        Step.PDF_UNCHANGED,
        Verdict.ALTERED,
    ),
    "a PDF that carries a certificate and is not signed": (
        Exhibit("pdf", _GOOD, _QR, _pdf(signed=False)),
        _SOURCES,
        Step.PDF_SIGNATURE,
        Verdict.ALTERED,
    ),
    "a PDF signed by somebody else": (
        Exhibit("pdf", _GOOD, _QR, _pdf(signer="Penipu", signers=("bb",), signer_key="")),
        _SOURCES,
        Step.PDF_SIGNATURE,
        Verdict.ALTERED,
    ),
    "a PDF with a page added": (Exhibit("pdf", _GOOD, _QR, _pdf(whole=False)), _SOURCES, Step.PDF_UNCHANGED, Verdict.ALTERED),
    "a PDF with one byte changed": (Exhibit("pdf", _GOOD, _QR, _pdf(intact=False)), _SOURCES, Step.PDF_SIGNATURE, Verdict.ALTERED),
    "a look-alike host in the QR": (_look_alike(), _SOURCES, Step.QR, Verdict.UNKNOWN_ISSUER),
    "a look-alike host as the issuer": (
        Exhibit("jwt", sign_token(_LOOK_ALIKE_DID, P256Signer("did:web:jejak-test.example#p256-1", CURVE))),
        replace(_SOURCES, did_documents=_LOOK_ALIKE_KEYS),
        Step.TRUST,
        Verdict.UNKNOWN_ISSUER,
    ),
    "a back-dated certificate": (
        Exhibit("jwt", _GOOD),
        replace(_SOURCES, log_proofs={_DOCUMENT["id"]: log_proof(_DOCUMENT, seen=ISSUED + timedelta(days=2))}),
        Step.LOG,
        Verdict.ALTERED,
    ),
    "a certificate that was never logged": (Exhibit("jwt", _B_TOKEN), _SOURCES, Step.LOG, Verdict.CANNOT_CHECK),
    "the proof of another certificate": (
        Exhibit("jwt", _B_TOKEN),
        replace(_SOURCES, log_proofs={_B["id"]: log_proof(_DOCUMENT)}),
        Step.LOG,
        Verdict.ALTERED,
    ),
}


def _failed_steps(report: Report) -> set[Step]:
    return {check.step for check in report.checks if check.outcome is Outcome.FAILED}


@pytest.mark.parametrize(("exhibit", "known", "step", "verdict"), _ATTACKS.values(), ids=_ATTACKS)
def test_the_attack_is_caught_by_the_check_that_is_for_it(exhibit: Exhibit, known: FixedSources, step: Step, verdict: Verdict) -> None:
    report = verify(exhibit, known, NOW)
    assert report.verdict is verdict
    assert step in _failed_steps(report)
    assert next(check for check in report.checks if check.step is step).reason


def test_without_the_attack_the_same_exhibits_are_valid() -> None:
    for exhibit in (Exhibit("jwt", _GOOD), Exhibit("json", json.dumps(_DI)), Exhibit("pdf", _GOOD, _QR, _pdf()), Exhibit("qr", qr=_QR)):
        assert verify(exhibit, _SOURCES, NOW).verdict is Verdict.VALID


def test_the_signed_object_of_a_qr_is_no_certificate_nor_the_reverse() -> None:
    assert _QR is not None
    assert _QR.payload is not None
    as_file = read_file(_QR.payload.hex().encode())
    assert verify(as_file, _SOURCES, NOW).verdict is Verdict.CANNOT_CHECK
    as_payload = replace(_QR, payload=_GOOD.encode())
    report = verify(Exhibit("qr", qr=as_payload), replace(_SOURCES, certificates={}), NOW)
    assert (report.verdict, report.facts) == (Verdict.ALTERED, None)


@pytest.mark.parametrize("place", range(0, 300, 7))
def test_whichever_byte_of_the_qrs_object_changes_it_is_not_valid(place: int) -> None:
    assert _QR is not None
    assert _QR.payload is not None
    changed = bytearray(_QR.payload)
    changed[place % len(changed)] ^= 1
    report = verify(Exhibit("qr", qr=replace(_QR, payload=bytes(changed))), replace(_SOURCES, certificates={}), NOW)
    assert report.verdict is not Verdict.VALID
    whole = verify(Exhibit("qr", qr=replace(_QR, payload=bytes(changed))), _SOURCES, NOW)
    assert whole.verdict is Verdict.ALTERED
