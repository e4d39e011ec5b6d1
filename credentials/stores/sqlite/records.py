"""Records on SQLite: for each table one of rows by key, and for each index one of (entry, key), all in the file of the statements.

Tables and indexes are made when the file is opened; an index that a newer version declares is filled then from the rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import apsw
import msgspec

from credentials.ports.keys import bounds, decode_cursor, encode_cursor, encode_parts
from credentials.ports.records import MOST_WRITES, Insert, Keep, Kept, Page, Part, Parts, Remove, Replace, Table, Write
from lrs.errors import ConflictError
from lrs.stores.sqlite.connection import Database

T = TypeVar("T")
NAMESPACE = "records"
MIGRATIONS = (
    # Which indexes of which tables are complete.
    """CREATE TABLE record_index(name TEXT NOT NULL, index_name TEXT NOT NULL, PRIMARY KEY(name, index_name)) WITHOUT ROWID;""",
)
_CHANGED = "this was changed by somebody else meanwhile; read it again"


class SqliteRecords:
    """See `credentials.ports.records.Records`. Made by `open_sqlite_records`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, table: Table[T], *key: Part) -> Kept[T] | None:
        sql, bound = f"SELECT content, revision FROM {_rows(table)} WHERE key = ?", (encode_parts(key),)
        row = await self._database.read(lambda connection: connection.execute(sql, bound).fetchone())
        return None if row is None else Kept(_decoded(table, row[0]), row[1])

    async def get_many(self, table: Table[T], keys: Sequence[Parts]) -> dict[Parts, T]:
        if len(keys) > MOST_WRITES:
            raise ValueError(f"at most {MOST_WRITES:,} keys at once")
        sql = f"SELECT content FROM {_rows(table)} WHERE key = ?"

        def job(connection: apsw.Connection) -> dict[Parts, T]:
            found = ((key, connection.execute(sql, (encode_parts(key),)).get) for key in keys)
            return {key: _decoded(table, content) for key, content in found if content is not None}

        return await self._database.read(job)

    async def scan(
        self,
        table: Table[T],
        index: str | None = None,
        prefix: Parts = (),
        *,
        low: Parts = (),
        high: Parts = (),
        after: str | None = None,
        limit: int = 1000,
        descending: bool = False,
    ) -> Page[T]:
        least, most = bounds(prefix, low, high)
        last = decode_cursor(after) if after is not None else None
        sql = _scan_sql(table, index, last is not None, descending)
        bound: dict[str, str | int] = {"least": least, "most": most, "limit": limit + 1}
        if last is not None:
            bound |= {"entry": last[0], "key": last[1]}
        rows: list[tuple[Any, ...]] = await self._database.read(lambda connection: connection.execute(sql, bound).fetchall())
        more = encode_cursor(rows[limit - 1][0], rows[limit - 1][1]) if len(rows) > limit else None
        return Page([_decoded(table, row[2]) for row in rows[:limit]], more)

    async def commit(self, *writes: Write) -> None:
        if len(writes) > MOST_WRITES:
            raise ValueError(f"at most {MOST_WRITES:,} writes in one commit")
        encoded = [(write, *_encoded(write)) for write in writes]  # outside the writer's thread

        def job(connection: apsw.Connection) -> None:
            for write, key, content in encoded:
                _apply(connection, write, key, content)

        await self._database.write(job)


async def open_sqlite_records(database: Database, tables: Sequence[Table[Any]]) -> SqliteRecords:
    """Makes what is missing of `tables` and their indexes. Raises StoreVersionError when the file is of a newer version."""
    await database.migrate(NAMESPACE, MIGRATIONS)
    if await database.read(lambda connection: _missing(connection, tables)):
        await database.write(lambda connection: _make(connection, tables))
    return SqliteRecords(database)


def _missing(connection: apsw.Connection, tables: Sequence[Table[Any]]) -> bool:
    there = set(connection.execute("SELECT name, index_name FROM record_index"))
    return any((table.name, index) not in there for table in tables for index in ("", *table.indexes))


