"""What a failing disk does: whoever was answered has it, whoever was refused does not, and the store goes on once the disk does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from lrs.clock import SystemClock
from lrs.errors import ConflictError, StoreUnavailableError
from lrs.ports import Batch, Condition, NewStatement, StatementQuery, Stores, Wall
from lrs.stores.sqlite import SqliteOptions, open_sqlite_stores
from lrs.stores.sqlite.check import check
from tests.support.faults import FaultySystem, faulty_system

pytestmark = pytest.mark.asyncio


@pytest.fixture
def disk() -> Iterator[FaultySystem]:
    with faulty_system("faulty") as system:
        yield system


@pytest.fixture
async def stores(disk: FaultySystem, tmp_path: Path) -> AsyncIterator[Stores]:
    opened = await open_sqlite_stores(tmp_path / "jejak.sqlite3", SystemClock(), SqliteOptions(vfs="faulty"))
    yield opened
    await opened.engine.close()


def _statement(number: int, verb: str = "http://example.org/verbs/did") -> NewStatement:
    statement_id = f"0192a000-0000-7000-8000-{number:012x}"
    head = (
        b'{"id":"%b","actor":{"mbox":"mailto:a@example.org"},"verb":{"id":"%b"},"object":{"id":"http://example.org/%d"},'
        b'"timestamp":"2026-01-01T00:00:00Z","authority":{"mbox":"mailto:lms@example.org"},"version":"1.0.0"'
    ) % (statement_id.encode(), verb.encode(), number)
    return NewStatement(
        statement_id, head, timestamp_missing=False, direct=("v" + verb, "amailto:a@example.org", f"chttp://example.org/{number}")
    )


def _batch(*statements: NewStatement) -> Batch:
    return Batch("provider", "client", statements)


async def _count(stores: Stores) -> int:
    return len((await stores.statements.query(StatementQuery(limit=1000), Wall())).bodies)


async def test_a_full_disk_stores_nothing_of_the_batch_and_says_so(stores: Stores, disk: FaultySystem) -> None:
    await stores.statements.put(_batch(_statement(1)))
    disk.fail("write", times=1)
    with pytest.raises(StoreUnavailableError, match="full"):
        await stores.statements.put(_batch(_statement(2), _statement(3)))
    assert await _count(stores) == 1


async def test_after_a_full_disk_the_same_batch_goes_in_without_a_gap(stores: Stores, disk: FaultySystem, tmp_path: Path) -> None:
    disk.fail("write", times=1)
    with pytest.raises(StoreUnavailableError):
        await stores.statements.put(_batch(_statement(1), _statement(2)))
    await stores.statements.put(_batch(_statement(1), _statement(2)))
    assert await _count(stores) == 2
    assert check(tmp_path / "jejak.sqlite3") == []


async def test_terms_of_a_rolled_back_batch_are_learnt_again(stores: Stores, disk: FaultySystem) -> None:
    disk.fail("write", times=1)
    with pytest.raises(StoreUnavailableError):
        await stores.statements.put(_batch(_statement(1, "http://example.org/verbs/new")))
    await stores.statements.put(_batch(_statement(2, "http://example.org/verbs/other")))
    await stores.statements.put(_batch(_statement(1, "http://example.org/verbs/new")))
    page = await stores.statements.query(StatementQuery((Condition("vhttp://example.org/verbs/new"),)), Wall())
    assert [b"verbs/new" in body for body in page.bodies] == [True]


async def test_a_failed_fsync_reopens_the_file_before_anybody_is_answered(stores: Stores, disk: FaultySystem) -> None:
    await stores.statements.put(_batch(_statement(1)))
    before = disk.opened
    disk.fail("sync", times=1)
    try:
        await stores.statements.put(_batch(_statement(2)))
        acknowledged = True
    except StoreUnavailableError:
        acknowledged = False
    assert disk.opened > before
    assert (await stores.statements.get(_statement(2).id, Wall()) is not None) == acknowledged


async def test_after_a_failed_fsync_answer_and_file_agree_also_after_a_restart(disk: FaultySystem, tmp_path: Path) -> None:
    path, options = tmp_path / "jejak.sqlite3", SqliteOptions(vfs="faulty")
    acknowledged = set()
    for number in range(1, 13):
        stores = await open_sqlite_stores(path, SystemClock(), options)
        disk.fail("sync", times=1)
        try:
            await stores.statements.put(_batch(_statement(number)))
            acknowledged.add(number)
        except StoreUnavailableError:
            pass
        disk.fail("", times=0)
        await stores.engine.close()
    stores = await open_sqlite_stores(path, SystemClock(), options)
    found = {number for number in range(1, 13) if await stores.statements.get(_statement(number).id, Wall()) is not None}
    await stores.engine.close()
    assert found == acknowledged
    assert check(path) == []


async def test_a_disk_that_goes_on_failing_says_that_the_outcome_is_unknown(stores: Stores, disk: FaultySystem) -> None:
    disk.fail("sync", times=1_000_000)
    with pytest.raises(StoreUnavailableError, match="not known"):
        await stores.statements.put(_batch(_statement(1)))
    disk.fail("", times=0)
    await stores.statements.put(_batch(_statement(1)))
    assert await _count(stores) == 1


async def test_a_conflict_in_one_request_touches_no_other_of_its_group(stores: Stores) -> None:
    await stores.statements.put(_batch(_statement(1)))
    other = _statement(1, "http://example.org/verbs/other")
    answers = await asyncio.gather(
        *(stores.statements.put(_batch(_statement(number))) for number in range(2, 10)),
        stores.statements.put(_batch(_statement(50, "http://example.org/verbs/lost"), other)),
        *(stores.statements.put(_batch(_statement(number))) for number in range(10, 20)),
        return_exceptions=True,
    )
    assert [type(answer) for answer in answers if answer is not None] == [ConflictError]
    assert await _count(stores) == 19
    assert (await stores.statements.query(StatementQuery((Condition("vhttp://example.org/verbs/lost"),)), Wall())).bodies == []


async def test_a_closed_store_refuses_writes_and_reads(tmp_path: Path) -> None:
    stores = await open_sqlite_stores(tmp_path / "jejak.sqlite3", SystemClock())
    await stores.engine.close()
    with pytest.raises(StoreUnavailableError):
        await stores.statements.put(_batch(_statement(1)))
    with pytest.raises(StoreUnavailableError):
        await stores.statements.get(_statement(1).id, Wall())
