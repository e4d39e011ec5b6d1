"""What joins the projector to the rest: persons, catalogue, certificates, and the queue for weak evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from credentials.ports.records import Records, Write
from credentials.ports.reviews import Doubtful, Verdict
from credentials.services.persons import RegisteredPersons
from credentials.services.projection.cases import Register as Asked
from credentials.services.projection.engine import Equipment
from credentials.services.reserving import Reserving
from credentials.services.reviews import Held, Reviews
from credentials.stores.cases import CaseRecords
from credentials.stores.corrections import CorrectionRecords
from credentials.stores.evidence_rules import EvidenceRuleRecords
from credentials.stores.exclusions import ExclusionRecords
from credentials.stores.people import PeopleRecords
from jejak.register import Register
from lrs.clock import Clock
from lrs.ports import Stores

_REASONS = {"weak-source": "weak-source", "provider-not-accredited": "not-accredited"}


@dataclass(frozen=True, slots=True)
class HeldForReview:
    """See `credentials.ports.reviews.ReviewQueue`."""

    reviews: Reviews

    async def verdict(self, person: str, batch: str, seen: str = "") -> Verdict:
        return await self.reviews.verdict(person, batch, seen)

    async def hold(self, doubtful: Doubtful) -> Sequence[Write]:
        reasons = dict.fromkeys(_REASONS[reason.partition(":")[0]] for reason in doubtful.reasons)
        return await self.reviews.hold(
            Held(
                person=doubtful.person,
                batch=doubtful.batch,
                programme=doubtful.programme,
                version=doubtful.version,
                provider=doubtful.provider,
                title=doubtful.title,
                jp=doubtful.jp,
                channel=doubtful.channel,
                started_on=doubtful.started_on,
                completed_on=doubtful.completed_on,
                reasons=tuple(reasons),
                seen=doubtful.seen,
            )
        )


def make_equipment(
    stores: Stores, records: Records, register: Register, rules: EvidenceRuleRecords, reserving: Reserving, clock: Clock
) -> Equipment:
    """What a projector, or a rebuild, works with."""
    asked = Asked(
        register.people.people,
        register.links.links,
        register.batches.catalogue,
        register.standings.profiles,
        rules,
        ExclusionRecords(records),
        CorrectionRecords(records),
    )
    reviews = Reviews(CaseRecords(records), RegisteredPersons(PeopleRecords(records), clock), clock)
    return Equipment(stores.feed, stores.statements, records, asked, register.links.waiting, reserving, HeldForReview(reviews), clock)
