"""Certificates whose moment has come: the projector is asked to look at the completions that wait for one."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from credentials.ports.records import Records
from credentials.services.again import again_and_again
from credentials.stores.completions import CompletionRecords
from credentials.stores.looks import ask_for
from lrs.clock import Clock

_SECONDS = 60.0
_MOST = 1_000  # looks of one commit
_log = logging.getLogger("jejak.finishing")


@dataclass(frozen=True, slots=True)
class Finishing:
    """One in each process: a look that is asked for twice is taken once or twice, and changes no more."""

    records: Records
    clock: Clock
    seconds: float = _SECONDS

    async def run(self) -> None:
        """Until it is cancelled."""
        await again_and_again(self.settle, self.seconds, _log)

    async def settle(self) -> int:
        """Asks for those that are due by now; how many."""
        completions, now, many = CompletionRecords(self.records), self.clock.now_us(), 0
        after: str | None = None
        while True:
            page = await completions.with_certificate_due(now, after=after, limit=_MOST)
            if page.values:
                await self.records.commit(*(ask_for(one.person, one.batch) for one in page.values))
            many += len(page.values)
            if (after := page.more) is None:
                return many
