"""What waits to be judged in the parts of the work that a process has, asked for by whoever reads the feed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Sequence

from credentials.ports.records import Put, Records, Remove, Write, scan_all
from credentials.services.projection.cases import PersonBatch
from credentials.services.projection.engine import PROJECTOR, Engine, progress_of
from credentials.services.projection.judging import Judged
from credentials.stores.dossiers import PARKED, Parked
from credentials.stores.sharing import DUES, PARTS, JudgementDue, part_of
from lrs.clock import Clock
from lrs.errors import ConflictError, StoreUnavailableError

_MOST = 500  # persons and batches that are judged in one commit
_UNEXPECTED = "an error that nobody expected ({}); the server's log has it"
_log = logging.getLogger("jejak.projector")


def dues(pairs: Collection[PersonBatch], turn: int) -> list[Write]:
    """Asks for them in the commit of this turn."""
    return [Put(DUES, JudgementDue(part_of(person), person, batch, turn)) for person, batch in pairs]


class Dues:
    """Judges what waits, in commits of their own."""

    def __init__(self, records: Records, clock: Clock) -> None:
        self._records = records
        self._clock = clock

    async def judge(self, engine: Engine, mine: Collection[int]) -> tuple[int, Judged]:
        """Some of what waits in these parts: how many were taken, and what that led to. Raises ConflictError, StoreUnavailableError."""
        found = await self._waiting(sorted(part for part in mine if part < PARTS))
        if not found:
            return 0, Judged()
        engine.bindings.forget()  # whoever reads the feed has perhaps changed them
        try:
            return len(found), await self._judge(engine, found)
        except (ConflictError, StoreUnavailableError):
            raise
        except Exception:
            _log.exception("judging what waits failed; it is judged one by one")
            return len(found), await self._judge_carefully(engine, found)

    async def _waiting(self, parts: Sequence[int]) -> list[JudgementDue]:
        """The first of each part, up to a person of whom everything is there."""
        if not parts or not (await self._records.scan(DUES, limit=1)).values:
            return []
        most = -(-_MOST // len(parts))
        found = await self._records.scan_many(DUES, None, [(part,) for part in parts], limit=most)
        last = [some[-1] for some in found if len(some) == most]
        rest = await asyncio.gather(*(scan_all(self._records, DUES, prefix=(one.part, one.person)) for one in last))
        return list(dict.fromkeys(one for some in (*found, *rest) for one in some))

    async def _judge(self, engine: Engine, found: Sequence[JudgementDue]) -> Judged:
        """Those of whom something new was asked meanwhile stay for the next time: a part of it may have been seen, and a part not."""
        left = list(found)
        while left:
            judged = await engine.judge([one.pair for one in left])
            if (await progress_of(self._records, PROJECTOR)).value.generation != engine.generation:
                raise ConflictError("the dossiers were made anew meanwhile")
            moved = await self._asked_again(left, set(found))
            if not moved:
                await engine.commit_judged([Remove(DUES, DUES.key(one)) for one in left], judged)
                return judged
            left = [one for one in left if one.pair not in moved]
        return Judged()

    async def _asked_again(self, judged: Sequence[JudgementDue], known: Collection[JudgementDue]) -> set[PersonBatch]:
        last = {one.part: one.person for one in sorted(judged, key=DUES.key)}
        now = await asyncio.gather(*(scan_all(self._records, DUES, prefix=(part,), high=(person,)) for part, person in last.items()))
        pairs = {one.pair for one in judged}
        return {one.pair for some in now for one in some if one.pair in pairs and one not in known}

    async def _judge_carefully(self, engine: Engine, found: Sequence[JudgementDue]) -> Judged:
        """One by one; who is the one that fails is parked, and blocks nobody."""
        every = Judged()
        for pair in dict.fromkeys(one.pair for one in found):
            some = [one for one in found if one.pair == pair]
            try:
                judged = await self._judge(engine, some)
            except (ConflictError, StoreUnavailableError):
                raise
            except Exception as error:
                _log.exception("the judgement of a person in batch %s failed", pair[1])
                judged = Judged(parked=1)
                now, reason = self._clock.now_us(), _UNEXPECTED.format(type(error).__name__)
                parked = Parked("judgement", pair[0], reason, batch=pair[1], first=now, last=now)
                await self._records.commit(Put(PARKED, parked), *(Remove(DUES, DUES.key(one)) for one in some))
            every.add(judged)
        return every
