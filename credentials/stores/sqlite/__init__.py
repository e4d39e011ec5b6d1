"""The credential module's tables in the LRS's SQLite file, through the LRS's own connection."""

from __future__ import annotations

from credentials.stores.sqlite.store import SqliteCredentials, open_sqlite_credentials

__all__ = ["SqliteCredentials", "open_sqlite_credentials"]
