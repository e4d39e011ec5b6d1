"""From a completion to what it brings: a line of hours, and the reservation of a certificate. Signing follows (`issuing.py`)."""

from __future__ import annotations

from dataclasses import dataclass

from credentials.catalogue.model import Batch, Programme
from credentials.certificate.reservation import Draft
from credentials.completion import Completed
from credentials.hours.entry import HoursEntry, event_key
from credentials.model import Award
from credentials.people.model import Person
from credentials.ports import AwardStore
from credentials.services.reserving import Reserving
from lrs.clock import Clock, to_us

_FIRST = 1  # issue number; it rises when a revoked certificate is issued anew


@dataclass(frozen=True, slots=True)
class Awarding:
    """The hours first, the reservation last: it says that all is done."""

    store: AwardStore
    reserving: Reserving
    clock: Clock

    async def is_done(self, batch: Batch, person: str) -> bool:
        """Whether this person has been awarded for this batch."""
        return await self.reserving.latest(batch.id, person) is not None

    async def award(self, person: Person, programme: Programme, batch: Batch, done: Completed) -> None:
        """Records and reserves, once however often it is called."""
        draft = Draft(
            provider=batch.provider,
            person=person.id,
            programme=programme.id,
            version=programme.version,
            batch=batch.id,
            number=_FIRST,
            holder=person.name,
            jp=programme.jp,
            completed=to_us(done.at),
            started_on=done.learned_on,
            learned_on=done.learned_on,
            statements=done.statements,
        )
        certificate = self.reserving.certificate_id(draft)
        await self.store.record(Award(done.statements, draft.completed, certificate, self._entry(certificate, draft, programme)))
        await self.reserving.reserve(draft)

    def _entry(self, certificate: str, draft: Draft, programme: Programme) -> HoursEntry:
        """Its id follows from the certificate's, so the same completion can never give two."""
        return HoursEntry(
            id=f"jp-{certificate}",
            person=draft.person,
            source="lms",
            provider=draft.provider,
            programme=draft.programme,
            version=draft.version,
            batch=draft.batch,
            title=programme.title,
            channel=programme.channel,
            approved=draft.jp,
            completed_at=draft.completed,
            completed_on=draft.learned_on,
            event_key=event_key(draft.person, draft.programme, draft.version, draft.batch),
            recorded_at=self.clock.now_us(),
            certificate=certificate,
        )
