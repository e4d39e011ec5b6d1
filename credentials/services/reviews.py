"""Evidence from a weak source (H5P in the browser, a provider without accreditation): held for HR, and what HR said."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from credentials.decisions import Decision
from credentials.ports.people import Persons
from credentials.ports.records import Keep, Write
from credentials.queues.case import Case, Kind, Verdict
from credentials.queues.learning import Learning
from credentials.queues.risk import risk_of
from credentials.services.deciding import Follows
from credentials.services.sign_in import day_of
from credentials.stores.cases import CASES, CaseRecords
from credentials.stores.looks import ask_for
from lrs.clock import Clock

_DUE = 14 * 86_400_000_000  # microseconds
Reviewed = Literal["", "open", "approved", "rejected"]


def review_id(person: str, batch: str, seen: str = "") -> str:
    """One review of a person, a batch and the evidence that is seen, however often the projector looks."""
    return "review-" + hashlib.sha256(f"review/1\x00{batch}\x00{person}\x00{seen}".encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A completion that waits for a look: as the projector worked it out. `reasons`: codes of `credentials.queues.risk`."""

    person: str
    batch: str
    programme: str
    version: int
    provider: str
    title: str
    jp: int
    channel: int
    started_on: date
    completed_on: date
    reasons: tuple[str, ...]
    seen: str = ""


@dataclass(frozen=True, slots=True)
class Reviews:
    """For the projector: `hold` in its commit, `verdict` when it judges anew. A verdict asks for a look by itself."""

    cases: CaseRecords
    persons: Persons
    clock: Clock

    async def hold(self, held: Held) -> list[Write]:
        """Puts it in the queue of the person's HR; what is there already stays, decided or not."""
        now = self.clock.now_us()
        place = await self.persons.place(held.person, day_of(now))
        learning = Learning(
            title=held.title,
            jp=held.jp,
            channel=held.channel,
            started_on=held.started_on,
            ended_on=held.completed_on,
            provider=held.provider,
            programme=held.programme,
            version=held.version,
            batch=held.batch,
        )
        case = Case(
            id=review_id(held.person, held.batch, held.seen),
            kind=Kind.REVIEW,
            person=held.person,
            opened_at=now,
            opened_by="system",
            agency=place.agency,
            unit=place.unit,
            superior=place.superior,
            provider=held.provider,
            risk=risk_of(held.reasons),
            reasons=held.reasons,
            due_at=now + _DUE,
            learning=learning,
        )
        return [Keep(CASES, case)]

    async def verdict(self, person: str, batch: str, seen: str = "") -> Reviewed:
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


def reviewed(decisions: Iterable[Decision]) -> dict[tuple[str, str], Reviewed]:
    """The last verdict of each (person, batch), from the log: for a rebuild."""
    found: dict[tuple[str, str], Reviewed] = {}
    for one in decisions:
        if one.kind in ("review.approved", "review.rejected"):
            key = (one.subject.removeprefix("person:"), str(one.content["batch"]))
            found[key] = "approved" if one.kind == "review.approved" else "rejected"
    return found
