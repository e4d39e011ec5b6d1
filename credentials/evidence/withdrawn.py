"""What was taken back (`uncompleted`, `forfeited`): facts that no longer count, without any of them being voided.

An LMS takes back what stands: the latest batch of the activity in which the learner has something to take back, also after the batch has
ended. What was said later than the taking back stands, whichever of the two arrived first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from credentials.evidence.dossier import TakenBack
from credentials.evidence.facts import Fact


@dataclass(frozen=True, slots=True)
class Window:
    """The time in which statements about an activity are a batch's, and the role that it plays. Moments, `until` not included."""

    batch: str
    role: str
    since: int
    until: int

    def covers(self, at: int) -> bool:
        """Whether the moment lies in it."""
        return self.since <= at < self.until


def withdrawn(facts: Sequence[Fact], taken_back: Sequence[TakenBack], windows: Sequence[Window]) -> frozenset[bytes]:
    """The statements whose facts were taken back. `facts` in the order of time; `windows`: of every batch that binds the activity.

    What was said and taken back at the same moment is taken back.
    """
    gone: set[bytes] = set()
    for taking in taken_back:
        meant = [fact for fact in facts if fact.at <= taking.at and (taking.award or fact.activity == taking.activity)]
        batch = taking.batch or _latest_batch(meant, windows)
        gone |= {fact.statement for fact in meant if _batch_at(fact, windows) == batch}
    return frozenset(gone)


def _latest_batch(facts: Sequence[Fact], windows: Sequence[Window]) -> str:
    """Facts are in the order of time."""
    return next((batch for fact in reversed(facts) if (batch := _batch_at(fact, windows))), "")


def _batch_at(fact: Fact, windows: Sequence[Window]) -> str:
    return fact.batch or next((window.batch for window in windows if window.covers(fact.at)), "")
