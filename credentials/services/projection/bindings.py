"""What the activities that statements speak of are bound as, kept in memory as long as no binding of the provider changes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from credentials.catalogue.bindings import Match, prefixes
from credentials.evidence.dossier import Wanted
from credentials.evidence.facts import PathTexts
from credentials.evidence.places import moments
from credentials.evidence.rule import EvidenceRule
from credentials.evidence.vocabulary import Vocabulary
from credentials.evidence.withdrawn import Window
from credentials.ports.records import Parts, Records, get_all
from credentials.services.projection.patterns import UNBOUND, Pattern, PatternKey, Patterns, Together
from credentials.services.projection.scenes import EXTERNAL, Scene, Scenes, Sought
from credentials.stores.catalogue import BOUND, Bound, CatalogueRecords
from credentials.stores.dossiers import WATCHES, Watch, bound_key
from credentials.stores.evidence_rules import EvidenceRuleRecords

_MOST_BYTES = 32_000_000  # of scenes, of all providers
_MOST_KNOWN = 200_000  # activities in memory of which it is known what binds them; some 40 MB


@dataclass(slots=True)
class _OfProvider:
    """`kinds`: whether prefixes and external ids are bound at all, so that they need not be looked for where there are none. `together`:
    what binds scenes together, by the patterns: a course has many parts. `scenes`: those of its statements.
    """

    changes: int
    kinds: frozenset[Match]
    scenes: Scenes
    settled: bool = True  # every pattern is kept and filled; else all is asked again for the next page
    known: dict[Sought, tuple[Pattern, ...]] = field(default_factory=dict)
    patterns: dict[PatternKey, Pattern] = field(default_factory=dict)
    together: dict[Patterns, Together] = field(default_factory=dict)

    def shared(self, patterns: Patterns) -> Together:
        """The one for these patterns."""
        return self.together.setdefault(patterns, Together(patterns)) if patterns else UNBOUND

    @property
    def full(self) -> bool:
        return len(self.known) > _MOST_KNOWN


class Bindings:
    """For one generation of dossiers. `refresh`, then ask `of`, after `load` what it does not know."""

    def __init__(
        self, records: Records, catalogue: CatalogueRecords, rules: EvidenceRuleRecords, words: Vocabulary, generation: int
    ) -> None:
        self._records = records
        self._catalogue = catalogue
        self._rules = rules
        self._words = words
        self.generation = generation
        self._providers: dict[str, _OfProvider] = {}

    def forget(self, provider: str | None = None) -> None:
        """To be asked anew: something of the provider's catalogue (None: of anybody's) changed."""
        if provider is None:
            self._providers.clear()
        else:
            self._providers.pop(provider, None)

    async def refresh(self, providers: Iterable[str]) -> None:
        """Forgets what is no longer so, and scenes when they are too many."""
        if sum([one.scenes.size for one in self._providers.values()]) > _MOST_BYTES:
            for one in self._providers.values():
                one.scenes.forget()
        changes = await self._catalogue.binding_changes(sorted(set(providers)))
        for provider, count in changes.items():
            present = self._providers.get(provider)
            if present is None or present.changes != count or not present.settled or present.full:
                kinds = await self._kinds(provider) if count else frozenset()
                self._providers[provider] = _OfProvider(count, kinds, Scenes(self._words, externals="external" in kinds))

    async def _kinds(self, provider: str) -> frozenset[Match]:
        kinds: tuple[Match, ...] = ("exact", "prefix", "external")
        return frozenset([one for one in kinds if (await self._records.scan(BOUND, prefix=(provider, one), limit=1)).values])

    @property
    def unsettled(self) -> bool:
        """Whether some watch is still to be written or filled."""
        return not all(one.settled for one in self._providers.values())

    def binds_nothing(self, provider: str) -> bool:
        """Whether no activity of the provider was ever bound."""
        return self._providers[provider].changes == 0

    def scenes(self, provider: str) -> Scenes:
        """Those that its statements are in."""
        return self._providers[provider].scenes

    def of(self, provider: str, scene: Scene) -> Together | None:
        """What binds its activities. None: some must be asked for by `load` first."""
        mine = self._providers[provider]
        if scene.bound is None and mine.known.keys() >= {*scene.about, *scene.around}:
            patterns = {pattern: False for one in scene.around for pattern in mine.known[one]}
            patterns |= {pattern: True for one in scene.about for pattern in mine.known[one]}
            scene.bound = mine.shared(tuple(patterns.items()))
        return scene.bound

    async def load(self, wanted: Iterable[tuple[str, Sought]]) -> None:
        """Makes these known."""
        unknown = [(provider, sought) for provider, sought in wanted if sought not in self._providers[provider].known]
        keys = {(provider, sought): _keys(provider, sought, self._providers[provider].kinds) for provider, sought in unknown}
        found = await self._patterns(list(dict.fromkeys(key for some in keys.values() for key in some)))
        for (provider, sought), some in keys.items():
            self._providers[provider].known[sought] = tuple(found[key] for key in some if key in found)

    async def patterns(self, keys: Sequence[PatternKey]) -> dict[PatternKey, Pattern]:
        """By their keys, those that somebody binds, or bound once."""
        await self.refresh({key[0] for key in keys})
        return await self._patterns(keys)

    async def _patterns(self, keys: Sequence[PatternKey]) -> dict[PatternKey, Pattern]:
        here = {key: one for key in keys if (one := self._providers[key[0]].patterns.get(key)) is not None}
        missing: list[Parts] = [key for key in keys if key not in here]
        bound = list((await get_all(self._records, BOUND, missing)).values()) if missing else []
        if bound:
            for pattern in await self._made(bound):
                mine = self._providers[pattern.key[0]]
                here[pattern.key] = mine.patterns[pattern.key] = pattern
                mine.settled = mine.settled and pattern.kept and pattern.watch.filled
        return here

    async def _made(self, bound: Sequence[Bound]) -> list[Pattern]:
        batches = await self._catalogue.batches_many([use.batch for one in bound for use in one.uses])
        rules = await self._rules.rules([batch.rule for batch in batches.values()])
        watches = await get_all(self._records, WATCHES, [bound_key(self.generation, *_key(one)) for one in bound])
        made = []
        for one in bound:
            uses = [(use, batches[use.batch]) for use in one.uses if use.batch in batches]
            windows = tuple(Window(use.batch, use.role, *moments(batch.time_zone, use.starts, use.ends)) for use, batch in uses)
            now = _wanted([(rules[batch.rule], use.role) for use, batch in uses if batch.rule in rules], self._words)
            before = watches.get(bound_key(self.generation, *_key(one)))
            if one.uses:
                made.append(self._pattern(_key(one), now, windows, before))
            elif before is not None:  # no batch binds it any more: what is said meanwhile is kept for the next one that does
                made.append(Pattern(_key(one), _of_watch(before), windows, before, kept=True))
        return made

    def _pattern(self, key: PatternKey, now: Wanted, windows: tuple[Window, ...], before: Watch | None) -> Pattern:
        watch = _watch(self.generation, key, now)
        if before is None:
            return Pattern(key, now, windows, watch, kept=False)
        held = _of_watch(before)
        if now == held:
            return Pattern(key, now, windows, before, kept=True)
        if _together([now, held]) == held:  # less is asked for: what was there before need not be read again
            watch = replace(watch, filled=before.filled, cursor=before.cursor)
        return Pattern(key, now, windows, watch, kept=False)


def _keys(provider: str, sought: Sought, kinds: frozenset[Match]) -> list[PatternKey]:
    if sought.startswith(EXTERNAL):
        return [(provider, "external", sought[1:])] if "external" in kinds else []
    exact: list[PatternKey] = [(provider, "exact", sought)] if "exact" in kinds else []
    return exact + [(provider, "prefix", one) for one in (prefixes(sought) if "prefix" in kinds else ())]


def _key(bound: Bound) -> PatternKey:
    return (bound.provider, bound.match, bound.value)


def _wanted(uses: Sequence[tuple[EvidenceRule, str]], words: Vocabulary) -> Wanted:
    return _together([Wanted(rule.direct_verbs, rule.nearby_verbs, rule.paths, role in words.reported_roles) for rule, role in uses])


def _together(some: Sequence[Wanted]) -> Wanted:
    direct = [one.direct_verbs for one in some]
    nearby = [one.nearby_verbs for one in some]
    paths = {text: path for one in some for path, text in one.paths}
    return Wanted(_union(direct), _union(nearby), _ordered(paths.values()), any(one.reported for one in some))


def _union(some: Sequence[frozenset[str] | None]) -> frozenset[str] | None:
    return None if None in some else frozenset().union(*(one for one in some if one is not None))


def _ordered(paths: Iterable[tuple[str | int, ...]]) -> PathTexts:
    return tuple(sorted(((path, json.dumps(path, ensure_ascii=False, separators=(",", ":"))) for path in paths), key=lambda pair: pair[1]))


def _of_watch(watch: Watch) -> Wanted:
    return Wanted(
        None if watch.direct_verbs is None else frozenset(watch.direct_verbs),
        None if watch.nearby_verbs is None else frozenset(watch.nearby_verbs),
        _ordered(tuple(json.loads(text)) for text in watch.paths),
        watch.reported,
    )


def _watch(generation: int, key: PatternKey, wanted: Wanted) -> Watch:
    provider, match, value = key
    return Watch(
        generation,
        provider,
        match,
        value,
        None if wanted.direct_verbs is None else tuple(sorted(wanted.direct_verbs)),
        None if wanted.nearby_verbs is None else tuple(sorted(wanted.nearby_verbs)),
        tuple(text for _, text in wanted.paths),
        wanted.reported,
    )
