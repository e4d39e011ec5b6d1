"""Reports about signatures as JSON members, for whoever administers."""

from __future__ import annotations

from typing_extensions import TypedDict

from lrs.clock import format_us
from lrs.services.signature_reports import SignatureFinding, SignatureReport


class SignatureView(TypedDict):
    """`trust` is "not checked" where `problem` says why; `certificate`: SHA-256 of x5c[0], in hexadecimal, "" without one."""

    attachment: str
    algorithm: str
    verified: bool
    trust: str
    certificate: str
    problem: str


class SignedView(TypedDict):
    """A statement and its signatures."""

    statement: str
    provider: str
    client: str
    stored: str
    signatures: list[SignatureView]


def signed_view(report: SignatureReport) -> SignedView:
    """As JSON members."""
    return {
        "statement": report.statement.id,
        "provider": report.statement.provider,
        "client": report.statement.client,
        "stored": format_us(report.statement.stored),
        "signatures": [_view(one) for one in report.findings],
    }


def _view(finding: SignatureFinding) -> SignatureView:
    verdict = finding.verdict
    return {
        "attachment": finding.digest,
        "algorithm": verdict.algorithm if verdict else "",
        "verified": verdict.verified if verdict else False,
        "trust": verdict.trust.value if verdict else "not checked",
        "certificate": verdict.fingerprint if verdict else "",
        "problem": finding.problem,
    }
