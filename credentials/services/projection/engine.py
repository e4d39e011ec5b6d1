"""One generation of dossiers with everything that folds statements into it and judges by it, and the commit that carries it all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from credentials.evidence.dossier import Dossier
from credentials.evidence.vocabulary import vocabulary
from credentials.ports.records import Kept, Parts, Records, Replace, Write
from credentials.ports.reviews import ReviewQueue
from credentials.services.projection.bindings import Bindings
from credentials.services.projection.cases import AtHand, Cases, PersonBatch, Register
from credentials.services.projection.fences import fences_of
from credentials.services.projection.folding import Folded, Folder
from credentials.services.projection.judging import Judged, Judging
from credentials.services.projection.voids import Voids
from credentials.services.reserving import Reserving
from credentials.stores.completions import CompletionRecords
from credentials.stores.dossiers import PROGRESS, Progress
from credentials.stores.links import Pair
from credentials.stores.waiting import Sighted, WaitingRecords
from lrs.clock import Clock
from lrs.ports import Feed, StatementStore

PROJECTOR = "projector"


@dataclass(frozen=True, slots=True)
class Equipment:
    """What a projector works with."""

    feed: Feed
    statements: StatementStore
    records: Records
    register: Register
    waiting: WaitingRecords
    reserving: Reserving
    reviews: ReviewQueue
    clock: Clock


class Engine:
    """For one generation. Nothing here writes but `commit` (and the notes of who waits to be linked)."""

    def __init__(self, parts: Equipment, generation: int) -> None:
        words = vocabulary()
        self.generation = generation
        self._parts = parts
        self.bindings = Bindings(parts.records, parts.register.catalogue, parts.register.rules, words, generation)
        self.voids = Voids(parts.records, generation)
        self.folder = Folder(parts.records, parts.statements, self.bindings, self.voids, words)
        self.cases = Cases(parts.records, parts.register, self.bindings)
        self.judging = Judging(parts.records, self.cases, parts.register.people, parts.reserving, parts.reviews, parts.clock)
        self._completions = CompletionRecords(parts.records)

    def forget(self) -> None:
        """Somebody else wrote: nothing in memory is sure any more."""
        self.bindings.forget()
        self.voids.forget()

    async def candidates(self, folded: Folded) -> list[PersonBatch]:
        """Whom a page concerns."""
        found: dict[PersonBatch, bool] = {}
        for pair, persons in (await self.named(folded)).items():
            for person in persons:
                for batch, evidence in folded.touched[pair].items():
                    found[person, batch] = evidence or found.get((person, batch), False)
        idle = [one for one, evidence in found.items() if not evidence]  # a day of learning alone completes nothing
        known = await self._completions.completions_many(idle) if idle else {}
        return [one for one, evidence in found.items() if evidence or one in known]

    async def named(self, folded: Folded) -> dict[Pair, tuple[str, ...]]:
        """The persons behind a page's identifiers. Those that name nobody are noted, so that whoever links them asks for a look."""
        pairs = list(folded.touched)
        found = await self._parts.register.links.persons_of(pairs)
        strangers = [Sighted(*pair, folded.last_stored[pair]) for pair in pairs if pair not in found]
        return found | await self._parts.waiting.note(strangers) if strangers else found

    async def judge(self, pairs: Iterable[PersonBatch], fresh: Mapping[Parts, Dossier] | None = None) -> Judged:
        """With the fences of the persons' parts, read before anything else."""
        wanted = list(pairs)
        fences = await fences_of(self._parts.records, (person for person, _ in wanted))
        judged = await self.judging.judge(wanted, AtHand(fresh or {}))
        judged.conditions = [*fences, *judged.conditions]
        return judged

    async def commit(self, progress: Kept[Progress], position: int, writes: Sequence[Write], judged: Judged | None = None) -> None:
        """Everything, with the progress. Raises ConflictError, and nothing is written, when somebody else was faster."""
        found = judged or Judged()
        after = replace(progress.value, generation=self.generation, position=position, turns=progress.value.turns + 1)
        await self._parts.records.commit(*found.conditions, Replace(PROGRESS, after, progress.revision), *writes, *found.writes)
        self._parts.reserving.took(found.prepared)

    async def commit_judged(self, writes: Sequence[Write], judged: Judged) -> None:
        """What reads nothing of the feed: the fences of the parts stand for the progress. Raises ConflictError as `commit`."""
        await self._parts.records.commit(*judged.conditions, *writes, *judged.writes)
        self._parts.reserving.took(judged.prepared)


async def progress_of(records: Records, consumer: str) -> Kept[Progress]:
    """How far a consumer is; at the beginning when it never was."""
    return await records.get(PROGRESS, consumer) or Kept(Progress(consumer, 1, 0), 0)
