"""The postings of the newest statements, in memory: those not yet sealed, and the run sealed last.

Each process builds it from the `keys` column as queries ask for it, so a write touches no posting table at all. A run ("window") `n` holds
the statements n * segment + 1 … (n + 1) * segment; offsets count from 0.
"""

from __future__ import annotations

import threading
from array import array

import apsw

from lrs.stores.sqlite.keys import keys_between


class Tail:
    """Postings by window and key; shared by the reading threads of a process."""

    def __init__(self, segment: int) -> None:
        self._segment = segment
        self._windows: dict[int, dict[int, array[int]]] = {}
        self._seq = 0
        self._oldest = 0  # the first window that is held whole
        self._reductions = 0  # how often statements had been reduced when it was read
        self._guard = threading.Lock()

    def catch_up(self, connection: apsw.Connection, sealed: int, last: int, reductions: int = 0) -> bool:
        """Reads on up to `last`; anew when statements were reduced since. False when the snapshot is so old that its unsealed windows are
        no longer kept: take a new one.
        """
        with self._guard:
            first = sealed * self._segment
            if reductions > self._reductions:
                self._windows.clear()
                self._seq, self._oldest, self._reductions = first, sealed, reductions
            if self._seq < first:  # what lies between is sealed by now: leave it out
                self._windows.clear()
                self._seq, self._oldest = first, sealed
            if sealed < self._oldest:
                return False
            if last > self._seq:
                self._extend(connection, last)
            self._oldest = max(self._oldest, sealed - 1)
            for window in [one for one in self._windows if one < self._oldest]:
                del self._windows[window]
            return True

    def offsets(self, window: int, key: int) -> array[int] | None:
        """A copy of the offsets of `key` in an unsealed window, ascending (later statements than the snapshot's may be among them)."""
        with self._guard:
            found = self._windows.get(window, {}).get(key)
            return found[:] if found is not None else None

    def figures(self) -> tuple[int, int]:
        """(windows, keys) held."""
        with self._guard:
            return len(self._windows), sum(len(keys) for keys in self._windows.values())

    def _extend(self, connection: apsw.Connection, last: int) -> None:
        segment = self._segment
        for seq, keys in keys_between(connection, self._seq, last):
            window, offset = divmod(seq - 1, segment)
            postings = self._windows.setdefault(window, {})
            for key in keys:
                offsets = postings.get(key)
                if offsets is None:
                    postings[key] = array("H", (offset,))
                else:
                    offsets.append(offset)
        self._seq = last