def _make(connection: apsw.Connection, tables: Sequence[Table[Any]]) -> None:
    there = set(connection.execute("SELECT name, index_name FROM record_index"))
    for table in tables:
        if (table.name, "") not in there:
            connection.execute(
                f"""CREATE TABLE {_rows(table)}(
                  number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, revision INTEGER NOT NULL, content BLOB NOT NULL)"""
            )
            connection.execute("INSERT INTO record_index VALUES(?, '')", (table.name,))
        for index in sorted(set(table.indexes) - {name for of, name in there if of == table.name}):
            connection.execute(
                f"CREATE TABLE {_entries(table, index)}(entry TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY(entry, key)) WITHOUT ROWID"
            )
            for key, content in connection.execute(f"SELECT key, content FROM {_rows(table)}"):
                _add_entries(connection, table, index, key, _decoded(table, content))
            connection.execute("INSERT INTO record_index VALUES(?, ?)", (table.name, index))


def _apply(connection: apsw.Connection, write: Write, key: str, content: bytes) -> None:
    table = write.table
    if isinstance(write, Insert | Keep):  # the usual case: nothing is there, and nothing has to be read
        connection.execute(f"INSERT OR IGNORE INTO {_rows(table)}(key, revision, content) VALUES(?, 1, ?)", (key, content))
        if not connection.changes():
            if isinstance(write, Keep):
                return
            raise ConflictError(write.taken, where=write.where)
        _index(connection, table, key, write.value)
        return
    before = connection.execute(f"SELECT revision, content FROM {_rows(table)} WHERE key = ?", (key,)).fetchone()
    if isinstance(write, Replace) and write.revision != (before[0] if before else 0):
        raise ConflictError(_CHANGED)
    if before is not None:
        _unindex(connection, table, key, _decoded(table, before[1]))
    if isinstance(write, Remove):
        connection.execute(f"DELETE FROM {_rows(table)} WHERE key = ?", (key,))
        return
    if before is not None:
        connection.execute(f"UPDATE {_rows(table)} SET revision = revision + 1, content = ? WHERE key = ?", (content, key))
    else:
        connection.execute(f"INSERT INTO {_rows(table)}(key, revision, content) VALUES(?, 1, ?)", (key, content))
    _index(connection, table, key, write.value)


def _index(connection: apsw.Connection, table: Table[T], key: str, value: T) -> None:
    for index in table.indexes:
        _add_entries(connection, table, index, key, value)


def _add_entries(connection: apsw.Connection, table: Table[T], index: str, key: str, value: T) -> None:
    for parts in table.indexes[index](value):
        connection.execute(f"INSERT OR IGNORE INTO {_entries(table, index)} VALUES(?, ?)", (encode_parts(parts), key))


def _unindex(connection: apsw.Connection, table: Table[T], key: str, value: T) -> None:
    for index, entries in table.indexes.items():
        for parts in entries(value):
            connection.execute(f"DELETE FROM {_entries(table, index)} WHERE entry = ? AND key = ?", (encode_parts(parts), key))


def _encoded(write: Write) -> tuple[str, bytes]:
    if isinstance(write, Remove):
        return encode_parts(write.key), b""
    return encode_parts(write.table.key(write.value)), msgspec.msgpack.encode(write.value)


def _decoded(table: Table[T], content: bytes) -> T:
    return msgspec.msgpack.decode(content, type=table.kind)


def _scan_sql(table: Table[Any], index: str | None, goes_on: bool, descending: bool) -> str:
    order, beyond = ("DESC", "<") if descending else ("ASC", ">")
    if index is None:
        further = f"AND r.key {beyond} :key AND :entry IS NOT NULL" if goes_on else ""
        return f"""SELECT r.key, r.key, r.content FROM {_rows(table)} r
          WHERE r.key >= :least AND r.key < :most {further} ORDER BY r.key {order} LIMIT :limit"""
    further = f"AND (e.entry, e.key) {beyond} (:entry, :key)" if goes_on else ""
    return f"""SELECT e.entry, e.key, r.content FROM {_entries(table, index)} e JOIN {_rows(table)} r ON r.key = e.key
      WHERE e.entry >= :least AND e.entry < :most {further} ORDER BY e.entry {order}, e.key {order} LIMIT :limit"""


def _rows(table: Table[Any]) -> str:
    return f'"record_{table.name}"'


def _entries(table: Table[Any], index: str) -> str:
    if index not in table.indexes:
        raise KeyError(f"the table {table.name} declares no index {index}")
    return f'"record_{table.name}_by_{index}"'
