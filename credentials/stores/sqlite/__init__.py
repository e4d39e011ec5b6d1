"""The credential module's tables in the LRS's SQLite file, through the LRS's own connection."""

from __future__ import annotations

from credentials.stores.sqlite.records import SqliteRecords, open_sqlite_records

__all__ = ["SqliteRecords", "open_sqlite_records"]
