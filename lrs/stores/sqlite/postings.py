"""Which statements satisfy every condition, newest or oldest first, without looking at more windows than the page needs.

A condition is a set of keys (any of them). The rarest kind drives: its windows are walked in order, and each of its offsets is looked for
in the other conditions' offsets of the same window. Nothing is left to a query planner.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

import apsw

from lrs.stores.sqlite.tail import Tail

Keys = tuple[int, ...]

_FEW = 48  # up to so many offsets are looked up one by one; more are intersected as sets
_RUNS = {
    False: (
        "WITH RECURSIVE run(n) AS (SELECT ?1 UNION ALL SELECT n - 1 FROM run WHERE n > ?2) "
        "SELECT run.n, p.offsets FROM run CROSS JOIN posting p ON p.segment = run.n AND p.key = ?3"
    ),
    True: (
        "WITH RECURSIVE run(n) AS (SELECT ?2 UNION ALL SELECT n + 1 FROM run WHERE n < ?1) "
        "SELECT run.n, p.offsets FROM run CROSS JOIN posting p ON p.segment = run.n AND p.key = ?3"
    ),
}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a read transaction sees: the newest `seq`, how many windows are sealed, whether there are late postings at all, and how often
    statements were reduced.
    """

    last: int
    sealed: int
    late: bool
    reductions: int = 0


def take_snapshot(connection: apsw.Connection) -> Snapshot:
    """Reads the four numbers of this transaction's snapshot."""
    last, sealed, late, reductions = connection.execute(
        "SELECT coalesce((SELECT max(seq) FROM statement), 0), coalesce((SELECT value FROM number WHERE name = 'sealed'), 0), "
        "EXISTS(SELECT 1 FROM late), coalesce((SELECT value FROM number WHERE name = 'reductions'), 0)"
    ).fetchone()  # type: ignore[misc]  # a SELECT of constants has one row
    return Snapshot(last, sealed, bool(late), reductions)


class Postings:
    """The postings as one snapshot sees them."""

    def __init__(self, connection: apsw.Connection, snapshot: Snapshot, tail: Tail, segment: int) -> None:
        self._connection = connection
        self._snapshot = snapshot
        self._tail = tail
        self._segment = segment

    def matching(self, conditions: list[Keys], low: int, high: int, *, ascending: bool) -> Iterator[int]:
        """The `seq`s in low…high (both inclusive) that satisfy every condition, in order. The first condition drives."""
        first, *others = conditions
        for window, found in self._driving(first, (low - 1) // self._segment, (high - 1) // self._segment, ascending):
            base = window * self._segment + 1
            for keys in others:
                if not found:
                    break
                found = _common(found, self._offsets(window, keys))
            for offset in found if ascending else reversed(found):
                if low <= base + offset <= high:
                    yield base + offset

    def _driving(self, keys: Keys, lowest: int, highest: int, ascending: bool) -> Iterator[tuple[int, array[int]]]:
        """(window, offsets of any of `keys`) between two windows, in order."""
        sealed = self._snapshot.sealed
        if ascending:
            yield from self._sealed(keys, lowest, min(highest, sealed - 1), ascending)
        unsealed = range(max(sealed, lowest), highest + 1)
        for window in unsealed if ascending else reversed(unsealed):
            yield window, self._offsets(window, keys)
        if not ascending:
            yield from self._sealed(keys, lowest, min(highest, sealed - 1), ascending)

    def _sealed(self, keys: Keys, lowest: int, highest: int, ascending: bool) -> Iterator[tuple[int, array[int]]]:
        if highest < lowest:
            return
        if len(keys) == 1 and not self._snapshot.late:  # one walk inside SQLite, over the windows that have the key
            for window, packed in self._connection.execute(_RUNS[ascending], (highest, lowest, keys[0])):
                yield window, array("H", packed)
            return
        for window in range(lowest, highest + 1) if ascending else range(highest, lowest - 1, -1):
            yield window, self._offsets(window, keys)

    def _offsets(self, window: int, keys: Keys) -> array[int]:
        """The offsets of any of `keys` in a window, ascending, each once."""
        parts = [part for key in keys for part in self._parts(window, key)]
        if len(parts) == 1:
            return parts[0]
        return array("H", sorted(set().union(*parts)))

    def _parts(self, window: int, key: int) -> Iterator[array[int]]:
        if window >= self._snapshot.sealed:
            part = self._tail.offsets(window, key)
            if part is not None:
                yield part
        else:
            packed = self._connection.execute("SELECT offsets FROM posting WHERE segment = ? AND key = ?", (window, key)).get
            if packed is not None:
                yield array("H", packed)
        if self._snapshot.late:
            base = window * self._segment + 1
            rows = self._connection.execute(
                "SELECT seq FROM late WHERE key = ? AND seq BETWEEN ? AND ?", (key, base, base + self._segment - 1)
            )
            yield array("H", (seq - base for (seq,) in rows))


def _common(few: array[int], many: array[int]) -> array[int]:
    """What both hold, ascending."""
    if len(few) > len(many):
        few, many = many, few
    if len(few) > _FEW:
        return array("H", sorted(set(few).intersection(many)))
    found = array("H")
    for offset in few:
        place = bisect_left(many, offset)
        if place < len(many) and many[place] == offset:
            found.append(offset)
    return found
