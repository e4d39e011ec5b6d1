"""Entering programmes, batches and persons: what makes no sense is refused before it is stored."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace

from credentials.catalogue.model import Batch, Programme, check_batch, check_programme
from credentials.errors import CatalogueError
from credentials.evidence.presets import evidence_rule
from credentials.people.model import Person
from credentials.ports import CredentialStore
from lrs.errors import NotFoundError
from lrs.ports import ClientStore


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Each method raises CatalogueError (`where` names the member), NotFoundError or ConflictError, and then nothing is stored."""

    store: CredentialStore
    providers: ClientStore

    async def add_programme(self, programme: Programme) -> Programme:
        """A new version of a programme."""
        await self._require_provider(programme.provider)
        check_programme(programme)
        earlier = [one for one in await self.store.programmes() if one.id == programme.id]
        if any(one.provider != programme.provider for one in earlier):
            raise CatalogueError("a programme with this id is another provider's", where="id")
        await self.store.add_programme(programme)
        return programme

    async def add_batch(self, batch: Batch) -> Batch:
        """A new batch; evidence that is there already counts for it."""
        programme = await self.store.programme(batch.programme, batch.version)
        if programme is None:
            raise CatalogueError("there is no such version of such a programme", where="programme")
        check_batch(batch, programme, evidence_rule(batch.rule).roles())
        await self.store.add_batch(batch)
        return batch

    async def add_person(self, person: Person) -> Person:
        """A new person, under a random id; evidence that is there already counts for them."""
        for account in person.accounts:
            await self._require_provider(account.provider)
        named = replace(person, id=str(uuid.uuid4()))
        await self.store.add_person(named)
        return named

    async def _require_provider(self, provider: str) -> None:
        if await self.providers.provider(provider) is None:
            raise NotFoundError("there is no provider with this id", where="provider")
