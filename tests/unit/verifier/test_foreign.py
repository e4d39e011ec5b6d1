"""Certificates of others: a full report, and "unknown issuer" rather than an error; and what is fetched for them, guarded."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from openvc.fetch import ip_is_forbidden

from credentials.keys import Ed25519Signer, P256Signer
from credentials.suites.eddsa_rdfc_2022 import add_proof, base58
from credentials.suites.vc_jwt import base64url, sign_token
from tests.support.certificates import CURVE, EDWARDS, ISSUED
from tests.support.verifying import NOW, document
from verifier.errors import TrustError, UnavailableError
from verifier.report import Outcome, Report, Step
from verifier.sources.dids import resolve, web_address
from verifier.sources.fetching import Fetcher
from verifier.sources.live import Kept, live_sources, newer
from verifier.sources.ports import Fetched, FixedSources
from verifier.verdict import Verdict
from verifier.verification import verify_text

Json = dict[str, Any]
_WEB = "did:web:lencana.test:penerbit"
_JWK = {"kty": "EC", "crv": "P-256"} | {
    name: base64url(value.to_bytes(32, "big"))
    for name, value in (("x", CURVE.public_key().public_numbers().x), ("y", CURVE.public_key().public_numbers().y))
}
_RAW = EDWARDS.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
_DID_KEY = "did:key:z" + base58(b"\xed\x01" + _RAW)
_DID_JWK = "did:jwk:" + base64.urlsafe_b64encode(json.dumps(_JWK).encode()).rstrip(b"=").decode()
_WEB_DOCUMENT = {
    "id": _WEB,
    "verificationMethod": [
        {"id": "#kunci", "type": "JsonWebKey2020", "controller": _WEB, "publicKeyJwk": _JWK},
        {"id": f"{_WEB}#ed", "type": "Multikey", "controller": _WEB, "publicKeyMultibase": _DID_KEY.removeprefix("did:key:")},
    ],
    "assertionMethod": ["#kunci", f"{_WEB}#ed"],
}


def _badge(issuer: str, **changes: Any) -> Json:
    made = document(issuer={"id": issuer, "type": ["Profile"], "name": "Universitas Contoh"}, **changes)
    del made["credentialStatus"]
    return made


def _sources() -> FixedSources:
    fetcher = Fetcher(online=False)
    known = {_WEB: _WEB_DOCUMENT, _DID_KEY: resolve(_DID_KEY, fetcher), _DID_JWK: resolve(_DID_JWK, fetcher)}
    return FixedSources(did_documents=known)


def _passed(report: Report) -> set[Step]:
    return {check.step for check in report.checks if check.outcome is Outcome.PASSED}


_GENUINE = {
    "did:web token, relative kid": sign_token(_badge(_WEB), P256Signer("#kunci", CURVE)),
    "did:web token": sign_token(_badge(_WEB), P256Signer(f"{_WEB}#kunci", CURVE)),
    "did:web proof": json.dumps(add_proof(_badge(_WEB), Ed25519Signer(f"{_WEB}#ed", EDWARDS), ISSUED)),
    "did:key proof": json.dumps(
        add_proof(_badge(_DID_KEY), Ed25519Signer(f"{_DID_KEY}#{_DID_KEY.removeprefix('did:key:')}", EDWARDS), ISSUED)
    ),
    "did:jwk token": sign_token(_badge(_DID_JWK), P256Signer(f"{_DID_JWK}#0", CURVE)),
}


@pytest.mark.parametrize("text", _GENUINE.values(), ids=_GENUINE)
def test_a_genuine_badge_of_somebody_else_passes_everything_but_the_trust_list(text: str) -> None:
    report = verify_text(text, _sources(), NOW)
    assert report.verdict is Verdict.UNKNOWN_ISSUER
    assert _passed(report) == {Step.FORMAT, Step.SIGNATURE, Step.KEY, Step.STATUS, Step.DATES}
    assert report.facts is not None
    assert (report.facts.provider, report.facts.claimed_provider) == ("", "Universitas Contoh")


@pytest.mark.parametrize("text", _GENUINE.values(), ids=_GENUINE)
def test_an_altered_badge_of_somebody_else_is_altered(text: str) -> None:
    changed = text.replace("Sekar", "Sekas") if text.startswith("{") else text[:-12] + "A" * 12
    report = verify_text(changed, _sources(), NOW)
    assert (report.verdict, report.facts) == (Verdict.ALTERED, None)


def test_a_plain_vc_that_is_no_badge_is_told_as_far_as_it_goes() -> None:
    plain = {
        "@context": ["https://www.w3.org/ns/credentials/v2", "https://contoh.test/konteks"],
        "id": "urn:uuid:7d9f5c0e-3a37-4d0b-9c3e-5f1c6a4b2d10",
        "type": ["VerifiableCredential", "ContohCredential"],
        "issuer": {"id": _DID_JWK},
        "credentialSubject": {"id": "did:example:x", "name": "Made Contoh", "lulusan": True},
        "validFrom": "2026-01-01T00:00:00Z",
        "name": {"@value": "Keanggotaan", "@language": "id"},
    }
    report = verify_text(sign_token(plain, P256Signer(f"{_DID_JWK}#0", CURVE)), _sources(), NOW)
    assert report.verdict is Verdict.UNKNOWN_ISSUER
    assert report.facts is not None
    assert (report.facts.title, report.facts.holder, report.facts.jp) == ("Keanggotaan", "Made Contoh", None)


def test_keys_that_cannot_be_had_give_unknown_issuer_and_say_so() -> None:
    report = verify_text(_GENUINE["did:web token"], FixedSources(), NOW)
    assert report.verdict is Verdict.UNKNOWN_ISSUER
    assert report.facts is None
    key = next(check for check in report.checks if check.step is Step.KEY)
    assert (key.outcome, key.verdict) == (Outcome.FAILED, Verdict.CANNOT_CHECK)


@pytest.mark.parametrize(
    ("did", "address"),
    [
        ("did:web:lencana.test", "https://lencana.test/.well-known/did.json"),
        ("did:web:lencana.test:a:b", "https://lencana.test/a/b/did.json"),
        ("did:web:lencana.test%3A8443:a", "https://lencana.test:8443/a/did.json"),
        ("did:web:lencana.test/a", None),
        ("did:web:user@lencana.test", None),
        ("did:web:", None),
        ("did:key:z6Mk", None),
    ],
)
def test_a_did_web_has_one_address(did: str, address: str | None) -> None:
    assert web_address(did) == address


@pytest.mark.parametrize(
    "url",
    [
        "http://lencana.test/did.json",
        "https://127.0.0.1/did.json",
        "https://localhost/did.json",
        "https://[::1]/did.json",
        "https://10.0.0.1/did.json",
        "https://169.254.169.254/latest/meta-data",
        "https://[::ffff:10.0.0.1]/",
        "https://2130706433/",
        "file:///etc/passwd",
        "https:///x",
        "https://lencana.test:99999/",
        "https://" + "a" * 3_000,
    ],
)
def test_nothing_is_fetched_from_a_private_address_or_without_https(url: str) -> None:
    with pytest.raises(UnavailableError):
        Fetcher().text(url)


@pytest.mark.parametrize("address", ["100.64.0.1", "192.168.1.1", "fc00::1", "fe80::1", "0.0.0.0", "224.0.0.1", "::ffff:169.254.1.1"])
def test_the_guard_knows_every_kind_of_private_address(address: str) -> None:
    assert ip_is_forbidden(address)


def test_the_exception_maps_an_address_to_a_folder_and_no_further(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "did.json").write_text("{}")
    (tmp_path / "rahasia").write_text("x")
    fetcher = Fetcher({"https://lencana.test/": f"file://{tmp_path}/a/"}, online=False)
    assert fetcher.text("https://lencana.test/did.json") == "{}"
    for url in (
        "https://lencana.test/../rahasia",
        "https://lencana.test/%2e%2e/rahasia",
        "https://lencana.test/none",
        "https://lain.test/x",
    ):
        with pytest.raises(UnavailableError):
            fetcher.text(url)


@pytest.mark.parametrize(
    ("start", "instead"),
    [
        ("https://a.test/", "http://10.0.0.1/"),
        ("https://a.test/", "https://b.test/"),
        ("http://a.test/", "file:///tmp/"),
        ("https://a.test", "file:///tmp/"),
        ("https://a.test/", "http://example.com/"),
    ],
)
def test_an_exception_may_lead_to_a_folder_or_to_this_machine_only(start: str, instead: str) -> None:
    with pytest.raises(TrustError):
        Fetcher({start: instead})


def test_what_could_not_be_fetched_is_not_asked_for_again_at_once() -> None:
    asked: list[str] = []

    def fetch() -> str:
        asked.append("x")
        raise UnavailableError("{url} could not be fetched", url="x")

    kept: Kept[str] = Kept(60)
    for _ in range(3):
        with pytest.raises(UnavailableError):
            kept.get("x", fetch)
    assert len(asked) == 1


def test_a_list_is_never_replaced_by_an_older_one() -> None:
    def signed(day: int) -> Fetched:
        return Fetched(json.dumps({"validFrom": f"2026-11-{day:02d}T00:00:00Z"}), datetime(2026, 11, 25, tzinfo=UTC))

    assert newer(None, signed(2)) == signed(2)
    assert newer(signed(2), signed(3)) == signed(3)
    assert newer(signed(3), signed(2)) == signed(3)
    future = replace(signed(1), text=json.dumps({"validFrom": "2099-01-01T00:00:00Z"}))
    assert newer(future, signed(3)) == signed(3)


def test_a_look_alike_host_is_never_asked_for_a_certificate() -> None:
    known = live_sources(Fetcher(online=False))
    assert not known.is_verifier("https://jejak-test.example/v/abcdefghijklmnopqrstuvwxya")
    assert known.certificate("https://jejak-test.example/v/abcdefghijklmnopqrstuvwxya") is None


def test_a_server_of_this_machine_may_stand_for_itself_by_http_when_that_is_said() -> None:
    assert Fetcher({"http://127.0.0.1:8000/": "http://127.0.0.1:8000/"}).stands_for("http://127.0.0.1:8000/v/x")
    assert not Fetcher().stands_for("http://127.0.0.1:8000/v/x")
    with pytest.raises(TrustError):
        Fetcher({"http://lencana.test:8000/": "http://127.0.0.1:8000/"})
