"""Opening and closing one file with all its ports, and what it tells about itself."""

from __future__ import annotations

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import apsw

from lrs.clock import Clock
from lrs.errors import StoreUnavailableError
from lrs.ports import Stores
from lrs.stores.sqlite import closure, reduction
from lrs.stores.sqlite.administrators import SqliteAdministrators
from lrs.stores.sqlite.attachments import SqliteAttachments
from lrs.stores.sqlite.bodies import BodyWriter
from lrs.stores.sqlite.clients import SqliteClients
from lrs.stores.sqlite.connection import Database, SqliteOptions, refuse_newer
from lrs.stores.sqlite.copying import SqliteCopying
from lrs.stores.sqlite.directory import SqliteDirectory
from lrs.stores.sqlite.documents import SqliteDocuments
from lrs.stores.sqlite.feed import SqliteFeed
from lrs.stores.sqlite.insert import Inserter
from lrs.stores.sqlite.schema import MIGRATIONS, NAMESPACE
from lrs.stores.sqlite.seal import Sealer
from lrs.stores.sqlite.state import StatementState
from lrs.stores.sqlite.statements import SqliteStatements
from lrs.stores.sqlite.tail import Tail
from lrs.stores.sqlite.training import Trainer
from lrs.stores.sqlite.watermark import Watermark

_SPARE_BYTES = 20_000_000  # below so much free disk the store is not ready: a commit, its checkpoint and a log line must still fit


class SqliteEngine:
    """See `lrs.ports.stores.Lifecycle`. `database` is for other packages' stores in the same file."""

    def __init__(self, database: Database, watermark: Watermark, tail: Tail, helper: ThreadPoolExecutor) -> None:
        self.database = database
        self._watermark = watermark
        self._tail = tail
        self._helper = helper

    async def close(self) -> None:
        await self.database.close()
        self._helper.shutdown()
        self._watermark.close()

    async def ready(self) -> None:
        await self.database.write(_nothing)
        disk = os.statvfs(self.database.path.parent)
        if disk.f_bavail * disk.f_frsize < _SPARE_BYTES:
            raise StoreUnavailableError("the disk is nearly full")

    async def key_mark(self, first: int | None = None) -> int | None:
        present = await self.database.read(key_mark)
        if first is None or present is not None:  # a store that is closed to writes has one
            return present
        return await self.database.write(lambda connection: _keep_mark(connection, first))

    async def figures(self) -> dict[str, float]:
        statements, sealed = await self.database.read(_counts)
        windows, keys = self._tail.figures()
        size = sum(_size(self.database.path.with_name(self.database.path.name + suffix)) for suffix in ("", "-wal"))
        return {
            "size_bytes": size,
            "statements": statements,
            "sealed_windows": sealed,
            "tail_windows": windows,
            "tail_keys": keys,
        }

    def commit_groups(self) -> tuple[dict[int, int], int]:
        return dict(self.database.group_sizes), self.database.writes


async def open_sqlite_stores(path: Path, clock: Clock, options: SqliteOptions = SqliteOptions()) -> Stores:  # noqa: B008  # frozen value
    """Opens (and creates, and migrates) the file at `path`. Raises StoreVersionError, StoreUnavailableError."""
    await asyncio.to_thread(refuse_newer, path, options, NAMESPACE, len(MIGRATIONS))
    database = await Database.open(path, options)
    try:
        await database.migrate(NAMESPACE, MIGRATIONS)
        await database.migrate(reduction.NAMESPACE, reduction.MIGRATIONS)
        watermark = Watermark(path.with_name(path.name + "-marks"), clock)
        state = StatementState(clock, watermark, BodyWriter(options.compression))
        helper = ThreadPoolExecutor(1, thread_name_prefix="jejak-sqlite-helper")
        state.slices += [
            partial(closure.background_slice, state),
            Sealer(state, options.segment, database.read_now, helper).next_slice,
            Trainer(state, database, helper).next_slice,
        ]
        await database.attach(state)
    except BaseException:
        await database.close()
        raise
    tail, inserter = Tail(options.segment), Inserter(state)
    return Stores(
        statements=SqliteStatements(database, inserter, watermark, tail),
        attachments=SqliteAttachments(database),
        documents=SqliteDocuments(database, clock),
        directory=SqliteDirectory(database),
        clients=SqliteClients(database),
        administrators=SqliteAdministrators(database),
        feed=SqliteFeed(database),
        reduction=reduction.SqliteReduction(database, state, tail),
        copying=SqliteCopying(database, state, inserter),
        engine=SqliteEngine(database, watermark, tail, helper),
    )


def key_mark(connection: apsw.Connection) -> int | None:
    """See `Lifecycle.key_mark`."""
    found: int | None = connection.execute("SELECT value FROM number WHERE name = 'key mark'").get
    return found


def _keep_mark(connection: apsw.Connection, first: int) -> int | None:
    connection.execute("INSERT OR IGNORE INTO number(name, value) VALUES('key mark', ?)", (first,))
    return key_mark(connection)


def _nothing(connection: apsw.Connection) -> None:
    """A write that changes nothing still takes the lock and commits."""
    connection.execute(
        "INSERT OR REPLACE INTO number(name, value) VALUES('ready', coalesce((SELECT value FROM number WHERE name = 'ready'), 0) + 1)"
    )


def _counts(connection: apsw.Connection) -> tuple[int, int]:
    statements: int = connection.execute("SELECT coalesce(max(seq), 0) FROM statement").get
    sealed: int = connection.execute("SELECT coalesce((SELECT value FROM number WHERE name = 'sealed'), 0)").get
    return statements, sealed


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
