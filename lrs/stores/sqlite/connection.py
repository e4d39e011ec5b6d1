"""One SQLite file: how it is opened, migrated, written (one writer, group commit) and read (readers apart).

Everything that lies in the file goes through a `Database`, the stores of other packages too: `write` and `read` take a function of an
`apsw.Connection`. apsw carries its own SQLite (3.51.3 or later: older ones can corrupt a WAL that several connections reset).
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

import apsw

from lrs.errors import OperatorError, StoreUnavailableError, StoreVersionError
from lrs.stores.copied import refusal
from lrs.stores.sqlite.group import WriterState
from lrs.stores.sqlite.readers import Readers
from lrs.stores.sqlite.writer import Writer

T = TypeVar("T")

APPLICATION_ID = 0x4A454A4B  # "JEJK" in the file's header: tells our files from any other SQLite file
_OLDEST_SQLITE = 3_051_003  # 3.51.3 mends the WAL-reset bug of 3.7.0 to 3.51.2
_MOST_MAPPED = 1 << 40  # bytes: the whole file
_MIGRATION_TABLE = """CREATE TABLE IF NOT EXISTS migration(
  namespace TEXT NOT NULL, number INTEGER NOT NULL, applied TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP, PRIMARY KEY(namespace, number))
  WITHOUT ROWID"""


@dataclass(frozen=True, slots=True)
class SqliteOptions:
    """How a file is used.

    `synchronous`: FULL means that 200 is durable; anything else is for tests. `compression`: bodies by zstd with a dictionary trained on
    the store's own statements. `readers`: reading threads. `busy_ms`: how long a write waits for another process. `large_attachment`: bytes
    from which on an attachment lies beside the database. `segment`: statements in one sealed run of postings. `vfs`: name of an apsw VFS,
    for tests that inject faults. `copying`: writes also while the file is closed to writes (see `lrs.ports.copying.Mark`). `by_rows`: so
    few candidates of a run cost less to read than the offsets of a frequent key.
    """

    synchronous: str = "FULL"
    compression: bool = True
    readers: int = 2
    busy_ms: int = 10_000
    large_attachment: int = 65_536
    segment: int = 16_384
    train_after: int = 2_000
    vfs: str | None = None
    copying: bool = False
    by_rows: int = 8


def connect(path: Path, options: SqliteOptions, *, writing: bool, mapped: bool = False) -> apsw.Connection:
    """An open connection with our pragmas.

    `mapped`: the file is read by way of memory, which spares a call and a copy for each page; what was read then counts as the process's
    memory, though it is the system's cache and goes when room is needed. Raises StoreVersionError (not our file), StoreUnavailableError
    (cannot be opened).
    """
    if apsw.SQLITE_VERSION_NUMBER < _OLDEST_SQLITE:
        raise StoreVersionError(
            f"SQLite {apsw.sqlite_lib_version()} can corrupt a file that several connections write; 3.51.3 or later is needed"
        )
    flags = apsw.SQLITE_OPEN_READWRITE | (apsw.SQLITE_OPEN_CREATE if writing else 0)
    try:
        connection = apsw.Connection(str(path), flags=flags, vfs=options.vfs)
        connection.set_busy_timeout(options.busy_ms)
        if writing:
            _claim(connection, path)
            connection.pragma("journal_mode", "wal")
            connection.pragma("wal_autocheckpoint", 4000)
            connection.pragma("secure_delete", "fast")  # no copy of a row stays behind where a page is split
        else:
            connection.pragma("query_only", True)
            connection.pragma("mmap_size", _MOST_MAPPED if mapped else 0)
        connection.pragma("synchronous", options.synchronous)
        connection.pragma("cache_size", -32_000 if writing else -8_000)
        connection.pragma("temp_store", "memory")
        connection.pragma("foreign_keys", True)
    except (apsw.CantOpenError, apsw.IOError, apsw.BusyError, apsw.PermissionsError, apsw.ReadOnlyError) as error:
        raise StoreUnavailableError(f"the database cannot be opened: {error}") from error
    except (apsw.NotADBError, apsw.CorruptError) as error:
        raise StoreVersionError(f"{path.name} is not a database of Jejak") from error
    return connection


def _claim(connection: apsw.Connection, path: Path) -> None:
    """Marks an empty file as ours; refuses anybody else's."""
    found = connection.pragma("application_id")
    if found == APPLICATION_ID:
        return
    if found or connection.execute("SELECT count(*) FROM sqlite_schema").get:
        raise StoreVersionError(f"{path.name} is a SQLite file of another program")
    if path.exists():
        path.chmod(0o600)  # before anything is in it; its -wal and -shm are made with the same mode
    connection.pragma("application_id", APPLICATION_ID)


def refuse_newer(path: Path, options: SqliteOptions, namespace: str, newest: int) -> None:
    """Raises StoreVersionError for a file that a newer program made, before anything is written to it."""
    if not path.exists():
        return
    connection = connect(path, options, writing=False)
    try:
        if connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'migration'").get:
            _applied(connection, namespace, newest)
    except apsw.Error as error:
        raise StoreUnavailableError(f"the database cannot be read ({type(error).__name__})") from error
    finally:
        connection.close(True)


def _applied(connection: apsw.Connection, namespace: str, newest: int) -> int:
    """How many of the numbered scripts the file has. Raises StoreVersionError when these are more than there are."""
    done: int = connection.execute("SELECT coalesce(max(number), 0) FROM migration WHERE namespace = ?", (namespace,)).get
    if done > newest:
        raise StoreVersionError(
            f"the schema of the file ({namespace} {done}) is newer than this program's ({newest}); a newer version is needed"
        )
    return done


