"""Who waits for the feed to grow, and how they are woken: the same in every store."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable


class Waiters:
    """Consumers of this process that wait; `wake` may be called from any thread."""

    def __init__(self, poll_seconds: float) -> None:
        self._poll_seconds = poll_seconds  # how often one that waits looks for what another process wrote
        self._waiting: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()

    async def wait(self, end: Callable[[], Awaitable[int]], after: int, seconds: float) -> bool:
        """True as soon as `end()` lies after `after`, False after `seconds`. Raises what `end` raises."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        event = asyncio.Event()
        entry = (loop, event)
        self._waiting.add(entry)
        try:
            while await end() <= after:
                left = deadline - loop.time()
                if left <= 0:
                    return False
                try:
                    async with asyncio.timeout(min(left, self._poll_seconds)):  # not wait_for: it may forget to be cancelled (bpo-37658)
                        await event.wait()
                except TimeoutError:
                    continue
                event.clear()
            return True
        finally:
            self._waiting.discard(entry)

    def wake(self) -> None:
        """Something was stored by this process."""
        for loop, event in tuple(self._waiting):
            if not loop.is_closed():
                loop.call_soon_threadsafe(event.set)
