"""What the contracts share: the clock that the stores under test are made with."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.support.clock import SettableClock
from tests.support.mongo.server_pair import MongoServer, mongo_pair

pytest.register_assert_rewrite(
    "tests.contracts.administrators",
    "tests.contracts.attachments",
    "tests.contracts.clients",
    "tests.contracts.credentials",
    "tests.contracts.directory",
    "tests.contracts.documents",
    "tests.contracts.engine",
    "tests.contracts.feed",
    "tests.contracts.putting",
    "tests.contracts.querying",
    "tests.contracts.reduction",
    "tests.contracts.references",
    "tests.contracts.voiding",
)


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock()


@pytest.fixture(scope="session")
def mongo() -> Iterator[MongoServer]:
    address = os.environ.get("JEJAK_TEST_MONGODB")
    if address:
        yield MongoServer(address)
        return
    with mongo_pair() as server:
        yield server
