"""The report: every check with its number, whether it passed, and why not; and the verdict that follows from them.

Skipped is not passed. A certificate is valid only when every check that is required of it has passed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Verdict(StrEnum):
    """What HR is told (docs/verifier.md)."""

    VALID = "valid"
    ALTERED = "altered"
    UNKNOWN_ISSUER = "unknown-issuer"
    OUT_OF_TIME = "out-of-time"
    CANNOT_CHECK = "cannot-check"


class Outcome(StrEnum):
    """What came of one check."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


class Step(StrEnum):
    """The checks, in their order; the first word is the number under which docs/verifier.md explains it."""

    READABLE = "1 readable"
    CONSISTENT = "2 consistent"
    ISSUER = "3 issuer known"
    KEY = "4 key"
    SIGNATURE = "5 signature"
    TERMS = "6 terms"
    CONTENT = "7 content"
    TIME = "8 time"
    STATUS = "9 status"


# What a failed check means. Only the first failure counts: what comes after it is skipped.
FAILURES = {
    Step.READABLE: Verdict.CANNOT_CHECK,
    Step.CONSISTENT: Verdict.ALTERED,
    Step.ISSUER: Verdict.UNKNOWN_ISSUER,
    Step.KEY: Verdict.ALTERED,
    Step.SIGNATURE: Verdict.ALTERED,
    Step.TERMS: Verdict.ALTERED,
    Step.CONTENT: Verdict.CANNOT_CHECK,
    Step.TIME: Verdict.OUT_OF_TIME,
    Step.STATUS: Verdict.CANNOT_CHECK,
}


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the report."""

    step: Step
    outcome: Outcome
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a certificate says, once its signature is known to be good. `provider` is the name on the trust list, `claimed_provider` the
    one inside the certificate; `jp` hours of 45 minutes; `completed` None where it is not told.
    """

    id: str
    title: str
    provider: str
    claimed_provider: str
    holder: str
    jp: float
    issued: datetime
    completed: datetime | None
    criteria: str


@dataclass(frozen=True, slots=True)
class Report:
    """`facts` is None unless the signature is the issuer's: nothing that somebody else wrote is shown as a certificate."""

    verdict: Verdict
    checks: tuple[Check, ...]
    facts: Facts | None = None
