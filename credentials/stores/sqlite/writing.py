"""Writes of one commit on SQLite. Inserts into one table that follow each other go to SQLite in one call: big commits are made of such."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any, NamedTuple, TypeVar

import apsw

from credentials.ports.keys import encode_parts
from credentials.ports.records import Insert, Keep, Put, Remove, Replace, Table, Write
from credentials.stores.content import decoded, encoded_value, entries_for
from lrs.errors import ConflictError

T = TypeVar("T")
_CHANGED = "this was changed by somebody else meanwhile; read it again"


class Encoded(NamedTuple):
    """A write as SQLite gets it: made outside the writer's thread. `entries`: (index, entry) of the value."""

    write: Write
    key: str
    content: bytes
    entries: list[tuple[str, str]]


@dataclass(slots=True)
class Run:
    """Inserts into one table that follow each other: rows (key, content), and entries (entry, key) of each index."""

    writes: list[Insert[Any] | Keep[Any] | Put[Any]]
    rows: list[tuple[str, bytes]]
    entries: dict[str, list[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class TableSql:
    """The statements of one table; `add_entry` and `drop_entry` by index."""

    insert: str
    select: str
    update: str
    delete: str
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
        {index: f"INSERT OR IGNORE INTO {entries_of(name, index)} VALUES(?, ?)" for index in indexes},
        {index: f"DELETE FROM {entries_of(name, index)} WHERE entry = ? AND key = ?" for index in indexes},
    )


def encoded(writes: Sequence[Write]) -> list[Encoded | Run]:
    """Keys, contents and index entries, in the order of the writes."""
    made: list[Encoded | Run] = []
    for _, group in groupby(writes, key=_kind):
        some = list(group)
        if len(some) > 1 and isinstance(some[0], Insert | Keep | Put):
            made.append(_run(some[0].table, some))  # type: ignore[arg-type]  # all are of the first one's kind
        else:
            made += map(_encoded, some)
    return made


def _kind(write: Write) -> tuple[str, bool]:
    return write.table.name, isinstance(write, Insert | Keep | Put)


def _run(table: Table[Any], writes: list[Insert[Any] | Keep[Any] | Put[Any]]) -> Run:
    key_of, parts_of = table.key, encode_parts
    rows = [(parts_of(key_of(one.value)), encoded_value(one.value)) for one in writes]
    entries = {
        index: [(parts_of(parts), row[0]) for one, row in zip(writes, rows, strict=True) for parts in found(one.value)]
        for index, found in table.indexes.items()
    }
    return Run(writes, rows, entries)


def _encoded(write: Write) -> Encoded:
    if isinstance(write, Remove):
        return Encoded(write, encode_parts(write.key), b"", [])
    table, value = write.table, write.value
    return Encoded(write, encode_parts(table.key(value)), encoded_value(value), entries_for(table, value))


def apply_all(connection: apsw.Connection, made: Sequence[Encoded | Run]) -> None:
    """In their order. Raises ConflictError; the caller's transaction is undone then."""
    for one in made:
        if isinstance(one, Encoded):
            _apply(connection, one)
        elif not _inserted_at_once(connection, one):
            for write in one.writes:
                _apply(connection, _encoded(write))


def _inserted_at_once(connection: apsw.Connection, run: Run) -> bool:
    """False, and nothing is changed, when one of the keys is taken."""
    sql = sql_of(run.writes[0].table)
    connection.execute("SAVEPOINT run")
    before = connection.total_changes()
    connection.executemany(sql.insert, run.rows)
    if connection.total_changes() - before != len(run.rows):
        connection.execute("ROLLBACK TO run")
        connection.execute("RELEASE run")
        return False
    for index, rows in run.entries.items():
        connection.executemany(sql.add_entry[index], rows)
    connection.execute("RELEASE run")
    return True


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
