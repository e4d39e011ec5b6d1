"""One transaction for many jobs, and what is done when its COMMIT or fsync fails.

Each job has a savepoint of its own: one that raises touches no other. After a failed COMMIT nobody knows what is on disk: the frames of the
transaction may be in the WAL and come to life at the next recovery. So before anybody is answered the file is opened anew, looked at, and a
small transaction is committed on top of it, whose fsync must succeed. Then either the group is there, durable, and its jobs succeeded; or
it is not, its frames are overwritten, and it never will be.
"""

from __future__ import annotations

import contextlib
import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import apsw

from lrs.errors import OperatorError, StoreUnavailableError

Job = Callable[[apsw.Connection], Any]
Mark = tuple[int, int] | bytes
Closed = Callable[[apsw.Connection], OperatorError | None]

_FATAL = (apsw.FullError, apsw.IOError, apsw.CorruptError, apsw.NotADBError, apsw.ReadOnlyError, apsw.CantOpenError, apsw.NoMemError)
_SET_MARK = "INSERT OR REPLACE INTO group_mark(one, mark) VALUES(1, ?)"


class WriterState(Protocol):
    """What the process remembers of the file (sequence, terms, caches). It has to follow every commit and every rollback."""

    def begin(self, connection: apsw.Connection, foreign: bool) -> None:
        """A transaction has begun; `foreign`: another connection has written since the last one, so re-read what it may have changed."""

    def mark(self) -> Any:
        """A savepoint has been set: what `undo` needs to come back here."""

    def undo(self, mark: Any) -> None:
        """That savepoint was rolled back."""

    def wrote(self) -> tuple[int, int] | None:
        """`seq` and `stored` of the last statement that this transaction wrote, None when it wrote none."""

    def committed(self) -> None:
        """The transaction is durable and visible."""

    def rolled_back(self) -> None:
        """The transaction never was, or nobody knows; forget everything learnt in it and re-read the file at the next `begin`."""

    def background(self) -> Job | None:
        """A bounded slice of work left over, None when there is none. Called between transactions."""


class JoinedJob(ABC):
    """A job without a result that can be done in one go with others of its class that wait beside it."""

    __slots__ = ()

    @abstractmethod
    def __call__(self, connection: apsw.Connection) -> None:
        """Does it alone."""

    @abstractmethod
    def together(self, connection: apsw.Connection, jobs: Sequence[JoinedJob]) -> None:
        """Does all of `jobs` (this one is the first) as if one after the other. Whatever it raises, each half is tried anew, down to each
        job alone: which one is to blame is seen there.
        """


@dataclass(slots=True)
class Outcome:
    """What one job came to: `result`, or `error`. `always`: also while the file refuses writes."""

    job: Job
    result: Any = None
    error: BaseException | None = None
    always: bool = False


