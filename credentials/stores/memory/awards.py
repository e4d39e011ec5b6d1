"""Everything in memory: the reference for the contract, and for tests. One event loop; no method waits, so each is a transaction."""

from __future__ import annotations

from credentials.catalogue.model import Batch, Programme, overlaps
from credentials.hours.entry import HoursEntry
from credentials.model import Award, Candidate, Sighting
from credentials.people.model import Account, Person
from lrs.errors import ConflictError


class MemoryCredentials:
    """See `credentials.ports.CredentialStore`."""

    def __init__(self) -> None:
        self._programmes: dict[tuple[str, int], Programme] = {}
        self._batches: dict[str, Batch] = {}
        self._people: dict[str, Person] = {}
        self._accounts: dict[Account, str] = {}
        self._awards: dict[str, Award] = {}
        self._asked: dict[Candidate, None] = {}

    async def add_programme(self, programme: Programme) -> None:
        if self._programmes.setdefault((programme.id, programme.version), programme) is not programme:
            raise ConflictError("this version of the programme is there already", where="version")

    async def programme(self, programme_id: str, version: int) -> Programme | None:
        return self._programmes.get((programme_id, version))

    async def programmes(self) -> list[Programme]:
        return [self._programmes[key] for key in sorted(self._programmes)]

    async def add_batch(self, batch: Batch) -> None:
        if batch.id in self._batches:
            raise ConflictError("a batch with this id is there already", where="id")
        if any(overlaps(batch, other) for other in self._batches.values()):
            raise ConflictError("another batch has one of these activities at the same time", where="bindings")
        self._batches[batch.id] = batch
        self._asked[Candidate("", batch.id)] = None

    async def batch(self, batch_id: str) -> Batch | None:
        return self._batches.get(batch_id)

    async def batches(self, provider: str) -> list[Batch]:
        return sorted((one for one in self._batches.values() if one.provider == provider), key=lambda one: one.id)

    async def add_person(self, person: Person) -> None:
        if person.id in self._people:
            raise ConflictError("a person with this id is there already", where="id")
        if any(account in self._accounts for account in person.accounts):
            raise ConflictError("one of the accounts is another person's", where="accounts")
        self._people[person.id] = person
        self._accounts |= dict.fromkeys(person.accounts, person.id)
        self._asked[Candidate(person.id, "")] = None

    async def person(self, person_id: str) -> Person | None:
        return self._people.get(person_id)

    async def person_of(self, provider: str, home_page: str, name: str) -> Person | None:
        return self._people.get(self._accounts.get(Account(provider, home_page, name), ""))

    async def candidates(self, sightings: list[Sighting]) -> list[Candidate]:
        found: dict[Candidate, None] = {}
        for one in sightings:
            person = self._accounts.get(Account(one.provider, one.home_page, one.name))
            for batch in self._batches.values() if person else ():
                if batch.provider == one.provider and one.activity in batch.activities():
                    found[Candidate(person or "", batch.id)] = None
        return list(found)

    async def record(self, award: Award) -> bool:
        return self._awards.setdefault(award.certificate, award) is award

    async def entries(self, person_id: str) -> list[HoursEntry]:
        found = (award.entry for award in self._awards.values() if award.entry.person == person_id)
        return sorted(found, key=lambda one: one.id)

    async def ask(self, candidate: Candidate) -> None:
        self._asked[candidate] = None

    async def asked(self) -> list[Candidate]:
        return sorted(self._asked, key=lambda one: (one.person, one.batch))

    async def settle(self, candidate: Candidate) -> None:
        self._asked.pop(candidate, None)
