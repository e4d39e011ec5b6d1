"""What SQLite alone does with the very rows that the store wrote: the same schema and pragmas, `executemany`, nothing else."""

from __future__ import annotations

import time
from array import array
from pathlib import Path
from types import TracebackType
from typing import Any

import apsw

from lrs.stores.sqlite.connection import SqliteOptions, connect
from lrs.stores.sqlite.schema import MIGRATIONS

Rows = list[tuple[Any, ...]]
_STATEMENTS = "SELECT seq, id, stored, origin, flags, codec, target, keys, body FROM statement WHERE seq > ? ORDER BY seq"
_INSERTS = {
    "statement": "INSERT INTO statement(seq, id, stored, origin, flags, codec, target, keys, body) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)",
    "term": "INSERT INTO term(id, hash) VALUES(?, ?)",
    "activity": "INSERT INTO activity(provider, iri, first, definition) VALUES(?, ?, ?, ?)",
    "posting": "INSERT INTO posting(segment, key, offsets) VALUES(?, ?, ?)",
}


class RawCopy:
    """Follows the store in `source`, and writes what is new in it to `target`. Closed by `with`."""

    def __init__(self, source: Path, target: Path) -> None:
        options = SqliteOptions()
        self._segment = options.segment
        self._source = connect(source, options, writing=False)
        self._target = connect(target, options, writing=True)
        for script in MIGRATIONS:
            self._target.execute(script)
        self._seq = self._term = self._window = 0

    def __enter__(self) -> RawCopy:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._source.close(True)
        self._target.close(True)

    def replay(self, batch: int) -> float:
        """Writes what is new, `batch` statements a transaction; statements a second."""
        groups = self._groups(batch)
        count = sum(len(group["statement"]) for group in groups)
        started = time.perf_counter()
        for group in groups:
            self._target.execute("BEGIN IMMEDIATE")
            for table, rows in group.items():
                if rows:
                    self._target.executemany(_INSERTS[table], rows)
            self._target.execute("COMMIT")
        return count / (time.perf_counter() - started)

    def _groups(self, batch: int) -> list[dict[str, Rows]]:
        """The new rows of every table, each with the statements that it was written for."""
        statements: Rows = self._source.execute(_STATEMENTS, (self._seq,)).fetchall()
        groups = [self._group(statements[start : start + batch]) for start in range(0, len(statements), batch)]
        if statements:
            self._seq = statements[-1][0]
        return groups

    def _group(self, statements: Rows) -> dict[str, Rows]:
        first, last = statements[0][0], statements[-1][0]
        highest = max(max(array("I", row[7])) // 2 for row in statements)
        terms = self._source.execute("SELECT id, hash FROM term WHERE id > ? AND id <= ?", (self._term, highest)).fetchall()
        self._term = max(self._term, highest)
        defined = self._source.execute(
            "SELECT provider, iri, first, definition FROM activity WHERE first BETWEEN ? AND ?", (first, last)
        ).fetchall()
        sealed: Rows = []
        while (self._window + 1) * self._segment <= last:
            sealed += self._source.execute("SELECT segment, key, offsets FROM posting WHERE segment = ?", (self._window,)).fetchall()
            self._window += 1
        return {"statement": statements, "term": terms, "activity": defined, "posting": sealed}


def truncate_wal(path: Path) -> None:
    """Puts everything into the file itself, so that its size says what is stored."""
    connection = connect(path, SqliteOptions(), writing=True)
    try:
        connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
    finally:
        connection.close(True)
