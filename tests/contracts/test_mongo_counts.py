"""How many round trips a statement costs on MongoDB: the counts that hold on every machine."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from pymongo import monitoring

from lrs.clock import SystemClock
from lrs.ports import StatementQuery, Stores
from lrs.stores.mongo import ClusterOptions, connect, migrate, open_mongo_stores
from tests.support.mongo.commands import Commands
from tests.support.mongo.server_pair import MongoServer
from tests.support.statements import EVERYTHING, batch, sentence, statement_id

_ALONE = ClusterOptions(poll=3_600)  # no background in between
_NAME = f"counted-{uuid4().hex[:12]}"


@pytest.fixture(scope="module")
def sent() -> Commands:
    commands = Commands((), re.compile(_NAME))
    monitoring.register(commands)
    return commands


@pytest.fixture
async def stores(mongo: MongoServer, sent: Commands) -> AsyncIterator[Stores]:
    address = mongo.address(_NAME)
    cluster = await connect(address, _ALONE)
    await migrate(cluster)
    await cluster.close()
    opened = await open_mongo_stores(address, SystemClock(), _ALONE)
    await opened.statements.put(batch(sentence(0)))
    sent.count = 0
    yield opened
    await opened.engine.close()


async def test_a_single_post_takes_four_round_trips(stores: Stores, sent: Commands) -> None:
    for number in range(1, 6):
        await stores.statements.put(batch(sentence(number)))
    assert sent.count <= 4 * 5


async def test_64_clients_share_them(stores: Stores, sent: Commands) -> None:
    await asyncio.gather(*(stores.statements.put(batch(sentence(100 + number))) for number in range(64)))
    assert sent.count <= 64 / 4


async def test_a_page_takes_two_and_a_statement_by_its_id_one(stores: Stores, sent: Commands) -> None:
    await stores.statements.put(batch(*(sentence(number) for number in range(200, 400))))
    sent.count = 0
    page = await stores.statements.query(StatementQuery(limit=200), EVERYTHING)
    assert len(page.bodies) == 200
    assert sent.count <= 2
    sent.count = 0
    assert await stores.statements.get(statement_id(300), EVERYTHING) is not None
    assert sent.count == 1
