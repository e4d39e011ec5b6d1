"""One verification as it goes on: what came of each check."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from verifier.errors import CheckError, UnavailableError
from verifier.messages import NOTHING, Message
from verifier.report import FAILURES, Check, Facts, Outcome, Report, Step, conclude
from verifier.verdict import Verdict

T = TypeVar("T")


class Stopped(Exception):
    """A check failed without which the others say nothing."""


class Run:
    """`facts` are shown in the report once they are set: set them only when the signature has been checked."""

    def __init__(self, form: str) -> None:
        self._checks: dict[Step, Check] = {}
        self._required: set[Step] = set()
        self.form = form
        self.facts: Facts | None = None

    def require(self, *steps: Step) -> None:
        """What was presented asks for these as well."""
        self._required.update(steps)

    def needed(self, step: Step, check: Callable[[], T]) -> T:
        """What it answers; whether the step has passed is not yet said. Raises Stopped."""
        try:
            return check()
        except CheckError as error:
            self.failed(step, error.reason, error.verdict)
        except UnavailableError as error:
            self.failed(step, error.reason, Verdict.CANNOT_CHECK)
        raise Stopped

    def tried(self, step: Step, check: Callable[[], T]) -> T | None:
        """What it answers, and that the step has passed; None when it has not, and the others go on."""
        try:
            found = self.needed(step, check)
        except Stopped:
            return None
        self.passed(step)
        return found

    def take(self, step: Step, check: Callable[[], Message | None]) -> None:
        """Notes what comes of it. The check may answer a sentence that says more than "passed"."""
        try:
            reason = check()
        except CheckError as error:
            self.failed(step, error.reason, error.verdict)
        except UnavailableError as error:
            self.failed(step, error.reason, Verdict.CANNOT_CHECK)
        else:
            self.passed(step, reason or NOTHING)

    def passed(self, step: Step, reason: Message = NOTHING, at: datetime | None = None) -> None:
        """A failure that was noted before stays."""
        before = self._checks.get(step)
        if before is None or before.outcome is not Outcome.FAILED:
            self._checks[step] = Check(step, Outcome.PASSED, reason, None, at)

    def failed(self, step: Step, reason: Message, verdict: Verdict | None = None, at: datetime | None = None) -> None:
        """The first failure of a step stays."""
        before = self._checks.get(step)
        if before is None or before.outcome is not Outcome.FAILED:
            self._checks[step] = Check(step, Outcome.FAILED, reason, verdict or FAILURES[step], at)

    def skipped(self, step: Step, reason: Message) -> None:
        """Unless something was noted before."""
        self._checks.setdefault(step, Check(step, Outcome.SKIPPED, reason))

    def has_failed(self, step: Step) -> bool:
        check = self._checks.get(step)
        return check is not None and check.outcome is Outcome.FAILED

    def report(self) -> Report:
        return conclude(self._checks.values(), self._required, self.facts, self.form)
