"""Leases: of several processes on one store, one does the work, and another takes over when it is gone."""

from __future__ import annotations

import contextlib
import secrets
from dataclasses import dataclass, field

from credentials.ports.records import Records, Replace, Table
from lrs.clock import Clock
from lrs.errors import ConflictError, StoreUnavailableError

_SECONDS = 15  # after which somebody else may take over
_US = 1_000_000


@dataclass(frozen=True, slots=True)
class LeaseHeld:
    """Who does the work, and until when (microseconds) nobody else may."""

    name: str
    holder: str
    until: int


LEASES: Table[LeaseHeld] = Table("lease", LeaseHeld, key=lambda one: (one.name,))


@dataclass(slots=True)
class Lease:
    """One in each process for each kind of work. What is done under it must be harmless twice: a clock may lie."""

    records: Records
    clock: Clock
    name: str
    _me: str = field(default_factory=lambda: secrets.token_hex(8))
    _until: int = 0

    async def held(self) -> bool:
        """Whether the work is this process's; takes it, or takes it for longer, when it can."""
        now = self.clock.now_us()
        if now < self._until - _SECONDS * _US // 2:
            return True
        kept = await self.records.get(LEASES, self.name)
        if kept is not None and kept.value.holder != self._me and now < kept.value.until:
            return False
        until = now + _SECONDS * _US
        try:
            await self.records.commit(Replace(LEASES, LeaseHeld(self.name, self._me, until), kept.revision if kept else 0))
        except ConflictError:
            return False
        self._until = until
        return True

    async def release(self) -> None:
        """At the end: whoever waits takes over at once."""
        self._until = 0
        with contextlib.suppress(ConflictError, StoreUnavailableError):  # somebody else has it already, or it runs out by itself
            kept = await self.records.get(LEASES, self.name)
            if kept is not None and kept.value.holder == self._me:
                await self.records.commit(Replace(LEASES, LeaseHeld(self.name, self._me, 0), kept.revision))
