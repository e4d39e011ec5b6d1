"""MongoDB keeps every contract: on the server in JEJAK_TEST_MONGODB, else on one that the tests start themselves."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from uuid import uuid4

import pytest
from pymongo import monitoring

from credentials.ports.records import Insert, Records, Table, scan_all
from credentials.stores.mongo import migrate_records, open_mongo_records
from credentials.stores.mongo.records import INDEXES as RECORD_INDEXES
from lrs.errors import StoreVersionError
from lrs.ports import Stores
from lrs.stores.copied import new_statement
from lrs.stores.memory import memory_stores
from lrs.stores.mongo import ClusterOptions, connect, migrate, open_mongo_stores
from lrs.stores.mongo.engine import MongoEngine
from lrs.stores.mongo.log import SegmentLog
from lrs.stores.mongo.rows import row_of
from lrs.stores.mongo.schema import INDEXES
from tests.contracts.administrators import AdministratorStoreContract
from tests.contracts.attachments import AttachmentStoreContract
from tests.contracts.clients import ClientStoreContract
from tests.contracts.copying import CopyingContract
from tests.contracts.directory import ActivityDirectoryContract
from tests.contracts.documents import DocumentStoreContract
from tests.contracts.engine import EngineContract
from tests.contracts.feed import FeedContract
from tests.contracts.records import FIXED, NOTES, ONE, OTHERS, Note, RecordsContract
from tests.contracts.reduction import ReductionContract
from tests.contracts.statement_store import StatementStoreContract
from tests.support.clock import SettableClock
from tests.support.mongo.commands import Commands
from tests.support.mongo.server_pair import MongoServer
from tests.support.statements import batch, sentence

_OPTIONS = ClusterOptions(patience=0.05, poll=0.05)


@pytest.fixture(scope="module", autouse=True)
def commands() -> Iterator[Commands]:
    """Every command of these tests is held to what the stores declare."""
    sent = Commands((*INDEXES, *RECORD_INDEXES), re.compile("jejak-"))
    monitoring.register(sent)
    yield sent
    assert sent.count > 0
    assert sent.problems == []


@pytest.fixture
async def stores(clock: SettableClock, mongo: MongoServer) -> AsyncIterator[Stores]:
    address = mongo.address(f"jejak-{uuid4().hex[:12]}")
    cluster = await connect(address, _OPTIONS)
    await migrate(cluster)
    await cluster.close()
    opened = await open_mongo_stores(address, clock, _OPTIONS)
    yield opened
    await opened.engine.close()


@pytest.fixture
async def records(clock: SettableClock, mongo: MongoServer) -> AsyncIterator[Records]:
    cluster = await connect(mongo.address(f"jejak-{uuid4().hex[:12]}"), _OPTIONS)
    await migrate_records(cluster, clock, (NOTES, OTHERS, FIXED))
    yield await open_mongo_records(cluster, clock, (NOTES, OTHERS, FIXED))
    await cluster.close()


class TestMongoRecords(RecordsContract):
    pass


class TestMongoStatements(StatementStoreContract):
    many = 20
    batch_size = 20
    orders = StatementStoreContract.orders[::4]


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


class TestMongoCopying(CopyingContract):
    @pytest.fixture
    async def copier(self, stores: Stores, clock: SettableClock, mongo: MongoServer) -> AsyncIterator[Stores]:
        assert isinstance(stores.engine, MongoEngine)
        options = replace(_OPTIONS, copying=True)
        opened = await open_mongo_stores(mongo.address(stores.engine.cluster.name), clock, options)
        yield opened
        await opened.engine.close()

    async def test_a_page_that_is_in_the_log_and_not_yet_visible_is_not_copied_twice(
        self, stores: Stores, copier: Stores, clock: SettableClock
    ) -> None:
        assert isinstance(copier.engine, MongoEngine)
        origin = memory_stores(clock)
        await origin.statements.put(batch(*(sentence(number) for number in range(1, 9))))
        some = await origin.copying.statements(0, 10)
        log = SegmentLog(copier.engine.cluster, clock)
        rows = [row_of(new_statement(one), one.stored, one.provider, one.client, may_void_any=False) for one in some[:5]]
        await log.append(await log.head(), rows, rows[-1].stored)
        await copier.copying.keep_statements(some)
        assert await stores.copying.statements(0, 10) == some

    async def seen(self, stores: Stores) -> None:
        assert isinstance(stores.engine, MongoEngine)
        await stores.engine.cluster.look()


async def test_an_index_that_is_declared_later_finds_what_was_there_before(clock: SettableClock, mongo: MongoServer) -> None:
    bare: Table[Note] = Table(NOTES.name, Note, key=NOTES.key)
    cluster = await connect(mongo.address(f"jejak-{uuid4().hex[:12]}"), _OPTIONS)
    await migrate_records(cluster, clock, [bare])
    await (await open_mongo_records(cluster, clock, [bare])).commit(Insert(bare, ONE))
    with pytest.raises(StoreVersionError, match="db migrate"):
        await open_mongo_records(cluster, clock, [NOTES])
    await migrate_records(cluster, clock, [NOTES])
    records = await open_mongo_records(cluster, clock, [NOTES])
    assert await scan_all(records, NOTES, "tag", ("b",)) == [ONE]
    await cluster.close()
