"""The activity directory on SQLite; definitions are merged in `insert`."""

from __future__ import annotations

from lrs.ports import Wall
from lrs.stores.sqlite.connection import Database

_FIRST = "SELECT definition FROM activity WHERE iri = ?1 AND (?2 IS NULL OR provider = ?2) ORDER BY first LIMIT 1"


class SqliteDirectory:
    """See `lrs.ports.ActivityDirectory`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def definition(self, activity_id: str, wall: Wall) -> bytes | None:
        return await self._database.read(lambda connection: connection.execute(_FIRST, (activity_id, wall.provider)).get)
