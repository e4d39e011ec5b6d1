"""Reduction on SQLite: a statement's body and keys are written anew in its row; then the sealed runs that had its former keys.

In between, a statement is found by its former terms still, and answered reduced. What is left to be done is marked in the file, in the
commit that makes it necessary, so a crash loses none of it. What is overwritten is overwritten on the disk too (`secure_delete`).
"""

from __future__ import annotations

import contextlib
from array import array
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import apsw

from lrs.errors import StoreUnavailableError
from lrs.ports import FeedItem, Reduced
from lrs.ports.reduction import DIGEST_TERM
from lrs.stores.sqlite import closure
from lrs.stores.sqlite.attachments import attachment_folder
from lrs.stores.sqlite.bodies import BodyReader, BodyReaders
from lrs.stores.sqlite.connection import Database
from lrs.stores.sqlite.insert import pack_id
from lrs.stores.sqlite.postings import Postings, take_snapshot
from lrs.stores.sqlite.seal import postings_of
from lrs.stores.sqlite.state import StatementState, provider_term
from lrs.stores.sqlite.tail import Tail
from lrs.stores.sqlite.terms import find_term
from lrs.xapi.reduction import stored_terms

T = TypeVar("T")
NAMESPACE = "lrs-reduction"
MIGRATIONS = (
    """
-- Statements that are reduced.
CREATE TABLE reduced(seq INTEGER PRIMARY KEY);
-- Sealed runs that have still to be written anew, and attachments whose statements are to be looked for.
CREATE TABLE reduced_window(window INTEGER PRIMARY KEY);
CREATE TABLE reduced_digest(digest TEXT PRIMARY KEY) WITHOUT ROWID;
""",
)
_WALL_KEYS = 2  # the first keys of a row: those of provider and client
_AT_ONCE = 200  # statements in one transaction: some 20 ms
_MOST_REFERRERS = 4_096  # of one statement, whose keys are written anew; a longer chain is finished when its own statements are reduced
_FIND = "SELECT s.seq, s.keys, s.target, o.provider FROM statement s JOIN origin o ON o.id = s.origin WHERE s.id = ?"
_REFERRERS = (
    "SELECT s.seq, s.id, s.keys, s.codec, s.body FROM statement s JOIN origin o ON o.id = s.origin WHERE s.target = ? AND o.provider = ?"
)
_ITEM = (
    "SELECT s.id, s.stored, s.codec, s.body, o.provider, o.client FROM statement s JOIN origin o ON o.id = s.origin "
    "WHERE s.seq = ? AND o.provider = ?"
)
_COUNT = "INSERT INTO number(name, value) VALUES('reductions', 1) ON CONFLICT(name) DO UPDATE SET value = value + 1"  # tails are read anew


@dataclass(slots=True)
class _Link:
    """A statement of a chain of references: where it stands, what it refers to, and its keys as they are by now."""

    seq: int
    target: bytes | None
    keys: array[int]


