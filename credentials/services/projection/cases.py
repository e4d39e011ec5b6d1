"""Everything that judgements look at, for many persons and batches at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

from credentials.catalogue.counting import Ruling
from credentials.catalogue.model import Batch, Programme
from credentials.catalogue.provider import ProviderProfile
from credentials.evidence.dossier import Dossier
from credentials.evidence.judgement import Case, Piece
from credentials.evidence.places import LocalDay, local_day
from credentials.evidence.rule import EvidenceRule
from credentials.people.links import Held
from credentials.people.person import Person
from credentials.ports.records import Parts, Records, get_all
from credentials.services.projection.bindings import Bindings
from credentials.services.projection.patterns import Pattern, PatternKey
from credentials.stores.catalogue import CatalogueRecords
from credentials.stores.completions import Completion
from credentials.stores.corrections import Correction, CorrectionRecords
from credentials.stores.dossiers import DOSSIERS
from credentials.stores.evidence_rules import EvidenceRuleRecords
from credentials.stores.exclusions import ExclusionRecords
from credentials.stores.links import LinkRecords, Names
from credentials.stores.people import PeopleRecords
from credentials.stores.providers import ProviderRecords

PersonBatch: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Register:
    """Whom and what the projector asks."""

    people: PeopleRecords
    links: LinkRecords
    catalogue: CatalogueRecords
    providers: ProviderRecords
    rules: EvidenceRuleRecords
    exclusions: ExclusionRecords
    corrections: CorrectionRecords


@dataclass(slots=True)
class _Known:
    """What was read for one go. `bound`: by batch, what it binds."""

    batches: dict[str, Batch]
    programmes: dict[tuple[str, int], Programme]
    profiles: dict[str, ProviderProfile]
    rules: dict[str, EvidenceRule]
    persons: Mapping[str, Person]
    excluded: frozenset[PersonBatch]
    corrections: dict[PersonBatch, Correction]
    bound: dict[str, tuple[Pattern, ...]]
    held: dict[tuple[str, str], list[Held]] = field(default_factory=dict)
    rulings: dict[str, dict[date, Ruling]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AtHand:
    """What was read before, and is not asked for again: of `persons` everything, so that what is not here is not there; None: of nobody.

    `dossiers`: also those that are not written yet.
    """

    dossiers: Mapping[Parts, Dossier] = field(default_factory=dict)
    persons: Mapping[str, Person] | None = None
    names: Names | None = None
    completions: Mapping[PersonBatch, Completion] | None = None


class Unjudged(Exception):
    """This pair cannot be judged yet; `later`: since what was there before is still being read. `provider`: of the batch."""

    def __init__(self, reason: str, provider: str, *, later: bool = False) -> None:
        super().__init__(reason)
        self.provider = provider
        self.later = later


class Cases:
    """For one generation of dossiers."""

    def __init__(self, records: Records, register: Register, bindings: Bindings) -> None:
        self._records = records
        self._register = register
        self._bindings = bindings

    async def gather(self, pairs: Sequence[PersonBatch], at_hand: AtHand) -> dict[PersonBatch, Case | Unjudged]:
        """A pair whose person or batch is gone is judged on no evidence, or left out."""
        known = await self._known(pairs, at_hand)
        wanted = {pair: self._keys(pair, known) for pair in pairs if pair[1] in known.batches}
        dossiers = at_hand.dossiers
        if at_hand.persons is None:
            missing = [key for keys in wanted.values() for key, _, _ in keys if key not in dossiers]
            dossiers = {key: one.dossier for key, one in (await get_all(self._records, DOSSIERS, missing)).items()} | dict(dossiers)
        return {pair: self._case(pair, keys, known, dossiers) for pair, keys in wanted.items()}

    async def _known(self, pairs: Sequence[PersonBatch], at_hand: AtHand) -> _Known:
        asked = self._register
        batches = await asked.catalogue.batches_many([batch for _, batch in pairs])
        patterns = await self._bindings.patterns([key for one in batches.values() for key in _pattern_keys(one)])
        persons = at_hand.persons
        if persons is None:
            persons = await asked.people.persons(sorted({person for person, _ in pairs}))
        known = _Known(
            batches=batches,
            programmes=await asked.catalogue.programmes_many([(one.programme, one.version) for one in batches.values()]),
            profiles=await asked.providers.profiles(sorted({one.provider for one in batches.values()})),
            rules=await asked.rules.rules([one.rule for one in batches.values()]),
            persons=persons,
            excluded=await asked.exclusions.among(pairs),
            corrections=await asked.corrections.among(pairs),
            bound={one.id: tuple([patterns[key] for key in _pattern_keys(one) if key in patterns]) for one in batches.values()},
        )
        named = [(person, batches[batch].provider) for person, batch in pairs if batch in batches]
        known.held = await asked.links.identifiers_of_many(named, at_hand.names)
        return known

    def _keys(self, pair: PersonBatch, known: _Known) -> list[tuple[Parts, Held, Pattern]]:
        held, generation = known.held[pair[0], known.batches[pair[1]].provider], self._bindings.generation
        return [((generation, one.ifi, *pattern.key), one, pattern) for one in held for pattern in known.bound[pair[1]]]

    def _case(
        self, pair: PersonBatch, keys: Sequence[tuple[Parts, Held, Pattern]], known: _Known, dossiers: Mapping[Parts, Dossier]
    ) -> Case | Unjudged:
        batch = known.batches[pair[1]]
        programme, rule = known.programmes.get((batch.programme, batch.version)), known.rules.get(batch.rule)
        if programme is None or rule is None:
            absent = "programme" if programme is None else "evidence rule"
            return Unjudged(f"the batch's {absent} is not there", batch.provider)
        if not all(pattern.watch.filled for pattern in known.bound[batch.id]):
            return Unjudged("statements from before the activity was bound are still being read", batch.provider, later=True)
        pieces = tuple(Piece(held, dossiers[key], pattern.windows) for key, held, pattern in keys if key in dossiers)
        days = _days(known.persons.get(pair[0]), batch)
        rulings = known.rulings.setdefault(batch.id, {})
        profile = known.profiles[batch.provider]
        right = known.corrections.get(pair, Correction(*pair))
        return Case(
            batch,
            programme,
            profile,
            rule,
            pieces,
            days,
            excluded=pair in known.excluded,
            right_date=right.right_date,
            renewed=right.renewed,
            rulings=rulings,
        )


def _days(person: Person | None, batch: Batch) -> LocalDay:
    return local_day(person.postings if person is not None else (), batch.time_zone)


def _pattern_keys(batch: Batch) -> list[PatternKey]:
    return [(batch.provider, one.match, one.activity) for one in batch.bindings]
