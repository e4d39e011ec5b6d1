"""What the contracts share: the clock that the stores under test are made with."""

from __future__ import annotations

import pytest

from tests.support.clock import SettableClock

pytest.register_assert_rewrite(
    "tests.contracts.administrators",
    "tests.contracts.attachments",
    "tests.contracts.clients",
    "tests.contracts.copying",
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