class SqliteReduction:
    """See `lrs.ports.reduction.StatementReduction`."""

    def __init__(self, database: Database, state: StatementState, tail: Tail) -> None:
        self._database = database
        self._state = state
        self._tail = tail
        self._bodies = BodyReaders()
        self._reader = BodyReader()  # of the writer's thread

    async def everything(self, provider: str, term: str, after: int, limit: int) -> list[FeedItem]:
        return await self._database.read(lambda connection: self._everything(connection, provider, term, after, limit))

    async def reduce(self, statements: Sequence[Reduced]) -> None:
        for start in range(0, len(statements), _AT_ONCE):
            some = statements[start : start + _AT_ONCE]
            await self._database.write(partial(self._reduce, statements=some))

    async def settle(self) -> int:
        while (window := await self._database.read(_pending)) is not None:
            await self._database.write(partial(self._reseal, window=window))
        folder, segment = attachment_folder(self._database.path), self._database.options.segment
        return await self._database.write(lambda connection: _secretly(connection, lambda: _forget(connection, folder, segment)))

    def _everything(self, connection: apsw.Connection, provider: str, term: str, after: int, limit: int) -> list[FeedItem]:
        number, wall = find_term(connection, term), find_term(connection, provider_term(provider))
        snapshot = take_snapshot(connection)
        if number is None or wall is None:
            return []
        if not self._tail.catch_up(connection, snapshot.sealed, snapshot.last, snapshot.reductions):
            raise StoreUnavailableError("the store is too busy to answer this", retry_after=1)
        postings = Postings(connection, snapshot, self._tail, self._database.options)
        read, items = self._bodies.mine().read, list[FeedItem]()
        conditions = [(number * 2, number * 2 + 1), (wall * 2,)]
        for seq, _ in postings.matching(conditions, after + 1, snapshot.last, ascending=True):  # the wall, where left, is in the SELECT
            row = connection.execute(_ITEM, (seq, provider)).fetchone()
            if row is not None:
                key, stored, codec, content, whose, client = row
                items.append(FeedItem(seq, str(UUID(bytes=key)), stored, read(connection, codec, content), whose, client))
            if len(items) == limit:
                break
        return items

    def _reduce(self, connection: apsw.Connection, statements: Sequence[Reduced]) -> None:
        def job() -> None:
            for statement in statements:
                self._reduce_one(connection, statement)
            connection.execute(_COUNT)

        _secretly(connection, job)

    def _reduce_one(self, connection: apsw.Connection, statement: Reduced) -> None:
        found = connection.execute(_FIND, (pack_id(statement.id),)).fetchone()
        if found is None:
            return
        seq, packed, target, provider = found
        keys = self._keyed(connection, array("I", packed)[:_WALL_KEYS], statement.direct, statement.related)
        codec, content = self._state.bodies.write(statement.body)
        connection.execute("UPDATE statement SET keys = ?, codec = ?, body = ? WHERE seq = ?", (keys.tobytes(), codec, content, seq))
        connection.execute("INSERT OR IGNORE INTO reduced(seq) VALUES(?)", (seq,))
        connection.executemany("INSERT OR IGNORE INTO reduced_digest(digest) VALUES(?)", ((digest,) for digest in statement.digests))
        self._changed(connection, seq)
        own = pack_id(statement.id)
        self._hand_on(connection, provider, {own: _Link(seq, target, keys)} | self._referrers(connection, own, provider))

    def _referrers(self, connection: apsw.Connection, key: bytes, provider: str) -> dict[bytes, _Link]:
        """Who refers to it, and so on along the chain, each with no more than its own keys: what they had of it is not true any more."""
        ahead, met = [key], dict[bytes, _Link]()
        while ahead and len(met) < _MOST_REFERRERS:
            about = ahead.pop()
            rows: list[tuple[Any, ...]] = connection.execute(_REFERRERS, (about, provider)).fetchall()
            for seq, own, packed, codec, content in rows:
                if own == key or own in met:
                    continue
                old = array("I", packed)
                direct, related, digests = stored_terms(self._reader.read(connection, codec, content))
                keys = self._keyed(connection, old[:_WALL_KEYS], direct, related)
                terms = [find_term(connection, DIGEST_TERM + digest) for digest in digests]
                keys.extend(term * 2 for term in terms if term is not None and term * 2 in old)
                connection.execute("UPDATE statement SET keys = ? WHERE seq = ?", (keys.tobytes(), seq))
                self._changed(connection, seq)
                met[own] = _Link(seq, about, keys)
                ahead.append(own)
        return met

    def _hand_on(self, connection: apsw.Connection, provider: str, links: dict[bytes, _Link]) -> None:
        """Each takes the terms of what it refers to (xAPI-Communication 1.0.3 2.1.3). Round a ring it ends because keys only grow."""
        referrers: dict[bytes, list[bytes]] = {}
        for own, link in links.items():
            referrers.setdefault(link.target or b"", []).append(own)
        ahead, waiting = deque(links), set(links)
        while ahead:
            own = ahead.popleft()
            waiting.discard(own)
            link = links[own]
            if link.target is None:
                continue
            before = len(link.keys)
            closure.inherit(connection, link.target, provider, link.keys)
            if len(link.keys) > before:
                connection.execute("UPDATE statement SET keys = ? WHERE seq = ?", (link.keys.tobytes(), link.seq))
                again = [one for one in referrers.get(own, ()) if one not in waiting]
                ahead.extend(again)
                waiting.update(again)

    def _keyed(self, connection: apsw.Connection, keys: array[int], direct: Sequence[str], related: Sequence[str]) -> array[int]:
        number = self._state.terms.number
        keys.extend(number(connection, term) * 2 for term in direct)
        keys.extend(number(connection, term) * 2 + 1 for term in related)
        return keys

    def _changed(self, connection: apsw.Connection, seq: int) -> None:
        window = (seq - 1) // self._database.options.segment
        connection.execute("DELETE FROM late WHERE seq = ?", (seq,))
        connection.execute("INSERT OR IGNORE INTO reduced_window(window) VALUES(?)", (window,))

    def _reseal(self, connection: apsw.Connection, window: int) -> None:
        """One run, in one transaction: a few 100 ms. A window that is not sealed yet will be, from the keys as they are now."""
        if window < self._state.sealed:
            run = postings_of(connection, window, self._database.options.segment)
            connection.execute("DELETE FROM posting WHERE segment = ?", (window,))
            connection.executemany(
                "INSERT INTO posting(segment, key, offsets) VALUES(?, ?, ?)", ((window, key, offsets) for key, offsets in run)
            )
        connection.execute("DELETE FROM reduced_window WHERE window = ?", (window,))
        connection.execute(_COUNT)


def _secretly(connection: apsw.Connection, job: Callable[[], T]) -> T:
    """What the job overwrites or deletes is zeroed in the file."""
    connection.pragma("secure_delete", True)
    try:
        return job()
    finally:
        connection.pragma("secure_delete", "fast")


def _pending(connection: apsw.Connection) -> int | None:
    found: int | None = connection.execute("SELECT min(window) FROM reduced_window").get
    return found


def _forget(connection: apsw.Connection, folder: Path, segment: int) -> int:
    """Erases attachments that no whole statement has, files first: a row without its file is met again, a file without its row is not."""
    gone = 0
    digests: list[str] = [str(row[0]) for row in connection.execute("SELECT digest FROM reduced_digest").fetchall()]
    for digest in digests:
        number = find_term(connection, DIGEST_TERM + digest)
        if number is None or not _has_key(connection, number * 2, segment):
            with contextlib.suppress(FileNotFoundError):
                (folder / digest[:2] / digest).unlink()
            connection.execute("DELETE FROM attachment WHERE digest = ?", (digest,))
            gone += connection.changes()
        connection.execute("DELETE FROM reduced_digest WHERE digest = ?", (digest,))
    return gone


def _has_key(connection: apsw.Connection, key: int, segment: int) -> bool:
    sealed: int = connection.execute("SELECT coalesce((SELECT value FROM number WHERE name = 'sealed'), 0)").get
    sql = "SELECT 1 FROM posting WHERE segment = ? AND key = ?"
    if any(connection.execute(sql, (window, key)).get is not None for window in range(sealed)):
        return True
    rows = connection.execute("SELECT keys FROM statement WHERE seq > ?", (sealed * segment,))
    return any(key in array("I", packed) for (packed,) in rows)