def migrate(connection: apsw.Connection, namespace: str, migrations: tuple[str, ...]) -> None:
    """Applies the numbered scripts (from 1) that the file does not have yet, each once. Raises StoreVersionError for a file of a newer
    schema.
    """
    connection.execute(_MIGRATION_TABLE)
    done = _applied(connection, namespace, len(migrations))
    for number in range(done + 1, len(migrations) + 1):
        connection.execute(migrations[number - 1])
        connection.execute("INSERT INTO migration(namespace, number) VALUES(?, ?)", (namespace, number))


def _closed(connection: apsw.Connection) -> OperatorError | None:
    """Why the file takes no writes, None when it does."""
    try:
        value = connection.execute("SELECT value FROM number WHERE name = 'moving: closed'").get
    except apsw.SQLError:  # the table is not there: the file is being made
        return None
    return refusal(value) if value else None


def _open_to_all(connection: apsw.Connection) -> OperatorError | None:
    return None


class Database:
    """One file. Made by `Database.open`; used from one event loop or several; closed by `close`."""

    def __init__(self, path: Path, options: SqliteOptions) -> None:
        self.path = path
        self.options = options
        self.group_sizes: dict[int, int] = {}
        self.writes = 0
        self._listeners: list[Callable[[], None]] = []
        self._writer = Writer(lambda: connect(path, options, writing=True), self._count_group, _open_to_all if options.copying else _closed)
        self._readers = Readers(options.readers)
        self._idle: dict[bool, queue.SimpleQueue[apsw.Connection]] = {False: queue.SimpleQueue(), True: queue.SimpleQueue()}
        self._closed = False
        self._drained = False  # set once no reader is kept any more
        self._guard = threading.Lock()

    @classmethod
    async def open(cls, path: Path, options: SqliteOptions) -> Database:
        """Creates the file and its folder when there is none."""
        path.parent.mkdir(parents=True, exist_ok=True)
        database = await asyncio.to_thread(cls, path, options)
        database._writer.start()
        database._readers.start()
        return database

    async def write(self, job: Callable[[apsw.Connection], T]) -> T:
        """Runs `job` in the group's transaction, in a savepoint of its own; when this returns, what it did is durable.

        What `job` raises comes back and undoes only that job. Raises StoreUnavailableError when the file cannot be written; nothing is
        stored then.
        """
        answer: T = await self._writer.run(job)
        return answer

    async def read(self, job: Callable[[apsw.Connection], T], *, mapped: bool = False) -> T:
        """Runs `job` in a read snapshot of its own. `mapped` (see `connect`): for what reads here and there; who reads the whole file, page
        after page, would only fill memory with it. Raises StoreUnavailableError.
        """
        if self._closed:
            raise StoreUnavailableError("the store is closed")
        answer: T = await self._readers.run(partial(self.read_now, job, mapped))
        return answer

    def read_now(self, job: Callable[[apsw.Connection], T], mapped: bool = False) -> T:
        """As `read`, in the calling thread."""
        connection: apsw.Connection | None = None
        try:
            connection = self._reader(mapped)
            connection.execute("BEGIN")
            try:
                return job(connection)
            finally:
                connection.execute("ROLLBACK")
        except apsw.Error as error:
            if connection is not None:
                connection.close(True)
                connection = None
            raise StoreUnavailableError(f"the database cannot be read ({type(error).__name__})") from error
        finally:
            if connection is not None:
                self._give_back(connection, mapped)

    async def migrate(self, namespace: str, migrations: tuple[str, ...]) -> None:
        """Brings one namespace of the file up to date (see `migrate`)."""
        await self._writer.run(lambda connection: migrate(connection, namespace, migrations), always=True)

    async def attach(self, state: WriterState) -> None:
        """Lets `state` follow every transaction of this process from now on."""
        await self._writer.run(lambda connection: self._writer.attach(state), always=True)

    def on_commit(self, listener: Callable[[], None]) -> None:
        """`listener` is called, in the writer's thread, after each transaction that is durable. It must be quick and must not raise."""
        self._listeners.append(listener)

    async def close(self) -> None:
        """Finishes what was accepted, then closes every connection; one that `read_now` still uses is closed when it is given back."""
        with self._guard:
            if self._closed:
                return
            self._closed = True
        await asyncio.to_thread(self._writer.close)
        await asyncio.to_thread(self._readers.close)
        with self._guard:
            self._drained = True
            for idle in self._idle.values():
                while not idle.empty():
                    idle.get_nowait().close()

    def _reader(self, mapped: bool) -> apsw.Connection:
        try:
            return self._idle[mapped].get_nowait()
        except queue.Empty:
            return connect(self.path, self.options, writing=False, mapped=mapped)

    def _give_back(self, connection: apsw.Connection, mapped: bool) -> None:
        """Keeps `connection` for the next reader; after the end none may stay open: the last to be closed folds the -wal file in."""
        with self._guard:
            if not self._drained:
                self._idle[mapped].put(connection)
                return
        connection.close()

    def _count_group(self, size: int) -> None:
        self.writes += size
        bucket = 1 << (size - 1).bit_length()
        self.group_sizes[bucket] = self.group_sizes.get(bucket, 0) + 1
        for listener in self._listeners:
            listener()
