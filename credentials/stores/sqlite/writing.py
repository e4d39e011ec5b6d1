"""Writes of one commit on SQLite. Those into one table that follow each other go to SQLite in one call: big commits are made of such."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any, NamedTuple, TypeAlias, cast

import apsw
import orjson

from credentials.ports.keys import encode_parts
from credentials.ports.records import Insert, Keep, Put, Remove, Replace, Table, Write
from credentials.stores.content import decoded, encoded_value, entries_for
from lrs.errors import ConflictError

_CHANGED = "this was changed by somebody else meanwhile; read it again"


_Adding: TypeAlias = list[Insert[Any] | Keep[Any] | Put[Any]]


class Encoded(NamedTuple):
    """A write as SQLite gets it: made outside the writer's thread. `entries`: (index, entry) of the value."""

    write: Write
    key: str
    content: bytes
    entries: list[tuple[str, str]]


@dataclass(slots=True)
class Run:
    """Writes into one table that follow each other, each of another key: rows (key, content), and entries (entry, key) of each index. All
    in the order of their keys: in a large file each page is then touched once.
    """

    writes: _Adding
    rows: list[tuple[str, bytes]]
    entries: dict[str, list[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class TableSql:
    """The statements of one table; `add_entry` and `drop_entry` by index."""

    insert: str
    select: str
    update: str
    delete: str
    newest: str
    inserted: str
    select_many: str
    add_entry: dict[str, str]
    drop_entry: dict[str, str]


def rows_of(name: str) -> str:
    """The table of rows."""
    return f'"record_{name}"'


def entries_of(name: str, index: str) -> str:
    """The table of an index's entries."""
    return f'"record_{name}_by_{index}"'


def sql_of(table: Table[Any]) -> TableSql:
    """The same text at every call, so that SQLite finds it compiled."""
    return _sql(table.name, tuple(table.indexes))


@lru_cache(maxsize=1_000)
def _sql(name: str, indexes: tuple[str, ...]) -> TableSql:
    rows = rows_of(name)
    return TableSql(
        f"INSERT OR IGNORE INTO {rows}(key, revision, content) VALUES(?, 1, ?)",
        f"SELECT revision, content FROM {rows} WHERE key = ?",
        f"UPDATE {rows} SET revision = revision + 1, content = ? WHERE key = ?",
        f"DELETE FROM {rows} WHERE key = ?",
        f"SELECT coalesce(max(number), 0) FROM {rows}",
        f"SELECT key FROM {rows} WHERE number > ?",
        f"SELECT r.key, r.content FROM json_each(?) wanted JOIN {rows} r ON r.key = wanted.value",
        {index: f"INSERT OR IGNORE INTO {entries_of(name, index)} VALUES(?, ?)" for index in indexes},
        {index: f"DELETE FROM {entries_of(name, index)} WHERE entry = ? AND key = ?" for index in indexes},
    )


def encoded(writes: Sequence[Write]) -> list[Encoded | Run]:
    """Keys, contents and index entries: table by table, and within one in the order of the writes. All go into one transaction, so only
    what is under the same key must keep its order.
    """
    by_table: dict[str, list[Write]] = {}
    for write in writes:
        by_table.setdefault(write.table.name, []).append(write)
    made: list[Encoded | Run] = []
    for some in by_table.values():
        for kind, group in groupby(some, key=type):
            alike = list(group)
            made += map(_encoded, alike) if kind in (Remove, Replace) else _run(cast(_Adding, alike))
    return made


def _run(writes: _Adding) -> Iterable[Encoded | Run]:
    """One by one when a key comes twice: then each write has to see what the one before it did."""
    table = writes[0].table
    key_of, parts_of = table.key, encode_parts
    by_key = {parts_of(key_of(one.value)): one for one in writes}
    if len(by_key) < len(writes):
        return map(_encoded, writes)
    keys = sorted(by_key)
    ordered = [by_key[key] for key in keys]
    rows = [(key, encoded_value(one.value)) for key, one in zip(keys, ordered, strict=True)]
    entries = {
        index: sorted([(parts_of(parts), key) for key, one in by_key.items() for parts in found(one.value)])
        for index, found in table.indexes.items()
    }
    return [Run(ordered, rows, entries)]


def _encoded(write: Write) -> Encoded:
    if isinstance(write, Remove):
        return Encoded(write, encode_parts(write.key), b"", [])
    table, value = write.table, write.value
    return Encoded(write, encode_parts(table.key(value)), encoded_value(value), entries_for(table, value))


def apply_all(connection: apsw.Connection, made: Sequence[Encoded | Run]) -> None:
    """In their order. Raises ConflictError; the caller's transaction is undone then."""
    for one in made:
        if isinstance(one, Run):
            _apply_run(connection, one)
        else:
            _apply(connection, one)


def _apply_run(connection: apsw.Connection, run: Run) -> None:
    """Inserts whatever can be; what was there already shows by what was not inserted."""
    sql = sql_of(run.writes[0].table)
    newest, before = connection.execute(sql.newest).get, connection.total_changes()
    connection.executemany(sql.insert, run.rows)
    if connection.total_changes() - before == len(run.rows):
        for index, rows in run.entries.items():
            connection.executemany(sql.add_entry[index], rows)
        return
    fresh = {key for (key,) in connection.execute(sql.inserted, (newest,))}
    for index, rows in run.entries.items():
        connection.executemany(sql.add_entry[index], [row for row in rows if row[1] in fresh])
    _overwrite(connection, run, sql, fresh)


def _overwrite(connection: apsw.Connection, run: Run, sql: TableSql, fresh: set[str]) -> None:
    """What was there already: put, kept as it is, or in conflict."""
    table = run.writes[0].table
    changed: dict[str, bytes] = {}
    for write, (key, content) in zip(run.writes, run.rows, strict=True):
        if key in fresh:
            continue
        if isinstance(write, Insert):
            raise ConflictError(write.taken, where=write.where)
        if isinstance(write, Put):
            changed[key] = content
    for index in table.indexes.keys() - table.fixed:
        _move(connection, run, index, changed)
    connection.executemany(sql.update, [(content, key) for key, content in changed.items()])


def _move(connection: apsw.Connection, run: Run, index: str, changed: Mapping[str, bytes]) -> None:
    """The entries of what is overwritten."""
    table = run.writes[0].table
    sql, entries = sql_of(table), table.indexes[index]
    there = connection.execute(sql.select_many, (orjson.dumps(list(changed)).decode(),))
    old = {(encode_parts(parts), key) for key, content in there for parts in entries(decoded(table, content))}
    now = {row for row in run.entries[index] if row[1] in changed}
    connection.executemany(sql.drop_entry[index], old - now)
    connection.executemany(sql.add_entry[index], now - old)


def _apply(connection: apsw.Connection, one: Encoded) -> None:
    write, sql = one.write, sql_of(one.write.table)
    if isinstance(write, Insert | Keep):
        connection.execute(sql.insert, (one.key, one.content))
        if connection.changes():
            _add_entries(connection, sql, one.key, one.entries)
        elif isinstance(write, Insert):
            raise ConflictError(write.taken, where=write.where)
        return
    before = connection.execute(sql.select, (one.key,)).fetchone()
    if isinstance(write, Replace) and write.revision != (before[0] if before else 0):
        raise ConflictError(_CHANGED)
    old = set(entries_for(write.table, decoded(write.table, before[1]))) if before is not None and write.table.indexes else set()
    for index, entry in old.difference(one.entries):
        connection.execute(sql.drop_entry[index], (entry, one.key))
    if isinstance(write, Remove):
        connection.execute(sql.delete, (one.key,))
        return
    if before is not None:
        connection.execute(sql.update, (one.content, one.key))
    else:
        connection.execute(sql.insert, (one.key, one.content))
    _add_entries(connection, sql, one.key, [entry for entry in one.entries if entry not in old])


def _add_entries(connection: apsw.Connection, sql: TableSql, key: str, entries: list[tuple[str, str]]) -> None:
    for index, entry in entries:
        connection.execute(sql.add_entry[index], (entry, key))


def fill_index(connection: apsw.Connection, table: Table[Any], index: str) -> None:
    """For an index that was not there: from the rows."""
    statement = sql_of(table).add_entry[index]
    for key, content in connection.execute(f"SELECT key, content FROM {rows_of(table.name)}"):
        for name, entry in entries_for(table, decoded(table, content)):
            if name == index:
                connection.execute(statement, (entry, key))
