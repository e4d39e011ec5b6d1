"""Statements into dossiers: one page at a time, everything that it needs read at once, and nothing written.

Telling a statement twice changes nothing, so a page may be read again. A void takes its target out of the dossiers when both are one
provider's; one of somebody else's is noted, since it hides the target from queries and changes no hours.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from credentials.errors import EvidenceError
from credentials.evidence.dossier import Dossier, Meaning, OpenDossier
from credentials.evidence.facts import Basics, basics_of
from credentials.evidence.vocabulary import Vocabulary
from credentials.ports.records import Keep, Parts, Put, Records, Remove, Write, get_all
from credentials.services.projection.bindings import Bindings
from credentials.services.projection.hearing import Heard, bind, hear
from credentials.services.projection.patterns import UNBOUND, Pattern, PatternKey
from credentials.services.projection.scenes import Unreadable
from credentials.services.projection.voids import Voids
from credentials.stores.dossiers import (
    DOSSIERS,
    FOREIGN_VOIDS,
    OWN_VOIDS,
    PARKED,
    WATCHES,
    ForeignVoid,
    KeptDossier,
    OwnVoid,
    Parked,
)
from lrs.ports import FeedItem, StatementStore, Wall

_Place: TypeAlias = tuple[str, Pattern]  # (ifi, what it is about): a dossier's
_VOIDING = b"/voided"
_UNEXPECTED = "an error that nobody expected ({}); the server's log has it"


@dataclass(slots=True)
class Folded:
    """What a page leads to. `touched`: for each (provider, ifi) the batches that it concerns, and whether it may change more than days.

    `dossiers`: as they are after the page, by key. `writes`: all of it, to be committed with the progress.
    """

    writes: list[Write] = field(default_factory=list)
    dossiers: dict[Parts, Dossier] = field(default_factory=dict)
    touched: dict[tuple[str, str], dict[str, bool]] = field(default_factory=lambda: defaultdict(dict))
    last_stored: dict[tuple[str, str], int] = field(default_factory=dict)
    parked: int = 0


@dataclass(slots=True)
class _Page:
    """`told`: for each (ifi, pattern) the statements that say something to its dossier, and what; `taken`: those that void takes out of it.
    `stored`: by identifier, when its last statement was.
    """

    told: dict[_Place, list[tuple[Heard, Meaning]]] = field(default_factory=lambda: defaultdict(list))
    taken: dict[_Place, list[Basics]] = field(default_factory=lambda: defaultdict(list))
    stored: dict[str, int] = field(default_factory=dict)


class Folder:
    """For one generation of dossiers."""

    def __init__(self, records: Records, statements: StatementStore, bindings: Bindings, voids: Voids, words: Vocabulary) -> None:
        self._records = records
        self._statements = statements
        self._bindings = bindings
        self._voids = voids
        self._words = words

    async def fold(self, items: Sequence[FeedItem]) -> Folded:
        """The next page."""
        folded = Folded()
        await self._bindings.refresh({item.provider for item in items})
        heard = await asyncio.to_thread(self._heard_all, items, folded)
        targets = await self._targets([one for one in heard if one.voids], folded)
        await self.tell(heard, targets, folded)
        return folded

    async def tell(self, heard: Sequence[Heard], targets: dict[str, Heard], folded: Folded, only: PatternKey | None = None) -> None:
        """`targets`: what the voids among them void, by their own ids. `only`: nothing but the dossiers of this activity."""
        told = [one for one in heard if not one.voids]
        await bind([*told, *targets.values()], self._bindings, only)
        early = await self._voids.early([one for one in told if one.position and one.bound is not UNBOUND])
        if early:
            told = [one for one in told if one.id not in early]
            for id, key in early.items():
                folded.writes += [Remove(*key), Keep(OWN_VOIDS, OwnVoid(str(key[1][1]), id))]
        page = await asyncio.to_thread(self._sorted, told, list(targets.values()), folded)
        places = {place: self._key(*place) for place in (*page.told, *(one for one in page.taken if one not in page.told))}
        kept = await get_all(self._records, DOSSIERS, list(places.values()))
        await asyncio.to_thread(self._tell_all, page, places, kept, folded)
        if self._bindings.unsettled:
            watched = dict.fromkeys(pattern for _, pattern in places if not pattern.kept)
            folded.writes += [Put(WATCHES, pattern.watch) for pattern in watched]

    def _heard_all(self, items: Sequence[FeedItem], folded: Folded) -> list[Heard]:
        """In a thread of its own, so that a server goes on answering."""
        found, bindings = [], self._bindings
        providers = {item.provider for item in items}
        scenes = {provider: bindings.scenes(provider) for provider in providers}
        silent = {provider for provider in providers if bindings.binds_nothing(provider)}
        for item in items:
            provider, body = item.provider, item.body
            if provider in silent and _VOIDING not in body:
                continue  # who binds nothing may still void what others said
            try:
                heard = hear(provider, item.id, item.position, item.stored, body, scenes[provider])
            except Unreadable as error:
                self._park(folded, provider, item.id, item.position, item.stored, str(error))
                continue
            if heard is None or (heard.bound is UNBOUND and not heard.voids):
                continue
            if heard.bound is None:
                heard.bound = bindings.of(provider, heard.scene)
            if heard.voids or heard.bound is None or self._read(heard, folded):
                found.append(heard)
        return found

    def _read(self, one: Heard, folded: Folded) -> bool:
        """Whether it says anything to a dossier."""
        try:
            one.read(self._words)
        except Unreadable as error:
            self._park(folded, one.provider, one.id, one.position, one.stored, str(error))
            return False
        except (ValueError, OverflowError) as error:  # a timestamp or an id that only looks like one
            self._park_unexpected(folded, one, error)
        return one.basics is not None

    def _sorted(self, told: Sequence[Heard], taken: Sequence[Heard], folded: Folded) -> _Page:
        """By the dossiers that they belong into."""
        page = _Page()
        for one in told:
            if one.basics is not None or self._read(one, folded):
                ifi = one.ifi
                page.stored[ifi] = one.stored
                for pattern, meaning in one.reading.to:
                    page.told[ifi, pattern].append((one, meaning))
        for one in taken:
            assert one.bound is not None  # by `bind`
            assert one.brief is not None  # it is not read
            basics = basics_of(one.brief.id, one.brief.timestamp)
            page.stored.setdefault(one.ifi, one.stored)
            for pattern, _ in one.bound.patterns:
                page.taken[one.ifi, pattern].append(basics)
        return page

    def _tell_all(self, page: _Page, places: Mapping[_Place, Parts], kept: Mapping[Parts, KeptDossier], folded: Folded) -> None:
        words = self._words
        for place, key in places.items():
            ifi, pattern = place
            dossier = OpenDossier(kept[key].dossier if key in kept else Dossier(pattern.key[0], ifi, *pattern.key[1:]))
            for one, meaning in page.told.get(place, ()):
                assert one.basics is not None  # it says something
                if one.statement is None or not meaning.more_than_an_act:
                    dossier.act(one.basics)
                    continue
                try:
                    dossier.tell(one.statement, one.basics, one.body, meaning, words)
                except EvidenceError as error:
                    self._park(folded, one.provider, one.id, one.position, one.stored, error.message)
                except (ValueError, OverflowError) as error:
                    self._park_unexpected(folded, one, error)
            for basics in page.taken.get(place, ()):
                dossier.forget(basics.statement, basics.at)
            self._close(ifi, pattern, key, dossier, page.stored[ifi], folded)

    async def _targets(self, voids: Sequence[Heard], folded: Folded) -> dict[str, Heard]:
        """What they void, by their own ids, where it counts. Notes who voided what, and what comes before its target."""
        found: dict[str, Heard] = {}
        for void in voids:
            target = await self._statements.get(void.voids, Wall(), voided=True)
            if target is None or target.stored > void.stored:
                folded.writes.append(self._voids.note_early(void))
            elif target.provider != void.provider:
                folded.writes.append(Keep(FOREIGN_VOIDS, ForeignVoid(target.provider, target.id)))
            else:
                folded.writes.append(Keep(OWN_VOIDS, OwnVoid(target.provider, target.id)))
                try:
                    heard = hear(target.provider, target.id, 0, target.stored, target.body, self._bindings.scenes(target.provider))
                except Unreadable:
                    continue  # it is in no dossier
                if heard is not None and not heard.voids:
                    found[void.id] = heard
        return found

    def _close(self, ifi: str, pattern: Pattern, key: Parts, dossier: OpenDossier, stored: int, folded: Folded) -> None:
        if not dossier.changed:
            folded.dossiers[key] = dossier.before
            return
        folded.dossiers[key] = closed = dossier.closed()
        folded.writes.append(Put(DOSSIERS, KeptDossier(self._bindings.generation, closed)))
        pair = (pattern.key[0], ifi)
        folded.last_stored[pair] = stored
        batches = folded.touched[pair]
        for batch, evidence in _batches(pattern, dossier):
            batches[batch] = evidence or batches.get(batch, False)

    def _key(self, ifi: str, pattern: Pattern) -> Parts:
        provider, match, value = pattern.key
        return (self._bindings.generation, ifi, provider, match, value)

    def _park_unexpected(self, folded: Folded, one: Heard, error: Exception) -> None:
        self._park(folded, one.provider, one.id, one.position, one.stored, _UNEXPECTED.format(type(error).__name__))

    def _park(self, folded: Folded, provider: str, id: str, position: int, stored: int, reason: str) -> None:
        folded.parked += 1
        folded.writes.append(Put(PARKED, Parked("statement", id, reason, provider, "", position, stored, stored)))


def _batches(pattern: Pattern, touched: OpenDossier) -> Iterator[tuple[str, bool]]:
    """Those that are concerned, and whether by more than a day of learning. A taking back, and whatever takes one away, may concern every
    batch that began before it.
    """
    for window in pattern.windows:
        if any(window.since <= at for at in touched.backs):
            yield window.batch, True
        elif any(window.covers(at) for at in touched.moments):
            yield window.batch, touched.evidence
