"""Digital Bazaar's libraries accept what is issued here and refuse what was tampered with, and so does openvc-core.

One run of Node.js for all; nothing is fetched.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from copy import deepcopy
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from openvc.errors import OpenvcError
from openvc.proof.data_integrity import DataIntegrityProofSuite

from credentials.certificate.status import Purpose, encoded_list, list_address, list_credential
from credentials.keys import Ed25519Signer, IssuerKey, did_document
from credentials.suites.eddsa_rdfc_2022 import add_proof, base58
from credentials.suites.vc_jwt import base64url
from schemas.loader import contexts
from tests.support import certificates
from tests.support.certificates import DID, ED25519_SIGNER, EDWARDS, ISSUED
from tests.support.verifying import INDEX, ISSUER_URL, NOW, document

Json = dict[str, Any]
_FOLDER = Path(__file__).parents[1] / "badges"
_LIST = list_address(ISSUER_URL, Purpose.REVOCATION, 1)
_OTHER = "did:web:jejak.test:issuers:lain"
_STRANGER = Ed25519PrivateKey.from_private_bytes(b"s" * 32)
_STRANGERS_RAW = _STRANGER.public_key().public_bytes_raw()
_STRANGERS_KEY = "z" + base58(b"\xed\x01" + _STRANGERS_RAW)
_DID_KEY = f"did:key:{_STRANGERS_KEY}"


def _certificate(**changes: Any) -> Json:
    return add_proof(document(**changes), ED25519_SIGNER, ISSUED)


def _list(*taken: int, signed: datetime = NOW, issuer: str = DID, signer: Ed25519Signer = ED25519_SIGNER) -> Json:
    made = list_credential(issuer, _LIST, Purpose.REVOCATION, encoded_list(taken), signed)
    return add_proof(made, signer, signed)


def _did(did: str, method: str) -> Json:
    return did_document(did, [IssuerKey("lain", 1, method, "ed25519", _STRANGERS_RAW, "", b"", 0)])


def _at(path: str, value: object) -> Callable[[Json], None]:
    """Puts a value at `a.0.b`; None takes away what is there."""

    def change(made: Json) -> None:
        *way, last = path.split(".")
        place: Any = made
        for step in way:
            place = place[int(step)] if isinstance(place, list) else place[step]
        key = int(last) if isinstance(place, list) else last
        if value is None:
            del place[key]
        else:
            place[key] = value

    return change


def _signature_bit(made: Json) -> None:
    proof = made["proof"][0]
    proof["proofValue"] = proof["proofValue"][:-1] + ("2" if proof["proofValue"][-1] != "2" else "3")


def _signed_by(method: str) -> Json:
    return add_proof(document(), Ed25519Signer(method, _STRANGER), ISSUED)


_COMPETENCE = {"type": ["Alignment"], "targetName": "Kompetensi lain", "targetUrl": "https://kompetensi.test/lain"}
_SUBJECT, _ACHIEVEMENT = "credentialSubject", "credentialSubject.achievement"
_CHANGES: dict[str, Callable[[Json], None]] = {
    "more hours": _at(f"{_SUBJECT}.creditsEarned", 80),
    "more hours in the result": _at(f"{_SUBJECT}.result.0.value", "80"),
    "another holder's name": _at(f"{_SUBJECT}.identifier.0.identityHash", "Orang Lain"),
    "another holder": _at(f"{_SUBJECT}.id", "urn:uuid:00000000-0000-4000-8000-000000000009"),
    "another title": _at(f"{_ACHIEVEMENT}.name", "Pelatihan Kepemimpinan Nasional"),
    "another kind of programme": _at(f"{_ACHIEVEMENT}.alignment.0.targetCode", "1"),
    "a competence added": lambda made: made[_SUBJECT]["achievement"]["alignment"].append(_COMPETENCE),
    "other criteria": _at(f"{_ACHIEVEMENT}.criteria.narrative", "-"),
    "another provider's name": _at("issuer.name", "Lembaga Lain"),
    "another issuer": _at("issuer.id", _OTHER),
    "another number": _at("id", "https://jejak.test/c/aaaaaaaaaaaaaaaaaaaaaaaaaa"),
    "issued earlier": _at("validFrom", "2026-01-01T00:00:00Z"),
    "learned on another day": _at("awardedDate", "2025-11-20T03:00:00Z"),
    "an end added": _at("validUntil", "2099-01-01T00:00:00Z"),
    "another place in the status list": _at("credentialStatus.statusListIndex", "1"),
    "no status": _at("credentialStatus", None),
    "evidence taken away": _at("evidence.1", None),
    "another digest of the evidence": _at("evidence.0.description", f"sha256${9:064x}"),
    "a term that no context defines": _at("jp", 20),
    "a type that no context defines": _at("type.1", "SertifikatEmas"),
    "a description added": _at("description", "Dengan pujian"),
    "another context": _at("@context.2", "https://lain.test/context.json"),
    "a context that means something else": _at("@context.2", {"name": "https://lain.test/nama"}),
    "another time of signing": _at("proof.0.created", "2026-01-01T00:00:00Z"),
    "another purpose": _at("proof.0.proofPurpose", "authentication"),
    "another suite": _at("proof.0.cryptosuite", "eddsa-jcs-2022"),
    "another key": _at("proof.0.verificationMethod", f"{DID}#p256-1"),
    "a key that is not there": _at("proof.0.verificationMethod", f"{DID}#ed25519-9"),
    "a bit of the signature": _signature_bit,
    "no proof": _at("proof", None),
    "another certificate's proof": lambda made: made.update(proof=_certificate(name="Lain")["proof"]),
}


def _made_by_others() -> dict[str, Json]:
    """Signed well, by whoever may not; or well signed and with a list that says otherwise."""
    late = NOW - timedelta(days=3)
    cleared = _list(INDEX)
    cleared["credentialSubject"]["encodedList"] = encoded_list([])
    stranger = Ed25519Signer(f"{_OTHER}#ed25519-1", _STRANGER)
    whole = _certificate()
    return {
        "signed by another issuer": {"credential": _signed_by(f"{_OTHER}#ed25519-1")},
        "signed with a key in the fragment": {"credential": _signed_by(f"{DID}#{_STRANGERS_KEY}")},
        "signed with a key that did:key names": {"credential": _signed_by(f"{_DID_KEY}#{_STRANGERS_KEY}")},
        "revoked": {"credential": whole, "documents": {_LIST: _list(INDEX)}},
        "revoked, with the bit taken out of the list": {"credential": whole, "documents": {_LIST: cleared}},
        "an old list": {"credential": whole, "documents": {_LIST: _list(signed=late)}},
        "another issuer's list": {"credential": whole, "documents": {_LIST: _list(issuer=_OTHER, signer=stranger)}},
        "another purpose's list": {"credential": whole, "documents": {_LIST: _suspensions()}},
    }


def _suspensions() -> Json:
    made = list_credential(DID, list_address(ISSUER_URL, Purpose.SUSPENSION, 1), Purpose.SUSPENSION, encoded_list([]), NOW)
    return add_proof(made, ED25519_SIGNER, NOW)


def _changed(change: Callable[[Json], None]) -> Json:
    made = deepcopy(_certificate())
    change(made)
    return {"credential": made}


_GOOD: dict[str, Callable[[], Json]] = {
    "as it is issued": lambda: {"credential": _certificate()},
    "a correction": lambda: {"credential": add_proof(_correction(), ED25519_SIGNER, ISSUED)},
    "others are revoked": lambda: {"credential": _certificate(), "documents": {_LIST: _list(INDEX - 1, INDEX + 1)}},
}


def _correction() -> Json:
    related = {"id": "https://jejak.test/c/aaaaaaaaaaaaaaaaaaaaaaaaaa", "digestSRI": f"sha256-{'A' * 43}=", "mediaType": "application/vc"}
    made = document(relatedResource=[related])
    made[_SUBJECT] |= {"narrative": "Menggantikan sertifikat lain.", "licenseNumber": "7/B/2026"}
    return made


@cache
def _answers() -> dict[str, Json]:
    documents: Json = dict(contexts())
    documents |= {DID: certificates.did_json(), _OTHER: _did(_OTHER, "ed25519-1"), _DID_KEY: _did(_DID_KEY, _STRANGERS_KEY), _LIST: _list()}
    cases = {name: make() for name, make in _GOOD.items()} | {name: _changed(change) for name, change in _CHANGES.items()}
    asked = json.dumps({"documents": documents, "now": NOW.isoformat(), "cases": cases | _made_by_others()})
    command = ["node", "--no-warnings", "verify.mjs"]
    done = subprocess.run(command, cwd=_FOLDER, input=asked, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    told: dict[str, Json] = json.loads(done.stdout)
    return told


@pytest.mark.parametrize("name", _GOOD)
def test_digital_bazaar_accepts_what_is_issued_here(name: str) -> None:
    assert _answers()[name] == {"verified": True, "status": False, "errors": []}


@pytest.mark.parametrize("name", [*_CHANGES, *_made_by_others()])
def test_digital_bazaar_refuses_what_was_tampered_with(name: str) -> None:
    told = _answers()[name]
    assert not told["verified"] or told["status"] is True, told


@pytest.mark.parametrize("name", [*_CHANGES, *_made_by_others()])
def test_no_refusal_comes_from_something_that_is_missing_here(name: str) -> None:
    """A refusal for want of a document would prove nothing."""
    missing = [error for error in _answers()[name]["errors"] if error.startswith("not bundled") and "lain.test" not in error]
    assert missing == []


def _openvc(made: Json) -> None:
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": base64url(EDWARDS.public_key().public_bytes_raw())}
    single = made | {"proof": made["proof"][0]} if "proof" in made else made
    DataIntegrityProofSuite().verify(single, public_key_jwk=jwk, extra_contexts=contexts(), now=NOW)


@pytest.mark.parametrize("name", _GOOD)
def test_openvc_accepts_what_is_issued_here(name: str) -> None:
    _openvc(_GOOD[name]()["credential"])


@pytest.mark.parametrize("name", _CHANGES)
def test_openvc_refuses_what_was_tampered_with(name: str) -> None:
    with pytest.raises(OpenvcError):
        _openvc(_changed(_CHANGES[name])["credential"])
