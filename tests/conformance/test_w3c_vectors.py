"""Published values of W3C: the test vectors of Data Integrity EdDSA Cryptosuites 1.0 (B.1, B.2), and the example list of Bitstring
Status List 1.0.

The numbers are the specifications'; what surrounds them is written here.
"""

from __future__ import annotations

import base64
import json
import zlib
from datetime import UTC, datetime
from typing import Any

import pytest

from verifier.checks.status import LEAST_ENTRIES, Entry, StatusList, check_entry
from verifier.report import Outcome, Report, Step
from verifier.sources.ports import FixedSources
from verifier.verdict import Verdict
from verifier.verification import verify_text

Json = dict[str, Any]
_ISSUER = "https://vc.example/issuers/5678"
_KEY = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
_METHOD = f"{_ISSUER}#{_KEY}"
_CONTEXTS = ["https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/examples/v2"]
_EXAMPLES = {"@context": {"@vocab": "https://www.w3.org/ns/credentials/examples#"}}
_NOW = datetime(2026, 11, 25, tzinfo=UTC)
_VALUES = {
    "eddsa-rdfc-2022": "z21EVs3eXERqTn4acNHT9viboqgzUaQ3kTmhPT3eA8qrVPE7CrQq78WkzctnMX5W4CrzcKnHw8V6dvy5pgWYCU5e9",
    "eddsa-jcs-2022": "z63t83Y53KfzJ5ZosfKTnqfMcKB2dmTrfjSaQjeNNjAD5srBowQfmWqeRb8rRjmeEuCBEsddF9LsVogtuTsijJKh4",
}
_EMPTY_LIST = "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA"


def _credential(suite: str) -> Json:
    proof: Json = {"type": "DataIntegrityProof", "cryptosuite": suite, "created": "2023-02-24T23:36:38Z", "verificationMethod": _METHOD}
    proof |= {"proofPurpose": "assertionMethod", "proofValue": _VALUES[suite]}
    if suite == "eddsa-jcs-2022":
        proof["@context"] = _CONTEXTS
    return {
        "@context": _CONTEXTS,
        "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
        "type": ["VerifiableCredential", "AlumniCredential"],
        "name": "Alumni Credential",
        "description": "A minimum viable example of an Alumni Credential.",
        "issuer": _ISSUER,
        "validFrom": "2023-01-01T00:00:00Z",
        "credentialSubject": {"id": "did:example:abcdefgh", "alumniOf": "The School of Examples"},
        "proof": proof,
    }


def _report(credential: Json) -> Report:
    method = {"id": _METHOD, "type": "Multikey", "controller": _ISSUER, "publicKeyMultibase": _KEY}
    keys = {"id": _ISSUER, "verificationMethod": [method], "assertionMethod": [_METHOD]}
    known = FixedSources(did_documents={_ISSUER: keys}, contexts={_CONTEXTS[1]: _EXAMPLES})
    return verify_text(json.dumps(credential), known, _NOW)


@pytest.mark.parametrize("suite", _VALUES)
def test_the_published_proof_verifies(suite: str) -> None:
    report = _report(_credential(suite))
    passed = {check.step for check in report.checks if check.outcome is Outcome.PASSED}
    assert passed == {Step.FORMAT, Step.SIGNATURE, Step.KEY, Step.STATUS, Step.DATES}
    assert report.verdict is Verdict.UNKNOWN_ISSUER
    assert report.facts is not None
    assert report.facts.title == "Alumni Credential"


@pytest.mark.parametrize("suite", _VALUES)
@pytest.mark.parametrize(
    ("member", "value"), [("name", "Alumni"), ("validFrom", "2023-01-02T00:00:00Z"), ("issuer", "https://vc.example/issuers/5679")]
)
def test_the_published_proof_does_not_verify_over_anything_else(suite: str, member: str, value: str) -> None:
    report = _report(_credential(suite) | {member: value})
    assert report.verdict in (Verdict.ALTERED, Verdict.UNKNOWN_ISSUER)
    assert report.facts is None
    assert _report(_credential(suite)).facts is not None


def _list(encoded: str) -> StatusList:
    subject = {
        "id": "https://example.com/status/3#list",
        "type": "BitstringStatusList",
        "statusPurpose": "revocation",
        "encodedList": encoded,
    }
    told = {"id": "https://example.com/credentials/status/3", "issuer": "did:example:12345", "validFrom": "2021-04-05T14:27:40Z"}
    return StatusList(told | {"credentialSubject": subject}, _NOW)


def test_the_published_empty_list_has_131072_entries_and_none_is_set() -> None:
    assert len(zlib.decompress(base64.urlsafe_b64decode(_EMPTY_LIST[1:] + "="), 31)) * 8 == LEAST_ENTRIES
    for index in (0, 94_567, LEAST_ENTRIES - 1):
        check_entry(Entry("https://example.com/credentials/status/3", index, "revocation"), _list(_EMPTY_LIST), "did:example:12345", _NOW)
