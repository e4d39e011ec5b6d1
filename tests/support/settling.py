"""Waiting until what a store does in the background is done."""

from __future__ import annotations

import asyncio

from lrs.ports import Stores
from tests.support.clock import SettableClock

_SECOND = 1_000_000
_TRIES = 1_500


async def settled(stores: Stores, clock: SettableClock) -> None:
    """Returns once `consistent_through` is past everything stored so far. The clock moves on to a minute after that."""
    end = await stores.feed.end()
    last = (await stores.feed.read(end - 1, 1))[0].stored if end else 0
    clock.set(max(clock.now_us(), last) + 60 * _SECOND)
    for _ in range(_TRIES):
        if await stores.statements.consistent_through() >= last:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("the store does not come to rest")
