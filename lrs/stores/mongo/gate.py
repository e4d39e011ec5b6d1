"""Whether the database takes writes: a mark in it that every process looks at again and again, and twice where it was slow.

A write is answered only when the mark was not there at most a second before it began, and it ended within the lease after that look;
or when the mark is not there after it. So whoever sets the mark and waits for a second and a lease knows that nothing is answered any
more, whatever slept. See `lrs.ports.copying`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from lrs.stores.copied import refusal

CLOSED_ID = "moving: closed"  # the mark's document in `state`
FRESH = 1.0  # seconds that a look is good for


class Gate:
    """`look`: reads the mark. `lease`: seconds, as in the cluster's options."""

    def __init__(self, look: Callable[[], Awaitable[int]], lease: float) -> None:
        self._read = look
        self._lease = lease
        self._looked = float("-inf")
        self._closed = 0

    async def look(self) -> None:
        """Reads the mark now."""
        began = asyncio.get_running_loop().time()
        self._closed = await self._read()
        self._looked = began

    @asynccontextmanager
    async def passed(self) -> AsyncIterator[None]:
        """Raises StoreUnavailableError, before what is done within or after it."""
        now = asyncio.get_running_loop().time
        if self._closed or now() - self._looked > FRESH:
            await self.look()
        self._must_be_open()
        seen = self._looked
        try:
            yield
        finally:
            if now() - seen > self._lease:
                await self.look()
                self._must_be_open()

    def _must_be_open(self) -> None:
        if self._closed:
            raise refusal(self._closed)
