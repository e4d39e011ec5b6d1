"""What holds for every test: a skip or an expected failure is a failure, since what cannot run must be said and mended."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.support.mongo.server_pair import MongoServer, mongo_pair

# How long an example takes says more about the machine than about the code. CI tries the same examples each time; elsewhere they are new.
settings.register_profile("jejak", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("jejak")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]  # pluggy's Result, untyped here
    if report.skipped:
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped or expected to fail; neither is allowed: {report.longrepr}"


@pytest.fixture(scope="session")
def mongo() -> Iterator[MongoServer]:
    """The server in JEJAK_TEST_MONGODB, else one that is started for this process's tests."""
    address = os.environ.get("JEJAK_TEST_MONGODB")
    if address:
        yield MongoServer(address)
        return
    with mongo_pair() as server:
        yield server
