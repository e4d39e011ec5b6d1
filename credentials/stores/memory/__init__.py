"""Everything in memory: the reference for the contracts, and for tests. One event loop; no method waits, so each is a transaction."""

from credentials.stores.memory.records import MemoryRecords

__all__ = ["MemoryRecords"]
