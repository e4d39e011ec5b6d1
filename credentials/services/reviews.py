"""Evidence from a weak source (H5P in the browser, a provider without accreditation): held for HR, and what HR said."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from credentials.evidence.judgement import ReviewVerdict
from credentials.ports.people import Persons
from credentials.ports.records import Keep, Write
from credentials.ports.reviews import Doubtful
from credentials.queues.case import Case, Kind, Verdict
from credentials.queues.learning import Learning
from credentials.queues.risk import REASONS, risk_of
from credentials.services.deciding import Follows
from credentials.services.sign_in import day_of
from credentials.stores.cases import CASES, CaseRecords
from credentials.stores.looks import ask_for
from lrs.clock import Clock

_DUE = 14 * 86_400_000_000  # microseconds
_NAMES = {"provider-not-accredited": "not-accredited"}  # where a judgement's code is another in the queue


def review_id(person: str, batch: str, seen: str = "") -> str:
    """One review of a person, a batch and the evidence that is seen, however often the projector looks."""
    return "review-" + hashlib.sha256(f"review/1\x00{batch}\x00{person}\x00{seen}".encode()).hexdigest()[:32]


def reason_of(doubt: str) -> str:
    """A judgement's doubt (`weak-source:h5p`) as a reason of the queue; one that the queue has no words for is a weak source."""
    code, _, _ = doubt.partition(":")
    name = _NAMES.get(code, code)
    return name if name in REASONS else "weak-source"


@dataclass(frozen=True, slots=True)
class Reviews:
    """See `credentials.ports.reviews.ReviewQueue`; and what follows from a verdict."""

    cases: CaseRecords
    persons: Persons
    clock: Clock

    async def hold(self, doubtful: Doubtful) -> list[Write]:
        """In the queue of the person's HR."""
        now = self.clock.now_us()
        reasons = tuple(dict.fromkeys(map(reason_of, doubtful.reasons)))
        place = await self.persons.place(doubtful.person, day_of(now))
        learning = Learning(
            title=doubtful.title,
            jp=doubtful.jp,
            channel=doubtful.channel,
            started_on=doubtful.started_on,
            ended_on=doubtful.completed_on,
            provider=doubtful.provider,
            programme=doubtful.programme,
            version=doubtful.version,
            batch=doubtful.batch,
        )
        case = Case(
            id=review_id(doubtful.person, doubtful.batch, doubtful.seen),
            kind=Kind.REVIEW,
            person=doubtful.person,
            opened_at=now,
            opened_by="system",
            agency=place.agency,
            unit=place.unit,
            superior=place.superior,
            provider=doubtful.provider,
            risk=risk_of(reasons),
            reasons=reasons,
            due_at=now + _DUE,
            learning=learning,
        )
        return [Keep(CASES, case)]

    async def verdict(self, person: str, batch: str, seen: str = "") -> ReviewVerdict:
        """On exactly this evidence with these doubts; "" when that was never held."""
        kept = await self.cases.case(review_id(person, batch, seen))
        if kept is None:
            return ""
        state = kept.value.state
        return state if state in ("approved", "rejected") else "open"

    @staticmethod
    async def effect(case: Case, verdict: Verdict) -> Follows:
        """The verdict asks for a look; the projector takes its road."""
        assert case.learning is not None
        batch = case.learning.batch
        return Follows(writes=(ask_for(person=case.person, batch=batch),), content={"batch": batch})
