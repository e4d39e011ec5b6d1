"""Accreditation, status, log, QR and key dates: what each check passes, and for what it fails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from credentials.certificate.status import Purpose, list_address
from credentials.suites.vc_jwt import sign_token
from tests.support.certificates import DID, ISSUED, P256_SIGNER
from tests.support.verifying import (
    INDEX,
    ISSUER_URL,
    LINK,
    LOG,
    NOW,
    document,
    issuer,
    log_proof,
    qr_text,
    sources,
    status_list,
)
from verifier.readers.payload import read_link
from verifier.readers.presented import Exhibit
from verifier.report import ALWAYS_REQUIRED, Outcome, Report, Step
from verifier.sources.ports import FixedSources
from verifier.trust import Accreditation, KeyDates
from verifier.verdict import Verdict
from verifier.verification import verify

_DOCUMENT = document()
_TOKEN = sign_token(_DOCUMENT, P256_SIGNER)
_REVOCATION, _SUSPENSION = (list_address(ISSUER_URL, purpose, 1) for purpose in Purpose)


def _report(known: FixedSources | None = None, token: str = _TOKEN, qr: str | None = None, now: datetime = NOW) -> Report:
    code = None if qr is None else read_link(qr)
    return verify(Exhibit("jwt", token, code), known or sources(_DOCUMENT), now)


def _outcome(report: Report, step: Step) -> tuple[Outcome, str]:
    check = next(check for check in report.checks if check.step is step)
    return check.outcome, check.reason.text


def test_with_lists_log_and_qr_every_check_that_applies_passes() -> None:
    report = _report(qr=qr_text(_DOCUMENT))
    assert report.verdict is Verdict.VALID
    passed = {check.step for check in report.checks if check.outcome is Outcome.PASSED}
    assert passed == {*ALWAYS_REQUIRED, Step.QR, Step.LOG}
    assert report.status_at == NOW


_GOOD = status_list(Purpose.REVOCATION)
_LISTS: dict[str, tuple[Mapping[str, Any], Verdict]] = {
    "revoked": ({_REVOCATION: status_list(Purpose.REVOCATION, [INDEX])}, Verdict.REVOKED),
    "suspended": ({_SUSPENSION: status_list(Purpose.SUSPENSION, [INDEX])}, Verdict.SUSPENDED),
    "both": (
        {_REVOCATION: status_list(Purpose.REVOCATION, [INDEX]), _SUSPENSION: status_list(Purpose.SUSPENSION, [INDEX])},
        Verdict.REVOKED,
    ),
    "neighbours": ({_REVOCATION: status_list(Purpose.REVOCATION, [INDEX - 1, INDEX + 1])}, Verdict.VALID),
    "another list": ({_REVOCATION: status_list(Purpose.REVOCATION, number=2)}, Verdict.CANNOT_CHECK),
    "suspensions for revocations": ({_REVOCATION: status_list(Purpose.SUSPENSION)}, Verdict.CANNOT_CHECK),
    "revocations for suspensions": ({_SUSPENSION: status_list(Purpose.REVOCATION)}, Verdict.CANNOT_CHECK),
    "an old one": ({_REVOCATION: status_list(Purpose.REVOCATION, signed=NOW - timedelta(hours=25))}, Verdict.CANNOT_CHECK),
    "of the future": ({_REVOCATION: status_list(Purpose.REVOCATION, signed=NOW + timedelta(hours=2))}, Verdict.CANNOT_CHECK),
    "another issuer's": ({_REVOCATION: status_list(Purpose.REVOCATION, issuer={"id": "did:web:lain.test"})}, Verdict.CANNOT_CHECK),
    "forged": ({_REVOCATION: replace(_GOOD, text=_GOOD.text[:-8] + "AAAAAAAA")}, Verdict.CANNOT_CHECK),
    "no list": ({_REVOCATION: replace(_GOOD, text="halo")}, Verdict.CANNOT_CHECK),
    "a certificate": ({_REVOCATION: replace(_GOOD, text=_TOKEN)}, Verdict.CANNOT_CHECK),
}


@pytest.mark.parametrize(("lists", "verdict"), _LISTS.values(), ids=_LISTS)
def test_status_lists_count_only_when_they_are_the_issuers_own_of_that_address_and_time(lists: Mapping[str, Any], verdict: Verdict) -> None:
    known = sources(_DOCUMENT)
    report = _report(replace(known, status_lists={**known.status_lists, **lists}))
    assert report.verdict is verdict
    if verdict is not Verdict.VALID:
        assert _outcome(report, Step.STATUS)[0] is Outcome.FAILED


def test_a_list_that_cannot_be_had_means_cannot_be_checked_and_not_valid() -> None:
    report = _report(sources(_DOCUMENT, status_lists={}))
    assert (report.verdict, report.decisive and report.decisive.step) == (Verdict.CANNOT_CHECK, Step.STATUS)


def test_a_certificate_that_leaves_out_its_status_or_names_another_list_does_not_pass() -> None:
    for status in (None, {"statusListCredential": "https://lain.test/status/1"}):
        made = document()
        if status is None:
            del made["credentialStatus"]
        else:
            made["credentialStatus"] |= status
        report = _report(sources(made), sign_token(made, P256_SIGNER))
        assert (report.verdict, _outcome(report, Step.STATUS)[0]) == (Verdict.CANNOT_CHECK, Outcome.FAILED)


@pytest.mark.parametrize(
    ("accreditation", "verdict"),
    [
        (Accreditation(frozenset({7}), datetime(2026, 11, 20, 3, 0, tzinfo=UTC)), Verdict.VALID),
        (Accreditation(frozenset({7}), datetime(2026, 11, 20, 3, 1, tzinfo=UTC)), Verdict.UNKNOWN_ISSUER),
        (Accreditation(frozenset({7}), datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 11, 20, 3, 0, tzinfo=UTC)), Verdict.UNKNOWN_ISSUER),
        (Accreditation(frozenset({6, 8}), datetime(2025, 1, 1, tzinfo=UTC)), Verdict.UNKNOWN_ISSUER),
        (Accreditation(frozenset(), datetime(2025, 1, 1, tzinfo=UTC)), Verdict.UNKNOWN_ISSUER),
    ],
)
def test_the_provider_must_have_been_accredited_for_this_kind_on_the_day_of_learning(
    accreditation: Accreditation, verdict: Verdict
) -> None:
    report = _report(sources(_DOCUMENT, issuers={DID: issuer(accreditations=(accreditation,))}))
    assert report.verdict is verdict
    assert report.facts is not None


@pytest.mark.parametrize(
    ("dates", "logged", "verdict"),
    [
        (KeyDates(), True, Verdict.VALID),
        (KeyDates(since=ISSUED + timedelta(hours=2)), True, Verdict.ALTERED),
        (KeyDates(since=ISSUED + timedelta(hours=2)), False, Verdict.VALID),
        (KeyDates(since=ISSUED + timedelta(hours=25)), False, Verdict.ALTERED),
        (KeyDates(until=ISSUED + timedelta(hours=2)), True, Verdict.VALID),
        (KeyDates(until=ISSUED), True, Verdict.ALTERED),
        (KeyDates(revoked=ISSUED + timedelta(hours=2)), True, Verdict.VALID),
        (KeyDates(revoked=ISSUED + timedelta(minutes=59)), True, Verdict.ALTERED),
        (KeyDates(revoked=ISSUED + timedelta(days=1)), False, Verdict.CANNOT_CHECK),
    ],
)
def test_a_key_counts_within_its_dates_and_a_compromised_one_only_for_what_was_logged_before(
    dates: KeyDates, logged: bool, verdict: Verdict
) -> None:
    entry = issuer(keys={"p256-1": dates, "ed25519-1": dates}, log=LOG if logged else None, revocations="", suspensions="")
    made = document()
    del made["credentialStatus"]
    known = sources(made, issuers={DID: entry})
    report = _report(known, sign_token(made, P256_SIGNER))
    assert report.verdict is verdict
    assert (_outcome(report, Step.KEY)[0] is Outcome.PASSED) == (verdict is Verdict.VALID)


_STRANGER = Ed25519PrivateKey.from_private_bytes(bytes([99]) * 32)


@pytest.mark.parametrize(
    "proof",
    [
        "halo",
        "",
        log_proof(document(validFrom="2026-11-25T00:00:00Z")),
        log_proof(_DOCUMENT, log=_STRANGER),
        log_proof(_DOCUMENT, witness=_STRANGER),
        log_proof(_DOCUMENT).replace("jejak.test/log", "lain.test/log"),
        log_proof(_DOCUMENT).replace("index 1", "index 0"),
        log_proof(_DOCUMENT).replace("index 1", "index 2"),
        log_proof(_DOCUMENT).replace("index 1", "index 01"),
        log_proof(_DOCUMENT, seen=ISSUED + timedelta(hours=25)),
        log_proof(_DOCUMENT) + "x" * 20_000,
    ],
)
def test_where_the_trust_list_names_a_log_only_its_own_witnessed_proof_passes(proof: str) -> None:
    report = _report(sources(_DOCUMENT, log_proofs={_DOCUMENT["id"]: proof}))
    assert report.verdict in (Verdict.ALTERED, Verdict.CANNOT_CHECK)
    assert _outcome(report, Step.LOG)[0] is Outcome.FAILED


def test_a_certificate_that_the_log_does_not_have_is_not_valid() -> None:
    report = _report(sources(_DOCUMENT, log_proofs={}))
    assert (report.verdict, _outcome(report, Step.LOG)[0]) == (Verdict.CANNOT_CHECK, Outcome.FAILED)


def test_the_certificate_behind_the_qr_is_looked_up_and_checked_against_it() -> None:
    report = verify(Exhibit("qr", qr=read_link(qr_text(_DOCUMENT))), sources(_DOCUMENT), NOW)
    assert report.verdict is Verdict.VALID
    assert report.facts is not None
    assert (report.facts.cut, report.facts.criteria[:7]) == (False, "Selesai")


def test_without_the_certificate_the_qr_is_checked_by_itself() -> None:
    report = verify(Exhibit("qr", qr=read_link(qr_text(_DOCUMENT))), sources(_DOCUMENT, certificates={}), NOW)
    assert report.verdict is Verdict.VALID
    facts = report.facts
    assert facts is not None
    assert (facts.holder, facts.jp, facts.kind, facts.provider) == ("Ni Luh Sekar, S.Kom.", 8, 7, "Balai Contoh (daftar)")
    revoked = {**sources(_DOCUMENT).status_lists, _REVOCATION: status_list(Purpose.REVOCATION, [INDEX])}
    without = sources(_DOCUMENT, certificates={}, status_lists=revoked)
    assert verify(Exhibit("qr", qr=read_link(qr_text(_DOCUMENT))), without, NOW).verdict is Verdict.REVOKED


def test_a_link_without_payload_is_checked_by_what_it_leads_to() -> None:
    assert verify(Exhibit("link", qr=read_link(LINK)), sources(_DOCUMENT), NOW).verdict is Verdict.VALID
    missing = verify(Exhibit("link", qr=read_link(LINK)), sources(_DOCUMENT, certificates={}), NOW)
    assert (missing.verdict, missing.facts) == (Verdict.CANNOT_CHECK, None)
