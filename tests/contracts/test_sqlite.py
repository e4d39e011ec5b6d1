"""SQLite keeps every contract, also with runs of postings so short that each test seals some."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from lrs.ports import Stores
from lrs.stores.sqlite import SqliteOptions, open_sqlite_stores
from lrs.stores.sqlite.check import check
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


@pytest.fixture(params=[16, 16_384], ids=["short_runs", "long_runs"])
async def stores(request: pytest.FixtureRequest, clock: SettableClock, tmp_path: Path) -> AsyncIterator[Stores]:
    options = SqliteOptions(synchronous="OFF", segment=request.param, train_after=100)
    opened = await open_sqlite_stores(tmp_path / "jejak.sqlite3", clock, options)
    yield opened
    await opened.engine.close()
    assert check(tmp_path / "jejak.sqlite3", segment=request.param) == []


class TestSqliteStatements(StatementStoreContract):
    pass


class TestSqliteAttachments(AttachmentStoreContract):
    pass


class TestSqliteDocuments(DocumentStoreContract):
    pass


class TestSqliteDirectory(ActivityDirectoryContract):
    pass


class TestSqliteClients(ClientStoreContract):
    pass


class TestSqliteAdministrators(AdministratorStoreContract):
    pass


class TestSqliteFeed(FeedContract):
    pass


class TestSqliteEngine(EngineContract):
    pass


class TestSqliteReduction(ReductionContract):
    pass
