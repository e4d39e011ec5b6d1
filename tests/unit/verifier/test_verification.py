"""A genuine certificate is valid in both proofs; whatever is changed in it, it is not; and every check fails for its own reason."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import timedelta
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.certificate.status import Purpose, list_address
from credentials.suites.eddsa_rdfc_2022 import add_proof
from credentials.suites.vc_jwt import base64url, sign_token
from tests.support import certificates
from tests.support.certificates import CURVE, DID, ED25519_SIGNER, ISSUED, P256_SIGNER
from tests.support.verifying import ISSUER_URL, status_list
from verifier.report import ALWAYS_REQUIRED, Outcome, Report, Step
from verifier.sources.ports import FixedSources
from verifier.trust import KnownIssuer
from verifier.verdict import Verdict
from verifier.verification import verify_text

Json = dict[str, Any]
NOW = ISSUED + timedelta(days=400)
_TOKEN = certificates.token()
_PROVEN = json.dumps(certificates.proven())
_STATUS = {"id": "https://daftar.test/1#7", "type": "BitstringStatusListEntry"}


def _sources(did_document: Json | None = None) -> FixedSources:
    """A trust list of one, and no network."""
    lists = {list_address(ISSUER_URL, purpose, 1): status_list(purpose, signed=NOW) for purpose in Purpose}
    return FixedSources({DID: KnownIssuer(DID, "Balai Contoh (daftar)", did_document or certificates.did_json())}, status_lists=lists)


def _verdict(text: str, sources: FixedSources | None = None) -> Report:
    return verify_text(text, sources or _sources(), NOW)


def _failed(report: Report) -> Step | None:
    """The check that the verdict comes from."""
    decisive = report.decisive
    return None if decisive is None else decisive.step


@pytest.mark.parametrize("text", [_TOKEN, _PROVEN, f"  {_TOKEN}\n", json.dumps(certificates.proven(), indent=4)])
def test_a_genuine_certificate_is_valid_and_tells_title_provider_hours_and_date(text: str) -> None:
    report = _verdict(text)
    assert report.verdict is Verdict.VALID
    assert [check.step for check in report.checks] == list(Step)
    assert {check.step for check in report.checks if check.outcome is Outcome.PASSED} == set(ALWAYS_REQUIRED)
    facts = report.facts
    assert facts is not None
    assert (facts.title, facts.jp, facts.issued) == (certificates.PROGRAMME.title, 8, ISSUED)
    assert (facts.provider, facts.claimed_provider) == ("Balai Contoh (daftar)", "Balai Pelatihan Contoh")
    assert facts.holder == "Ni Luh Sekar, S.Kom."


def test_whichever_letter_of_the_token_changes_it_is_altered() -> None:
    for place, letter in enumerate(_TOKEN):
        other = "B" if letter == "A" else "A" if letter != "." else "-"
        report = _verdict(_TOKEN[:place] + other + _TOKEN[place + 1 :])
        assert report.verdict is Verdict.ALTERED, place
        assert report.facts is None


def test_the_spare_bits_at_the_end_of_a_signature_cannot_be_changed_either() -> None:
    """Lenient decoders read the same signature, and two texts would be one certificate."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    last = alphabet.index(_TOKEN[-1])
    report = _verdict(_TOKEN[:-1] + alphabet[last ^ 1])
    assert (report.verdict, _failed(report)) == (Verdict.ALTERED, Step.FORMAT)


@given(st.integers(0, len(_PROVEN) - 1), st.characters(codec="utf-8"))
def test_a_changed_letter_of_the_json_never_gives_another_valid_content(place: int, letter: str) -> None:
    changed = _PROVEN[:place] + letter + _PROVEN[place + 1 :]
    report = _verdict(changed)
    if report.verdict is Verdict.VALID:
        assert json.loads(changed) == json.loads(_PROVEN)  # white space, or the same letter written otherwise


@given(st.text() | st.binary().map(lambda content: content.decode("latin-1")))
def test_whatever_is_pasted_gets_a_report(text: str) -> None:
    report = _verdict(text)
    assert report.verdict is not Verdict.VALID
    assert _failed(report) is not None


def _token_of(document: Json, header: Json | None = None, **claims: Any) -> str:
    """A token by the issuer's own key, with header members and claims as given."""
    text = sign_token(document, P256_SIGNER)
    head, body, _ = text.split(".")
    told = jwt.utils.base64url_decode
    header = json.loads(told(head)) | (header or {})
    body_claims = {name: value for name, value in (json.loads(told(body)) | claims).items() if value is not None}
    signed = ".".join(base64url(json.dumps(part).encode()) for part in (header, body_claims))
    return f"{signed}.{base64url(P256_SIGNER.sign(signed.encode()))}"


