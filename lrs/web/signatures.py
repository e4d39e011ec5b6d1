"""The administration's look at signed statements: how far the certificates of a statement's signatures are trusted."""

from __future__ import annotations

from fastapi import APIRouter, Depends
from typing_extensions import TypedDict

from lrs.clock import format_us
from lrs.services.signature_reports import SignatureFinding, SignatureReport, SignatureReports
from lrs.web.auth import AdministratorGuards


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


def signatures_router(reports: SignatureReports, guards: AdministratorGuards) -> APIRouter:
    """The route under `/admin`."""
    router = APIRouter(prefix="/admin", tags=["administration"])

    @router.get("/statements/{statement_id}/signatures", dependencies=[Depends(guards.reader)])
    async def show_signatures(statement_id: str) -> SignedView:
        return signed_view(await reports.report(statement_id))

    return router


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
