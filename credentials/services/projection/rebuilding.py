"""A rebuild: everything that can be made from the statements is made anew, beside what is in use; what differs is shown, then put right.

Read are the statements, and what was decided: links, catalogue, verdicts. It signs nothing, and reserves nothing: what is due is left to
the projector, which finds the certificates that there are by their ids.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from credentials.catalogue.model import Batch
from credentials.evidence.dossier import Dossier
from credentials.ports.records import MOST_WRITES, Kept, Parts, Put, Records, Remove, Replace, Write, scan_all
from credentials.services.projection.applying import Due
from credentials.services.projection.bindings import Pattern
from credentials.services.projection.cases import PersonBatch
from credentials.services.projection.engine import PROJECTOR, Engine, Equipment, progress_of
from credentials.services.projection.fences import every_fence
from credentials.services.projection.judging import Judged
from credentials.stores.catalogue import BATCHES, BOUND, Bound
from credentials.stores.completions import CompletionRecords
from credentials.stores.dossiers import DOSSIERS, EARLY_VOIDS, PROGRESS, WATCHES, KeptDossier, Progress, Watch, bound_key, dossier_key
from credentials.stores.looks import ask_for
from lrs.errors import ConflictError

REBUILD = "rebuild"
_PAGE = 5_000  # statements of one commit
_JUDGED = 1_000  # persons that are judged at once
_CLEANED = 2_000  # dossiers that go in one commit
Tell = Callable[[str, int, int], None]  # (what is being done, done, of)


@dataclass(frozen=True, slots=True)
class Difference:
    """What a person and batch lack, or have too much. `jp`: by how much the approved hours change."""

    person: str
    batch: str
    kind: Literal["missing", "surplus", "differing", "held", "told-otherwise"]
    jp: int


@dataclass(frozen=True, slots=True)
class Progressed:
    """How many statements were read, and how many persons and batches judged."""

    statements: int = 0
    judged: int = 0


class Rebuild:
    """`read`, then `differences`, then `apply` with those, or `abandon`. A running server does not have to stop."""

    def __init__(self, equipment: Equipment, tell: Tell = lambda what, done, of: None) -> None:
        self._equipment = equipment
        self._tell = tell
        self._engine = Engine(equipment, 0)
        self._since: dict[PersonBatch, None] | None = None  # whom statements concern that came after the comparison began
        self.done = Progressed()

    async def read(self) -> None:
        """Every statement, from the first, into dossiers of the next generation."""
        records = self._equipment.records
        used = (await progress_of(records, PROJECTOR)).value.generation
        old = await progress_of(records, REBUILD)
        if old.value.generation > used:
            await self._clean(old.value.generation)
        generation = max(used, old.value.generation) + 1
        self._engine = Engine(self._equipment, generation)
        await records.commit(Replace(PROGRESS, Progress(REBUILD, generation, 0), old.revision))
        await self._watch_everything(generation)
        await self._catch_up()

    async def differences(self) -> AsyncIterator[Difference]:
        """Between what stands and what the statements say. What comes in meanwhile is looked at too."""
        await self._catch_up()
        self._since = {}
        async for pairs, fresh in self._everybody():
            for due in await self._engine.judging.changes(pairs, fresh, Judged()):
                yield _difference(due)
            self.done = replace(self.done, judged=self.done.judged + len(pairs))

    async def _everybody(self) -> AsyncIterator[tuple[list[PersonBatch], Mapping[Parts, Dossier]]]:
        """Batch by batch, small ones together: what is asked for many costs little more than for one."""
        batches = await scan_all(self._equipment.records, BATCHES)
        pairs, fresh = list[PersonBatch](), dict[Parts, Dossier]()
        for number, batch in enumerate(batches):
            self._tell("judging", number, len(batches))
            async for some, dossiers in self._of_batch(batch):
                pairs += some
                fresh |= dossiers
                if len(pairs) >= _JUDGED:
                    yield pairs, fresh
                    pairs, fresh = [], {}
        yield pairs, fresh
        self._tell("judging", len(batches), len(batches))

    async def _of_batch(self, batch: Batch) -> AsyncIterator[tuple[list[PersonBatch], Mapping[Parts, Dossier]]]:
        """Everybody of whom there is evidence or a completion, in pages, each once; with the dossiers that were read on the way."""
        bindings, links = self._engine.bindings, self._equipment.register.links
        patterns = await bindings.patterns([(batch.provider, one.match, one.activity) for one in batch.bindings])
        told: set[str] = set()
        async for kept in _pages(self._equipment.records, self._engine.generation, list(patterns.values())):
            named = await links.persons_of([(batch.provider, one.dossier.ifi) for one in kept])
            persons = dict.fromkeys(person for some in named.values() for person in some if person not in told)
            told |= persons.keys()
            if persons:
                yield (
                    [(person, batch.id) for person in persons],
                    {dossier_key(self._engine.generation, one.dossier): one.dossier for one in kept},
                )
        completions = CompletionRecords(self._equipment.records)
        after: str | None = None
        while True:
            page = await completions.of_batch(batch.id, after=after)
            if rest := [(one.person, batch.id) for one in page.values if one.person not in told]:
                yield rest, {}
            if (after := page.more) is None:
                return

    async def apply(self, found: Sequence[Difference]) -> None:
        """Takes the new dossiers into use, and asks for a look at every difference; the projector puts them right."""
        records = self._equipment.records
        while True:
            await self._catch_up()
            mine, used = await progress_of(records, REBUILD), await progress_of(records, PROJECTOR)
            position = min(mine.value.position, used.value.position) if used.revision else mine.value.position
            after = Progress(PROJECTOR, self._engine.generation, position, used.value.turns + 1)
            try:
                await records.commit(Replace(PROGRESS, after, used.revision), *every_fence(after.turns))
                break
            except ConflictError:
                continue  # the projector was faster: read what it read
        looks: list[Write] = [ask_for(*pair) for pair in dict.fromkeys([*((one.person, one.batch) for one in found), *(self._since or ())])]
        for start in range(0, len(looks), MOST_WRITES):
            await records.commit(*looks[start : start + MOST_WRITES])
        await self._clean(used.value.generation)

    async def abandon(self) -> None:
        """Takes away what was made; nothing else was changed."""
        await self._clean(self._engine.generation)

    async def _watch_everything(self, generation: int) -> None:
        """Everything that is bound: whoever reads from the first statement on misses nothing that was before."""
        bound = await scan_all(self._equipment.records, BOUND)
        patterns = []
        for start in range(0, len(bound), _PAGE):
            some: list[Bound] = [one for one in bound[start : start + _PAGE] if one.uses]
            patterns += list((await self._engine.bindings.patterns([(one.provider, one.match, one.value) for one in some])).values())
        writes: list[Write] = [Put(WATCHES, _filled(one.watch)) for one in patterns]
        for start in range(0, len(writes), MOST_WRITES):
            await self._equipment.records.commit(*writes[start : start + MOST_WRITES])
        self._engine.forget()

    async def _catch_up(self) -> None:
        while True:
            progress = await progress_of(self._equipment.records, REBUILD)
            end = await self._equipment.feed.end()
            self._tell("reading", progress.value.position, end)
            count = await self._page(progress)
            if not count:
                return
            self.done = replace(self.done, statements=self.done.statements + count)

    async def _page(self, progress: Kept[Progress], most: int = _PAGE) -> int:
        items = await self._equipment.feed.read(progress.value.position, most)
        if items:
            folded = await self._engine.folder.fold(items)
            if len(folded.writes) >= MOST_WRITES and len(items) > 1:
                return await self._page(progress, len(items) // 2)
            if self._since is not None:
                self._since |= dict.fromkeys(await self._engine.candidates(folded))
            await self._engine.commit(progress, items[-1].position, folded.writes)
        return len(items)

    async def _clean(self, generation: int) -> None:
        records = self._equipment.records
        while page := (await records.scan(DOSSIERS, prefix=(generation,), limit=_CLEANED)).values:
            await records.commit(*(Remove(DOSSIERS, dossier_key(generation, one.dossier)) for one in page))
        watches = await scan_all(records, WATCHES, prefix=(generation,))
        early = await scan_all(records, EARLY_VOIDS, prefix=(generation,))
        gone: list[Write] = [Remove(WATCHES, WATCHES.key(one)) for one in watches]
        gone += [Remove(EARLY_VOIDS, EARLY_VOIDS.key(one)) for one in early]
        for start in range(0, len(gone), MOST_WRITES):
            await records.commit(*gone[start : start + MOST_WRITES])


def _filled(watch: Watch) -> Watch:
    return replace(watch, filled=True, cursor=None)


def _difference(due: Due) -> Difference:
    kinds = [line.kind for line in due.change.lines]
    jp = sum(line.approved if line.kind == "credit" else -line.approved for line in due.change.lines)
    kind: Literal["missing", "surplus", "differing", "held", "told-otherwise"] = "told-otherwise"
    if kinds == ["credit"]:
        kind = "missing"
    elif kinds == ["reversal"]:
        kind = "surplus"
    elif kinds:
        kind = "differing"
    elif due.change.doubtful is not None:
        kind = "held"
    return Difference(*due.pair, kind, jp)


async def _pages(records: Records, generation: int, patterns: Sequence[Pattern]) -> AsyncIterator[list[KeptDossier]]:
    """The first pages of all together: of most batches that is everything, and everybody's dossiers are at hand at once."""
    keys = [bound_key(generation, *pattern.key) for pattern in patterns]
    pages = [await records.scan(DOSSIERS, "bound", key, limit=_JUDGED) for key in keys]
    yield [one for page in pages for one in page.values]
    for key, page in zip(keys, pages, strict=True):
        while page.more is not None:
            page = await records.scan(DOSSIERS, "bound", key, after=page.more, limit=_JUDGED)
            yield page.values
