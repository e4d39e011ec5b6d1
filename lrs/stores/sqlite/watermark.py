"""Up to where the stored order is complete: numbers that all processes on one file share, without asking each other.

They lie in a small mapped file beside the database (`…-marks`), because a reader cannot see inside another's transaction and must not take
the
write lock to ask. Each process has a slot that only it writes; whoever asks looks at all slots. All are microseconds; 0 means "none".

    busy        the least `stored` that the process's present transaction can give; set with the write lock held, before the clock is read;
                cleared when the transaction is visible
    promised    the greatest moment that the process ever answered as consistent; nothing is stored at or before it
    held        the `stored` of the earliest late StatementRef target whose closure is still being worked off

Why it is right: a reader takes the time first and looks at the slots second. Finding none busy, every later writer reads its clock after
that,
or is pushed past it by `promised`, so it stores later than what the reader answers. Finding one, the reader answers before it. A slot is
claimed by a lock
that the kernel drops when the process dies; what a dead process left busy is cleared by whoever finds it.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import struct
import threading
from pathlib import Path

from lrs.clock import Clock
from lrs.errors import StoreUnavailableError

_SLOTS = 32  # processes on one file at a time: servers, and command lines beside them
_SLOT = struct.Struct("<qqq")
_ALL = struct.Struct("<" + "qqq" * _SLOTS)
_NOBODY_ELSE = bytes(_ALL.size - _SLOT.size)  # all slots but the first, when no other process ever was
_FLOCK = struct.Struct("@hhqqi4x")  # struct flock of Linux, for a lock that belongs to the open file and not to the process


class Watermark:
    """The shared numbers of one database file, and this opener's slot among them."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._clock = clock
        self._guard = threading.Lock()
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            if os.fstat(self._handle).st_size < _ALL.size:
                os.ftruncate(self._handle, _ALL.size)
            self._map = mmap.mmap(self._handle, _ALL.size)
            self._slot = self._claim()
        except BaseException:
            os.close(self._handle)
            raise
        self._busy, self._promised, self._held = 0, _SLOT.unpack_from(self._map, self._slot * _SLOT.size)[1], 0
        self._write()

    def first_stored(self, last: int) -> int:
        """The `stored` that a transaction begins with, `last` being the newest stored one. Call with the write lock held."""
        with self._guard:
            self._set_busy(max(last, self._last_promise()) + 1)
            self._set_busy(max(self._busy, self._last_promise() + 1))  # whoever promised before seeing us busy is seen now
            self._set_busy(max(self._clock.now_us(), self._busy))
            return self._busy

    def finished(self, held: int) -> None:
        """The transaction is over, one way or the other; `held` is the floor of what is left of closures, 0 for none."""
        with self._guard:
            self._busy, self._held = 0, held
            self._write()

    def consistent_through(self) -> int:
        """See `StatementStore.consistent_through`."""
        with self._guard:
            moment = self._clock.now_us()
            limits: tuple[int, ...] = (self._busy, self._held)
            if self._slot or self._map[_SLOT.size : _ALL.size] != _NOBODY_ELSE:
                every = _ALL.unpack(self._map)
                limits = every[0::3] + every[2::3]
            moment = min(moment, min(filter(None, limits), default=moment + 1) - 1)
            if moment > self._promised:
                self._promised = moment
                self._write()
            return moment

    def left_by_the_dead(self) -> list[int]:
        """The slots that are busy or held but whose process is gone."""
        every = _ALL.unpack(self._map)
        used = [slot for slot in range(_SLOTS) if slot != self._slot and (every[slot * 3] or every[slot * 3 + 2])]
        return [slot for slot in used if self._unlocked(slot)]

    def clear(self, slots: list[int]) -> None:
        """Clears slots of `left_by_the_dead`."""
        for slot in slots:
            promised = _SLOT.unpack_from(self._map, slot * _SLOT.size)[1]
            _SLOT.pack_into(self._map, slot * _SLOT.size, 0, promised, 0)

    def close(self) -> None:
        """Gives the slot back."""
        with self._guard:
            if self._map.closed:
                return
            self._busy = self._held = 0
            self._write()
            self._map.close()
            os.close(self._handle)

    def _claim(self) -> int:
        for slot in range(_SLOTS):
            if self._lock(slot, fcntl.F_WRLCK):
                return slot
        raise StoreUnavailableError(f"more than {_SLOTS} processes use this store")

    def _unlocked(self, slot: int) -> bool:
        """Whether nobody holds the slot. (Taking it for a moment can at worst send a process that is just starting to the next slot.)"""
        if not self._lock(slot, fcntl.F_WRLCK):
            return False
        self._lock(slot, fcntl.F_UNLCK)
        return True

    def _lock(self, slot: int, kind: int) -> bool:
        try:
            fcntl.fcntl(self._handle, fcntl.F_OFD_SETLK, _FLOCK.pack(kind, os.SEEK_SET, slot, 1, 0))
        except BlockingIOError:
            return False
        return True

    def _last_promise(self) -> int:
        promises: tuple[int, ...] = _ALL.unpack(self._map)[1::3]
        return max(promises)

    def _set_busy(self, moment: int) -> None:
        self._busy = moment
        self._write()

    def _write(self) -> None:
        _SLOT.pack_into(self._map, self._slot * _SLOT.size, self._busy, self._promised, self._held)
