"""Programmes and batches. The catalogue has authority over hours; what a statement says of hours is a claim."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from credentials.catalogue.bindings import Binding, collide
from credentials.catalogue.states import History, present

__all__ = ["Batch", "Binding", "Programme", "overlaps"]

Scope = Literal["national", "international"]
Mode = Literal["online", "classroom", "blended"]
CompetenceType = Literal["technical", "managerial", "socio-cultural"]
Recommendation = Literal["recommended", "not-recommended"]

MINUTES_OF_A_JP = 45  # PerLAN 10/2018


@dataclass(frozen=True, slots=True)
class Review:
    """What the keeper of a field says of a programme. It decides nothing by itself. `at` in microseconds UTC; `by`: the actor."""

    verdict: Recommendation
    at: int
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Programme:
    """One version of a training programme. Its content is fixed once it is proposed; what must change then is a new version.

    `jp`: hours approved (jam pelajaran, 45 minutes each), 1 to 2,000; where the length is given in `minutes`, their whole hours.
    `criteria`: what a learner must do, in words. `channel`: jalur, SIASN's jenisDiklat 1 to 25, or 0 for a study assignment.
    `competences`: codes of the code list. `evidence_rule`: what its batches use unless they name another. `template`: of the certificate.
    `valid_from`, `valid_until`: days of learning for which it may be counted, both included, None for no bound.
    """

    id: str
    version: int
    provider: str
    title: str
    description: str
    criteria: str
    jp: int
    minutes: int | None = None
    channel: int = 3
    scope: Scope = "national"
    mode: Mode = "online"
    competence_type: CompetenceType = "technical"
    competences: tuple[str, ...] = ()
    approving_body: str = ""
    evidence_rule: str = ""
    template: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    history: History = ()
    reviews: tuple[Review, ...] = ()

    @property
    def state(self) -> str:
        """What was decided last."""
        return present(self.history)


@dataclass(frozen=True, slots=True)
class Batch:
    """Angkatan: one run of a programme. Evidence counts when its local date (`time_zone`, an IANA name) is from `starts` to `ends`,
    both included. `rule`: the evidence rule.

    `minimum_score`: scaled (0 to 1) least score of scored conditions, None for none.
    """

    id: str
    programme: str
    version: int
    provider: str
    name: str
    starts: date
    ends: date
    time_zone: str
    rule: str
    bindings: tuple[Binding, ...]
    minimum_score: float | None = None
    history: History = ()

    @property
    def state(self) -> str:
        """What was decided last."""
        return present(self.history)

    def activities(self) -> frozenset[str]:
        """The activities that are bound to it."""
        return frozenset(binding.activity for binding in self.bindings)

    def activity(self, role: str) -> str | None:
        """The first activity in that role."""
        return next((binding.activity for binding in self.bindings if binding.role == role), None)

    def window(self, binding: Binding) -> tuple[date, date]:
        """The days for which a binding of this batch holds, both included."""
        return max(binding.starts or self.starts, self.starts), min(binding.ends or self.ends, self.ends)


def overlaps(one: Batch, other: Batch) -> bool:
    """Whether a statement could be evidence for both: Moodle's course ids are used again for the next batch, so dates must tell them
    apart.
    """
    return one.provider == other.provider and any(
        collide(mine, theirs) and _share_a_day(one.window(mine), other.window(theirs)) for mine in one.bindings for theirs in other.bindings
    )


def _share_a_day(one: tuple[date, date], other: tuple[date, date]) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]