@pytest.mark.parametrize(
    ("text", "step", "verdict"),
    [
        ("halo", Step.FORMAT, Verdict.CANNOT_CHECK),
        ("x" * 70_000, Step.FORMAT, Verdict.CANNOT_CHECK),
        ("{" * 100, Step.FORMAT, Verdict.ALTERED),
        (_PROVEN.replace('"name"', '"name": "x", "name"', 1), Step.FORMAT, Verdict.ALTERED),
        (json.dumps(certificates.unsigned()), Step.FORMAT, Verdict.ALTERED),
        (_token_of(certificates.unsigned(), {"alg": "none"}), Step.SIGNATURE, Verdict.ALTERED),
        (_token_of(certificates.unsigned(), {"alg": "HS256"}), Step.SIGNATURE, Verdict.ALTERED),
        (_token_of(certificates.unsigned(), {"jwk": {}}), Step.KEY, Verdict.ALTERED),
        (_token_of(certificates.unsigned(), {"typ": "at+jwt"}), Step.KEY, Verdict.ALTERED),
        (_token_of(certificates.unsigned(), {"kid": "did:web:penipu.test#k"}), Step.KEY, Verdict.ALTERED),
        (_token_of(certificates.unsigned(), {"kid": f"{DID}#z6MkForged"}), Step.KEY, Verdict.ALTERED),
        (_token_of(certificates.unsigned(), {"kid": f"{DID}#ed25519-1"}), Step.KEY, Verdict.ALTERED),
        (_token_of(certificates.unsigned(), iss="did:web:lain.test"), Step.FORMAT, Verdict.ALTERED),
        (_token_of(certificates.unsigned(), jti="https://lain.test/c/1"), Step.FORMAT, Verdict.ALTERED),
        (_token_of(certificates.unsigned(), sub="urn:x:lain"), Step.FORMAT, Verdict.ALTERED),
        (_token_of(certificates.unsigned(), nbf=1), Step.FORMAT, Verdict.ALTERED),
        (_token_of(certificates.unsigned(), exp=1_800_000_000), Step.DATES, Verdict.EXPIRED),
        (_token_of(certificates.unsigned(), vc={}), Step.FORMAT, Verdict.ALTERED),
        (_token_of(certificates.unsigned(), jp=80), Step.FORMAT, Verdict.ALTERED),
        (_token_of(certificates.unsigned() | {"@context": ["https://lain.test/"]}), Step.FORMAT, Verdict.CANNOT_CHECK),
        (certificates.token(credentialSubject={"id": "urn:x:y"}), Step.FORMAT, Verdict.CANNOT_CHECK),
        (certificates.token(credentialStatus=_STATUS), Step.STATUS, Verdict.CANNOT_CHECK),
        (certificates.token(validFrom="2030-01-01T00:00:00Z"), Step.DATES, Verdict.CANNOT_CHECK),
        (certificates.token(validUntil="2026-12-01T00:00:00Z"), Step.DATES, Verdict.EXPIRED),
    ],
)  # fmt: skip
def test_each_check_fails_for_its_own_reason(text: str, step: Step, verdict: Verdict) -> None:
    report = _verdict(text)
    assert (_failed(report), report.verdict) == (step, verdict)
    assert [check.step for check in report.checks] == list(Step)


def test_a_certificate_by_somebody_who_is_not_on_the_list_is_of_an_unknown_issuer() -> None:
    other = "did:web:penipu.test:issuers:balai"
    document = certificates.unsigned(issuer={"id": other, "type": ["Profile"], "name": "Balai Pelatihan Contoh"})
    signer = type(P256_SIGNER)(f"{other}#p256-1", CURVE)
    report = _verdict(sign_token(document, signer))
    assert (report.verdict, _failed(report)) == (Verdict.UNKNOWN_ISSUER, Step.TRUST)
    assert report.facts is None


def test_a_key_that_may_not_sign_certificates_does_not_count() -> None:
    did_document = certificates.did_json() | {"assertionMethod": []}
    assert (_verdict(_TOKEN, _sources(did_document))).verdict is Verdict.ALTERED


def test_a_proof_that_covers_less_than_is_shown_does_not_count() -> None:
    document = deepcopy(certificates.proven())
    document["credentialSubject"]["jp"] = 80
    report = _verdict(json.dumps(document))
    assert report.verdict is Verdict.ALTERED
    empties: tuple[Any, ...] = (None, [])
    for empty in empties:
        document = deepcopy(certificates.proven())
        document["credentialSubject"]["licenseNumber"] = empty
        assert (_verdict(json.dumps(document))).verdict is Verdict.ALTERED


def test_two_proofs_are_not_one() -> None:
    document = add_proof(certificates.unsigned(), ED25519_SIGNER, ISSUED)
    document["proof"] *= 2
    assert (_verdict(json.dumps(document))).verdict is Verdict.ALTERED
