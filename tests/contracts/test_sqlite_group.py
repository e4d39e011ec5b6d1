"""What waits together is written together: counts, which no noise of a machine changes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import apsw
import pytest

from lrs.ports import Stores
from lrs.stores.sqlite import Database, SqliteOptions, open_sqlite_stores
from lrs.stores.sqlite.engine import SqliteEngine
from tests.support.clock import SettableClock
from tests.support.statements import agent, batch, found, sentence, verb

_CROWD = 64


@pytest.fixture
async def stores(tmp_path: Path, clock: SettableClock) -> AsyncIterator[Stores]:
    opened = await open_sqlite_stores(tmp_path / "jejak.sqlite3", clock, SqliteOptions(synchronous="OFF"))
    yield opened
    await opened.engine.close()


def _database(stores: Stores) -> Database:
    assert isinstance(stores.engine, SqliteEngine)
    return stores.engine.database


async def _traced(stores: Stores) -> list[str]:
    """Every SQL statement of the writer from now on."""
    seen: list[str] = []

    def trace(event: dict[str, object]) -> None:
        seen.append(str(event["sql"]))

    def attach(connection: apsw.Connection) -> None:
        connection.trace_v2(apsw.SQLITE_TRACE_STMT, trace)

    await _database(stores).write(attach)
    seen.clear()
    return seen


async def test_a_statement_alone_takes_few_calls_and_one_transaction(stores: Stores) -> None:
    await stores.statements.put(batch(sentence(1)))
    seen = await _traced(stores)
    await stores.statements.put(batch(sentence(2)))
    assert [one for one in seen if one.startswith("COMMIT")] == ["COMMIT"]
    assert len(seen) <= 12


async def test_a_crowd_takes_hardly_more_calls_than_one_statement(stores: Stores) -> None:
    await stores.statements.put(batch(sentence(0)))
    seen = await _traced(stores)
    await asyncio.gather(*(stores.statements.put(batch(sentence(number))) for number in range(1, _CROWD + 1)))
    groups = len([one for one in seen if one.startswith("COMMIT")])
    assert groups <= 3
    assert len(seen) <= 16 * groups


async def test_a_batch_of_a_hundred_takes_few_calls_though_its_terms_are_new(stores: Stores) -> None:
    await stores.statements.put(batch(sentence(0)))
    seen = await _traced(stores)
    await stores.statements.put(batch(*(sentence(number, actor=f"peserta-{number}") for number in range(1, 101))))
    assert len(seen) <= 30
    assert await found(stores.statements, agent("peserta-77")) == [77]
    assert await found(stores.statements, verb("did")) == list(range(101))


async def test_one_that_is_there_already_costs_its_neighbours_only_their_own_calls(stores: Stores) -> None:
    await stores.statements.put(batch(sentence(50)))
    await asyncio.gather(*(stores.statements.put(batch(sentence(number))) for number in range(_CROWD)))
    assert await found(stores.statements, verb("did")) == [50, *(number for number in range(_CROWD) if number != 50)]
