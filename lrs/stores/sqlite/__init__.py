"""Everything in one SQLite file, with large attachments beside it. The default, and all that one machine needs."""

from __future__ import annotations

from lrs.stores.sqlite.connection import Database, SqliteOptions
from lrs.stores.sqlite.engine import open_sqlite_stores

__all__ = ["Database", "SqliteOptions", "open_sqlite_stores"]
