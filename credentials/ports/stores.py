"""What the credential services ask of a store. Each method is one transaction; what a returned write did is durable."""

from __future__ import annotations

from typing import Protocol

from credentials.catalogue.model import Batch, Programme
from credentials.hours.entry import HoursEntry
from credentials.model import Award, Candidate, Sighting
from credentials.people.model import Person


class CatalogueStore(Protocol):
    """Programmes and batches."""

    async def add_programme(self, programme: Programme) -> None:
        """Raises ConflictError when this version is there already."""
        ...

    async def programme(self, programme_id: str, version: int) -> Programme | None: ...

    async def programmes(self) -> list[Programme]:
        """All versions of all, by id and version."""
        ...

    async def add_batch(self, batch: Batch) -> None:
        """Asks for a look at everybody, in the same commit. Raises ConflictError when the id is taken, or another batch of the
        provider has one
        of the activities at the same time.
        """
        ...

    async def batch(self, batch_id: str) -> Batch | None: ...

    async def batches(self, provider: str) -> list[Batch]:
        """All of a provider, by id."""
        ...


class PeopleStore(Protocol):
    """Persons and their accounts."""

    async def add_person(self, person: Person) -> None:
        """Asks for a look at this person, in the same commit. Raises ConflictError when the id or one of the accounts is taken."""
        ...

    async def person(self, person_id: str) -> Person | None: ...

    async def person_of(self, provider: str, home_page: str, name: str) -> Person | None: ...

    async def candidates(self, sightings: list[Sighting]) -> list[Candidate]:
        """The persons and batches that the sightings concern, each pair once; unknown accounts and activities are passed over."""
        ...


class AwardStore(Protocol):
    """Completions and hours."""

    async def record(self, award: Award) -> bool:
        """Completion and hours entry in one commit; False, and nothing changed, when the certificate's id is there already."""
        ...

    async def entries(self, person_id: str) -> list[HoursEntry]:
        """A person's lines of the ledger, by id."""
        ...

    async def ask(self, candidate: Candidate) -> None:
        """Asks for a look, once more when it is asked for already."""
        ...

    async def asked(self) -> list[Candidate]:
        """Looks that are asked for and not settled: after a new batch, a new person, or a look that failed."""
        ...

    async def settle(self, candidate: Candidate) -> None:
        """The look has been taken."""
        ...


class CredentialStore(CatalogueStore, PeopleStore, AwardStore, Protocol):
    """All of them over one engine."""
