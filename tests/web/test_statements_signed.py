"""Signed statements at the resource (xAPI-Data 1.0.3, 2.6; 2.0, 4.2.6)."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from jejak.logs import JsonLines
from lrs.clock import SystemClock
from lrs.errors import InvalidRequestError, InvalidStatementError, NotFoundError
from lrs.services.signature_reports import SignatureReports
from lrs.services.signatures import SignaturePolicy
from lrs.stores.memory import memory_stores
from lrs.xapi.versions import Version
from tests.support.clock import SettableClock
from tests.support.signing import Authority, signature_attachment, signed_jws
from tests.support.statement_sender import Sender, part, sender_over, statement

ID = "8f87ccde-bb56-4c2e-ab83-44982ef22df0"
OCTETS = {"Content_Type": "application/octet-stream"}


@pytest.fixture(scope="module")
def root() -> Authority:
    return Authority.root("Akar", datetime.now(UTC))


@pytest.fixture(scope="module")
def leaf(root: Authority) -> Authority:
    return root.issue("Penanda tangan", datetime.now(UTC))


def sender(*anchors: x509.Certificate, require_trusted: bool = False) -> Sender:
    return sender_over(memory_stores, signatures=SignaturePolicy(anchors, require_trusted))


def signed(jws: bytes, **members: Any) -> dict[str, Any]:
    return statement(id=ID, attachments=[signature_attachment(jws, **members)])


async def test_a_signed_statement_is_stored_and_its_verdict_recorded(
    root: Authority, leaf: Authority, caplog: pytest.LogCaptureFixture
) -> None:
    jws = signed_jws(statement(id=ID), leaf.key, "RS256", [leaf.certificate])
    to = sender(root.certificate)
    with caplog.at_level(logging.INFO, logger="jejak.signatures"):
        assert await to.post_parts(signed(jws), part(jws, **OCTETS)) == [ID]
    (line,) = [JsonLines().format(record) for record in caplog.records if record.name == "jejak.signatures"]
    event = json.loads(line)
    assert (event["statement"], event["algorithm"], event["verified"], event["trust"]) == (ID, "RS256", True, "trusted")
    assert event["certificate"] == leaf.certificate.fingerprint(SHA256()).hex()
    assert "Penanda" not in line
    _, kept = await to.parts(("statementId", ID))
    assert kept.content == jws


async def test_a_signature_without_a_certificate_is_accepted(leaf: Authority) -> None:
    jws = signed_jws(statement(id=ID), leaf.key)
    assert await sender().post_parts(signed(jws), part(jws, **OCTETS)) == [ID]


async def test_an_untrusted_certificate_is_refused_only_where_the_setting_says_so(root: Authority, leaf: Authority) -> None:
    jws = signed_jws(statement(id=ID), leaf.key, "RS256", [leaf.certificate])
    stranger = Authority.root("Lain", datetime.now(UTC)).certificate
    assert await sender(stranger).post_parts(signed(jws), part(jws, **OCTETS)) == [ID]
    assert await sender(root.certificate, require_trusted=True).post_parts(signed(jws), part(jws, **OCTETS)) == [ID]
    for anchors in ((stranger,), ()):
        with pytest.raises(InvalidStatementError):
            await sender(*anchors, require_trusted=True).post_parts(signed(jws), part(jws, **OCTETS))


async def test_where_trust_is_wanted_a_signature_without_a_certificate_is_refused(leaf: Authority) -> None:
    jws = signed_jws(statement(id=ID), leaf.key)
    with pytest.raises(InvalidStatementError):
        await sender(require_trusted=True).post_parts(signed(jws), part(jws, **OCTETS))


async def test_a_signature_of_another_statement_is_refused_and_nothing_is_stored(leaf: Authority) -> None:
    jws = signed_jws(statement(id=ID, result={"success": True}), leaf.key)
    to = sender()
    with pytest.raises(InvalidStatementError) as caught:
        await to.post_parts([statement(), signed(jws)], part(jws, **OCTETS))
    assert caught.value.where == "statements[1].attachments[0]"
    assert await to.ids() == []


async def test_a_signature_is_octets_in_the_declaration_and_in_the_part(leaf: Authority) -> None:
    jws = signed_jws(statement(id=ID), leaf.key)
    with pytest.raises(InvalidStatementError):
        await sender().post_parts(signed(jws), part(jws))
    with pytest.raises(InvalidStatementError):
        await sender().post_parts(signed(jws, contentType="text/plain"), part(jws, **OCTETS))


async def test_a_signature_comes_with_the_request_and_not_by_file_url(leaf: Authority) -> None:
    jws = signed_jws(statement(id=ID), leaf.key)
    with pytest.raises(InvalidStatementError):
        await sender().post(signed(jws, fileUrl="https://berkas.test/sig"))


@pytest.mark.parametrize(
    ("version", "first", "second", "same"),
    [
        (Version.V2, "PT1.236S", "PT1.239S", True),
        (Version.V2, "PT1.23S", "PT1.24S", False),
        (Version.V1, "PT1.236S", "PT1.239S", False),
        (Version.V1, "PT1.236S", "PT1.236S", True),
    ],
)
async def test_durations_are_compared_to_a_hundredth_of_a_second_in_version_two(
    leaf: Authority, version: Version, first: str, second: str, same: bool
) -> None:
    """2.0, 4.2.7: further digits are cut off, not rounded; 1.0.3 compares the text."""
    jws = signed_jws(statement(id=ID, result={"duration": first}), leaf.key)
    value = {**signed(jws), "result": {"duration": second}}
    to = sender().speaking(version)
    if same:
        assert await to.post_parts(value, part(jws, **OCTETS)) == [ID]
    else:
        with pytest.raises(InvalidStatementError):
            await to.post_parts(value, part(jws, **OCTETS))


async def test_what_a_signature_is_worth_is_told_of_a_stored_statement_by_the_anchors_of_the_day(root: Authority, leaf: Authority) -> None:
    jws = signed_jws(statement(id=ID), leaf.key, "RS256", [leaf.certificate])
    to = sender()
    await to.post_parts(signed(jws), part(jws, **OCTETS))
    stranger = Authority.root("Lain", datetime.now(UTC)).certificate
    for anchors, trust in (((), "no anchors configured"), ((stranger,), "untrusted"), ((stranger, root.certificate), "trusted")):
        report = await SignatureReports(to.stores, SignaturePolicy(anchors)).report(ID.upper())
        (finding,) = report.findings
        assert finding.verdict is not None
        assert (finding.verdict.trust.value, finding.verdict.verified) == (trust, True)
        assert finding.verdict.fingerprint == leaf.certificate.fingerprint(SHA256()).hex()
        assert report.statement.id == ID


async def test_certificates_are_looked_at_as_of_the_day_of_storing(root: Authority) -> None:
    signer, now = root.issue("Kelak", datetime.now(UTC) + timedelta(days=30_000)), SettableClock()
    jws = signed_jws(statement(id=ID), signer.key, "RS256", [signer.certificate])
    to = sender_over(memory_stores, clock=now)
    await to.post_parts(signed(jws), part(jws, **OCTETS))
    (finding,) = (await SignatureReports(to.stores, SignaturePolicy((root.certificate,))).report(ID)).findings
    assert finding.verdict is not None
    assert finding.verdict.trust.value == "untrusted"


async def test_a_voided_statement_and_one_without_a_signature_are_told_of_too(leaf: Authority) -> None:
    to = sender()
    await to.post(statement(id=ID))
    await to.post(statement(verb={"id": "http://adlnet.gov/expapi/verbs/voided"}, object={"objectType": "StatementRef", "id": ID}))
    assert (await SignatureReports(to.stores, SignaturePolicy()).report(ID)).findings == ()
    with pytest.raises(NotFoundError):
        await SignatureReports(to.stores, SignaturePolicy()).report(ID[:-1] + "1")
    with pytest.raises(InvalidRequestError):
        await SignatureReports(to.stores, SignaturePolicy()).report("nonsense")


async def test_a_signature_whose_bytes_are_gone_is_said_to_be(leaf: Authority) -> None:
    jws = signed_jws(statement(id=ID), leaf.key)
    to = sender()
    await to.post_parts(signed(jws), part(jws, **OCTETS))
    without = replace(to.stores, attachments=memory_stores(SystemClock()).attachments)
    (finding,) = (await SignatureReports(without, SignaturePolicy()).report(ID)).findings
    assert finding.verdict is None
    assert "not kept" in finding.problem
