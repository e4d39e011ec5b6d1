"""The feed on SQLite: `seq` is the position, and since one transaction writes at a time, what is visible has no gaps."""

from __future__ import annotations

from typing import Any

import apsw

from lrs.errors import ConflictError
from lrs.ports import FeedItem
from lrs.stores.sqlite.bodies import BodyReaders
from lrs.stores.sqlite.connection import Database
from lrs.stores.sqlite.insert import unpack_id
from lrs.stores.waiters import Waiters

_READ = (
    "SELECT s.seq, s.id, s.stored, s.codec, s.body, o.provider, o.client FROM statement s JOIN origin o ON o.id = s.origin "
    "WHERE s.seq > ? ORDER BY s.seq LIMIT ?"
)
_POLL_SECONDS = 0.5  # how often a waiting consumer looks for what another process wrote


class SqliteFeed:
    """See `lrs.ports.Feed`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._bodies = BodyReaders()
        self._waiters = Waiters(_POLL_SECONDS)
        database.on_commit(self._waiters.wake)

    async def read(self, after: int, limit: int) -> list[FeedItem]:
        return await self._database.read(lambda connection: self._read(connection, after, limit))

    async def checkpoint(self, consumer: str) -> int:
        found = await self._database.read(
            lambda connection: connection.execute("SELECT position FROM checkpoint WHERE consumer = ?", (consumer,)).get
        )
        return found or 0

    async def advance(self, consumer: str, position: int, *, expected: int) -> None:
        await self._database.write(lambda connection: advance(connection, consumer, position, expected))

    async def end(self) -> int:
        found = await self._database.read(lambda connection: connection.execute("SELECT max(seq) FROM statement").get)
        return found or 0

    async def checkpoints(self) -> dict[str, int]:
        rows: list[tuple[Any, ...]] = await self._database.read(
            lambda connection: connection.execute("SELECT consumer, position FROM checkpoint").fetchall()
        )
        return dict(rows)

    async def wait(self, after: int, seconds: float) -> bool:
        return await self._waiters.wait(self.end, after, seconds)

    def _read(self, connection: apsw.Connection, after: int, limit: int) -> list[FeedItem]:
        read = self._bodies.mine().read
        return [
            FeedItem(seq, unpack_id(key), stored, read(connection, codec, content), provider, client)
            for seq, key, stored, codec, content, provider, client in connection.execute(_READ, (after, limit))
        ]


def advance(connection: apsw.Connection, consumer: str, position: int, expected: int) -> None:
    """As `Feed.advance`, inside a job: so that a consumer can commit its checkpoint together with what it did."""
    present = connection.execute("SELECT position FROM checkpoint WHERE consumer = ?", (consumer,)).get or 0
    if present != expected:
        raise ConflictError(f"the consumer {consumer} is at another position: it runs elsewhere too")
    connection.execute("INSERT OR REPLACE INTO checkpoint(consumer, position) VALUES(?, ?)", (consumer, position))
