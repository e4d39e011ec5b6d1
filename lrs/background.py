"""Ending what runs beside requests."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

_AGAIN_SECONDS = 0.5


async def end(*tasks: asyncio.Task[Any], again: float = _AGAIN_SECONDS) -> None:
    """Cancels them until all have ended; raises what one of them failed with.

    After `again` seconds once more: what a driver waits with may forget a cancellation that comes at the moment when it has what it waited
    for (`asyncio.wait_for` in Python 3.11, bpo-37658).
    """
    while left := [task for task in tasks if not task.done()]:
        for task in left:
            task.cancel()
        await asyncio.wait(left, timeout=again)
    for task in tasks:
        with contextlib.suppress(asyncio.CancelledError):
            await task
