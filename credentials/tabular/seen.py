"""Which keys a file has had so far, in some twenty bytes each: a million rows are looked over for repeats without a million objects."""

from __future__ import annotations

from array import array

_FIRST = 1 << 12


class Seen:
    """Open addressing over arrays. Keys are hashes of 64 bits: of a million rows, two that differ meet in one file of 10^7."""

    def __init__(self) -> None:
        self._keys = array("q", bytes(8 * _FIRST))
        self._rows = array("I", bytes(4 * _FIRST))
        self._contents = array("q", bytes(8 * _FIRST))
        self._count = 0

    def before(self, key: int, row: int, content: int) -> tuple[int, int] | None:
        """The row that had the key first, and the hash of its content; None when this one is the first, which is noted."""
        key = key or 1
        keys, mask = self._keys, len(self._keys) - 1
        place = key & mask
        while keys[place]:
            if keys[place] == key:
                return self._rows[place], self._contents[place]
            place = (place + 1) & mask
        keys[place], self._rows[place], self._contents[place] = key, row, content
        self._count += 1
        if self._count * 2 > mask:
            self._grow()
        return None

    def _grow(self) -> None:
        keys, rows, contents = self._keys, self._rows, self._contents
        size = 2 * len(keys)
        self._keys, self._rows, self._contents = array("q", bytes(8 * size)), array("I", bytes(4 * size)), array("q", bytes(8 * size))
        self._count = 0
        for place, key in enumerate(keys):
            if key:
                self.before(key, rows[place], contents[place])
