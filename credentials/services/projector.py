"""The projector: reads the feed, and records what a satisfied evidence rule brings: completion, hours, and a reserved certificate.

At least once in, exactly once out: the certificate's id follows from programme version, batch and person, so a statement that is read
again, or by two processes, records nothing new. Evidence that was there before its batch or its person is found by a look that the
new entry asks for in its own commit.
"""

from __future__ import annotations

import asyncio
import logging

from credentials.catalogue.model import Batch
from credentials.completion import Completed, evaluate
from credentials.errors import CredentialError
from credentials.evidence.presets import evidence_rule
from credentials.model import Candidate
from credentials.ports import CredentialStore
from credentials.services.awarding import Awarding
from credentials.services.evidence import Evidence, sightings
from lrs.errors import ConflictError, StoreUnavailableError
from lrs.ports import Feed

CONSUMER = "credentials"  # the name of the checkpoint
_PAGE = 500  # statements of one step
_IDLE_SECONDS = 1.0  # after which somebody else's new batch or person is noticed
_RETRY_SECONDS = 60.0  # until a look that failed is taken again
_PAUSE_SECONDS = 2.0  # while the store cannot be reached
_log = logging.getLogger("jejak.projector")


class Projector:
    """One in each process; several over one store do the same work twice at worst, never differently."""

    def __init__(self, feed: Feed, store: CredentialStore, evidence: Evidence, awarding: Awarding) -> None:
        self._feed = feed
        self._store = store
        self._evidence = evidence
        self._awarding = awarding
        self._later: dict[Candidate, float] = {}

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            try:
                await self.settle()
                if not await self.step():
                    await self._feed.wait(await self._feed.checkpoint(CONSUMER), _IDLE_SECONDS)
            except ConflictError:
                await asyncio.sleep(0)  # another process has been as far: go on from where it is
            except StoreUnavailableError as error:
                _log.warning("the store is out of reach: %s", error.message)
                await asyncio.sleep(_PAUSE_SECONDS)

    async def step(self) -> int:
        """Takes the next page of the feed; how many statements it had. Raises ConflictError when another process took it meanwhile."""
        position = await self._feed.checkpoint(CONSUMER)
        items = await self._feed.read(position, _PAGE)
        if items:
            for candidate in await self._store.candidates(sightings(items)):
                await self._look_or_ask(candidate)
            await self._feed.advance(CONSUMER, items[-1].position, expected=position)
        return len(items)

    async def settle(self) -> None:
        """Takes the looks that are asked for; one that failed not before a minute is over."""
        now = asyncio.get_running_loop().time()
        for asked in await self._store.asked():
            if self._later.get(asked, 0) > now:
                continue
            if await self._look_at(asked):
                await self._store.settle(asked)
                self._later.pop(asked, None)
            else:
                self._later[asked] = now + _RETRY_SECONDS

    async def _look_at(self, asked: Candidate) -> bool:
        """Whether it went well, for everybody whom it concerns."""
        if asked.person and asked.batch:
            return await self._look(asked)
        if asked.person:
            return all([await self._look(one) for one in await self._batches_of(asked.person)])
        batch = await self._store.batch(asked.batch)
        return batch is None or await self._look_at_everybody(batch)

    async def _look_at_everybody(self, batch: Batch) -> bool:
        failed = 0
        async for seen in self._evidence.sightings(batch):
            for candidate in await self._store.candidates(seen):
                if candidate.batch == batch.id and not await self._look(candidate):
                    failed += 1
        return not failed

    async def _batches_of(self, person_id: str) -> list[Candidate]:
        person = await self._store.person(person_id)
        providers = sorted({account.provider for account in person.accounts}) if person else []
        return [Candidate(person_id, batch.id) for provider in providers for batch in await self._store.batches(provider)]

    async def _look_or_ask(self, candidate: Candidate) -> None:
        """A look that fails is asked for again, so that nobody's evidence is lost and everybody else's goes on."""
        if not await self._look(candidate):
            await self._store.ask(candidate)
            self._later[candidate] = asyncio.get_running_loop().time() + _RETRY_SECONDS

    async def _look(self, candidate: Candidate) -> bool:
        """Records the award that is due, if any. False when it could not be made; why is logged, without a name in it."""
        try:
            await self._record_if_due(candidate)
        except CredentialError as error:
            _log.error("no certificate in batch %s: %s", candidate.batch, error.message)
            return False
        return True

    async def _record_if_due(self, candidate: Candidate) -> None:
        person = await self._store.person(candidate.person)
        batch = await self._store.batch(candidate.batch)
        programme = await self._store.programme(batch.programme, batch.version) if batch else None
        if person is None or batch is None or programme is None:
            return
        if await self._awarding.is_done(batch, person.id):
            return
        done = evaluate(evidence_rule(batch.rule), batch, person, await self._evidence.of(person, batch))
        if isinstance(done, Completed):
            await self._awarding.award(person, programme, batch, done)
