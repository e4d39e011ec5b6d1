"""What an upheld objection changes of a completion and its certificate. The projector carries it out; here it is decided and checked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from credentials.certificate.reservation import Draft
from credentials.decisions import Content
from credentials.errors import CaseError
from credentials.ports.records import Write, scan_all
from credentials.services.reserving import Reserving
from credentials.stores.certificates import RESERVATIONS
from credentials.stores.corrections import CorrectionRecords
from credentials.stores.looks import ask_for
from credentials.stores.people import PeopleRecords
from lrs.errors import ConflictError

_SAME = "the register has the name that is printed: enter the right one there first (POST /api/people/ID/names), for the day of completion"


@dataclass(frozen=True, slots=True)
class Correcting:
    """Names are the register's: whoever upholds an objection to one has corrected it there."""

    reserving: Reserving
    people: PeopleRecords
    corrections: CorrectionRecords

    async def redated(self, person: str, batch: str, day: date) -> tuple[tuple[Write, ...], Content]:
        """Completed on another day than statements say. The line is written again; a certificate that prints otherwise is corrected."""
        writes = (await self.corrections.redating(person, batch, day), ask_for(person=person, batch=batch))
        return writes, {"redated": batch, "right_date": day.isoformat()}

    async def renamed(self, person: str, certificate: str = "") -> tuple[tuple[Write, ...], Content]:
        """A valid certificate of the person, or all that print another name than the register has for their day, are corrected.

        Raises CaseError when the register says what is printed, ConflictError when the certificate is not the valid one any more.
        """
        valid = [draft for draft in await self._valid(person) if not certificate or self.reserving.certificate_id(draft) == certificate]
        if certificate and not valid:
            raise ConflictError("this certificate was corrected or revoked meanwhile", where="target")
        wrong = [draft for draft in valid if await self._named(draft) not in ("", draft.holder)]
        if valid and not wrong:
            raise CaseError(_SAME, where="target")
        writes: list[Write] = []
        for draft in wrong:
            writes += [await self.corrections.renewing(person, draft.batch, draft.number), ask_for(person=person, batch=draft.batch)]
        return tuple(writes), {"renewed": [f"{draft.batch}/{draft.number}" for draft in wrong]}

    async def _valid(self, person: str) -> list[Draft]:
        """The latest certificate of each batch, where it is not revoked."""
        latest: dict[str, Draft] = {}
        for one in await scan_all(self.reserving.records, RESERVATIONS, "person", (person,)):
            before = latest.get(one.draft.batch)
            if before is None or before.number < one.draft.number:
                latest[one.draft.batch] = one.draft
        issues = [await self.reserving.issue(self.reserving.certificate_id(draft)) for draft in latest.values()]
        return [one.reservation.draft for one in issues if one is not None and not one.revoked]

    async def _named(self, draft: Draft) -> str:
        profile = await self.people.profile(draft.person)
        name = profile.value.name_on(draft.learned_on) if profile is not None else None
        return name.printed if name is not None else ""
