"""What was parked: listed, and replayed once its cause is mended. A replay that fails parks it again."""

from __future__ import annotations

from dataclasses import dataclass

from credentials.ports.records import Page, Put, Remove
from credentials.services.projection.engine import PROJECTOR, Engine, Equipment, progress_of
from credentials.services.projection.folding import Folded
from credentials.services.projection.hearing import hear
from credentials.services.projection.scenes import Unreadable
from credentials.stores.dossiers import PARKED, Parked
from credentials.stores.looks import Look, ask_for
from lrs.errors import NotFoundError
from lrs.ports import Wall


@dataclass(frozen=True, slots=True)
class Parking:
    """Reads and replays."""

    equipment: Equipment

    async def parked(self, provider: str = "", after: str | None = None, limit: int = 100) -> Page[Parked]:
        """Judgements, looks and statements, by kind and id: a provider's, or all."""
        index, prefix = ("provider", (provider,)) if provider else (None, ())
        return await self.equipment.records.scan(PARKED, index, prefix, after=after, limit=limit)

    async def provider_of(self, kind: str, id: str, batch: str = "") -> str:
        """Whose it is that is parked; "" when it is no one provider's. Raises NotFoundError when it is not parked."""
        return (await self._named(kind, id, batch)).provider

    async def found(self, kind: str, id: str, batch: str = "") -> Parked | None:
        """The one, if it is parked."""
        kept = await self.equipment.records.get(PARKED, kind, id, batch)
        return kept.value if kept is not None else None

    async def replay(self, kind: str, id: str, batch: str = "") -> None:
        """Tries again. Raises NotFoundError when it is not parked, ConflictError when the projector was faster."""
        parked = await self._named(kind, id, batch)
        if kind == "statement":
            await self._replay_statement(parked)
        else:
            await self.equipment.records.commit(_look(parked), Remove(PARKED, PARKED.key(parked)))

    async def _named(self, kind: str, id: str, batch: str) -> Parked:
        parked = await self.found(kind, id, batch)
        if parked is None:
            raise absent()
        return parked

    async def _replay_statement(self, parked: Parked) -> None:
        progress = await progress_of(self.equipment.records, PROJECTOR)
        engine = Engine(self.equipment, progress.value.generation)
        folded = Folded()
        found = await self.equipment.statements.get(parked.id, Wall(parked.provider))
        if found is not None:  # one that was voided meanwhile needs nothing any more
            await engine.bindings.refresh([parked.provider])
            try:
                heard = hear(found.provider, found.id, parked.position, found.stored, found.body, engine.bindings.scenes(parked.provider))
            except Unreadable:
                return
            await engine.folder.tell([heard] if heard is not None else [], {}, folded)
        judged = await engine.judge(await engine.candidates(folded), folded.dossiers)
        gone = [] if folded.parked else [Remove(PARKED, PARKED.key(parked))]
        await engine.commit(progress, progress.value.position, [*folded.writes, *gone], judged)


def _look(parked: Parked) -> Put[Look]:
    """At what was parked."""
    if parked.kind == "judgement":
        return ask_for(parked.id, parked.batch)
    return ask_for("" if parked.id == parked.provider else parked.id, parked.batch, parked.provider)


def absent() -> NotFoundError:
    """For what is not parked, and for what is not the asker's."""
    return NotFoundError("nothing is parked under this kind and id", where="id")
