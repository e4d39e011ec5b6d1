"""Copying from and to one SQLite file."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import apsw
import msgspec

from lrs.errors import ConflictError
from lrs.ports.copying import CopiedStatement, Mark, Shelf, ShelfPage
from lrs.ports.reduction import DIGEST_TERM
from lrs.stores import copied
from lrs.stores.sqlite.attachments import attachment_folder
from lrs.stores.sqlite.bodies import BodyReaders
from lrs.stores.sqlite.connection import Database
from lrs.stores.sqlite.documents import key_values
from lrs.stores.sqlite.insert import Inserter, unpack_id
from lrs.stores.sqlite.schema import VOIDED, VOIDING, VOIDS_ANY
from lrs.stores.sqlite.state import StatementState
from lrs.stores.sqlite.terms import find_term
from lrs.xapi.reduction import stored_terms

_READ = (
    "SELECT s.seq, s.id, s.stored, s.flags, s.codec, s.target, s.keys, s.body, o.provider, o.client, "
    "EXISTS(SELECT 1 FROM reduced r WHERE r.seq = s.seq) FROM statement s JOIN origin o ON o.id = s.origin "
    "WHERE s.seq > ? ORDER BY s.seq LIMIT ?"
)
_PUT_DOCUMENT = (
    "INSERT OR REPLACE INTO document(kind, provider, id, activity, agent, registration, content, content_type, etag, updated) "
    "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_DOCUMENT_KEY = "provider = ? AND kind = ? AND activity = ? AND agent = ? AND registration = ? AND id = ?"


@dataclass(frozen=True, slots=True)
class _Table:
    """`page`: the rows after `?1` in order (None: the first), each with its place; `one`: by key."""

    page: str
    one: str
    remove: str
    place: Callable[[str], tuple[Any, ...]]


def _plain(table: str, key: str, fields: str) -> _Table:
    return _Table(
        f"SELECT {key}, {key}, {fields} FROM {table} WHERE ?1 IS NULL OR {key} > ?1 ORDER BY {key} LIMIT ?2",
        f"SELECT {fields} FROM {table} WHERE {key} = ?",
        f"DELETE FROM {table} WHERE {key} = ?",
        lambda name: (name,),
    )


_TABLES = {
    Shelf.PROVIDER: _plain("provider", "id", "content"),
    Shelf.CLIENT: _plain("client", "id", "content"),
    Shelf.ADMINISTRATOR: _plain("administrator", "name", "content"),
    Shelf.ATTACHMENT: _plain("attachment", "digest", "size"),
    Shelf.CHECKPOINT: _plain("checkpoint", "consumer", "position"),
    Shelf.ACTIVITY: _Table(
        "SELECT json_array(provider, iri), json_array(provider, iri), first, definition FROM activity WHERE ?1 IS NULL "
        "OR (iri, provider) > (?1 ->> 1, ?1 ->> 0) ORDER BY iri, provider LIMIT ?2",
        "SELECT first, definition FROM activity WHERE provider = ? AND iri = ?",
        "DELETE FROM activity WHERE provider = ? AND iri = ?",
        copied.activity_of_key,
    ),
    Shelf.DOCUMENT: _Table(
        "SELECT CAST(rowid AS TEXT), json_array(kind, provider, id, activity, agent, registration), content, content_type, etag, updated "
        "FROM document WHERE ?1 IS NULL OR rowid > CAST(?1 AS INTEGER) ORDER BY rowid LIMIT ?2",
        f"SELECT content, content_type, etag, updated FROM document WHERE {_DOCUMENT_KEY}",
        f"DELETE FROM document WHERE {_DOCUMENT_KEY}",
        lambda key: key_values(copied.document_of_key(key)),
    ),
}


class SqliteCopying:
    """See `lrs.ports.copying.Copying`."""

    def __init__(self, database: Database, state: StatementState, inserter: Inserter) -> None:
        self._database = database
        self._state = state
        self._inserter = inserter
        self._bodies = BodyReaders()

    async def statements(self, after: int, limit: int) -> list[CopiedStatement]:
        return await self._database.read(
            lambda connection: [self._copied(connection, row) for row in connection.execute(_READ, (after, limit)).fetchall()]
        )

    async def keep_statements(self, statements: Sequence[CopiedStatement]) -> None:
        statements = await copied.not_there_yet(self, statements)
        batches = copied.batches_of(statements)  # outside the writer's thread

        def job(connection: apsw.Connection) -> None:
            _must_follow(connection, statements)
            self._state.given.clear()
            self._state.given.extend(one.stored for one in statements)
            try:
                self._inserter.put(connection, batches)
            finally:
                self._state.given.clear()
            positions = [(one.position,) for one in statements if one.reduced]
            connection.executemany("INSERT OR IGNORE INTO reduced(seq) VALUES(?)", positions)
            if self._state.seq != statements[-1].position:
                raise ConflictError(copied.NO_COPY)

        if statements:
            await self._database.write(job)

    async def page(self, shelf: Shelf, after: str | None, limit: int) -> ShelfPage:
        rows: list[tuple[Any, ...]] = await self._database.read(
            lambda connection: connection.execute(_TABLES[shelf].page, (after, limit)).fetchall()
        )
        found = {_key(shelf, key): _row(shelf, values) for _, key, *values in rows}
        return ShelfPage(found, str(rows[-1][0]) if len(rows) == limit else None)

    async def rows(self, shelf: Shelf, keys: Sequence[str]) -> dict[str, bytes]:
        table = _TABLES[shelf]

        def job(connection: apsw.Connection) -> dict[str, bytes]:
            found = ((key, connection.execute(table.one, table.place(key)).fetchone()) for key in keys)
            return {key: _row(shelf, values) for key, values in found if values is not None}

        return await self._database.read(job)

    async def write(self, shelf: Shelf, put: Mapping[str, bytes], remove: Sequence[str] = ()) -> None:
        def job(connection: apsw.Connection) -> None:
            table = _TABLES[shelf]
            connection.executemany(table.remove, [table.place(key) for key in remove])
            if shelf is Shelf.CLIENT:  # their keys may have changed hands
                connection.executemany(table.remove, [table.place(key) for key in put])
                clients = map(copied.client_of, put.values())
                taken = [(one.key, one.subject or None) for one in clients]
                connection.executemany("DELETE FROM client WHERE key = ? OR subject = ?", taken)
            for key, row in put.items():
                _put(connection, shelf, key, row)

        if shelf is Shelf.ATTACHMENT:
            folder = attachment_folder(self._database.path)
            for digest in remove:
                with suppress(FileNotFoundError):
                    (folder / digest[:2] / digest).unlink()
        await self._database.write(job)

    async def mark(self, mark: Mark) -> int:
        found = await self._database.read(
            lambda connection: connection.execute("SELECT value FROM number WHERE name = ?", (f"moving: {mark}",)).get
        )
        return found or 0

    async def set_mark(self, mark: Mark, value: int) -> None:
        await self._database.write(
            lambda connection: connection.execute("INSERT OR REPLACE INTO number(name, value) VALUES(?, ?)", (f"moving: {mark}", value)).get
        )

    def _copied(self, connection: apsw.Connection, row: tuple[Any, ...]) -> CopiedStatement:
        seq, key, stored, flags, codec, target, packed, content, provider, client, reduced = row
        body = self._bodies.mine().read(connection, codec, content)
        voids = (2 if flags & VOIDS_ANY else 1) if flags & VOIDING else 0
        return CopiedStatement(
            seq,
            unpack_id(key),
            stored,
            body,
            provider,
            client,
            unpack_id(target) if target is not None else None,
            voids,
            _digests(connection, body, array("I", packed)),
            bool(reduced),
            bool(flags & VOIDED),
        )


def _digests(connection: apsw.Connection, body: bytes, keys: array[int]) -> tuple[str, ...]:
    if b'"sha2"' not in body:
        return ()
    terms = [(digest, find_term(connection, DIGEST_TERM + digest)) for digest in stored_terms(body)[2]]
    return tuple(digest for digest, term in terms if term is not None and term * 2 in keys)


def _must_follow(connection: apsw.Connection, statements: Sequence[CopiedStatement]) -> None:
    seq, stored = connection.execute("SELECT coalesce(max(seq), 0), coalesce(max(stored), 0) FROM statement").fetchone() or (0, 0)
    for place, one in enumerate(statements, seq + 1):
        if one.position != place or one.stored <= stored:
            raise ConflictError(copied.NO_COPY)
        stored = one.stored


def _key(shelf: Shelf, key: str) -> str:
    """SQLite's JSON escapes otherwise than ours."""
    if shelf in (Shelf.ACTIVITY, Shelf.DOCUMENT):
        return msgspec.json.encode(msgspec.json.decode(key)).decode()
    return key


