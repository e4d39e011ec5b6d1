"""The store with who may use it: what the commands about administrators, providers and clients need, and no more of the product."""

from __future__ import annotations

from dataclasses import dataclass

from jejak.keyfile import key_mark, server_key
from jejak.settings import MONGODB, Settings
from lrs.clock import Clock, SystemClock
from lrs.ports import Stores
from lrs.services.administrators import Administrators
from lrs.services.clients import ClientAdministration
from lrs.services.secrets import SecretHasher
from lrs.stores.memory import memory_stores
from lrs.stores.sqlite import SqliteOptions, open_sqlite_stores


@dataclass(frozen=True, slots=True)
class Access:
    """Made and opened. `key`: the server's own."""

    settings: Settings
    stores: Stores
    key: bytes
    hasher: SecretHasher
    administrators: Administrators
    clients: ClientAdministration

    async def close(self) -> None:
        """Finishes what was accepted."""
        self.hasher.close()
        await self.stores.engine.close()


async def open_access(settings: Settings, clock: Clock | None = None) -> Access:
    """Raises ConfigurationError (the key file is not this store's), StoreVersionError, StoreUnavailableError."""
    clock = clock or SystemClock()
    stores = await open_stores(settings, clock)
    try:
        key = await _key_of(stores, settings)
    except BaseException:
        await stores.engine.close()
        raise
    hasher = SecretHasher(key)
    administrators = Administrators(stores.administrators, hasher, clock)
    return Access(settings, stores, key, hasher, administrators, ClientAdministration(stores, hasher, clock, settings.url))


async def open_stores(settings: Settings, clock: Clock) -> Stores:
    """Raises StoreVersionError, StoreUnavailableError."""
    if settings.store.startswith(MONGODB):
        from jejak import mongo  # here: see there

        return await mongo.open_stores(settings, clock)
    path = settings.sqlite_path
    if path is None:
        return memory_stores(clock)
    return await open_sqlite_stores(path, clock, SqliteOptions(settings.sqlite_synchronous, settings.sqlite_compression))


async def _key_of(stores: Stores, settings: Settings) -> bytes:
    key = server_key(settings.data_dir, mark=await stores.engine.key_mark())
    first = await stores.engine.key_mark(key_mark(key))
    return server_key(settings.data_dir, mark=first)  # another process, with another key, may have been the first a moment ago
