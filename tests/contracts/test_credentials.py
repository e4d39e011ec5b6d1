"""Memory and SQLite keep the contracts of the credential module."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from credentials.ports import CredentialStore
from credentials.stores.memory import MemoryCredentials
from credentials.stores.sqlite import open_sqlite_credentials
from lrs.stores.sqlite import SqliteOptions
from lrs.stores.sqlite.connection import Database
from tests.contracts.credentials import AwardContract, CatalogueContract, PeopleContract


@pytest.fixture(params=["memory", "sqlite"])
async def credentials(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[CredentialStore]:
    if request.param == "memory":
        yield MemoryCredentials()
        return
    database = await Database.open(tmp_path / "jejak.sqlite3", SqliteOptions(synchronous="OFF"))
    yield await open_sqlite_credentials(database)
    await database.close()


class TestCatalogue(CatalogueContract):
    pass


class TestPeople(PeopleContract):
    pass


class TestAwards(AwardContract):
    pass
