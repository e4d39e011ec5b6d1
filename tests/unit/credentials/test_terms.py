"""The table of terms says the same as the whole contexts do: what it lets pass is signed whole, what it refuses would not be."""

from __future__ import annotations

import hashlib
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from credentials.errors import UndefinedTermError
from credentials.suites.eddsa_rdfc_2022 import add_proof, canonical
from credentials.suites.terms import check_terms, needed_contexts
from tests.support import certificates
from tests.support.full_expansion import has_undefined, slow_canonical

Json = dict[str, Any]
_LIST = {
    "@context": ["https://www.w3.org/ns/credentials/v2"],
    "id": "https://jejak.test/issuers/balai/status/revocation/1",
    "type": ["VerifiableCredential", "BitstringStatusListCredential"],
    "issuer": certificates.DID,
    "validFrom": "2026-11-24T08:00:00Z",
    "credentialSubject": {
        "id": "https://jejak.test/x#list",
        "type": "BitstringStatusList",
        "statusPurpose": "revocation",
        "encodedList": "uH4",
    },
}
_WORDS = [
    "jp",
    "name",
    "description",
    "value",
    "status",
    "targetName",
    "criteria",
    "issuer",
    "creditsEarned",
    "encodedList",
    "Result",
    "id",
]


def _nodes(value: Any) -> list[Json]:
    """Every object in it."""
    if isinstance(value, dict):
        return [value, *(node for name, one in value.items() if name != "@context" for node in _nodes(one))]
    return [node for one in value for node in _nodes(one)] if isinstance(value, list) else []


@pytest.mark.parametrize("document", [certificates.unsigned(), _LIST], ids=["certificate", "list"])
def test_the_canonical_form_is_that_of_the_whole_contexts(document: Json) -> None:
    assert canonical(document) == slow_canonical(document)


def test_the_proofs_options_are_written_as_the_whole_contexts_make_them() -> None:
    proof = certificates.proven()["proof"][0]
    options = {"@context": certificates.unsigned()["@context"], **{name: proof[name] for name in proof if name != "proofValue"}}
    message = hashlib.sha256(slow_canonical(options)).digest() + hashlib.sha256(slow_canonical(certificates.unsigned())).digest()
    signed: list[bytes] = []

    class _Listening:
        method, algorithm = certificates.ED25519_SIGNER.method, "EdDSA"

        def sign(self, data: bytes) -> bytes:
            signed.append(data)
            return bytes(64)

    add_proof(certificates.unsigned(), _Listening(), certificates.ISSUED)
    assert signed == [message]


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_whatever_is_put_into_a_certificate_is_signed_whole_or_refused(data: st.DataObject) -> None:
    document = deepcopy(certificates.unsigned())
    node = data.draw(st.sampled_from(_nodes(document)))
    word = data.draw(st.sampled_from(_WORDS))
    assume(word not in node or word == "id")
    node[word] = data.draw(
        st.sampled_from(["teks", "https://a.test/b", 7, 8.5, True, ["x", "y"], {"type": ["Result"], "value": "1"}, {"name": "n"}, "Result"])
    )
    try:
        made = canonical(document)
    except UndefinedTermError:
        return
    assert made == slow_canonical(document)
    assert not has_undefined(document)
    assert made != canonical(certificates.unsigned())


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_what_a_certificate_may_lack_changes_the_form_as_the_whole_contexts_do(data: st.DataObject) -> None:
    document = deepcopy(certificates.unsigned())
    node = data.draw(st.sampled_from([one for one in _nodes(document) if len(one) > 2]))
    del node[data.draw(st.sampled_from([name for name in node if name not in ("@context", "type")]))]
    assert canonical(document) == slow_canonical(document)


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        (("jp",), 20, "jp: no context defines"),
        (("credentialSubject", "achievement", "jp"), 8, "credentialSubject.achievement.jp: no"),
        (("credentialSubject", "encodedList"), "x", "credentialSubject.encodedList: no"),
        (("type",), ["VerifiableCredential", "SertifikatEmas"], "type[1]: 'SertifikatEmas'"),
        (("issuer", "id"), "not-absolute", "issuer.id: 'not-absolute'"),
        (("issuer", "id"), 7, "issuer.id: this is null, or not text"),
        (("issuer",), {}, "issuer: this is empty"),
        (("name",), None, "name: this is null"),
        (("name",), [], "name: an empty array"),
        (("name",), [["x"]], "in another"),
        (("credentialSubject", "achievement", "tag"), ["a", "a"], "twice"),
        (("name",), "a\u0007b", "control character"),
        (("credentialSubject", "achievement", "name"), "a\u007fb", "control character"),
        (("name",), {"@value": "x"}, "name.@value: no"),
        (("credentialSubject", "@context"), {}, "credentialSubject.@context: no"),
        (("evidence",), [{"id": "urn:uuid:1 2", "type": ["Evidence"]}], "evidence[0].id"),
    ],
)
def test_what_a_proof_would_not_cover_is_refused_with_its_place(path: tuple[str, ...], value: Any, told: str) -> None:
    document = deepcopy(certificates.unsigned())
    node = document
    for name in path[:-1]:
        node = node[name]
    node[path[-1]] = value
    with pytest.raises(UndefinedTermError) as refused:
        check_terms(document)
    assert told in refused.value.message


def test_a_context_that_is_not_pinned_is_refused() -> None:
    with pytest.raises(UndefinedTermError, match="not pinned"):
        check_terms(certificates.unsigned() | {"@context": ["https://unknown.test/context"]})


def test_what_a_document_does_not_use_is_left_out_of_its_contexts() -> None:
    needed = needed_contexts(certificates.unsigned())
    assert len(needed) < 8_000
    assert needed_contexts(certificates.unsigned(name="Lain")) == needed
