"""The reference keeps every contract."""

from __future__ import annotations

import pytest

from lrs.ports import Stores
from lrs.stores.memory import memory_stores
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


@pytest.fixture
def stores(clock: SettableClock) -> Stores:
    return memory_stores(clock)


class TestMemoryStatements(StatementStoreContract):
    pass


class TestMemoryAttachments(AttachmentStoreContract):
    pass


class TestMemoryDocuments(DocumentStoreContract):
    pass


class TestMemoryDirectory(ActivityDirectoryContract):
    pass


class TestMemoryClients(ClientStoreContract):
    pass


class TestMemoryAdministrators(AdministratorStoreContract):
    pass


class TestMemoryFeed(FeedContract):
    pass


class TestMemoryEngine(EngineContract):
    pass


class TestMemoryReduction(ReductionContract):
    pass
