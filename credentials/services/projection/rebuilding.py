"""A rebuild: everything that can be made from the statements is made anew, beside what is in use; what differs is shown, then put right.

Read are the statements, and what was decided: links, catalogue, verdicts. It signs nothing, and reserves nothing: what is due is left to
the projector, which finds the certificates that there are by their ids.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from credentials.ports.records import MOST_WRITES, Kept, Put, Remove, Replace, Write, scan_all
from credentials.services.projection.applying import Discrepancy
from credentials.services.projection.cases import PersonBatch
from credentials.services.projection.engine import PROJECTOR, Engine, Equipment, progress_of
from credentials.services.projection.everybody import Everybody, Tell
from credentials.services.projection.fences import every_fence
from credentials.services.projection.judging import Judged
from credentials.stores.catalogue import BOUND, Bound
from credentials.stores.dossiers import DOSSIERS, EARLY_VOIDS, PROGRESS, WATCHES, Progress, Watch, dossier_key
from credentials.stores.looks import ask_for
from lrs.errors import ConflictError

REBUILD = "rebuild"
PAGE_OF_FEED = 5_000  # statements of one commit
_CLEANED = 2_000  # dossiers that go in one commit


@dataclass(frozen=True, slots=True)
class Difference:
    """What a person and batch lack, or have too much. `jp`: by how much the approved hours change."""

    person: str
    batch: str
    kind: Literal["missing", "surplus", "differing", "held", "told-otherwise"]
    jp: int


@dataclass(frozen=True, slots=True)
class Progressed:
    """How many statements were read, and how many persons and batches judged. `resumed`: up to where an earlier rebuild had read."""

    statements: int = 0
    judged: int = 0
    resumed: int = 0


class Rebuild:
    """`read`, then `differences`, then `apply` with those, or `abandon`. A running server does not have to stop.

    One that was killed while it read is gone on with, by the same `version` of the program: what is in its dossiers was committed with how
    far it was.
    """

    def __init__(self, equipment: Equipment, tell: Tell = lambda what, done, of: None, version: str = "") -> None:
        self._equipment = equipment
        self._version = version
        self._tell = tell
        self._engine = Engine(equipment, 0)
        self._since: dict[PersonBatch, None] | None = None  # whom statements concern that came after the comparison began
        self.done = Progressed()

    async def read(self, *, anew: bool = False) -> None:
        """Every statement into dossiers of the next generation: from the first (`anew`), or from where an earlier rebuild was killed.

        Raises ConflictError when another rebuild is at work.
        """
        used = (await progress_of(self._equipment.records, PROJECTOR)).value.generation
        old = await progress_of(self._equipment.records, REBUILD)
        left = old.value.generation > used and old.value.position > 0 and old.value.version == self._version
        if left and not anew:
            self._engine = Engine(self._equipment, old.value.generation)
            self.done = replace(self.done, resumed=old.value.position)
        else:
            await self._begin(used, old)
        await self._catch_up()

    async def _begin(self, used: int, old: Kept[Progress]) -> None:
        generation = max(used, old.value.generation) + 1
        begun = Progress(REBUILD, generation, 0, version=self._version)
        await self._equipment.records.commit(Replace(PROGRESS, begun, old.revision))
        for unused in range(used + 1, generation):
            await self._clean(unused)
        while old_ones := (await self._equipment.records.scan(DOSSIERS, high=(used - 1,), limit=1)).values:
            await self._clean(old_ones[0].generation)  # whoever took this generation into use was killed before it could
        self._engine = Engine(self._equipment, generation)
        await self._watch_everything(generation)

    async def differences(self) -> AsyncIterator[Difference]:
        """Between what stands and what the statements say. What comes in meanwhile is looked at too."""
        await self._catch_up()
        self._since = {}
        everybody = Everybody(self._equipment.records, self._equipment.register, self._engine.bindings)
        async for pairs, at_hand in everybody.pages(self._tell):
            for due in await self._engine.judging.changes(pairs, at_hand, Judged()):
                yield _difference(due)
            self.done = replace(self.done, judged=self.done.judged + len(pairs))

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
        mine = await progress_of(self._equipment.records, REBUILD)
        over = replace(mine.value, position=0)  # before anything goes: half of it is nothing to go on from
        await self._equipment.records.commit(Replace(PROGRESS, over, mine.revision))
        await self._clean(self._engine.generation)

    async def _watch_everything(self, generation: int) -> None:
        """Everything that is bound: whoever reads from the first statement on misses nothing that was before."""
        bound = await scan_all(self._equipment.records, BOUND)
        patterns = []
        for start in range(0, len(bound), PAGE_OF_FEED):
            some: list[Bound] = [one for one in bound[start : start + PAGE_OF_FEED] if one.uses]
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
            try:
                count = await self._page(progress)
            except ConflictError as error:
                raise ConflictError("another rebuild is at work: wait for it, or stop it and go on here") from error
            if not count:
                return
            self.done = replace(self.done, statements=self.done.statements + count)

    async def _page(self, progress: Kept[Progress], most: int = 0) -> int:
        most = most or PAGE_OF_FEED
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


def _difference(due: Discrepancy) -> Difference:
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
