"""A lease is given back at the end of a process, or runs out by itself."""

from __future__ import annotations

from credentials.ports.records import Write
from credentials.stores.leases import Lease
from credentials.stores.memory import MemoryRecords
from lrs.errors import StoreClosedError
from tests.support.clock import SettableClock


class _Closed(MemoryRecords):
    """Takes no writes once it is closed."""

    closed = False

    async def commit(self, *writes: Write) -> None:
        if self.closed:
            raise StoreClosedError("this store is being moved")
        await super().commit(*writes)


async def test_a_lease_that_is_released_is_free_at_once() -> None:
    records, clock = MemoryRecords(), SettableClock()
    mine, other = Lease(records, clock, "x"), Lease(records, clock, "x")
    assert await mine.held()
    assert not await other.held()
    await mine.release()
    assert await other.held()


async def test_a_store_that_takes_no_writes_does_not_keep_a_process_from_ending() -> None:
    records, clock = _Closed(), SettableClock()
    mine, other = Lease(records, clock, "x"), Lease(records, clock, "x")
    assert await mine.held()
    records.closed = True
    await mine.release()
    records.closed = False
    assert not await other.held()
    clock.advance(600_000_000)
    assert await other.held()
