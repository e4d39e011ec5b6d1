"""Sealing: writing the postings of a full window as one run in key order, off the path of any request.

A thread of its own reads the window and sorts it; the writer puts it into the file in slices, between its groups. Until the last slice has
bumped `sealed`, queries use the window in memory; a run left half written by a crash is written again. Several processes may try: each
looks at `sealed` inside its own transaction, and they write the same.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from concurrent.futures import Executor, Future

import apsw

from lrs.stores.sqlite.group import Job
from lrs.stores.sqlite.keys import keys_between
from lrs.stores.sqlite.state import StatementState

_SLICE = 4_000  # posting rows in one transaction: some 10 ms

Run = list[tuple[int, bytes]]
Counted = tuple[int, Run]  # with how often statements had been reduced when it was read
Load = Callable[[Callable[[apsw.Connection], Counted]], Counted]


class Sealer:
    """Makes the background work of one process. `load` runs a reading function in a snapshot; `executor` is where that happens."""

    def __init__(self, state: StatementState, segment: int, load: Load, executor: Executor) -> None:
        self._state = state
        self._segment = segment
        self._load = load
        self._executor = executor
        self._window = -1
        self._run: Future[Counted] | None = None
        self._done = 0
        self._failures = 0

    def next_slice(self) -> Job | None:
        """The next piece of sealing, None when no window is full or its run is still being sorted."""
        window = self._state.sealed
        if self._state.seq < (window + 1) * self._segment:
            return None
        if window != self._window or self._failures != self._state.failures:
            self._window, self._done, self._failures = window, 0, self._state.failures
            self._run = self._executor.submit(
                self._load, lambda connection: (_reductions(connection), postings_of(connection, window, self._segment))
            )
        if self._run is None or not self._run.done():
            return None
        return self._write

    def _write(self, connection: apsw.Connection) -> None:
        if self._run is None or self._state.sealed != self._window:  # another process has sealed it
            return
        count, run = self._run.result()
        if count != _reductions(connection):  # some of its statements have other keys by now: from the beginning
            connection.execute("DELETE FROM posting WHERE segment = ?", (self._window,))
            self._window, self._run = -1, None
            return
        behind = self._state.seq > (self._window + 3) * self._segment
        rows = run[self._done :] if behind else run[self._done : self._done + _SLICE]
        connection.executemany(
            "INSERT OR REPLACE INTO posting(segment, key, offsets) VALUES(?, ?, ?)", ((self._window, key, offsets) for key, offsets in rows)
        )
        self._done += len(rows)
        if self._done >= len(run):
            connection.execute("INSERT OR REPLACE INTO number(name, value) VALUES('sealed', ?)", (self._window + 1,))
            self._state.sealed = self._window + 1
            self._window, self._run = -1, None


def _counted(connection: apsw.Connection, window: int, segment: int) -> Counted:
    return _reductions(connection), postings_of(connection, window, segment)


def _reductions(connection: apsw.Connection) -> int:
    found: int = connection.execute("SELECT coalesce((SELECT value FROM number WHERE name = 'reductions'), 0)").get
    return found


def postings_of(connection: apsw.Connection, window: int, segment: int) -> Run:
    """A window's run, from the statements: (key, offsets packed in 16 bits), in key order."""
    base = window * segment + 1
    postings: dict[int, array[int]] = {}
    for seq, keys in keys_between(connection, base - 1, base - 1 + segment):
        for key in keys:
            offsets = postings.get(key)
            if offsets is None:
                postings[key] = array("H", (seq - base,))
            else:
                offsets.append(seq - base)
    return [(key, postings[key].tobytes()) for key in sorted(postings)]
