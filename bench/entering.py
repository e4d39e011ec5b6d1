"""Writing into the store of a server that does not run yet: what would take a bench too long over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

from bench.servers import FILE, jejak_server
from credentials.keys import Derived
from credentials.ports.records import MOST_WRITES, Records, Write
from credentials.stores.sqlite import open_sqlite_records
from credentials.stores.tables import TABLES
from lrs.stores.sqlite import SqliteOptions
from lrs.stores.sqlite.connection import Database


@asynccontextmanager
async def entering(folder: Path) -> AsyncIterator[Records]:
    """The records in that data folder. A server is started and stopped before, so that its key and first provider are there."""
    with jejak_server(folder):
        pass
    database = await Database.open(folder / FILE, SqliteOptions())
    try:
        yield await open_sqlite_records(database, TABLES)
    finally:
        await database.close()


async def commit_all(records: Records, writes: Iterable[Write]) -> None:
    """In as many commits as it takes."""
    some: list[Write] = []
    for write in writes:
        some.append(write)
        if len(some) == MOST_WRITES:
            await records.commit(*some)
            some = []
    await records.commit(*some)


def key_of(folder: Path) -> Derived:
    """The server's own: with it a bench knows a certificate's id before it is made."""
    return Derived(bytes.fromhex((folder / "secret.key").read_text().strip()))
