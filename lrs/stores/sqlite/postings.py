"""Which statements satisfy every condition, newest or oldest first, without looking at more windows than the page needs.

A condition is a set of keys (any of them). The rarest kind drives: its windows are walked in order, and each of its offsets is looked for
in the other conditions' offsets of the same window. Nothing is left to a query planner.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

import apsw

from lrs.stores.sqlite.connection import SqliteOptions
from lrs.stores.sqlite.tail import Tail

Keys = tuple[int, ...]  # one, or two that follow each other: the term itself, and the term as only related
Candidate = tuple[int, tuple[Keys, ...]]  # a `seq`, and the conditions that its own keys have yet to be held against

_FEW = 48  # up to so many offsets are looked up one by one; more are intersected as sets
_RUNS = {
    False: (
        "WITH RECURSIVE run(n) AS (SELECT ?1 UNION ALL SELECT n - 1 FROM run WHERE n > ?2) "
        "SELECT run.n, p.offsets FROM run CROSS JOIN posting p ON p.segment = run.n AND p.key BETWEEN ?3 AND ?4"
    ),
    True: (
        "WITH RECURSIVE run(n) AS (SELECT ?2 UNION ALL SELECT n + 1 FROM run WHERE n < ?1) "
        "SELECT run.n, p.offsets FROM run CROSS JOIN posting p ON p.segment = run.n AND p.key BETWEEN ?3 AND ?4"
    ),
}
_OFFSETS = "SELECT offsets FROM posting WHERE segment = ? AND key BETWEEN ? AND ?"
_LATE = "SELECT seq FROM late WHERE key = ? AND seq BETWEEN ? AND ?"
_HAS_LATE = "SELECT EXISTS(SELECT 1 FROM late WHERE key BETWEEN ? AND ?)"


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

    def __init__(self, connection: apsw.Connection, snapshot: Snapshot, tail: Tail, options: SqliteOptions) -> None:
        self._connection = connection
        self._snapshot = snapshot
        self._tail = tail
        self._segment = options.segment
        self._by_rows = options.by_rows
        self._late: dict[Keys, bool] = {}

    def matching(self, conditions: list[Keys], low: int, high: int, *, ascending: bool) -> Iterator[Candidate]:
        """The statements in low…high (both inclusive) that satisfy every condition, in order. The first condition drives.

        Where a window leaves only a few, the statements' own keys decide, which whoever reads the rows has at hand (see `holds`): another
        condition's offsets in a window may be as many as the window is long.
        """
        first, *others = conditions
        for window, found in self._driving(first, (low - 1) // self._segment, (high - 1) // self._segment, ascending):
            base = window * self._segment + 1
            unproven: tuple[Keys, ...] = ()
            for place, keys in enumerate(others):
                left = others[place:]
                if len(found) <= self._by_rows and not any(map(self._has_late, left)):
                    unproven = tuple(left)
                    break
                found = _common(found, self._offsets(window, keys))
            for offset in found if ascending else reversed(found):
                if low <= base + offset <= high:
                    yield base + offset, unproven

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
        if not self._has_late(keys):  # one walk inside SQLite, over the windows that have a key
            rows = self._connection.execute(_RUNS[ascending], (highest, lowest, keys[0], keys[-1]))
            if len(keys) == 1:
                yield from ((window, array("H", packed)) for window, packed in rows)
            else:
                for window, some in groupby(rows, itemgetter(0)):
                    yield window, _merged([array("H", packed) for _, packed in some])
            return
        for window in range(lowest, highest + 1) if ascending else range(highest, lowest - 1, -1):
            yield window, self._offsets(window, keys)

    def _offsets(self, window: int, keys: Keys) -> array[int]:
        """The offsets of any of `keys` in a window, ascending, each once."""
        if window >= self._snapshot.sealed:
            parts = [part for key in keys if (part := self._tail.offsets(window, key)) is not None]
        else:
            parts = [array("H", packed) for (packed,) in self._connection.execute(_OFFSETS, (window, keys[0], keys[-1]))]
        if self._has_late(keys):
            base = window * self._segment + 1
            for key in keys:
                rows = self._connection.execute(_LATE, (key, base, base + self._segment - 1))
                parts.append(array("H", (seq - base for (seq,) in rows)))
        return _merged(parts)

    def _has_late(self, keys: Keys) -> bool:
        """Whether any statement got one of `keys` after it was stored."""
        if not self._snapshot.late:
            return False
        known = self._late.get(keys)
        if known is None:
            known = self._late[keys] = bool(self._connection.execute(_HAS_LATE, (keys[0], keys[-1])).get)
        return known


def holds(packed: bytes, conditions: tuple[Keys, ...]) -> bool:
    """Whether a statement with these keys satisfies conditions of which no late posting speaks."""
    own = array("I", packed)
    return all(any(key in own for key in keys) for keys in conditions)


def _merged(parts: list[array[int]]) -> array[int]:
    """Ascending, each once."""
    return parts[0] if len(parts) == 1 else array("H", sorted(set().union(*parts)))


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
