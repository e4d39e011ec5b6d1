"""The report: every check with its number, whether it passed, and why not; and the verdict that follows from them.

Skipped is not passed. A certificate is valid only when every check that is required of it has passed; the first six always are.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from verifier.messages import NOTHING, Message, message
from verifier.verdict import Verdict as Verdict


class Outcome(StrEnum):
    """What came of one check."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


class Step(StrEnum):
    """The checks, in their order; docs/verifier.md explains each under its number."""

    FORMAT = "format"
    SIGNATURE = "signature"
    KEY = "key"
    TRUST = "trust"
    STATUS = "status"
    DATES = "dates"
    QR = "qr"
    PDF_SIGNATURE = "pdf-signature"
    PDF_UNCHANGED = "pdf-unchanged"
    LOG = "log"

    @property
    def number(self) -> int:
        return _NUMBERS[self]


_NUMBERS = {step: number for number, step in enumerate(Step, start=1)}
ALWAYS_REQUIRED = (Step.FORMAT, Step.SIGNATURE, Step.KEY, Step.TRUST, Step.STATUS, Step.DATES)

# What a failed check means, unless the check says otherwise.
FAILURES = {
    Step.FORMAT: Verdict.CANNOT_CHECK,
    Step.SIGNATURE: Verdict.ALTERED,
    Step.KEY: Verdict.ALTERED,
    Step.TRUST: Verdict.UNKNOWN_ISSUER,
    Step.STATUS: Verdict.CANNOT_CHECK,
    Step.DATES: Verdict.EXPIRED,
    Step.QR: Verdict.ALTERED,
    Step.PDF_SIGNATURE: Verdict.ALTERED,
    Step.PDF_UNCHANGED: Verdict.ALTERED,
    Step.LOG: Verdict.ALTERED,
}


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the report. `verdict`: what this failure means; None unless it failed. `at`: for when this holds (a status list's
    time)."""

    step: Step
    outcome: Outcome
    reason: Message = NOTHING
    verdict: Verdict | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What a certificate says, once its signature is known to be good.

    `provider` is the name on the trust list, "" for an issuer that is not on it; `claimed_provider` the one inside the certificate;
    `jp` hours of 45 minutes, None where none are told; `completed` when the learning was complete, None where it is not told; `kind` the
    code of the channel (jalur), 0 where it is not told; `learned_from` and `learned_until` ISO dates; `number` the provider's own;
    `replaces` the address of the certificate that this one corrects; `cut`: texts may be cut (from a QR alone).
    """

    id: str
    title: str
    provider: str
    claimed_provider: str
    issuer: str
    holder: str
    jp: float | None
    issued: datetime | None
    completed: datetime | None
    expires: datetime | None
    kind: int = 0
    kind_name: str = ""
    batch: str = ""
    learned_from: str = ""
    learned_until: str = ""
    criteria: str = ""
    number: str = ""
    replaces: str = ""
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """`facts` is None unless the signature is that of the key which the certificate names as its issuer's: nothing that somebody else wrote
    is shown as a certificate. `form`: what was presented ("jwt", "json", "qr", "png", "svg", "pdf", "photo", "").
    """

    verdict: Verdict
    checks: tuple[Check, ...]
    facts: Facts | None = None
    form: str = ""

    @property
    def decisive(self) -> Check | None:
        """The failed check that the verdict comes from; None where nothing failed."""
        return next((check for check in self.checks if check.verdict is self.verdict), None)

    @property
    def status_at(self) -> datetime | None:
        """The time for which the status is known."""
        return next((check.at for check in self.checks if check.step is Step.STATUS), None)


def conclude(checks: Iterable[Check], required: Iterable[Step], facts: Facts | None, form: str) -> Report:
    """The report in the order of the numbers; what was not looked at is skipped, and a required check that was skipped forbids
    "valid"."""
    done = {check.step: check for check in checks}
    not_reached = message("an earlier check did not pass")
    lines = tuple(done.get(step) or Check(step, Outcome.SKIPPED, not_reached) for step in Step)
    meanings = {check.verdict for check in lines if check.verdict is not None}
    passed = {check.step for check in lines if check.outcome is Outcome.PASSED}
    if not {*ALWAYS_REQUIRED, *required} <= passed:
        meanings.add(Verdict.CANNOT_CHECK)
    verdict = next(verdict for verdict in Verdict if verdict in {*meanings, Verdict.VALID})
    return Report(verdict, lines, facts, form)
