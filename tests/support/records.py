"""Records over both engines that are here, for tests of what is written once on top of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from credentials.ports.records import Records, Table
from credentials.stores.memory import MemoryRecords
from credentials.stores.sqlite import open_sqlite_records
from credentials.stores.tables import TABLES
from lrs.stores.sqlite import SqliteOptions
from lrs.stores.sqlite.connection import Database

ENGINES = ("memory", "sqlite")


@asynccontextmanager
async def opened_records(engine: str, folder: Path, tables: Sequence[Table[Any]] = TABLES) -> AsyncIterator[Records]:
    """`engine`: one of ENGINES."""
    if engine == "memory":
        yield MemoryRecords()
        return
    database = await Database.open(folder / "jejak.sqlite3", SqliteOptions(synchronous="OFF"))
    try:
        yield await open_sqlite_records(database, tables)
    finally:
        await database.close()
