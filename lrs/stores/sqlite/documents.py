"""The document port on SQLite: each change is one job of the writer."""

from __future__ import annotations

from hashlib import sha1
from typing import Any

import apsw

from lrs.clock import Clock
from lrs.ports import Document, DocumentKey, DocumentKind
from lrs.ports.documents import Decide
from lrs.stores.sqlite.connection import Database

_KEY = "provider = ? AND kind = ? AND activity = ? AND agent = ? AND registration = ? AND id = ?"
_GET = f"SELECT content, content_type, etag, updated FROM document WHERE {_KEY}"
_PUT = (
    "INSERT OR REPLACE INTO document(provider, kind, activity, agent, registration, id, content, content_type, etag, updated) "
    "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_SCOPE = "provider = ?1 AND kind = ?2 AND activity = ?3 AND agent = ?4 AND (?6 OR registration = ?5)"

_OLD = "FROM document WHERE agent != '' AND updated < ?"
_OF_AGENT = (
    "SELECT kind, activity, registration, id, content, content_type, etag, updated FROM document "
    "WHERE provider = ? AND agent = ? ORDER BY kind, activity, registration, id"
)

Values = tuple[str, str, str, str, str, str]


class SqliteDocuments:
    """See `lrs.ports.DocumentStore`."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def get(self, key: DocumentKey) -> Document | None:
        return await self._database.read(lambda connection: _get(connection, key_values(key)))

    async def change(self, key: DocumentKey, decide: Decide) -> Document | None:
        return await self._database.write(lambda connection: self._change(connection, key_values(key), decide))

    async def ids(self, scope: DocumentKey, *, any_registration: bool = False, since: int | None = None) -> list[str]:
        sql = f"SELECT DISTINCT id FROM document WHERE {_SCOPE} AND updated > ?7 ORDER BY id"
        values = (*key_values(scope)[:5], any_registration, -1 if since is None else since)
        return await self._database.read(lambda connection: [found for (found,) in connection.execute(sql, values)])

    async def delete_all(self, scope: DocumentKey, *, any_registration: bool = False) -> int:
        values = (*key_values(scope)[:5], any_registration)

        def job(connection: apsw.Connection) -> int:
            connection.execute(f"DELETE FROM document WHERE {_SCOPE}", values)
            return connection.changes()

        return await self._database.write(job)

    async def of_agent(self, provider: str, agent: str) -> list[tuple[DocumentKey, Document]]:
        rows: list[tuple[Any, ...]] = await self._database.read(
            lambda connection: connection.execute(_OF_AGENT, (provider, agent)).fetchall()
        )
        return [
            (DocumentKey(DocumentKind(kind), provider, id, activity, agent, registration), Document(*rest))
            for kind, activity, registration, id, *rest in rows
        ]

    async def forget(self, before: int, *, dry: bool = False) -> int:
        if dry:
            return int(await self._database.read(lambda connection: connection.execute(f"SELECT count(*) {_OLD}", (before,)).get))

        def job(connection: apsw.Connection) -> int:
            connection.execute(f"DELETE {_OLD}", (before,))
            return connection.changes()

        return await self._database.write(job)

    def _change(self, connection: apsw.Connection, values: Values, decide: Decide) -> Document | None:
        present = _get(connection, values)
        decided = decide(present)
        if decided is None:
            connection.execute(f"DELETE FROM document WHERE {_KEY}", values)
            return None
        content, content_type = decided
        updated = max(self._clock.now_us(), present.updated + 1 if present is not None else 0)
        document = Document(content, content_type, sha1(content, usedforsecurity=False).hexdigest(), updated)
        connection.execute(_PUT, (*values, document.content, document.content_type, document.etag, document.updated))
        return document


def key_values(key: DocumentKey) -> Values:
    """As the columns stand in `_KEY`."""
    return (key.provider, str(key.kind), key.activity, key.agent, key.registration, key.id)


def _get(connection: apsw.Connection, values: Values) -> Document | None:
    row = connection.execute(_GET, values).fetchone()
    return None if row is None else Document(*row)
