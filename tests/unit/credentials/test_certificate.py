"""The document fits the official schema; both proofs satisfy other people's code; what the proof would not cover is refused."""

from __future__ import annotations

import json
from copy import deepcopy

import jsonschema
import jwt
import pytest
from openvc.proof.data_integrity import DataIntegrityProofSuite
from openvc.proof.errors import SignatureInvalid

from credentials.certificate.qr import qr_png
from credentials.errors import UndefinedTermError
from credentials.suites.eddsa_rdfc_2022 import add_proof, base58, canonical
from credentials.suites.vc_jwt import base64url
from schemas.loader import contexts
from tests.support import certificates
from tests.support.pictures import the_qr
from tests.support.shared_data import shared_data


def _schema_errors(document: certificates.Json) -> list[str]:
    schema = json.loads(shared_data("ob_v3p0_achievementcredential_schema.json").read_bytes())
    return [error.message for error in jsonschema.Draft201909Validator(schema).iter_errors(document)]


def _openvc_verifies(document: certificates.Json) -> None:
    raw = certificates.EDWARDS.public_key().public_bytes_raw()
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": base64url(raw)}
    single = document | {"proof": document["proof"][0]}
    DataIntegrityProofSuite().verify(single, public_key_jwk=jwk, extra_contexts=contexts(), check_temporal=False)


def test_the_document_and_its_proven_form_fit_the_schema_of_open_badges_3() -> None:
    assert _schema_errors(certificates.proven()) == []
    broken = certificates.proven()
    del broken["credentialSubject"]["achievement"]["criteria"]
    assert _schema_errors(broken) != []


def test_hours_stand_as_credits_earned_and_as_a_result_and_no_nip_stands_anywhere() -> None:
    subject = certificates.unsigned()["credentialSubject"]
    assert subject["creditsEarned"] == 8
    assert subject["result"][0]["value"] == "8"
    assert subject["achievement"]["resultDescription"][0]["resultType"] == "ext:JP"
    assert subject["result"][0]["resultDescription"] == subject["achievement"]["resultDescription"][0]["id"]
    assert "nip" not in json.dumps(certificates.unsigned()).lower()


def test_one_status_entry_names_the_place_in_the_revocation_list() -> None:
    status = certificates.unsigned()["credentialStatus"]
    assert (status["statusPurpose"], status["statusListIndex"]) == ("revocation", "4711")
    assert status["id"] == f"{status['statusListCredential']}#4711"


def test_competences_are_alignments_beside_the_kind_of_programme() -> None:
    kind, competence = certificates.unsigned()["credentialSubject"]["achievement"]["alignment"]
    assert (kind["targetType"], kind["targetCode"]) == ("ext:jalur", "3")
    assert competence == {
        "type": ["Alignment"],
        "targetType": "ceasn:Competency",
        "targetName": "Pengadaan barang dan jasa",
        "targetUrl": "https://kompetensi.test/pbj",
        "targetCode": "PBJ.1",
        "targetFramework": "SKK contoh",
    }


def test_openvc_verifies_our_data_integrity_proof() -> None:
    _openvc_verifies(certificates.proven())


def test_openvc_refuses_our_proof_over_a_changed_document() -> None:
    document = deepcopy(certificates.proven())
    document["credentialSubject"]["creditsEarned"] = 80
    with pytest.raises(SignatureInvalid):
        _openvc_verifies(document)


@pytest.mark.parametrize(
    "change",
    [
        {"jp": 20},
        {"@context": [*certificates.unsigned()["@context"], "https://unknown.test/context"]},
        {"issuer": {"id": "not-absolute", "type": ["Profile"], "name": "x"}},
        {"type": ["VerifiableCredential", "OpenBadgeCredential", "SertifikatEmas"]},
        {"name": "a\u0007b"},
        {"name": "a\u007fb"},
    ],
    ids=["term", "context", "relative", "type", "control", "delete"],
)
def test_what_a_proof_would_not_cover_or_others_read_differently_is_refused(change: certificates.Json) -> None:
    with pytest.raises(UndefinedTermError):
        add_proof(certificates.unsigned() | change, certificates.ED25519_SIGNER, certificates.ISSUED)


def test_a_nested_undefined_term_is_refused_too() -> None:
    document = deepcopy(certificates.unsigned())
    document["credentialSubject"]["achievement"]["jp"] = 8
    with pytest.raises(UndefinedTermError, match="jp"):
        canonical(document)


def test_the_canonical_form_does_not_depend_on_the_order_of_members() -> None:
    document = certificates.unsigned()
    assert canonical(dict(reversed(document.items()))) == canonical(document)


def test_the_token_is_the_credential_itself_with_the_claims_that_both_specifications_want() -> None:
    token = certificates.token()
    assert jwt.get_unverified_header(token) == {"alg": "ES256", "typ": "vc+jwt", "kid": certificates.P256_SIGNER.method}
    claims = jwt.decode(token, certificates.CURVE.public_key(), algorithms=["ES256"], options={"verify_nbf": False})
    document = certificates.unsigned()
    assert {name: claims[name] for name in document} == document
    added = {name: claims[name] for name in claims.keys() - document.keys()}
    assert added == {"iss": certificates.DID, "jti": document["id"], "sub": document["credentialSubject"]["id"], "nbf": 1795507200}


def test_the_qr_is_read_back_as_the_link() -> None:
    link = "https://jejak.contoh.go.id/v/abcdefghijklmnopqrstuvwxyz"
    assert the_qr(qr_png(link)) == link


def test_base58_keeps_leading_zeros() -> None:
    assert base58(b"\0\0\x01") == "112"
    assert base58(b"hello") == "Cn8eVZg"
