"""Records on SQLite: for each table one of rows by key, and for each index one of (entry, key), all in the file of the statements.

Tables and indexes are made when the file is opened; an index that a newer version declares is filled then from the rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import apsw
import orjson

from credentials.ports.keys import bounds, decode_cursor, encode_cursor, encode_parts
from credentials.ports.records import MOST_WRITES, Kept, Page, Part, Parts, Table, Write
from credentials.stores.content import decoded
from credentials.stores.sqlite.writing import apply_all, encoded, entries_of, fill_index, rows_of
from lrs.stores.sqlite.connection import Database

T = TypeVar("T")
NAMESPACE = "records"
MIGRATIONS = (
    # Which indexes of which tables are complete.
    """CREATE TABLE record_index(name TEXT NOT NULL, index_name TEXT NOT NULL, PRIMARY KEY(name, index_name)) WITHOUT ROWID;""",
)


class SqliteRecords:
    """See `credentials.ports.records.Records`. Made by `open_sqlite_records`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, table: Table[T], *key: Part) -> Kept[T] | None:
        sql, bound = f"SELECT content, revision FROM {rows_of(table.name)} WHERE key = ?", (encode_parts(key),)
        row = await self._database.read(lambda connection: connection.execute(sql, bound).fetchone())
        return None if row is None else Kept(decoded(table, row[0]), row[1])

    async def get_many(self, table: Table[T], keys: Sequence[Parts]) -> dict[Parts, T]:
        if len(keys) > MOST_WRITES:
            raise ValueError(f"at most {MOST_WRITES:,} keys at once")
        wanted = {encode_parts(key): key for key in keys}
        sql = f"SELECT r.key, r.content FROM json_each(?) wanted JOIN {rows_of(table.name)} r ON r.key = wanted.value"
        bound = (orjson.dumps(sorted(wanted)).decode(),)  # one call for all, page by page: a call for each costs four times as much
        found: dict[str, bytes] = await self._database.read(lambda connection: dict(connection.execute(sql, bound)))
        return {parts: decoded(table, found[key]) for key, parts in wanted.items() if key in found}

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
        return Page([decoded(table, row[2]) for row in rows[:limit]], more)

    async def scan_many(self, table: Table[T], index: str | None, prefixes: Sequence[Parts], limit: int = 100) -> list[list[T]]:
        if len(prefixes) > MOST_WRITES:
            raise ValueError(f"at most {MOST_WRITES:,} prefixes at once")
        sql = _scan_sql(table, index, False, False)
        ranges = [bounds(prefix, (), ()) for prefix in prefixes]

        def job(connection: apsw.Connection) -> list[list[T]]:
            execute = connection.execute
            found = (execute(sql, {"least": least, "most": most, "limit": limit}) for least, most in ranges)
            return [[decoded(table, row[2]) for row in rows] for rows in found]

        return await self._database.read(job)

    async def count(self, table: Table[Any], prefix: Parts = ()) -> int:
        sql = f"SELECT count(*) FROM {rows_of(table.name)} WHERE key >= ? AND key < ?"
        found: int = await self._database.read(lambda connection: connection.execute(sql, bounds(prefix, (), ())).get)
        return found

    async def commit(self, *writes: Write) -> None:
        if len(writes) > MOST_WRITES:
            raise ValueError(f"at most {MOST_WRITES:,} writes in one commit")
        made = encoded(writes)  # outside the writer's thread
        await self._database.write(lambda connection: apply_all(connection, made))


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
                f"""CREATE TABLE {rows_of(table.name)}(
                  number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, revision INTEGER NOT NULL, content BLOB NOT NULL)"""
            )
            connection.execute("INSERT INTO record_index VALUES(?, '')", (table.name,))
        for index in sorted(set(table.indexes) - {name for of, name in there if of == table.name}):
            connection.execute(
                f"CREATE TABLE {_entries(table, index)}(entry TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY(entry, key)) WITHOUT ROWID"
            )
            fill_index(connection, table, index)
            connection.execute("INSERT INTO record_index VALUES(?, ?)", (table.name, index))


def _scan_sql(table: Table[Any], index: str | None, goes_on: bool, descending: bool) -> str:
    order, beyond = ("DESC", "<") if descending else ("ASC", ">")
    if index is None:
        further = f"AND r.key {beyond} :key AND :entry IS NOT NULL" if goes_on else ""
        return f"""SELECT '', r.key, r.content FROM {rows_of(table.name)} r
          WHERE r.key >= :least AND r.key < :most {further} ORDER BY r.key {order} LIMIT :limit"""
    further = f"AND (e.entry, e.key) {beyond} (:entry, :key)" if goes_on else ""
    return f"""SELECT e.entry, e.key, r.content FROM {_entries(table, index)} e JOIN {rows_of(table.name)} r ON r.key = e.key
      WHERE e.entry >= :least AND e.entry < :most {further} ORDER BY e.entry {order}, e.key {order} LIMIT :limit"""


def _entries(table: Table[Any], index: str) -> str:
    if index not in table.indexes:
        raise KeyError(f"the table {table.name} declares no index {index}")
    return entries_of(table.name, index)
