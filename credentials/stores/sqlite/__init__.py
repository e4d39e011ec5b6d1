"""The credential module's tables in the LRS's SQLite file, through the LRS's own connection."""

from __future__ import annotations

from credentials.stores.sqlite.records import SqliteRecords, open_sqlite_records
from credentials.stores.sqlite.store import SqliteCredentials, open_sqlite_credentials

__all__ = ["SqliteCredentials", "SqliteRecords", "open_sqlite_credentials", "open_sqlite_records"]