def _row(shelf: Shelf, values: Sequence[Any]) -> bytes:
    if shelf is Shelf.ACTIVITY:
        return copied.activity_row(values[0], values[1])
    if shelf is Shelf.DOCUMENT:
        return msgspec.msgpack.encode(tuple(values))
    if shelf in (Shelf.ATTACHMENT, Shelf.CHECKPOINT):
        return copied.number_row(values[0])
    return copied.same_row(shelf, values[0])


def _put(connection: apsw.Connection, shelf: Shelf, key: str, row: bytes) -> None:
    match shelf:
        case Shelf.PROVIDER:
            connection.execute(
                "INSERT INTO provider(id, content) VALUES(?, ?) ON CONFLICT(id) DO UPDATE SET content = excluded.content", (key, row)
            )
        case Shelf.ADMINISTRATOR:
            connection.execute("INSERT OR REPLACE INTO administrator(name, content) VALUES(?, ?)", (key, row))
        case Shelf.CLIENT:
            client = copied.client_of(row)
            connection.execute(
                "INSERT INTO client(id, key, provider, subject, version, content) VALUES(?, ?, ?, ?, ?, ?)",
                (client.id, client.key, client.provider, client.subject or None, client.version, row),
            )
        case Shelf.ACTIVITY:
            values = (*copied.activity_of_key(key), *copied.activity_of_row(row))
            connection.execute("INSERT OR REPLACE INTO activity(provider, iri, first, definition) VALUES(?, ?, ?, ?)", values)
        case Shelf.DOCUMENT:
            connection.execute(_PUT_DOCUMENT, (*msgspec.json.decode(key), *msgspec.msgpack.decode(row)))
        case Shelf.CHECKPOINT:
            connection.execute("INSERT OR REPLACE INTO checkpoint(consumer, position) VALUES(?, ?)", (key, copied.number_of_row(row)))
        case Shelf.ATTACHMENT:
            raise AssertionError("their bytes go another way")
