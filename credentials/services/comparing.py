"""What the catalogue, the ledger and other cases say about an event that somebody tells of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from credentials.ports.people import Persons
from credentials.queues.learning import Learning
from credentials.queues.risk import Known
from credentials.stores.cases import CaseRecords
from credentials.stores.catalogue import CatalogueRecords
from credentials.stores.ledger import LedgerRecords
from credentials.stores.providers import ProviderRecords
from lrs.clock import Clock
from lrs.errors import NotFoundError
from lrs.ports import ClientStore

_RECENT_DAYS = 30
_DAY = 86_400_000_000  # microseconds
_OTHERS = 300  # newest cases of a person that are compared
_LIVE = ("open", "returned", "approved")


@dataclass(frozen=True, slots=True)
class Comparing:
    """Reads only."""

    cases: CaseRecords
    ledger: LedgerRecords
    catalogue: CatalogueRecords
    providers: ProviderRecords
    clients: ClientStore
    persons: Persons
    clock: Clock

    async def completed(self, learning: Learning) -> Learning:
        """With what the catalogue has authority over, when the event is in it. Raises NotFoundError (batch, provider)."""
        if not learning.batch:
            if learning.provider and await self.clients.provider(learning.provider) is None:
                raise NotFoundError("there is no provider with this id; give the organiser's name instead", where="provider")
            return learning
        batch = await self.catalogue.batch(learning.batch)
        programme = await self.catalogue.programme(batch.value.programme, batch.value.version) if batch else None
        if batch is None or programme is None:
            raise NotFoundError("there is no batch with this id in the catalogue", where="batch")
        said = programme.value
        return replace(
            learning,
            title=said.title,
            provider=said.provider,
            programme=said.id,
            version=said.version,
            channel=said.channel,
            scope=said.scope,
            mode=said.mode,
            competence_type=said.competence_type,
        )

    async def catalogue_jp(self, learning: Learning) -> int | None:
        """What the catalogue approved; None for an event that is not in it."""
        kept = await self.catalogue.programme(learning.programme, learning.version) if learning.programme else None
        return kept.value.jp if kept else None

    async def known(self, person: str, learning: Learning, evidence: Sequence[str], case_id: str = "") -> Known:
        """What a case is compared with; `case_id`: the case itself, which is no other."""
        page = await self.cases.of_person(person, limit=_OTHERS)
        others = [one for one in page.values if one.id != case_id and one.state in _LIVE]
        since = self.clock.now_us() - _RECENT_DAYS * _DAY
        profile = (await self.providers.profiles([learning.provider]))[learning.provider] if learning.provider else None
        return Known(
            lines=await self.ledger.open_credits(person),
            others=[(one.id, one.learning) for one in others if one.learning is not None and one.state != "approved"],
            files=await self._with_files(evidence, case_id),
            recent=sum(one.opened_at >= since for one in others),
            catalogue_jp=await self.catalogue_jp(learning),
            accredited=profile.accredited_on(learning.ended_on) if profile else None,
            suspended=profile.suspended_on(learning.ended_on) if profile else None,
            employed=await self.persons.employed(person, learning.ended_on),
        )

    async def _with_files(self, evidence: Sequence[str], case_id: str) -> list[str]:
        found = [case.id for digest in evidence for case in await self.cases.with_file(digest) if case.id != case_id]
        return list(dict.fromkeys(found))
