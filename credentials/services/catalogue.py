"""The services of people and catalogue, feeding also the store that the thin road's projector reads. It goes with that projector."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from credentials.catalogue.model import Batch, Programme
from credentials.catalogue.states import State
from credentials.model import Candidate
from credentials.people.model import Account
from credentials.people.model import Person as ThinPerson
from credentials.people.person import Person
from credentials.ports import CredentialStore
from credentials.ports.records import scan_all
from credentials.services.batches import Batches
from credentials.services.links import Evidence, Links
from credentials.services.people import NewPerson, People
from credentials.services.programmes import Programmes
from credentials.stores.catalogue import BATCHES
from credentials.stores.links import Pair


@dataclass(frozen=True, slots=True, kw_only=True)
class ThinProgrammes(Programmes):
    """An approved programme counts."""

    store: CredentialStore

    async def move(self, programme: str, version: int, state: State, *, by: str, reason: str = "", since: date | None = None) -> Programme:
        moved = await Programmes.move(self, programme, version, state, by=by, reason=reason, since=since)
        if state == "approved":
            if await self.store.programme(programme, version) is None:
                await self.store.add_programme(moved)
            for batch in await scan_all(self.catalogue.records, BATCHES, "programme", (programme, version)):
                await self.store.ask(Candidate("", batch.id))
        return moved


@dataclass(frozen=True, slots=True, kw_only=True)
class ThinBatches(Batches):
    """A new batch is looked at."""

    store: CredentialStore

    async def add(self, batch: Batch, by: str, *, state: State = "open") -> Batch:
        added = await Batches.add(self, batch, by, state=state)
        await self.store.add_batch(added)
        return added


@dataclass(frozen=True, slots=True, kw_only=True)
class ThinLinks(Links):
    """Accounts of a new person."""

    store: CredentialStore

    async def register(self, people: People, told: NewPerson, accounts: Sequence[Pair], evidence: Evidence) -> Person:
        person = await Links.register(self, people, told, accounts, evidence)
        known = [(provider, ifi.removeprefix("aaccount:").partition("|")) for provider, ifi in accounts if ifi.startswith("aaccount:")]
        thin = tuple(Account(provider, home_page, name) for provider, (home_page, _, name) in known)
        await self.store.add_person(ThinPerson(person.id, told.names[0].printed, thin))
        return person
