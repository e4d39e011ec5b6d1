"""What queues, guards and privacy ask about persons, answered from the register of persons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from credentials.people.person import at
from credentials.ports.people import Place
from credentials.services.sign_in import day_of
from credentials.stores.people import PeopleRecords
from lrs.clock import Clock


@dataclass(frozen=True, slots=True)
class RegisteredPersons:
    """See `credentials.ports.people.Persons`."""

    people: PeopleRecords
    clock: Clock

    async def known(self, person: str) -> bool:
        return await self.people.person(person) is not None

    async def place(self, person: str, on: date) -> Place:
        kept = await self.people.person(person)
        post = at(kept.value.postings, on) if kept else None
        return Place(post.agency, post.unit, post.superior) if post else Place()

    async def employed(self, person: str, on: date) -> bool:
        kept = await self.people.person(person)
        status = at(kept.value.statuses, on) if kept else None
        return status is not None and status.standing != "ended"

    async def holder_of(self, value: str, on: date) -> str:
        row = (await self.people.numbers([("asn", value)])).get(("asn", value))
        if row is None or row.held or (row.until is not None and row.until < on):
            return ""
        return row.person

    async def names(self, persons: list[str]) -> dict[str, str]:
        today = day_of(self.clock.now_us())
        found = {one: profile.name_on(today) for one, profile in (await self.people.profiles(persons)).items()}
        return {person: name.printed for person, name in found.items() if name is not None}
