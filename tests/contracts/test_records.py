"""Memory and SQLite keep the contract of records; SQLite keeps them over a reopening, and fills an index that comes later."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.ports.records import Insert, Keep, Put, Records, Remove, Replace, Table, Write, scan_all
from credentials.stores.memory import MemoryRecords
from credentials.stores.sqlite import open_sqlite_records
from lrs.errors import ConflictError
from lrs.stores.sqlite import SqliteOptions
from lrs.stores.sqlite.connection import Database
from tests.contracts.records import FIXED, NOTES, ONE, OTHERS, Note, RecordsContract

_TABLES = (NOTES, OTHERS, FIXED)


@pytest.fixture(params=["memory", "sqlite"])
async def records(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Records]:
    if request.param == "memory":
        yield MemoryRecords()
        return
    database = await Database.open(tmp_path / "jejak.sqlite3", SqliteOptions(synchronous="OFF"))
    yield await open_sqlite_records(database, _TABLES)
    await database.close()


class TestRecords(RecordsContract):
    pass


async def test_an_index_that_is_declared_later_finds_what_was_there_before(tmp_path: Path) -> None:
    options = SqliteOptions(synchronous="OFF")
    bare: Table[Note] = Table(NOTES.name, Note, key=NOTES.key)
    database = await Database.open(tmp_path / "jejak.sqlite3", options)
    await (await open_sqlite_records(database, [bare])).commit(Insert(bare, ONE))
    await database.close()
    database = await Database.open(tmp_path / "jejak.sqlite3", options)
    records = await open_sqlite_records(database, _TABLES)
    assert await scan_all(records, NOTES, "tag", ("b",)) == [ONE]
    await database.close()


_KEYS = st.sampled_from([("a", 1), ("a", 2), ("b", 1)])
_NOTES = st.builds(
    lambda key, text, tags: Note(key[0], key[1], text, tuple(tags)),
    _KEYS,
    st.sampled_from(["", "x", "y"]),
    st.lists(st.sampled_from("pqr"), max_size=3),
)
_WRITES = st.one_of(
    st.builds(lambda note: Insert(NOTES, note), _NOTES),
    st.builds(lambda note: Keep(NOTES, note), _NOTES),
    st.builds(lambda note: Put(NOTES, note), _NOTES),
    st.builds(lambda note, revision: Replace(NOTES, note, revision), _NOTES, st.integers(0, 3)),
    st.builds(lambda key: Remove(NOTES, key), _KEYS),
)


@settings(max_examples=60, deadline=None)
@given(history=st.lists(st.lists(_WRITES, min_size=1, max_size=4), max_size=12))
def test_any_history_leaves_the_same_in_sqlite_as_in_the_reference(history: list[list[Write]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_compare(history, Path(folder)))


async def _compare(history: list[list[Write]], folder: Path) -> None:
    reference = MemoryRecords()
    database = await Database.open(folder / "jejak.sqlite3", SqliteOptions(synchronous="OFF"))
    try:
        records = await open_sqlite_records(database, _TABLES)
        for writes in history:
            assert await _outcome(records, writes) == await _outcome(reference, writes)
        for index in (None, *NOTES.indexes):
            assert await scan_all(records, NOTES, index) == await scan_all(reference, NOTES, index)
    finally:
        await database.close()


async def _outcome(records: Records, writes: list[Write]) -> bool:
    try:
        await records.commit(*writes)
    except ConflictError:
        return False
    return True
