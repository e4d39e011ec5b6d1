"""Issuers' sealed keys on SQLite."""

from __future__ import annotations

import apsw
import msgspec

from credentials.model import SealedKey
from credentials.stores.sqlite.rows import Rows

_ALL = "SELECT content FROM issuer_key WHERE provider = ? ORDER BY number"


class SqliteKeys(Rows):
    """See `credentials.ports.KeyStore`."""

    async def keys(self, provider: str) -> list[SealedKey]:
        return await self._values(SealedKey, _ALL, (provider,))

    async def add_first_keys(self, provider: str, keys: tuple[SealedKey, ...]) -> list[SealedKey]:
        await self._database.write(lambda connection: _add_first(connection, provider, keys))
        return await self.keys(provider)


def _add_first(connection: apsw.Connection, provider: str, keys: tuple[SealedKey, ...]) -> None:
    """Within the write lock, so two processes cannot both be first."""
    if connection.execute(_ALL, (provider,)).fetchall():
        return
    for key in keys:
        connection.execute(
            "INSERT INTO issuer_key(provider, method, content) VALUES(?, ?, ?)", (provider, key.method, msgspec.json.encode(key))
        )
