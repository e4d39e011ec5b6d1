"""The digest of a credential is the same for both of its proofs; a statement's tells nothing without the salt."""

from __future__ import annotations

import base64
import hashlib
import json

from credentials.certificate.digest import credential_digest, statement_digest
from tests.support import certificates


def test_document_proof_and_token_have_one_digest() -> None:
    payload = certificates.token().split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    digest = credential_digest(certificates.unsigned())
    assert credential_digest(certificates.proven()) == credential_digest(claims) == digest
    assert credential_digest(dict(reversed(certificates.unsigned().items()))) == digest
    assert credential_digest(certificates.unsigned(name="Lain")) != digest


def test_whole_hours_have_one_digest_however_they_are_written() -> None:
    assert credential_digest({"creditsEarned": 8}) == credential_digest({"creditsEarned": 8.0})


def test_the_digest_is_over_canonical_json() -> None:
    assert credential_digest({"b": "é", "a": 1, "proof": []}) == hashlib.sha256('{"a":1,"b":"é"}'.encode()).digest()


def test_a_statements_digest_has_the_form_of_an_identity_hash() -> None:
    assert (
        statement_digest(b"a@example.com", bytes.fromhex("00" * 16)) == "sha256$" + hashlib.sha256(b"a@example.com" + b"0" * 32).hexdigest()
    )
    assert statement_digest(b"x", b"\0" * 16) != statement_digest(b"x", b"\1" * 16)