class GroupCommit:
    """Owns the writing connection. `opener` makes one ready to use; `closed` looks whether the file refuses writes."""

    def __init__(self, opener: Callable[[], apsw.Connection], closed: Closed = lambda _: None) -> None:
        self._closed = closed
        self.states: list[WriterState] = []
        self._opener = opener
        self._connection: apsw.Connection | None = opener()
        self._connection.execute("CREATE TABLE IF NOT EXISTS group_mark(one INTEGER PRIMARY KEY, mark BLOB NOT NULL)")
        self._data_version = -1

    def attach(self, state: WriterState) -> None:
        """From now on `state` is told of everything. To be called inside a job."""
        assert self._connection is not None
        self.states.append(state)
        state.begin(self._connection, True)

    def run(self, outcomes: list[Outcome]) -> bool:
        """Runs all jobs in one transaction; on return each has a result or an error, and what has a result is durable. True when it was
        committed.
        """
        try:
            return self._run(outcomes)
        except apsw.BusyError:
            self._give_up(outcomes, StoreUnavailableError("the database is locked by another process", retry_after=1), suspect=False)
        except apsw.Error as error:
            self._give_up(outcomes, StoreUnavailableError(explain(error)), suspect=True)
        except (OperatorError, OSError) as error:
            self._give_up(outcomes, StoreUnavailableError(str(error)), suspect=True)
        return False

    def close(self) -> None:
        """Closes the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _run(self, outcomes: list[Outcome]) -> bool:
        connection = self._connected()
        runs = self._begin(connection, outcomes)
        if len(runs) != 1 or not self._run_bare(connection, runs[0]):
            runs = runs if connection.in_transaction else self._begin(connection, outcomes)
            for some in runs:
                self._run_jobs(connection, some)
        if not runs:
            connection.execute("ROLLBACK")
            return False
        mark = self._leave_mark(connection)
        try:
            connection.execute("COMMIT")
        except apsw.BusyError:
            raise
        except apsw.Error:
            if not self._landed(mark):
                raise
            return True
        for state in self.states:
            state.committed()
        return True

    def _admitted(self, connection: apsw.Connection, outcomes: list[Outcome]) -> list[Outcome]:
        """Those that may write: looked up in this very transaction."""
        refusal = self._closed(connection)
        if refusal is None:
            return outcomes
        for outcome in outcomes:
            if not outcome.always:
                outcome.error = refusal
        return [outcome for outcome in outcomes if outcome.always]

    def _begin(self, connection: apsw.Connection, outcomes: list[Outcome]) -> list[list[Outcome]]:
        connection.execute("BEGIN IMMEDIATE")
        version = connection.pragma("data_version")
        foreign = version != self._data_version
        self._data_version = version
        for state in self.states:
            state.begin(connection, foreign)
        return _joined(self._admitted(connection, outcomes))

    def _run_bare(self, connection: apsw.Connection, outcomes: list[Outcome]) -> bool:
        """Does the whole transaction without a savepoint, for which SQLite would copy pages. False, and it is over, where that fails."""
        jobs = [outcome.job for outcome in outcomes if isinstance(outcome.job, JoinedJob)]
        if not jobs:
            return False
        marks = [(state, state.mark()) for state in self.states]
        try:
            jobs[0].together(connection, jobs)
        except _FATAL:
            raise
        except Exception:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            for state, mark in marks:
                state.undo(mark)
            return False
        return True

    def _run_jobs(self, connection: apsw.Connection, outcomes: list[Outcome]) -> None:
        """Together; each half anew when that fails."""
        if len(outcomes) == 1:
            self._run_job(connection, outcomes[0])
        elif not self._run_together(connection, [outcome.job for outcome in outcomes if isinstance(outcome.job, JoinedJob)]):
            middle = len(outcomes) // 2
            self._run_jobs(connection, outcomes[:middle])
            self._run_jobs(connection, outcomes[middle:])

    def _run_together(self, connection: apsw.Connection, jobs: list[JoinedJob]) -> bool:
        marks = [(state, state.mark()) for state in self.states]
        connection.execute("SAVEPOINT job")
        try:
            jobs[0].together(connection, jobs)
        except _FATAL:
            raise
        except Exception:
            connection.execute("ROLLBACK TO job")
            for state, mark in marks:
                state.undo(mark)
            connection.execute("RELEASE job")
            return False
        connection.execute("RELEASE job")
        return True

    def _run_job(self, connection: apsw.Connection, outcome: Outcome) -> None:
        marks = [(state, state.mark()) for state in self.states]
        connection.execute("SAVEPOINT job")
        try:
            outcome.result = outcome.job(connection)
        except _FATAL:
            raise
        except Exception as error:
            connection.execute("ROLLBACK TO job")
            for state, mark in marks:
                state.undo(mark)
            outcome.error = StoreUnavailableError(explain(error)) if isinstance(error, apsw.Error) else error
        connection.execute("RELEASE job")

    def _leave_mark(self, connection: apsw.Connection) -> Mark:
        """Something by which this very transaction can be recognised afterwards: the statement it wrote last, or else a random mark."""
        for state in self.states:
            if (written := state.wrote()) is not None:
                return written
        mark = os.urandom(16)
        connection.execute(_SET_MARK, (mark,))
        return mark

    def _landed(self, mark: Mark) -> bool:
        """After a failed COMMIT: opens the file anew and makes sure of its state (see the module). Raises StoreUnavailableError when the
        disk does not let it.
        """
        self._forget()
        try:
            connection = self._connected()
            if isinstance(mark, tuple):
                found = connection.execute("SELECT 1 FROM statement WHERE seq = ? AND stored = ?", mark).get is not None
            else:
                found = connection.execute("SELECT 1 FROM group_mark WHERE mark = ?", (mark,)).get is not None
            connection.execute(_SET_MARK, (os.urandom(16),))
        except (apsw.Error, OperatorError) as error:
            raise StoreUnavailableError(
                f"{_reason(error)}; it is not known whether this was stored: send it again with the same ids"
            ) from error
        return found

    def _give_up(self, outcomes: list[Outcome], error: StoreUnavailableError, *, suspect: bool) -> None:
        connection = self._connection
        if suspect or connection is None:
            self._forget()
            with contextlib.suppress(apsw.Error, OperatorError, OSError):
                self._connected()
        elif connection.in_transaction:
            connection.execute("ROLLBACK")
        for state in self.states:
            state.rolled_back()
        for outcome in outcomes:
            outcome.result, outcome.error = None, error

    def _connected(self) -> apsw.Connection:
        if self._connection is None:
            self._connection = self._opener()
            self._data_version = -1
        return self._connection

    def _forget(self) -> None:
        """Closes the connection whatever it says, and everything learnt with it."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(apsw.Error):
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
            with contextlib.suppress(apsw.Error):
                connection.close(True)
        for state in self.states:
            state.rolled_back()


def _joined(outcomes: list[Outcome]) -> list[list[Outcome]]:
    """In order; neighbours whose jobs can be done together stand together."""
    runs: list[list[Outcome]] = []
    for outcome in outcomes:
        if runs and isinstance(outcome.job, JoinedJob) and type(runs[-1][0].job) is type(outcome.job):
            runs[-1].append(outcome)
        else:
            runs.append([outcome])
    return runs


def _reason(error: Exception) -> str:
    return explain(error) if isinstance(error, apsw.Error) else str(error)


def explain(error: Exception) -> str:
    """A database's error in words for whoever sent the request."""
    if isinstance(error, apsw.FullError):
        return "the disk is full"
    if isinstance(error, apsw.ReadOnlyError):
        return "the database cannot be written to"
    if isinstance(error, apsw.CorruptError | apsw.NotADBError):
        return "the database file is damaged; its operator must run: jejak db check"
    return f"the database failed ({type(error).__name__})"
