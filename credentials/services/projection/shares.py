"""Which parts of the projector's work are this process's: taken where nobody has them, given up where others have too few.

No clocks are compared: who has stopped counting up its beat for as long as the lease, by the watch of whoever looks, has lost its shares. A
share only says who should work. Should two work at one part, a slow one and its heir, the part's fence lets one of them write.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from credentials.ports.records import Put, Records, Remove, Replace, Write, scan_all
from credentials.stores.sharing import EVERYTHING, MEMBERS, READING, SHARES, Member, Share
from lrs.background import end
from lrs.errors import ConflictError, StoreUnavailableError

LEASE_SECONDS = 15.0  # without a beat, after which others take over
_log = logging.getLogger("jejak.projector")


def here() -> str:
    """Where a process id says whether somebody lives: this system since it was started, and its process namespace; "" when not told."""
    with contextlib.suppress(OSError):
        return f"{Path('/proc/sys/kernel/random/boot_id').read_text().strip()}/{os.readlink('/proc/self/ns/pid')}"
    return ""


@dataclass(slots=True)
class Shares:
    """One in each process. `mine`: everything, until `running` begins: a command works alone, and leaves who else works to the fences."""

    records: Records
    lease: float = LEASE_SECONDS
    place: str = field(default_factory=here)
    mine: frozenset[int] = EVERYTHING
    _name: str = field(default_factory=lambda: secrets.token_hex(8))
    _beat: int = 0
    _seen: dict[str, tuple[int, float]] = field(default_factory=dict)  # of each member: its last beat, and when it was seen first

    @property
    def reading(self) -> bool:
        """Whether the feed is this process's to read."""
        return READING in self.mine

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Shares the work with others as long as this lasts; afterwards others may take it over at once."""
        self.mine = frozenset()
        await self._beat_once()
        beating = asyncio.create_task(self._keep_beating(), name="shares")
        try:
            yield
        finally:
            await end(beating)
            await self._leave()

    async def tend(self) -> None:
        """Tells that this process lives, and takes or gives up what is to be. Raises StoreUnavailableError."""
        self._beat += 1
        await self.records.commit(Put(MEMBERS, Member(self._name, self._beat, self.place, os.getpid())))
        members, shares = await scan_all(self.records, MEMBERS), await scan_all(self.records, SHARES)
        living = {one.name for one in members if self._lives(one)}
        holders = {one.part: one.holder for one in shares}
        self.mine = frozenset(part for part, holder in holders.items() if holder == self._name)
        fair = -(-len(EVERYTHING) // len(living))
        free = [part for part in sorted(EVERYTHING, reverse=True) if holders.get(part, "") not in living]
        with contextlib.suppress(ConflictError):  # somebody else was faster: at the next beat
            if len(self.mine) > fair:
                await self._hand(sorted(self.mine)[: len(self.mine) - fair], "")
            elif taken := free[: fair - len(self.mine)]:
                await self._hand(taken, self._name)
        gone = [one.name for one in members if one.name not in living and one.name not in holders.values()]
        if gone:
            await self.records.commit(*(Remove(MEMBERS, (name,)) for name in gone))
            for name in gone:
                del self._seen[name]

    async def _hand(self, parts: Sequence[int], to: str) -> None:
        kept = {part: await self.records.get(SHARES, part) for part in parts}
        moves: list[Write] = [Replace(SHARES, Share(part, to), one.revision if one else 0) for part, one in kept.items()]
        await self.records.commit(*moves)
        self.mine = self.mine | set(parts) if to else self.mine - set(parts)

    def _lives(self, member: Member) -> bool:
        if member.name == self._name:
            return True
        now = asyncio.get_running_loop().time()
        beat, since = self._seen.get(member.name, (-1, now))
        if beat != member.beat:
            self._seen[member.name] = (member.beat, since := now)
        if self.place and member.place == self.place and not _is_running(member.pid):
            return False
        return now - since < self.lease

    async def _keep_beating(self) -> None:
        while True:
            await asyncio.sleep(self.lease / 3)
            await self._beat_once()

    async def _beat_once(self) -> None:
        try:
            await self.tend()
        except StoreUnavailableError as error:
            _log.warning("the store is out of reach: %s", error.message)
        except Exception:
            _log.exception("sharing the work met an error that nobody expected")

    async def _leave(self) -> None:
        given: list[Write] = [Put(SHARES, Share(part, "")) for part in sorted(self.mine)]
        self.mine = EVERYTHING
        with contextlib.suppress(ConflictError, StoreUnavailableError):  # it runs out by itself
            await self.records.commit(*given, Remove(MEMBERS, (self._name,)))


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
