"""Proving that the log of decisions in a file is whole: nothing is missing, nothing was changed (see `credentials.decisions`)."""

from __future__ import annotations

from pathlib import Path

from credentials.decisions import broken_at
from credentials.stores.content import decoded
from credentials.stores.decisions import DECISIONS
from credentials.stores.sqlite.writing import rows_of
from lrs.stores.sqlite.connection import SqliteOptions, connect

_THERE = "SELECT 1 FROM sqlite_schema WHERE name = ?"


def check_decisions(path: Path) -> list[str]:
    """What is wrong, a sentence; empty when it is whole. Reads one snapshot. Raises StoreVersionError, StoreUnavailableError."""
    connection = connect(path, SqliteOptions(), writing=False)
    try:
        table = rows_of(DECISIONS.name)
        if connection.execute(_THERE, (table.strip('"'),)).get is None:
            return []
        rows = connection.execute(f"SELECT content FROM {table} ORDER BY key")
        number = broken_at(decoded(DECISIONS, content) for (content,) in rows)
    finally:
        connection.close(True)
    return [] if number is None else [f"the log of decisions is broken at number {number}: it is missing, or it or one before was changed"]
