"""The catalogue on records, and the question of the projector: to which batches does an activity belong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from credentials.catalogue.bindings import Match, Sought, prefixes
from credentials.catalogue.model import Batch, Programme
from credentials.ports.records import Kept, Page, Parts, Records, Table, get_all, scan_all

PROGRAMMES: Table[Programme] = Table(
    "programme",
    Programme,
    key=lambda one: (one.id, one.version),
    indexes={
        "provider": lambda one: [(one.provider, one.id, one.version)],
        "state": lambda one: [(one.state, one.id, one.version)],
        "competence": lambda one: [(code, one.id, one.version) for code in one.competences],
        "state_provider": lambda one: [(one.state, one.provider, one.id, one.version)],
        "state_competence": lambda one: [(one.state, code, one.id, one.version) for code in one.competences],
    },
)
BATCHES: Table[Batch] = Table(
    "batch",
    Batch,
    key=lambda one: (one.id,),
    indexes={
        "provider": lambda one: [(one.provider, one.id)],
        "programme": lambda one: [(one.programme, one.version, one.id)],
    },
)


@dataclass(frozen=True, slots=True)
class ProgrammeOwner:
    """Whose programme it is, in all its versions."""

    programme: str
    provider: str


PROGRAMME_OWNERS: Table[ProgrammeOwner] = Table("programme_owner", ProgrammeOwner, key=lambda one: (one.programme,))


@dataclass(frozen=True, slots=True)
class Use:
    """That a batch binds the activity, and the days of learning for which it does, both included."""

    batch: str
    role: str
    starts: date
    ends: date


@dataclass(frozen=True, slots=True)
class Bound:
    """An activity of a provider, by IRI, prefix or external id, and every batch that binds it."""

    provider: str
    match: Match
    value: str
    uses: tuple[Use, ...] = ()


@dataclass(frozen=True, slots=True)
class BindingCount:
    """One of each provider: what binds or unbinds counts it up, so that two who bind at the same moment do not miss each other."""

    provider: str
    changes: int = 0


BOUND: Table[Bound] = Table("bound", Bound, key=lambda one: (one.provider, one.match, one.value))
BINDING_COUNTS: Table[BindingCount] = Table("binding_count", BindingCount, key=lambda one: (one.provider,))
CATALOGUE_TABLES: tuple[Table[Any], ...] = (PROGRAMMES, PROGRAMME_OWNERS, BATCHES, BOUND, BINDING_COUNTS)


@dataclass(frozen=True, slots=True)
class CatalogueRecords:
    """Reads; what writes are made of stands in the services."""

    records: Records

    async def programme(self, programme: str, version: int) -> Kept[Programme] | None:
        return await self.records.get(PROGRAMMES, programme, version)

    async def programmes_many(self, keys: Sequence[tuple[str, int]]) -> dict[tuple[str, int], Programme]:
        """Those that are there, by id and version."""
        found = await get_all(self.records, PROGRAMMES, list(dict.fromkeys(keys)))
        return {(one.id, one.version): one for one in found.values()}

    async def versions(self, programme: str) -> list[Programme]:
        """Of one programme, the oldest first."""
        return await scan_all(self.records, PROGRAMMES, prefix=(programme,))

    async def programmes(
        self, *, provider: str = "", state: str = "", competence: str = "", after: str | None = None, limit: int = 100
    ) -> Page[Programme]:
        """By id and version; of the three conditions the first that is given holds."""
        for index, value in (("provider", provider), ("state", state), ("competence", competence)):
            if value:
                return await self.records.scan(PROGRAMMES, index, (value,), after=after, limit=limit)
        return await self.records.scan(PROGRAMMES, after=after, limit=limit)

    async def in_state(self, state: str, index: str, value: str, low: Parts, limit: int) -> list[Programme]:
        """In this state, of this provider (`state_provider`) or with this competence (`state_competence`), from `low` on."""
        return (await self.records.scan(PROGRAMMES, index, (state, value), low=low, limit=limit)).values

    async def batch(self, batch: str) -> Kept[Batch] | None:
        return await self.records.get(BATCHES, batch)

    async def batches_many(self, ids: Sequence[str]) -> dict[str, Batch]:
        """Those that are there, by id."""
        found = await get_all(self.records, BATCHES, [(one,) for one in dict.fromkeys(ids)])
        return {one.id: one for one in found.values()}

    async def batches(
        self, *, provider: str = "", programme: str = "", version: int = 0, after: str | None = None, limit: int = 100
    ) -> Page[Batch]:
        """By id; of a programme (and version), else of a provider, else all."""
        if programme:
            prefix: Parts = (programme, version) if version else (programme,)
            return await self.records.scan(BATCHES, "programme", prefix, after=after, limit=limit)
        if provider:
            return await self.records.scan(BATCHES, "provider", (provider,), after=after, limit=limit)
        return await self.records.scan(BATCHES, after=after, limit=limit)

    async def bound(self, sought: Sequence[Sought]) -> dict[Sought, tuple[Use, ...]]:
        """What binds each of these, on whatever days and in whatever state: `window` and `ruling` judge that. Those that nothing binds are
        left out. An IRI is found by exact bindings and by every prefix that covers it, an external id by external bindings.
        """
        keys = {one: _keys(one) for one in dict.fromkeys(sought)}
        found = await get_all(self.records, BOUND, list(dict.fromkeys(key for some in keys.values() for key in some)))
        uses = {one: tuple(use for key in some if key in found for use in found[key].uses) for one, some in keys.items()}
        return {one: some for one, some in uses.items() if some}

    async def binding_changes(self, providers: Sequence[str]) -> dict[str, int]:
        """How often each provider's bindings have changed: what was found stays right as long as this does."""
        found = await get_all(self.records, BINDING_COUNTS, [(one,) for one in dict.fromkeys(providers)])
        return dict.fromkeys(providers, 0) | {one.provider: one.changes for one in found.values()}


def _keys(sought: Sought) -> list[Parts]:
    if sought.external:
        return [(sought.provider, "external", sought.value)]
    return [(sought.provider, "exact", sought.value), *((sought.provider, "prefix", one) for one in prefixes(sought.value))]
