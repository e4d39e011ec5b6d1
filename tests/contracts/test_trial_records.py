"""Records of a dry run keep the contract, read through to what lies below, and never change it."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.ports.records import Records, Write, scan_all
from credentials.stores.memory import MemoryRecords
from credentials.stores.trial import TrialRecords
from lrs.errors import ConflictError
from tests.contracts.records import NOTES, OTHERS, RecordsContract
from tests.contracts.test_records import _WRITES
from tests.support.records import opened_records


@pytest.fixture
def records() -> Records:
    return TrialRecords(MemoryRecords())


class TestTrialRecords(RecordsContract):
    pass


_HISTORIES = st.lists(st.lists(_WRITES, min_size=1, max_size=4), max_size=8)


@settings(max_examples=60, deadline=None)
@given(before=_HISTORIES, tried=_HISTORIES)
def test_a_trial_reads_as_if_it_were_written_and_leaves_the_store_as_it_was(before: list[list[Write]], tried: list[list[Write]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for engine in ("memory", "sqlite"):
            asyncio.run(_compare(engine, Path(folder), before, tried))


async def _compare(engine: str, folder: Path, before: list[list[Write]], tried: list[list[Write]]) -> None:
    reference = MemoryRecords()
    async with opened_records(engine, folder, (NOTES, OTHERS)) as store:
        for writes in before:
            assert await _outcome(store, writes) == await _outcome(reference, writes)
        whole, trial = await _whole(store), TrialRecords(store)
        for writes in tried:
            assert await _outcome(trial, writes) == await _outcome(reference, writes)
        assert await _whole(trial) == await _whole(reference)
        assert await _whole(store) == whole


async def _whole(records: Records) -> list[Any]:
    """Everything by every index in both directions, in small pages, and by key."""
    found: list[Any] = []
    for index in (None, *NOTES.indexes):
        found.append(await scan_all(records, NOTES, index, page=2))
        found.append((await records.scan(NOTES, index, descending=True)).values)
    keys = [("a", 1), ("a", 2), ("b", 1)]
    return [*found, await records.get_many(NOTES, keys), [await records.get(NOTES, *key) for key in keys]]


async def _outcome(records: Records, writes: list[Write]) -> bool:
    try:
        await records.commit(*writes)
    except ConflictError:
        return False
    return True
