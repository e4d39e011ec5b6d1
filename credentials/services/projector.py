"""The projector: reads the feed into dossiers, judges whom it concerns, and commits what changes: completion, hours, reserved certificate.

At least once in, exactly once out. What is read is committed with the progress of the projector, what is judged with the fences of the
persons' parts, each at the revision that was there before anything was read: of two processes at the same work one loses, and begins again
with what the other wrote. Of several processes one reads the feed and judges whom its own parts concern; whom other parts concern waits for
those who have them. Signing follows outside.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections import Counter
from collections.abc import AsyncIterator, Sequence

from credentials.ports.records import MOST_WRITES, Kept, Put, Remove, Write
from credentials.services.projection.cases import PersonBatch
from credentials.services.projection.dues import Dues, dues
from credentials.services.projection.engine import PROJECTOR, Engine, Equipment, progress_of
from credentials.services.projection.filling import Filling
from credentials.services.projection.judging import Judged
from credentials.services.projection.looks import PAGE, Looks
from credentials.services.projection.shares import Shares
from credentials.stores.dossiers import LOOKS_TAKEN, PARKED, LookTaken, Parked, Progress
from credentials.stores.sharing import part_of
from lrs.errors import ConflictError, StoreUnavailableError
from lrs.ports import FeedItem

CONSUMER = "credentials"  # the name of the checkpoint that metrics read
PAGE_OF_FEED = 4_000  # statements of one commit
_GATHER_SECONDS = 0.1  # while statements keep coming: a step costs much the same for one as for a thousand
_IDLE_SECONDS = 1.0  # after which a look that somebody else asked for is noticed
_PAUSE_SECONDS = 2.0  # while the store cannot be reached
_UNEXPECTED = "an error that nobody expected ({}); the server's log has it"
_log = logging.getLogger("jejak.projector")


class Projector:
    """One in each process; several over one store do the same work twice at worst, never differently. `counts`: for metrics.

    `run` shares the work with the other processes; every other method does whatever there is to do, whoever else is at it.
    """

    def __init__(self, equipment: Equipment, shares: Shares | None = None) -> None:
        self.shares = shares or Shares(equipment.records)
        self._equipment = equipment
        self._engine = Engine(equipment, 1)
        self._looks = Looks(equipment.records, equipment.register)
        self._filling = Filling(equipment.records, equipment.statements)
        self._dues = Dues(equipment.records, equipment.clock)
        self._careful = 0
        self._turns = 0  # of the progress, as this process knows it
        self.counts: Counter[str] = Counter()

    async def run(self) -> None:
        """Until it is cancelled."""
        async with self.shares.running():
            while True:
                await self._go_on()

    async def _go_on(self) -> None:
        try:
            reading = self.shares.reading
            busy = reading and (await self.settle() or await self.fill())
            taken = await self.step() if reading else 0
            busy = bool(await self.judge()) or busy
            if 0 < taken < PAGE_OF_FEED:
                await asyncio.sleep(_GATHER_SECONDS)
            elif not taken and not busy:
                await self._wait(reading)
        except ConflictError:
            await self._yield()
        except StoreUnavailableError as error:
            _log.warning("the store is out of reach: %s", error.message)
            await asyncio.sleep(_PAUSE_SECONDS)
        except Exception:
            self._engine.forget()
            self._careful = PAGE_OF_FEED  # the next statements one by one, to find the one
            self.counts["errors"] += 1
            _log.exception("the projector met an error that nobody expected")
            await asyncio.sleep(_PAUSE_SECONDS / 10)

    async def _yield(self) -> None:
        """Another process has been as far: to go on from where it is."""
        self.counts["conflicts"] += 1
        self._engine.forget()
        await asyncio.sleep(random.uniform(0, 0.2))  # noqa: S311  # so that two do not meet again

    async def _wait(self, reading: bool) -> None:
        if reading:
            position = await self._equipment.feed.checkpoint(CONSUMER)
            await self._equipment.feed.wait(position, _IDLE_SECONDS)
        else:
            await asyncio.sleep(_IDLE_SECONDS)

    async def drain(self) -> None:
        """Until there is nothing left to do, also beside a server that is at the same work. For commands, and for tests."""
        while True:
            try:
                while await self.settle() or await self.fill() or await self.step() or await self.judge():
                    continue
                return
            except ConflictError:
                await self._yield()

    async def step(self) -> int:
        """Takes the next page of the feed; how many statements it had. Raises ConflictError when another process took it meanwhile."""
        progress = await self._progress()
        position = progress.value.position
        items = await self._equipment.feed.read(position, 1 if self._careful else PAGE_OF_FEED)
        if items:
            await self._take_carefully(progress, items) if self._careful else await self._take(progress, items)
            position = items[-1].position
        await self._tell_position(position)
        return len(items)

    async def settle(self) -> bool:
        """Takes looks that are asked for; whether there were any.

        A turn of the progress comes first: who read before the looks were taken, and has not written yet, must read again.
        """
        looks = await self._looks.take()
        if not looks:
            return False
        await self._judge([], [])
        self._engine.bindings.forget()
        waiting, done = list[PersonBatch](), list[LookTaken]()
        for look in looks:
            try:
                async for pairs in self._meant(look):
                    waiting += pairs
                    while len(waiting) > PAGE:
                        await self._judge(waiting[:PAGE], [])
                        del waiting[:PAGE]
            except (ConflictError, StoreUnavailableError):
                raise
            except Exception as error:
                _log.exception("a look failed")
                await self._park_look(look, _UNEXPECTED.format(type(error).__name__))
                continue
            done.append(look)
        await self._judge(waiting, [Remove(LOOKS_TAKEN, LOOKS_TAKEN.key(look)) for look in done])
        self.counts["looks"] += len(done)
        return True

    async def fill(self) -> bool:
        """Reads a page of what was there before an activity was bound; whether there was any."""
        progress = await self._progress()
        watch = await self._filling.unfilled(self._engine.generation)
        if watch is None:
            return False
        await self._commit(progress, progress.value.position, await self._filling.page(watch, self._engine))
        self._engine.bindings.forget(watch.provider)
        return True

    async def judge(self) -> int:
        """Judges some of whom somebody else has read of; how many waited. Raises ConflictError as `step`."""
        await self._progress()
        waited, judged = await self._dues.judge(self._engine, self.shares.mine)
        self._count(judged, 0, 0)
        return waited

    async def looks_waiting(self) -> int:
        """How many looks wait, up to a thousand of each sort."""
        return await self._looks.waiting()

    async def _progress(self) -> Kept[Progress]:
        progress = await progress_of(self._equipment.records, PROJECTOR)
        if progress.value.generation != self._engine.generation:
            self._engine = Engine(self._equipment, progress.value.generation)
        elif progress.value.turns != self._turns:
            self._engine.forget()  # another process went on from where this one was
        self._turns = progress.value.turns
        return progress

    async def _commit(self, progress: Kept[Progress], position: int, writes: Sequence[Write], judged: Judged | None = None) -> None:
        await self._engine.commit(progress, position, writes, judged)
        self._turns = progress.value.turns + 1

    async def _take(self, progress: Kept[Progress], items: Sequence[FeedItem]) -> None:
        folded = await self._engine.folder.fold(items)
        mine, others = self._parted(await self._engine.candidates(folded))
        judged = await self._engine.judge(mine, folded.dossiers)
        writes = [*folded.writes, *dues(others, progress.value.turns)]
        if len(writes) + len(judged.writes) + len(judged.conditions) >= MOST_WRITES and len(items) > 1:
            await self._take(progress, items[: len(items) // 2])
            return
        await self._commit(progress, items[-1].position, writes, judged)
        self._count(judged, len(items), folded.parked)

    async def _take_carefully(self, progress: Kept[Progress], items: Sequence[FeedItem]) -> None:
        """One statement; if it is the one that fails, it is parked, and blocks nobody."""
        self._careful -= 1
        item = items[0]
        try:
            await self._take(progress, items)
        except (ConflictError, StoreUnavailableError):
            raise
        except Exception as error:
            self._engine.forget()
            _log.exception("the statement at position %d is parked", item.position)
            reason = _UNEXPECTED.format(type(error).__name__)
            parked = Parked("statement", item.id, reason, item.provider, "", item.position, item.stored, item.stored)
            await self._commit(progress, item.position, [Put(PARKED, parked)])
            self.counts["parked"] += 1

    async def _meant(self, look: LookTaken) -> AsyncIterator[list[PersonBatch]]:
        watches = await self._looks.unwatched(look, self._engine)
        if watches:
            progress = await self._progress()
            await self._commit(progress, progress.value.position, watches)
            self._engine.bindings.forget()
        async for pairs in self._looks.meant(look, self._engine):
            yield pairs

    async def _judge(self, pairs: Sequence[PersonBatch], also: Sequence[Write]) -> None:
        """The progress is read first: whatever is written after that makes the commit fail, and the look is taken again."""
        progress = await self._progress()
        mine, others = self._parted(pairs)
        judged = await self._engine.judge(mine)
        await self._commit(progress, progress.value.position, [*also, *dues(others, progress.value.turns)], judged)
        self._count(judged, 0, 0)

    def _parted(self, pairs: Sequence[PersonBatch]) -> tuple[list[PersonBatch], list[PersonBatch]]:
        """(whom this process judges, who waits for those who have their parts)."""
        mine = self.shares.mine
        return [one for one in pairs if part_of(one[0]) in mine], [one for one in pairs if part_of(one[0]) not in mine]

    async def _park_look(self, look: LookTaken, reason: str) -> None:
        now = self._equipment.clock.now_us()
        parked = Parked("look", look.person or look.provider, reason, look.provider, look.batch, first=now, last=now)
        await self._equipment.records.commit(Put(PARKED, parked), Remove(LOOKS_TAKEN, LOOKS_TAKEN.key(look)))
        self.counts["parked"] += 1

    async def _tell_position(self, position: int) -> None:
        """The checkpoint follows the progress: it is what the lag is measured by."""
        feed = self._equipment.feed
        told = await feed.checkpoint(CONSUMER)
        if told < position:
            with contextlib.suppress(ConflictError):
                await feed.advance(CONSUMER, position, expected=told)

    def _count(self, judged: Judged, statements: int, parked: int) -> None:
        if judged.opened or judged.closed or judged.corrected:
            self._equipment.reserving.nudge()  # certificates to be signed, or bits to be published
        self.counts.update(
            statements=statements,
            judged=judged.looked,
            opened=judged.opened,
            closed=judged.closed,
            corrected=judged.corrected,
            held=judged.held,
            parked=judged.parked + parked,
        )
