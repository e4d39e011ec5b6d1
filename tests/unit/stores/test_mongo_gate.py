"""Whoever closes a database on MongoDB and waits for a second and a lease knows that no write is answered any more."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from lrs.errors import StoreUnavailableError
from lrs.ports.copying import Closed
from lrs.stores.mongo.gate import Gate


class _Mark:
    """The mark, and how often it was read."""

    def __init__(self) -> None:
        self.value: int = Closed.OPEN
        self.looks = 0

    async def look(self) -> int:
        self.looks += 1
        return self.value


async def _write(gate: Gate, job: Callable[[], Awaitable[None]]) -> None:
    async with gate.passed():
        await job()


async def _nothing() -> None:
    """A write that takes no time."""


async def test_a_look_is_good_for_many_writes() -> None:
    mark = _Mark()
    gate = Gate(mark.look, lease=10)
    for _ in range(5):
        await _write(gate, _nothing)
    assert mark.looks == 1


async def test_a_write_that_slept_past_its_lease_is_not_answered_when_the_mark_came_meanwhile() -> None:
    mark = _Mark()
    gate = Gate(mark.look, lease=0.01)

    async def slow() -> None:
        mark.value = Closed.MOVED
        await asyncio.sleep(0.02)

    with pytest.raises(StoreUnavailableError, match="being moved"):
        await _write(gate, slow)


async def test_a_write_that_slept_past_its_lease_is_answered_when_no_mark_came() -> None:
    mark = _Mark()
    gate = Gate(mark.look, lease=0.01)
    await _write(gate, lambda: asyncio.sleep(0.02))
    assert mark.looks == 2


async def test_a_process_that_saw_the_mark_looks_again_at_each_write() -> None:
    mark = _Mark()
    gate = Gate(mark.look, lease=10)
    mark.value = Closed.FILLING
    with pytest.raises(StoreUnavailableError, match="not finished"):
        await _write(gate, _nothing)
    mark.value = Closed.OPEN
    await _write(gate, _nothing)
