"""Statements into dossiers: one page at a time, everything that it needs read at once, and nothing written.

Telling a statement twice changes nothing, so a page may be read again. A void takes its target out of the dossiers when both are one
provider's; one of somebody else's is noted, since it hides the target from queries and changes no hours.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from credentials.errors import EvidenceError
from credentials.evidence.dossier import Dossier, OpenDossier, told_by
from credentials.evidence.statement import moment
from credentials.evidence.vocabulary import Vocabulary
from credentials.ports.records import Keep, Parts, Put, Records, Remove, Table, Write, get_all
from credentials.services.projection.bindings import Bindings, Pattern, PatternKey
from credentials.services.projection.hearing import Heard, Unreadable, hear, unknown
from credentials.services.projection.voids import Voids
from credentials.stores.dossiers import (
    DOSSIERS,
    FOREIGN_VOIDS,
    PARKED,
    WATCHES,
    EarlyVoid,
    ForeignVoid,
    KeptDossier,
    Parked,
    dossier_key,
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

    def touch(self, heard: Heard, batch: str, evidence: bool) -> None:
        pair = (heard.provider, heard.ifi)
        self.touched[pair][batch] = evidence or self.touched[pair].get(batch, False)
        self.last_stored[pair] = max(heard.stored, self.last_stored.get(pair, 0))


@dataclass(slots=True)
class _Page:
    targets: dict[str, Heard]
    patterns: dict[str, dict[Pattern, bool]]
    early: dict[str, tuple[Table[EarlyVoid], Parts]]
    opened: dict[Parts, OpenDossier]


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
        await self._bindings.load(unknown(everything, self._bindings))
        patterns = {one.id: found for one in everything if (found := one.patterns(self._bindings, only))}
        early = await self._voids.early([one for one in heard if one.id in patterns])
        page = _Page(targets, patterns, early, await self._opened(everything, patterns))
        await asyncio.to_thread(self._tell_all, heard, page, folded)
        folded.writes += [Put(WATCHES, one.watch) for one in {p for some in patterns.values() for p in some} if not one.kept]

    def _heard_all(self, items: Sequence[FeedItem], folded: Folded) -> list[Heard]:
        """In a thread of its own, so that a server goes on answering."""
        return [one for item in items if self._may_matter(item) and (one := self._heard(item, folded)) is not None]

    def _may_matter(self, item: FeedItem) -> bool:
        """Who binds nothing may still void what others said."""
        return not self._bindings.binds_nothing(item.provider) or _VOIDING in item.body

    def _heard(self, item: FeedItem, folded: Folded) -> Heard | None:
        try:
            return hear(item.provider, item.id, item.position, item.stored, item.body, self._words)
        except Unreadable as error:
            self._park(folded, item.provider, item.id, item.position, item.stored, str(error))
        return None

    def _tell_all(self, heard: Sequence[Heard], page: _Page, folded: Folded) -> None:
        for one in heard:
            if one.voids:
                target = page.targets.get(one.id)
                if target is not None and target.id in page.patterns:
                    self._forget(target, page.patterns[target.id], page.opened, folded)
            elif one.id in page.early:
                folded.writes.append(Remove(*page.early[one.id]))
            elif one.id in page.patterns:
                self._tell(one, page.patterns[one.id], page.opened, folded)
        self._close(page.opened, folded)

    async def _targets(self, voids: Sequence[Heard], folded: Folded) -> dict[str, Heard]:
        """What they void, by their own ids, where it counts. Notes those that come before their target, and those of others."""
        found: dict[str, Heard] = {}
        for void in voids:
            target = await self._statements.get(void.voids, Wall(), voided=True)
            if target is None or target.stored > void.stored:
                folded.writes.append(self._voids.note_early(void))
            elif target.provider != void.provider:
                folded.writes.append(Keep(FOREIGN_VOIDS, ForeignVoid(target.provider, target.id)))
            else:
                try:
                    heard = hear(target.provider, target.id, 0, target.stored, target.body, self._words)
                except Unreadable:
                    continue  # it is in no dossier
                if heard is not None and not heard.voids:
                    found[void.id] = heard
        return found

    async def _opened(self, heard: Iterable[Heard], patterns: dict[str, dict[Pattern, bool]]) -> dict[Parts, OpenDossier]:
        wanted: dict[Parts, Dossier] = {}
        for one in heard:
            for pattern in patterns.get(one.id, ()):
                provider, match, value = pattern.key
                empty = Dossier(provider, one.ifi, match, value)
                wanted.setdefault(dossier_key(self._bindings.generation, empty), empty)
        kept = await get_all(self._records, DOSSIERS, list(wanted))
        return {key: OpenDossier(kept[key].dossier if key in kept else empty) for key, empty in wanted.items()}

    def _tell(self, one: Heard, patterns: dict[Pattern, bool], opened: dict[Parts, OpenDossier], folded: Folded) -> None:
        try:
            for pattern, direct in patterns.items():
                told = told_by(one.statement, one.body, one.ifi, pattern.wanted, self._words, direct=direct)
                if told.nothing:
                    continue
                dossier = opened[self._key(one, pattern)]
                if dossier.tell(told):
                    self._touch(one, pattern, told.at, folded, told.fact is not None, told.taken_back is not None)
        except EvidenceError as error:
            self._park(folded, one.provider, one.id, one.position, one.stored, error.message)
        except (ValueError, OverflowError) as error:  # a timestamp or an id that only looks like one
            self._park(folded, one.provider, one.id, one.position, one.stored, _UNEXPECTED.format(type(error).__name__))

    def _forget(self, target: Heard, patterns: dict[Pattern, bool], opened: dict[Parts, OpenDossier], folded: Folded) -> None:
        at = moment(target.statement.timestamp)
        for pattern in patterns:
            if opened[self._key(target, pattern)].forget(UUID(target.id).bytes, at):
                self._touch(target, pattern, at, folded, True, True)

    def _touch(self, one: Heard, pattern: Pattern, at: int, folded: Folded, evidence: bool, back: bool) -> None:
        """A taking back, and whatever takes one away, may concern every batch that began before it."""
        for window in pattern.windows:
            if window.covers(at) or (back and window.since <= at):
                folded.touch(one, window.batch, evidence or back)

    def _key(self, one: Heard, pattern: Pattern) -> Parts:
        provider, match, value = pattern.key
        return (self._bindings.generation, one.ifi, provider, match, value)

    def _close(self, opened: dict[Parts, OpenDossier], folded: Folded) -> None:
        for key, dossier in opened.items():
            closed = dossier.closed() if dossier.changed else dossier.before
            folded.dossiers[key] = closed
            if dossier.changed:
                folded.writes.append(Put(DOSSIERS, KeptDossier(self._bindings.generation, closed)))

    def _park(self, folded: Folded, provider: str, id: str, position: int, stored: int, reason: str) -> None:
        folded.parked += 1
        folded.writes.append(Put(PARKED, Parked("statement", id, reason, provider, "", position, stored, stored)))
