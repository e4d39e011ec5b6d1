"""Every engine is copied from and to: memory, SQLite; MongoDB beside its other contracts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from lrs.ports import Stores
from lrs.ports.copying import Closed, Mark
from lrs.stores.memory import memory_stores
from lrs.stores.sqlite import SqliteOptions, open_sqlite_stores
from lrs.stores.sqlite.check import check
from tests.contracts.copying import CopyingContract
from tests.support.clock import SettableClock


class TestMemoryCopying(CopyingContract):
    @pytest.fixture
    def stores(self, clock: SettableClock) -> Stores:
        return memory_stores(clock)

    @pytest.fixture
    def copier(self, stores: Stores) -> Stores:
        return stores


class TestSqliteCopying(CopyingContract):
    @pytest.fixture
    async def stores(self, clock: SettableClock, tmp_path: Path) -> AsyncIterator[Stores]:
        opened = await open_sqlite_stores(tmp_path / "jejak.sqlite3", clock, SqliteOptions(synchronous="OFF", segment=16))
        yield opened
        await opened.engine.close()
        assert check(tmp_path / "jejak.sqlite3", segment=16) == []

    @pytest.fixture
    async def copier(self, stores: Stores, clock: SettableClock, tmp_path: Path) -> AsyncIterator[Stores]:
        options = SqliteOptions(synchronous="OFF", segment=16, copying=True)
        opened = await open_sqlite_stores(tmp_path / "jejak.sqlite3", clock, options)
        yield opened
        await opened.engine.close()

    async def test_a_closed_file_can_be_opened_and_read(self, copier: Stores, clock: SettableClock, tmp_path: Path) -> None:
        await copier.copying.set_mark(Mark.CLOSED, Closed.FILLING)
        again = await open_sqlite_stores(tmp_path / "jejak.sqlite3", clock, SqliteOptions(synchronous="OFF", segment=16))
        assert await again.feed.end() == 0
        await again.engine.close()
