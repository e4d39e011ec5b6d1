"""The statement port on SQLite: puts go to the writer, reads to a snapshot."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

import apsw

from lrs.errors import StoreUnavailableError
from lrs.ports import Batch, Page, StatementQuery, StoredStatement, Wall
from lrs.stores.cursors import read_cursor, write_cursor
from lrs.stores.sqlite.bodies import BodyReaders
from lrs.stores.sqlite.connection import Database
from lrs.stores.sqlite.group import JoinedJob
from lrs.stores.sqlite.insert import Inserter, pack_id
from lrs.stores.sqlite.postings import Candidate, Keys, Postings, Snapshot, holds, take_snapshot
from lrs.stores.sqlite.schema import VOIDED
from lrs.stores.sqlite.state import client_term, provider_term
from lrs.stores.sqlite.tail import Tail
from lrs.stores.sqlite.terms import find_term
from lrs.stores.sqlite.watermark import Watermark

_ONE = (
    "SELECT s.stored, s.flags, s.codec, s.body, o.provider, o.client FROM statement s JOIN origin o ON o.id = s.origin "
    "WHERE s.id = ? AND s.flags & 1 = ? AND (?3 IS NULL OR o.provider = ?3) AND (?4 IS NULL OR o.client = ?4)"
)
_ROWS = (
    "SELECT s.seq, s.keys, s.stored, s.codec, s.body FROM carray(?) wanted CROSS JOIN statement s ON s.seq = wanted.value "
    "WHERE s.flags & 1 = 0"
)
_SCAN = {
    False: "SELECT stored, codec, body FROM statement WHERE seq BETWEEN ? AND ? AND flags & 1 = 0 ORDER BY seq DESC",
    True: "SELECT stored, codec, body FROM statement WHERE seq BETWEEN ? AND ? AND flags & 1 = 0 ORDER BY seq",
}
_RARITY = "rackvp"  # kinds of term, the rarest first: registration, agent, activity, client, verb, provider
_TRIES = 5  # snapshots taken before giving up on a store that seals faster than a query runs

Row = tuple[int, int, bytes]


@dataclass(frozen=True, slots=True)
class _Put(JoinedJob):
    """Requests that wait together are put together."""

    inserter: Inserter
    batch: Batch

    def __call__(self, connection: apsw.Connection) -> None:
        self.inserter.put(connection, (self.batch,))

    def together(self, connection: apsw.Connection, jobs: Sequence[JoinedJob]) -> None:
        self.inserter.put(connection, [job.batch for job in jobs if isinstance(job, _Put)])


class SqliteStatements:
    """See `lrs.ports.StatementStore`."""

    def __init__(self, database: Database, inserter: Inserter, watermark: Watermark, tail: Tail) -> None:
        self._database = database
        self._inserter = inserter
        self._watermark = watermark
        self._tail = tail
        self._bodies = BodyReaders()

    async def put(self, batch: Batch) -> None:
        if batch.statements:
            await self._database.write(_Put(self._inserter, batch))

    async def get(self, statement_id: str, wall: Wall, *, voided: bool = False) -> StoredStatement | None:
        return await self._database.read(lambda connection: self._get(connection, statement_id, wall, voided))

    async def query(self, query: StatementQuery, wall: Wall) -> Page:
        position = None if query.cursor is None else read_cursor(query.cursor)
        for _ in range(_TRIES):
            page = await self._database.read(lambda connection: self._query(connection, query, wall, position), mapped=True)
            if page is not None:
                return page
        raise StoreUnavailableError("the store is too busy to answer this query", retry_after=1)

    async def consistent_through(self) -> int:
        return self._watermark.consistent_through()

    def _get(self, connection: apsw.Connection, statement_id: str, wall: Wall, voided: bool) -> StoredStatement | None:
        row = connection.execute(_ONE, (pack_id(statement_id), VOIDED if voided else 0, wall.provider, wall.client)).fetchone()
        if row is None:
            return None
        stored, _, codec, content, provider, client = row
        return StoredStatement(str(UUID(statement_id)), stored, self._bodies.mine().read(connection, codec, content), provider, client)

    def _query(self, connection: apsw.Connection, query: StatementQuery, wall: Wall, position: int | None) -> Page | None:
        """None when the snapshot came too late for the tail: try again with a new one."""
        snapshot = take_snapshot(connection)
        low, high = _bounds(connection, snapshot, query, position)
        terms = _conditions(connection, query, wall)
        if terms is None or low > high:
            return Page()
        rows: Iterator[Row]
        if not terms:
            rows = connection.execute(_SCAN[query.ascending], (low, high))
        else:
            if not self._tail.catch_up(connection, snapshot.sealed, snapshot.last, snapshot.reductions):
                return None
            postings = Postings(connection, snapshot, self._tail, self._database.options)
            found = postings.matching(terms, low, high, ascending=query.ascending)
            rows = _rows(connection, found, query.limit)
        return self._page(connection, rows, query)

    def _page(self, connection: apsw.Connection, rows: Iterator[Row], query: StatementQuery) -> Page:
        read = self._bodies.mine().read
        bodies: list[bytes] = []
        size, last = 0, 0
        for stored, codec, content in rows:
            if len(bodies) == query.limit:
                return Page(bodies, write_cursor(last))
            body = read(connection, codec, content)
            size += len(body)
            if bodies and size > query.max_bytes:
                return Page(bodies, write_cursor(last))
            bodies.append(body)
            last = stored
        return Page(bodies)


def _rows(connection: apsw.Connection, found: Iterator[Candidate], limit: int) -> Iterator[Row]:
    """The rows of `found` that satisfy what is left and are not voided, in order, read as they are asked for."""
    while chunk := list(islice(found, limit + 1)):
        unproven = {seq: conditions for seq, conditions in chunk if conditions}
        for seq, keys, *row in connection.execute(_ROWS, (apsw.carray(array("q", [seq for seq, _ in chunk])),)):
            if seq not in unproven or holds(keys, unproven[seq]):
                yield row


def _conditions(connection: apsw.Connection, query: StatementQuery, wall: Wall) -> list[Keys] | None:
    """The keys of each condition, the rarest kind first; None when nothing can match."""
    wanted = [(condition.term, condition.related) for condition in query.conditions]
    if wall.client is not None:
        wanted.append((client_term(wall.client), False))
    if wall.provider is not None:
        wanted.append((provider_term(wall.provider), False))
    wanted.sort(key=lambda one: _RARITY.index(one[0][0]))
    conditions: list[Keys] = []
    for term, related in wanted:
        number = find_term(connection, term)
        if number is None:
            return None
        conditions.append((number * 2, number * 2 + 1) if related else (number * 2,))
    return conditions


def _bounds(connection: apsw.Connection, snapshot: Snapshot, query: StatementQuery, position: int | None) -> tuple[int, int]:
    """The first and last `seq` (inclusive) that since, until and cursor leave."""
    low, high = 1, snapshot.last
    if query.since is not None:
        low = _first_after(connection, query.since, snapshot.last)
    if query.until is not None:
        high = _first_after(connection, query.until, snapshot.last) - 1
    if position is not None:
        if query.ascending:
            low = max(low, _first_after(connection, position, snapshot.last))
        else:
            high = min(high, _first_after(connection, position - 1, snapshot.last) - 1)
    return low, high


def _first_after(connection: apsw.Connection, moment: int, last: int) -> int:
    """The least `seq` whose `stored` is after `moment`; last + 1 when there is none. `stored` grows with `seq`, so halving finds it."""
    low, high = 1, last + 1
    while low < high:
        middle = (low + high) // 2
        stored: int = connection.execute("SELECT stored FROM statement WHERE seq = ?", (middle,)).get
        if stored > moment:
            high = middle
        else:
            low = middle + 1
    return low
