"""The StatementRef rule, settled at write: a statement has the terms of what it refers to (xAPI-Communication 1.0.3 2.1.3).

When the target is there already, the referrer simply takes its keys. When the target comes later, its referrers, theirs, and so on, get
`late` postings: a bounded number in the same transaction, the rest in slices afterwards, while `held` keeps `Consistent-Through` back.
It ends on cycles too: a referrer is looked at again only when it gained a key, and keys only grow.
"""

from __future__ import annotations

from array import array
from typing import Any

import apsw

from lrs.stores.sqlite.group import Job
from lrs.stores.sqlite.state import StatementState

MAX_INHERITED = (
    4_096  # keys of one statement: a hostile chain of ever new terms costs bounded work per link; the farthest terms are then not inherited
)
# Work is counted in steps of some 4 µs: one for each referrer and for each posting that it gains, and one for a few keys that are compared.
_AT_ONCE = 3_000  # in the transaction that brings the target: the usual handful of referrers is done when the answer is given
_A_SLICE = 5_000  # in one background transaction: what a write may have to wait for
_COMPARED = 32  # keys that are compared in one step
_LOOKED_AT = 500  # referrers read at a time

_TARGET = "SELECT s.seq, o.provider, s.keys FROM statement s JOIN origin o ON o.id = s.origin WHERE s.id = ?"
_SELF = "SELECT s.id, o.provider, s.keys FROM statement s JOIN origin o ON o.id = s.origin WHERE s.seq = ?"
_REFERRERS = (
    "SELECT s.seq, s.keys, EXISTS(SELECT 1 FROM statement r WHERE r.target = s.id) FROM statement s JOIN origin o ON o.id = s.origin "
    "WHERE s.target = ? AND s.seq > ? AND o.provider = ? ORDER BY s.seq LIMIT ?"
)


def inherit(connection: apsw.Connection, target: bytes, provider: str, keys: array[int]) -> None:
    """Adds to `keys` those of the target, when it is there and the same provider's."""
    row = connection.execute(_TARGET, (target,)).fetchone()
    if row is None or row[1] != provider:
        return
    own = set(keys)
    for key in _all_keys(connection, row[0], row[2]):
        if key not in own and len(keys) < MAX_INHERITED:
            own.add(key)
            keys.append(key)


def target_arrived(connection: apsw.Connection, state: StatementState, seq: int, stored: int) -> None:
    """Tells the referrers of the statement `seq`, which came after them; what is left over goes on in the background."""
    connection.execute("INSERT INTO closure(seq, done, floor) VALUES(?, 0, ?)", (seq, stored))
    if not state.pending_closure:
        work_off(connection, state, _AT_ONCE)
    _publish(connection, state)


def background_slice(state: StatementState) -> Job | None:
    """The next slice of leftover work, None when there is none."""
    if not state.pending_closure:
        return None

    def job(connection: apsw.Connection) -> None:
        work_off(connection, state, _A_SLICE)
        _publish(connection, state)

    return job


def work_off(connection: apsw.Connection, state: StatementState, budget: int) -> None:
    """Tells referrers, oldest work first, until `budget` steps are spent (the last referrer is told whole)."""
    while budget > 0:
        work = connection.execute("SELECT number, seq, done, floor FROM closure ORDER BY number LIMIT 1").fetchone()
        if work is None:
            return
        budget -= _tell(connection, *work, budget=budget)


def _tell(connection: apsw.Connection, number: int, seq: int, done: int, floor: int, *, budget: int) -> int:
    """Gives the keys of `seq` to its next referrers; answers how many steps that took."""
    statement_id, provider, packed = connection.execute(_SELF, (seq,)).fetchone()  # type: ignore[misc]  # statements are never deleted
    keys = _all_keys(connection, seq, packed)
    limit, spent = min(budget, _LOOKED_AT), 1
    rows: list[tuple[Any, ...]] = connection.execute(_REFERRERS, (statement_id, done, provider, limit)).fetchall()
    for told, (referrer, referrer_keys, has_referrers) in enumerate(rows, start=1):
        gained, compared = _missing(connection, referrer, referrer_keys, keys)
        connection.executemany("INSERT OR IGNORE INTO late(key, seq) VALUES(?, ?)", ((key, referrer) for key in gained))
        if gained and has_referrers and referrer != seq:
            connection.execute("INSERT INTO closure(seq, done, floor) VALUES(?, 0, ?)", (referrer, floor))
        spent += 1 + len(gained) + compared // _COMPARED
        if spent >= budget and told < limit:
            connection.execute("UPDATE closure SET done = ? WHERE number = ?", (referrer, number))
            return spent
    if len(rows) < limit:
        connection.execute("DELETE FROM closure WHERE number = ?", (number,))
    else:
        connection.execute("UPDATE closure SET done = ? WHERE number = ?", (rows[-1][0], number))
    return spent


def _all_keys(connection: apsw.Connection, seq: int, packed: bytes) -> list[int]:
    """A statement's keys, late ones included, but for the two of its wall: those are never inherited."""
    keys = array("I", packed)[2:].tolist()
    keys.extend(key for (key,) in connection.execute("SELECT key FROM late WHERE seq = ?", (seq,)))
    return keys


def _missing(connection: apsw.Connection, seq: int, packed: bytes, keys: list[int]) -> tuple[list[int], int]:
    """Those of `keys` that the statement `seq` lacks, as far as it may have more; and how many keys had to be looked at for that."""
    present = set(_all_keys(connection, seq, packed))
    gained = [key for key in keys if key not in present][: max(0, MAX_INHERITED - len(present))]
    return gained, len(present) + len(keys)


def _publish(connection: apsw.Connection, state: StatementState) -> None:
    floor = connection.execute("SELECT min(floor) FROM closure").get
    state.floor = floor or 0
