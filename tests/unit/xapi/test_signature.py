"""Signed statements (xAPI-Data 1.0.3, 2.6; 2.0, 4.2.6; RFC 7515)."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from lrs.errors import InvalidStatementError
from lrs.xapi.signature import SignatureVerdict, Trust, verify_signature, without_signatures
from lrs.xapi.statement import parse_statement
from lrs.xapi.strict_json import JsonLimits
from lrs.xapi.versions import Version
from tests.support.signing import Authority, signature_attachment, signed_jws
from tests.support.statement_sender import statement

NOW = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def root() -> Authority:
    return Authority.root("Akar", NOW)


@pytest.fixture(scope="module")
def leaf(root: Authority) -> Authority:
    return root.issue("Penanda tangan", NOW)


def verdict(jws: bytes, value: dict[str, Any], *anchors: x509.Certificate, moment: datetime = NOW) -> SignatureVerdict:
    declared = signature_attachment(jws)
    body = json.dumps({**value, "attachments": [*value.get("attachments", []), declared]}).encode()
    parsed = parse_statement(body, Version.V1, JsonLimits())
    return verify_signature(jws, parsed, declared["sha2"], anchors=anchors, moment=moment, limits=JsonLimits(), where="attachments[0]")


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512"])
def test_a_signature_with_a_certificate_is_verified(leaf: Authority, algorithm: str) -> None:
    jws = signed_jws(statement(), leaf.key, algorithm, [leaf.certificate])
    fingerprint = leaf.certificate.fingerprint(hashes.SHA256()).hex()
    assert verdict(jws, statement()) == SignatureVerdict(algorithm, True, Trust.NO_ANCHORS, fingerprint)


def test_a_signature_without_a_certificate_is_taken_and_not_called_verified(leaf: Authority) -> None:
    assert verdict(signed_jws(statement(), leaf.key), statement()) == SignatureVerdict("RS256", False, Trust.NO_CERTIFICATE)


def test_a_chain_to_an_anchor_is_trusted(root: Authority, leaf: Authority) -> None:
    middle = root.issue("Antara", NOW, is_authority=True)
    below = middle.issue("Penanda tangan", NOW)
    direct = signed_jws(statement(), leaf.key, "RS256", [leaf.certificate])
    chained = signed_jws(statement(), below.key, "RS256", [below.certificate, middle.certificate])
    gap = signed_jws(statement(), below.key, "RS256", [below.certificate])
    assert verdict(direct, statement(), root.certificate).trust is Trust.TRUSTED
    assert verdict(chained, statement(), root.certificate).trust is Trust.TRUSTED
    assert verdict(gap, statement(), root.certificate).trust is Trust.UNTRUSTED


def test_a_certificate_that_is_an_anchor_itself_is_trusted_while_it_is_valid(leaf: Authority) -> None:
    jws = signed_jws(statement(), leaf.key, "RS256", [leaf.certificate])
    assert verdict(jws, statement(), leaf.certificate).trust is Trust.TRUSTED
    assert verdict(jws, statement(), leaf.certificate, moment=NOW + timedelta(days=4_000)).trust is Trust.UNTRUSTED


def test_a_certificate_of_another_root_or_another_time_is_not_trusted(root: Authority, leaf: Authority) -> None:
    stranger = Authority.root("Lain", NOW)
    jws = signed_jws(statement(), leaf.key, "RS256", [leaf.certificate])
    assert verdict(jws, statement(), stranger.certificate).trust is Trust.UNTRUSTED
    assert verdict(jws, statement(), root.certificate, moment=NOW + timedelta(days=4_000)).trust is Trust.UNTRUSTED


def test_the_payload_may_leave_out_what_the_lrs_adds_and_differ_as_statements_may(leaf: Authority) -> None:
    sent = statement(id="8f87ccde-bb56-4c2e-ab83-44982ef22df0", timestamp="2026-01-01T07:00:00+07:00", version="1.0.0")
    signed = statement(timestamp="2026-01-01T00:00:00Z", verb={"id": statement()["verb"]["id"]})
    assert verdict(signed_jws(signed, leaf.key), sent).algorithm == "RS256"


def test_a_statement_with_another_attachment_is_signed_with_it(leaf: Authority) -> None:
    other = {**signature_attachment(b"x"), "usageType": "https://u.test/other", "fileUrl": "https://f.test/f"}
    value = statement(attachments=[other])
    assert verdict(signed_jws(value, leaf.key), value).algorithm == "RS256"


def test_a_second_signature_may_be_over_the_statement_with_or_without_the_first(leaf: Authority) -> None:
    first = signature_attachment(signed_jws(statement(), leaf.key))
    once_signed = statement(attachments=[first])
    for payload in (statement(), once_signed):
        assert verdict(signed_jws(payload, leaf.key, "RS512"), once_signed).algorithm == "RS512"


def refused(jws: bytes, value: dict[str, Any] | None = None) -> str:
    with pytest.raises(InvalidStatementError) as caught:
        verdict(jws, value or statement())
    assert caught.value.where == "attachments[0]"
    return caught.value.message


def test_a_payload_of_another_statement_is_refused(leaf: Authority) -> None:
    assert "not this statement" in refused(signed_jws(statement(result={"success": True}), leaf.key))


@pytest.mark.parametrize(
    "payload", [b"", b"not json", b"[1]", b'"x"', b"{}", b'{"a":1,"a":1}', b'{"actor":1,"verb":[],"object":null}', b"\xff"]
)
def test_a_payload_that_is_no_statement_is_refused(leaf: Authority, payload: bytes) -> None:
    refused(signed_jws(payload, leaf.key))


@pytest.mark.parametrize("algorithm", ["HS256", "none", "PS256", "ES256", "rs256", "RS1"])
def test_another_algorithm_is_refused(leaf: Authority, algorithm: str) -> None:
    assert "RS256" in refused(signed_jws(statement(), leaf.key, header={"alg": algorithm}))


def test_a_header_that_demands_extensions_is_refused(leaf: Authority) -> None:
    for header in ({"alg": "RS256", "crit": ["exp"]}, {"alg": "RS256", "b64": False}):
        assert "not understood" in refused(signed_jws(statement(), leaf.key, header=header))


@pytest.mark.parametrize(
    "jws", [b"", b"a", b"a.b", b"..", b"a.b.", b"a.b.c.d", b"!!.!!.!!", b"\xff\xfe.a.b", b"e30.e30.e30", b"W10.e30.e30", b"a" * 10_000]
)
def test_what_is_no_compact_jws_is_refused(jws: bytes) -> None:
    refused(jws)


def test_padding_and_the_other_alphabet_are_refused(leaf: Authority) -> None:
    protected, payload, signature = signed_jws(statement(), leaf.key).split(b".")
    refused(protected + b"=." + payload + b"." + signature)
    refused(protected + b"." + payload + b"+/." + signature)


def test_a_signature_of_another_key_is_refused(leaf: Authority) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    assert "not made with the key" in refused(signed_jws(statement(), key, "RS256", [leaf.certificate]))


def test_a_changed_byte_of_the_signature_is_refused(leaf: Authority) -> None:
    protected, payload, signature = signed_jws(statement(), leaf.key, "RS256", [leaf.certificate]).split(b".")
    raw = bytearray(base64.urlsafe_b64decode(signature + b"=="))
    raw[5] ^= 1
    refused(b".".join((protected, payload, base64.urlsafe_b64encode(bytes(raw)).rstrip(b"="))))


@pytest.mark.parametrize("x5c", [[], ["!!"], ["AAAA"], ["é"], ["AAAA"] * 20, "AAAA", [1], None])
def test_a_chain_that_is_no_chain_is_refused(leaf: Authority, x5c: object) -> None:
    refused(signed_jws(statement(), leaf.key, header={"alg": "RS256", "x5c": x5c}))


def test_a_certificate_without_a_proper_rsa_key_is_refused(root: Authority, leaf: Authority) -> None:
    for key in (ec.generate_private_key(ec.SECP256R1()), rsa.generate_private_key(public_exponent=65537, key_size=1024)):
        certificate = root.certify("Lemah", key.public_key(), NOW)
        assert "RSA" in refused(signed_jws(statement(), leaf.key, "RS256", [certificate]))


def test_a_certificate_of_an_unknown_kind_of_key_is_refused(leaf: Authority) -> None:
    rsa_encryption = bytes.fromhex("06092a864886f70d010101")
    der = leaf.certificate.public_bytes(Encoding.DER).replace(rsa_encryption, rsa_encryption[:-1] + b"\x7f", 1)
    header = {"alg": "RS256", "x5c": [base64.b64encode(der).decode()]}
    assert "cannot be read" in refused(signed_jws(statement(), leaf.key, header=header))


def test_numbers_survive_where_signatures_are_taken_out() -> None:
    body = b'{"result":{"extensions":{"https://e.test/e":1e400}},"attachments":[' + json.dumps(signature_attachment(b"x")).encode() + b"]}"
    assert without_signatures(body, None) == b'{"result":{"extensions":{"https://e.test/e":1e400}}}'
