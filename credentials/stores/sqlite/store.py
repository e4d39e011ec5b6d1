"""All ports of the credential module over one SQLite file."""

from __future__ import annotations

from credentials.stores.sqlite.awards import SqliteAwards
from credentials.stores.sqlite.catalogue import SqliteCatalogue
from credentials.stores.sqlite.people import SqlitePeople
from credentials.stores.sqlite.schema import MIGRATIONS, NAMESPACE
from lrs.stores.sqlite.connection import Database


class SqliteCredentials(SqliteCatalogue, SqlitePeople, SqliteAwards):
    """See `credentials.ports.CredentialStore`."""


async def open_sqlite_credentials(database: Database) -> SqliteCredentials:
    """Over a file that is open. Raises StoreVersionError when the file's tables are of a newer version."""
    await database.migrate(NAMESPACE, MIGRATIONS)
    return SqliteCredentials(database)
