"""All checks in their order, and the verdict. What is not looked at: whether the provider was accredited when it issued, and revocation
(this version publishes no status list).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from verifier.checks.consistent import check_consistent
from verifier.checks.content import check_status, check_time, read_facts
from verifier.checks.signature import check_signature, find_key
from verifier.checks.terms import check_terms
from verifier.errors import CheckError, UnreadableError
from verifier.readers.presented import Presented
from verifier.readers.text import read_text
from verifier.report import FAILURES, Check, Facts, Outcome, Report, Step, Verdict
from verifier.trust import Issuers, KnownIssuer

T = TypeVar("T")


class _Stopped(Exception):
    """A check failed; the rest is skipped."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict)
        self.verdict = verdict


class _Run:
    """One verification as it goes on."""

    def __init__(self) -> None:
        self.checks: list[Check] = []
        self.facts: Facts | None = None

    def take(self, step: Step, check: Callable[[], T]) -> T:
        """Notes what comes of it. Raises _Stopped."""
        try:
            found = check()
        except CheckError as error:
            raise self.failed(step, error.reason, FAILURES[step]) from error
        self.checks.append(Check(step, Outcome.PASSED))
        return found

    def skip(self, step: Step, why: Callable[[], str]) -> None:
        """Notes why a check that is not required was left out. Raises _Stopped when it was required after all."""
        try:
            reason = why()
        except CheckError as error:
            raise self.failed(step, error.reason, FAILURES[step]) from error
        self.checks.append(Check(step, Outcome.SKIPPED, reason))

    def failed(self, step: Step, reason: str, verdict: Verdict) -> _Stopped:
        """Notes a failure; the caller raises what this answers."""
        self.checks.append(Check(step, Outcome.FAILED, reason))
        return _Stopped(verdict)

    def report(self, verdict: Verdict) -> Report:
        done = {check.step for check in self.checks}
        skipped = [Check(step, Outcome.SKIPPED, "an earlier check did not pass") for step in Step if step not in done]
        return Report(verdict, (*self.checks, *skipped), self.facts)


async def verify(text: str, issuers: Issuers, now: datetime) -> Report:
    """The report on what was presented. Never raises for anything that it may hold."""
    run = _Run()
    try:
        presented = _read(run, text)
        did = run.take(Step.CONSISTENT, lambda: check_consistent(presented))
        issuer = await issuers.issuer(did)
        known = run.take(Step.ISSUER, lambda: _on_the_list(issuer))
        await asyncio.to_thread(_check, run, presented, known, now)
    except _Stopped as stopped:
        return run.report(stopped.verdict)
    return run.report(Verdict.VALID)


def _read(run: _Run, text: str) -> Presented:
    """What has the shape of a certificate and cannot be read has been altered; anything else is no certificate."""
    try:
        presented = read_text(text)
    except UnreadableError as error:
        verdict = Verdict.ALTERED if error.damaged else FAILURES[Step.READABLE]
        raise run.failed(Step.READABLE, error.reason, verdict) from error
    return run.take(Step.READABLE, lambda: presented)


def _on_the_list(issuer: KnownIssuer | None) -> KnownIssuer:
    if issuer is None:
        raise CheckError("nobody on the trust list has this DID")
    return issuer


def _check(run: _Run, presented: Presented, issuer: KnownIssuer, now: datetime) -> None:
    """What takes milliseconds: outside the event loop."""
    document = presented.document
    key = run.take(Step.KEY, lambda: find_key(presented, issuer))
    run.take(Step.SIGNATURE, lambda: check_signature(presented, key))
    run.take(Step.TERMS, lambda: check_terms(document))
    run.facts = run.take(Step.CONTENT, lambda: read_facts(document, issuer))
    run.take(Step.TIME, lambda: check_time(document, now))
    run.skip(Step.STATUS, lambda: check_status(document))
