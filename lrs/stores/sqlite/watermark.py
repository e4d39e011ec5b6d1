"""Up to where the stored order is complete: three numbers that all processes on one file share.

They lie in a small mapped file beside the database (`…-marks`), because a reader cannot see inside another's transaction and must not
take the
write lock to ask. All are microseconds; 0 means "none". Losing the file loses nothing: it is made anew from the database.

    busy        the least `stored` that the transaction now being written can give; set after the write lock is held and before the clock
    is read
    promised    the greatest moment that `consistent_through` ever answered; nothing is stored at or before it
    held        the `stored` of the earliest late StatementRef target whose closure is still being worked off

Why this is right: a reader takes the time first and looks at `busy` second. Finding none, every later writer reads its clock after that,
or is pushed past it
by `promised`, so it stores later than what the reader answers. Finding one, the reader answers before it.
"""

from __future__ import annotations

import mmap
import os
import struct
import threading
from pathlib import Path

from lrs.clock import Clock

_BUSY, _PROMISED, _HELD = 0, 8, 16
_SIZE = 24


class Watermark:
    """The shared numbers of one database file."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._clock = clock
        self._guard = threading.Lock()
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if os.fstat(handle).st_size < _SIZE:
                os.ftruncate(handle, _SIZE)
            self._map = mmap.mmap(handle, _SIZE)
        finally:
            os.close(handle)

    def first_stored(self, last: int) -> int:
        """The `stored` that a transaction begins with, `last` being the newest stored one. Call with the write lock held."""
        with self._guard:
            lowest = max(last, self._get(_PROMISED)) + 1
            self._set(_BUSY, lowest)
            first = max(self._clock.now_us(), lowest)
            self._set(_BUSY, first)
            return first

    def finished(self) -> None:
        """The transaction is over, one way or the other."""
        self._set(_BUSY, 0)

    def busy(self) -> bool:
        """Whether some process is, or died, between giving a `stored` and its commit."""
        return self._get(_BUSY) != 0

    def hold(self, stored: int) -> None:
        """0 lets go."""
        self._set(_HELD, stored)

    def consistent_through(self) -> int:
        """See `StatementStore.consistent_through`."""
        with self._guard:
            moment = self._clock.now_us()
            for limit in (self._get(_BUSY), self._get(_HELD)):
                if limit:
                    moment = min(moment, limit - 1)
            if moment > self._get(_PROMISED):
                self._set(_PROMISED, moment)
            return moment

    def close(self) -> None:
        self._map.close()

    def _get(self, place: int) -> int:
        value: int = struct.unpack_from("<q", self._map, place)[0]
        return value

    def _set(self, place: int, value: int) -> None:
        struct.pack_into("<q", self._map, place, value)
