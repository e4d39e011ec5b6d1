"""The one writer of a process: a thread that commits everything that waits in one transaction (group commit).

Why a group: an fsync costs the same for one statement as for five hundred, and 200 means durable, so whoever waits shares it. Each job
has a
savepoint of its own: one that raises touches no other. Nothing is answered before the COMMIT has returned; when that fails, or an fsync
does, the
file is opened anew before anybody is answered, because SQLite's and the system's idea of what is on disk may differ from then on.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import apsw

from lrs.errors import OperatorError, StoreUnavailableError

Job = Callable[[apsw.Connection], Any]

MAX_GROUP = 512  # jobs a transaction: keeps the longest wait of a job, and what a failure takes with it, small
MAX_WAITING = 20_000  # jobs in the queue: past it the store says 503 at once instead of answering minutes late
_IDLE_SECONDS = 0.25  # how long the thread sleeps with nothing to do before it looks at its background work
_FATAL = (apsw.FullError, apsw.IOError, apsw.CorruptError, apsw.NotADBError, apsw.ReadOnlyError, apsw.CantOpenError, apsw.NoMemError)


class WriterState(Protocol):
    """What the process remembers of the file (sequence, terms, caches). It has to follow every commit and every rollback."""

    def begin(self, connection: apsw.Connection, foreign: bool) -> None:
        """A transaction has begun; `foreign`: another connection has written since the last one, so re-read what it may have changed."""

    def mark(self) -> Any:
        """A savepoint has been set: what `undo` needs to come back here."""

    def undo(self, mark: Any) -> None:
        """That savepoint was rolled back."""

    def committed(self) -> None:
        """The transaction is durable and visible."""

    def rolled_back(self) -> None:
        """The transaction never was; forget everything learnt in it."""

    def background(self) -> Job | None:
        """A bounded slice of work left over, None when there is none. Called between transactions."""


@dataclass(slots=True)
class _Waiting:
    job: Job
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]
    result: Any = None
    error: BaseException | None = None


class Writer:
    """Owns the writing connection. `opener` makes a connection ready to use; `states` are told of everything."""

    def __init__(self, opener: Callable[[], apsw.Connection], on_group: Callable[[int], None]) -> None:
        self._opener = opener
        self._on_group = on_group
        self._states: list[WriterState] = []
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._connection: apsw.Connection | None = opener()
        self._data_version = -1
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="jejak-sqlite-writer", daemon=True)

    def start(self) -> None:
        """Begins to take jobs."""
        self._thread.start()

    def attach(self, state: WriterState) -> None:
        """From the next transaction on `state` is told of everything. To be called inside a job."""
        self._states.append(state)
        assert self._connection is not None
        state.begin(self._connection, True)

    async def run(self, job: Job) -> Any:
        """Runs `job` in a transaction and returns its answer once that is durable. Raises what the job raises, or StoreUnavailableError."""
        if self._closing:
            raise StoreUnavailableError("the store is closed")
        if self._queue.qsize() > MAX_WAITING:
            raise StoreUnavailableError("too many writes are waiting", retry_after=1)
        loop = asyncio.get_running_loop()
        waiting = _Waiting(job, loop, loop.create_future())
        self._queue.put(waiting)
        return await waiting.future

    def close(self) -> None:
        """Finishes what was accepted and closes the file. Blocks."""
        if not self._closing:
            self._closing = True
            self._queue.put(None)
            self._thread.join()

    def _run(self) -> None:
        stopping = False
        while not stopping:
            group, stopping = self._next_group()
            if group:
                self._commit(group)
                self._answer(group)
            self._run_background()
        if self._connection is not None:
            self._connection.close()

    def _next_group(self) -> tuple[list[_Waiting], bool]:
        try:
            first = self._queue.get(timeout=_IDLE_SECONDS)
        except queue.Empty:
            return [], False
        group: list[_Waiting] = []
        while first is not None:
            group.append(first)
            if len(group) >= MAX_GROUP:
                return group, False
            try:
                first = self._queue.get_nowait()
            except queue.Empty:
                return group, False
        return group, True

    def _commit(self, group: list[_Waiting]) -> None:
        """Runs the whole group in one transaction; on return each has a result or an error, and only what is durable has a result."""
        connection: apsw.Connection | None = None
        try:
            connection = self._connected()
            self._begin(connection)
            for waiting in group:
                self._run_job(connection, waiting)
            connection.execute("COMMIT")
        except apsw.BusyError:
            self._give_up(group, StoreUnavailableError("the database is locked by another process"), reopen=False)
        except apsw.Error as error:
            self._give_up(group, StoreUnavailableError(_explain(error)), reopen=True)
        except OperatorError as error:
            self._give_up(group, error, reopen=True)
        except Exception as error:
            self._give_up(group, error, reopen=True)
        else:
            for state in self._states:
                state.committed()
            self._on_group(len(group))

    def _begin(self, connection: apsw.Connection) -> None:
        connection.execute("BEGIN IMMEDIATE")
        version = connection.pragma("data_version")
        foreign = version != self._data_version
        self._data_version = version
        for state in self._states:
            state.begin(connection, foreign)

    def _run_job(self, connection: apsw.Connection, waiting: _Waiting) -> None:
        marks = [state.mark() for state in self._states]
        connection.execute("SAVEPOINT job")
        try:
            waiting.result = waiting.job(connection)
        except _FATAL:
            raise
        except Exception as error:
            connection.execute("ROLLBACK TO job")
            for state, mark in zip(self._states, marks, strict=False):
                state.undo(mark)
            waiting.error = StoreUnavailableError(_explain(error)) if isinstance(error, apsw.Error) else error
        connection.execute("RELEASE job")

    def _connected(self) -> apsw.Connection:
        if self._connection is None:
            self._connection = self._opener()
            self._data_version = -1
        return self._connection

    def _give_up(self, group: list[_Waiting], error: Exception, *, reopen: bool) -> None:
        """Nothing of the group is stored. The file is reopened before anybody is answered (a later try follows when that fails now)."""
        connection = self._connection
        if connection is not None:
            try:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
            except apsw.Error:
                reopen = True
        for state in self._states:
            state.rolled_back()
        if reopen and connection is not None:
            self._connection = None
            try:
                connection.close(True)
                self._connected()
            except (apsw.Error, OperatorError, OSError):
                self._connection = None
        for waiting in group:
            waiting.error = error

    def _answer(self, group: list[_Waiting]) -> None:
        by_loop: dict[asyncio.AbstractEventLoop, list[_Waiting]] = {}
        for waiting in group:
            by_loop.setdefault(waiting.loop, []).append(waiting)
        for loop, answers in by_loop.items():
            try:
                loop.call_soon_threadsafe(_deliver, answers)
            except RuntimeError:  # that event loop is closed: nobody waits any more
                continue

    def _run_background(self) -> None:
        for state in self._states:
            job = state.background()
            if job is not None:
                self._commit([_Waiting(job, _NO_LOOP, _NO_FUTURE)])


_NO_LOOP: Any = None
_NO_FUTURE: Any = None


def _deliver(answers: list[_Waiting]) -> None:
    for waiting in answers:
        if waiting.future.done():
            continue
        if waiting.error is not None:
            waiting.future.set_exception(waiting.error)
        else:
            waiting.future.set_result(waiting.result)


def _explain(error: Exception) -> str:
    if isinstance(error, apsw.FullError):
        return "the disk is full"
    if isinstance(error, apsw.ReadOnlyError):
        return "the database cannot be written to"
    if isinstance(error, apsw.CorruptError | apsw.NotADBError):
        return "the database file is damaged; run: jejak db check"
    return f"the database failed ({type(error).__name__})"
