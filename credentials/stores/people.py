"""Persons on records. What can be erased (names, identifiers) lies in tables of its own, apart from what survives."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from credentials.people.person import Identifier, Person, Profile, number_space
from credentials.ports.records import Kept, Page, Parts, Records, Table, get_all

UNIQUE_KINDS = frozenset({"nip", "nip-old", "ni-pppk", "siasn"})  # an address may be shared, a number is one person's for ever


@dataclass(frozen=True, slots=True)
class Numbered:
    """Whose number it is; what makes a number one person's. `held` and `until`: as in `Identifier`."""

    space: str
    value: str
    person: str
    held: bool = False
    until: date | None = None


PERSONS: Table[Person] = Table(
    "person",
    Person,
    key=lambda one: (one.id,),
    indexes={"agency": lambda one: {(post.agency, post.unit) for post in one.postings}},
)
PROFILES: Table[Profile] = Table("person_profile", Profile, key=lambda one: (one.person,))
NUMBERS: Table[Numbered] = Table("person_number", Numbered, key=lambda one: (one.space, one.value))
PEOPLE_TABLES: tuple[Table[Any], ...] = (PERSONS, PROFILES, NUMBERS)


def numbered(person: str, identifiers: Iterable[Identifier]) -> list[Numbered]:
    """The rows that make these identifiers the person's own."""
    return [
        Numbered(number_space(one.kind), one.value, person, bool(one.held), one.until) for one in identifiers if one.kind in UNIQUE_KINDS
    ]


@dataclass(frozen=True, slots=True)
class PeopleRecords:
    """Reads; what writes are made of stands in the services."""

    records: Records

    async def person(self, person: str) -> Kept[Person] | None:
        return await self.records.get(PERSONS, person)

    async def profile(self, person: str) -> Kept[Profile] | None:
        return await self.records.get(PROFILES, person)

    async def persons(self, ids: Sequence[str]) -> dict[str, Person]:
        """Those that are there, by id."""
        found = await get_all(self.records, PERSONS, [(one,) for one in ids])
        return {person.id: person for person in found.values()}

    async def profiles(self, ids: Sequence[str]) -> dict[str, Profile]:
        """Those that are there, by id: who was erased has none."""
        found = await get_all(self.records, PROFILES, [(one,) for one in ids])
        return {profile.person: profile for profile in found.values()}

    async def numbers(self, wanted: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Numbered]:
        """Whose these (space, value) are."""
        keys: list[Parts] = [(space, value) for space, value in wanted]
        return {(one.space, one.value): one for one in (await get_all(self.records, NUMBERS, keys)).values()}

    async def of_agency(self, agency: str, unit: str = "", *, after: str | None = None, limit: int = 100) -> Page[Person]:
        """Whoever has, or had, a posting there. Somebody with several units of the agency comes once for each."""
        return await self.records.scan(PERSONS, "agency", (agency, unit) if unit else (agency,), after=after, limit=limit)
