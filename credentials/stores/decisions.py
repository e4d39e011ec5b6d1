"""The log of decisions on records: the number that is next is taken by an insert, in the same commit as what the decision changes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from credentials.decisions import Content, Decision, chained
from credentials.ports.records import Insert, Page, Records, Table, Write
from lrs.clock import Clock
from lrs.errors import ConflictError
from lrs.masking import masked

_TRIES = 50  # against other processes that append at the same moment
_TAKEN = "another decision took this number"

DECISIONS: Table[Decision] = Table(
    "decision",
    Decision,
    key=lambda one: (one.number,),
    indexes={"subject": lambda one: [(one.subject, one.number)], "kind": lambda one: [(one.kind, one.number)]},
)


@dataclass(slots=True)
class DecisionLog:
    """One in each process."""

    records: Records
    clock: Clock
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def append(
        self,
        *writes: Write,
        actor: str,
        kind: str,
        subject: str,
        reason: str = "",
        content: Content | None = None,
        then: Callable[[Decision], Sequence[Write]] = lambda decision: (),
    ) -> Decision:
        """The decision and what it changes, in one commit: the `writes`, and those that need the decision itself (its number), by `then`.

        Raises ConflictError when one of the writes does.
        """
        async with self._turn:
            for _ in range(_TRIES):
                last = (await self.records.scan(DECISIONS, limit=1, descending=True)).values
                number, before = (last[0].number + 1, last[0].chain) if last else (1, "")
                draft = Decision(number, self.clock.now_us(), actor, kind, subject, masked(reason), content or {}, "")
                decision = chained(draft, before)
                try:
                    await self.records.commit(Insert(DECISIONS, decision, taken=_TAKEN, where="decision"), *writes, *then(decision))
                except ConflictError as error:
                    if error.message != _TAKEN:
                        raise
                    continue
                return decision
        raise ConflictError("too many decide at the same moment; try again")

    async def read(self, after: int, limit: int) -> list[Decision]:
        """The next decisions after number `after`, in order."""
        return (await self.records.scan(DECISIONS, low=(after + 1,), limit=limit)).values

    async def about(self, subject: str, after: str | None = None, limit: int = 100) -> Page[Decision]:
        """Newest first."""
        return await self.records.scan(DECISIONS, "subject", (subject,), after=after, limit=limit, descending=True)
