"""Looks that were asked for: whom and what they mean, page by page. A look that is asked for again while it is taken is taken again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from credentials.catalogue.model import Batch
from credentials.ports.records import Put, Records, Remove, Write, scan_all
from credentials.services.projection.cases import PersonBatch, Register
from credentials.services.projection.engine import Engine
from credentials.stores.completions import COMPLETIONS, CompletionRecords
from credentials.stores.dossiers import DOSSIERS, LOOKS_TAKEN, WATCHES, KeptDossier, LookTaken, bound_key
from credentials.stores.looks import LOOKS
from credentials.stores.sharing import DUES

PAGE = 500  # persons and batches that are judged in one commit
_MOST_TAKEN = 200  # looks at once


class Looks:
    """Reads, but for `take`."""

    def __init__(self, records: Records, register: Register) -> None:
        self._records = records
        self._register = register
        self._completions = CompletionRecords(records)

    async def take(self) -> list[LookTaken]:
        """Those that are to be taken now: left over from before, and newly asked for, which are marked first."""
        taken = (await self._records.scan(LOOKS_TAKEN, limit=_MOST_TAKEN)).values
        asked = (await self._records.scan(LOOKS, limit=_MOST_TAKEN)).values if len(taken) < _MOST_TAKEN else []
        fresh = [LookTaken(one.person, one.batch, one.provider) for one in asked]
        if fresh:
            marks: list[Write] = [Put(LOOKS_TAKEN, one) for one in fresh]
            await self._records.commit(*marks, *(Remove(LOOKS, LOOKS.key(one)) for one in asked))
        return list(dict.fromkeys([*taken, *fresh]))

    async def waiting(self, most: int = 1_000) -> int:
        """How many there are, up to `most`."""
        asked, taken = await self._records.scan(LOOKS, limit=most), await self._records.scan(LOOKS_TAKEN, limit=most)
        return len(asked.values) + len(taken.values) + len((await self._records.scan(DUES, limit=most)).values)

    async def meant(self, look: LookTaken, engine: Engine) -> AsyncIterator[list[PersonBatch]]:
        """Everybody and everything that the look is at, in pages; some come twice."""
        if look.person and look.batch:
            yield [(look.person, look.batch)]
        elif look.person:
            async for page in self._of_person(look.person, engine):
                yield page
        elif look.batch:
            async for page in self._of_batch(look.batch, engine):
                yield page
        elif look.provider:
            async for page in self._of_provider(look.provider, engine):
                yield page

    async def unwatched(self, look: LookTaken, engine: Engine) -> list[Write]:
        """What makes sure that statements about the activities of the look's batch are kept from now on."""
        batch = (await self._register.catalogue.batches_many([look.batch])).get(look.batch) if look.batch else None
        if batch is None:
            return []
        engine.bindings.forget(batch.provider)
        patterns = await engine.bindings.patterns([(batch.provider, one.match, one.activity) for one in batch.bindings])
        return [Put(WATCHES, one.watch) for one in patterns.values() if not one.kept]

    async def _of_person(self, person: str, engine: Engine) -> AsyncIterator[list[PersonBatch]]:
        found = {(person, one.batch) for one in await self._completions.of_person(person)}
        ifis = {one.ifi for one in await self._register.links.identifiers_of(person, "")}
        ifis |= {one.ifi for one in await self._register.links.of_person(person)}
        for ifi in sorted(ifis):
            for kept in await scan_all(self._records, DOSSIERS, prefix=(engine.generation, ifi)):
                found |= {(person, batch) for batch in await self._batches(kept, engine)}
        pairs = sorted(found)
        for start in range(0, len(pairs), PAGE):
            yield pairs[start : start + PAGE]

    async def _batches(self, kept: KeptDossier, engine: Engine) -> list[str]:
        key = (kept.dossier.provider, kept.dossier.match, kept.dossier.value)
        pattern = (await engine.bindings.patterns([key])).get(key)
        return [window.batch for window in pattern.windows] if pattern is not None else []

    async def _of_batch(self, batch_id: str, engine: Engine) -> AsyncIterator[list[PersonBatch]]:
        """With the other batches of the activity for whom something was taken back: which of them is meant may have changed."""
        async for pairs in self._pages_of_completions(batch_id):
            yield pairs
        batch = (await self._register.catalogue.batches_many([batch_id])).get(batch_id)
        if batch is None:
            return
        patterns = await engine.bindings.patterns([(batch.provider, one.match, one.activity) for one in batch.bindings])
        for pattern in patterns.values():
            others = [window.batch for window in pattern.windows if window.batch != batch_id]
            after: str | None = None
            while True:
                page = await self._records.scan(DOSSIERS, "bound", bound_key(engine.generation, *pattern.key), after=after, limit=PAGE)
                yield await self._of_dossiers(page.values, batch, others)
                if (after := page.more) is None:
                    break

    async def _of_dossiers(self, kept: Sequence[KeptDossier], batch: Batch, others: Sequence[str]) -> list[PersonBatch]:
        named = await self._register.links.persons_of([(one.dossier.provider, one.dossier.ifi) for one in kept])
        found: dict[PersonBatch, None] = {}
        for one in kept:
            for person in named.get((one.dossier.provider, one.dossier.ifi), ()):
                found[person, batch.id] = None
                found |= dict.fromkeys((person, other) for other in (others if one.dossier.taken_back else ()))
        return list(found)

    async def _pages_of_completions(self, batch: str) -> AsyncIterator[list[PersonBatch]]:
        after: str | None = None
        while True:
            page = await self._records.scan(COMPLETIONS, "batch", (batch,), after=after, limit=PAGE)
            yield [(one.person, one.batch) for one in page.values]
            if (after := page.more) is None:
                return

    async def _of_provider(self, provider: str, engine: Engine) -> AsyncIterator[list[PersonBatch]]:
        after: str | None = None
        while True:
            page = await self._register.catalogue.batches(provider=provider, after=after, limit=PAGE)
            for batch in page.values:
                async for some in self._of_batch(batch.id, engine):
                    yield some
            if (after := page.more) is None:
                return
