"""MongoDB and the contracts: on the server in JEJAK_TEST_MONGODB, else on one of its own; `python -m pytest tests/contracts/mongo.py`.

Not among the tests yet: the store lacks the reduction of statements, and documents by agent.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import pytest

from lrs.ports import Stores
from lrs.stores.mongo import ClusterOptions, connect, migrate, open_mongo_stores
from tests.contracts.administrators import AdministratorStoreContract
from tests.contracts.attachments import AttachmentStoreContract
from tests.contracts.clients import ClientStoreContract
from tests.contracts.directory import ActivityDirectoryContract
from tests.contracts.documents import DocumentStoreContract
from tests.contracts.engine import EngineContract
from tests.contracts.feed import FeedContract
from tests.contracts.reduction import ReductionContract
from tests.contracts.statement_store import StatementStoreContract
from tests.support.clock import SettableClock
from tests.support.mongo.server_pair import MongoServer, mongo_pair

_OPTIONS = ClusterOptions(patience=0.05, poll=0.05)


@pytest.fixture(scope="session")
def mongo() -> Iterator[MongoServer]:
    address = os.environ.get("JEJAK_TEST_MONGODB")
    if address:
        yield MongoServer(address)
        return
    with mongo_pair() as server:
        yield server


@pytest.fixture
async def stores(clock: SettableClock, mongo: MongoServer) -> AsyncIterator[Stores]:
    address = mongo.address(f"jejak-{uuid4().hex[:12]}")
    cluster = await connect(address, _OPTIONS)
    await migrate(cluster)
    await cluster.close()
    opened = await open_mongo_stores(address, clock, _OPTIONS)
    yield opened
    await opened.engine.close()


class TestMongoStatements(StatementStoreContract):
    many = 40
    batch_size = 20


class TestMongoAttachments(AttachmentStoreContract):
    pass


class TestMongoDocuments(DocumentStoreContract):
    pass


class TestMongoDirectory(ActivityDirectoryContract):
    pass


class TestMongoClients(ClientStoreContract):
    pass


class TestMongoAdministrators(AdministratorStoreContract):
    pass


class TestMongoFeed(FeedContract):
    pass


class TestMongoEngine(EngineContract):
    pass


class TestMongoReduction(ReductionContract):
    pass
