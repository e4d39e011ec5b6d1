"""A pool of inmates for tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.support.verifying import NOW
from verifier.sandbox.pool import Pool, PoolSize
from verifier.sources.ports import Sources


@asynccontextmanager
async def pool_of(sources: Sources, at_once: int = 2, waiting: int = 50) -> AsyncIterator[Pool]:
    """Two at once."""
    async with Pool(sources, PoolSize(at_once, waiting), lambda: NOW).running() as pool:
        yield pool
