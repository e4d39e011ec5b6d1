"""Statements into dossiers: one page at a time, everything that it needs read at once, and nothing written.

Telling a statement twice changes nothing, so a page may be read again. A void takes its target out of the dossiers when both are one
provider's; one of somebody else's is noted, since it hides the target from queries and changes no hours.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from credentials.errors import EvidenceError
from credentials.evidence.dossier import Dossier, OpenDossier
from credentials.evidence.vocabulary import Vocabulary
from credentials.ports.records import Keep, Parts, Put, Records, Remove, Table, Write, get_all
from credentials.services.projection.bindings import Bindings, Pattern, PatternKey
from credentials.services.projection.hearing import Heard, Unreadable, bind, hear
from credentials.services.projection.voids import Voids
from credentials.stores.dossiers import (
    DOSSIERS,
    FOREIGN_VOIDS,
    OWN_VOIDS,
    PARKED,
    WATCHES,
    EarlyVoid,
    ForeignVoid,
    KeptDossier,
    OwnVoid,
    Parked,
)
from lrs.ports import FeedItem, StatementStore, Wall

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
    targets: dict[str, Heard]
    early: dict[str, tuple[Table[EarlyVoid], Parts]]
    opened: dict[tuple[str, Pattern], OpenDossier]
    stored: dict[str, int] = field(default_factory=dict)  # by identifier: when its last statement was


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
        everything = [*(one for one in heard if not one.voids), *targets.values()]
        await bind(everything, self._bindings, only)
        concerned = [one for one in everything if one.patterns]
        early = await self._voids.early([one for one in concerned if one.position])
        page = _Page(targets, early, await self._opened(concerned))
        await asyncio.to_thread(self._tell_all, heard, page, folded)
        if self._bindings.unsettled:
            watched = dict.fromkeys(pattern for one in concerned for pattern, _ in one.patterns if not pattern.kept)
            folded.writes += [Put(WATCHES, pattern.watch) for pattern in watched]

    def _heard_all(self, items: Sequence[FeedItem], folded: Folded) -> list[Heard]:
        """In a thread of its own, so that a server goes on answering."""
        found, words = [], self._words
        externals = {provider: self._bindings.binds_externals(provider) for provider in {item.provider for item in items}}
        silent = {provider for provider in externals if self._bindings.binds_nothing(provider)}
        for item in items:
            provider, body = item.provider, item.body
            if provider in silent and _VOIDING not in body:
                continue  # who binds nothing may still void what others said
            try:
                heard = hear(provider, item.id, item.position, item.stored, body, words, externals=externals[provider])
            except Unreadable as error:
                self._park(folded, provider, item.id, item.position, item.stored, str(error))
                continue
            if heard is not None:
                found.append(heard)
        return found

    def _tell_all(self, heard: Sequence[Heard], page: _Page, folded: Folded) -> None:
        for one in heard:
            if one.voids:
                if (target := page.targets.get(one.id)) is not None:
                    self._forget(target, page)
            elif one.id in page.early:
                folded.writes += [Remove(*page.early[one.id]), Keep(OWN_VOIDS, OwnVoid(one.provider, one.id))]
            elif one.patterns:
                self._tell(one, page, folded)
        self._close(page, folded)

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
                    externals = self._bindings.binds_externals(target.provider)
                    heard = hear(target.provider, target.id, 0, target.stored, target.body, self._words, externals=externals)
                except Unreadable:
                    continue  # it is in no dossier
                if heard is not None and not heard.voids:
                    found[void.id] = heard
        return found

    async def _opened(self, heard: Iterable[Heard]) -> dict[tuple[str, Pattern], OpenDossier]:
        wanted = dict.fromkeys([(one.ifi, pattern) for one in heard for pattern, _ in one.patterns])
        keys = {pair: self._key(*pair) for pair in wanted}
        kept = await get_all(self._records, DOSSIERS, list(keys.values()))
        return {
            (ifi, pattern): OpenDossier(kept[key].dossier if key in kept else Dossier(pattern.key[0], ifi, *pattern.key[1:]))
            for (ifi, pattern), key in keys.items()
        }

    def _tell(self, one: Heard, page: _Page, folded: Folded) -> None:
        page.stored[one.ifi] = one.stored
        try:
            basics = one.basics(self._words)
            opened, words = page.opened, self._words
            for pattern, direct in one.patterns:
                opened[one.ifi, pattern].tell(one.statement, basics, one.body, pattern.wanted, words, direct=direct)
        except EvidenceError as error:
            self._park(folded, one.provider, one.id, one.position, one.stored, error.message)
        except (ValueError, OverflowError) as error:  # a timestamp or an id that only looks like one
            self._park(folded, one.provider, one.id, one.position, one.stored, _UNEXPECTED.format(type(error).__name__))

    def _forget(self, target: Heard, page: _Page) -> None:
        basics = target.basics(self._words)
        page.stored.setdefault(target.ifi, target.stored)
        for pattern, _ in target.patterns:
            page.opened[target.ifi, pattern].forget(basics.statement, basics.at)

    def _close(self, page: _Page, folded: Folded) -> None:
        for (ifi, pattern), dossier in page.opened.items():
            key = self._key(ifi, pattern)
            if not dossier.changed:
                folded.dossiers[key] = dossier.before
                continue
            folded.dossiers[key] = closed = dossier.closed()
            folded.writes.append(Put(DOSSIERS, KeptDossier(self._bindings.generation, closed)))
            pair = (pattern.key[0], ifi)
            folded.last_stored[pair] = page.stored[ifi]
            batches = folded.touched[pair]
            for batch, evidence in _batches(pattern, dossier):
                batches[batch] = evidence or batches.get(batch, False)

    def _key(self, ifi: str, pattern: Pattern) -> Parts:
        provider, match, value = pattern.key
        return (self._bindings.generation, ifi, provider, match, value)

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
