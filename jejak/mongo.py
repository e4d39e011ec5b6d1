"""The product's store on MongoDB: statements, records and what goes on in the background, over one client.

Imported only where the setting names MongoDB: the driver costs memory and time at every start.
"""

from __future__ import annotations

from dataclasses import replace

from credentials.ports import Records
from credentials.stores.mongo import migrate_records, open_mongo_records
from jejak.copying import Side
from jejak.settings import Settings
from jejak.tables import PRODUCT_TABLES
from lrs.clock import Clock, SystemClock
from lrs.ports import Stores
from lrs.ports.stores import Lifecycle
from lrs.stores.mongo import ClusterOptions, connect, migrate, open_mongo_stores
from lrs.stores.mongo.engine import MongoEngine
from lrs.stores.mongo.gate import FRESH


def cluster_options(settings: Settings) -> ClusterOptions:
    """As the settings say."""
    return ClusterOptions(lease=settings.mongodb_lease, poll=settings.mongodb_poll, select=settings.mongodb_select)


async def migrate_mongo(address: str, options: ClusterOptions) -> str:
    """Makes what is missing, and answers the database's name. Raises ConfigurationError, StoreVersionError, StoreUnavailableError."""
    cluster = await connect(address, options)
    try:
        await migrate(cluster)
        await migrate_records(cluster, SystemClock(), PRODUCT_TABLES)
    finally:
        await cluster.close()
    return cluster.name


async def open_stores(settings: Settings, clock: Clock) -> Stores:
    """Raises ConfigurationError, StoreVersionError, StoreUnavailableError."""
    return await open_mongo_stores(settings.store, clock, cluster_options(settings))


async def open_records(engine: Lifecycle, clock: Clock) -> Records:
    """Over the engine's client. Raises StoreVersionError, StoreUnavailableError."""
    assert isinstance(engine, MongoEngine)  # what `open_stores` made
    records = await open_mongo_records(engine.cluster, clock, PRODUCT_TABLES)
    engine.in_background(records.sweep)
    return records


async def open_for_copying(address: str, settings: Settings, *, make: bool) -> Side:
    """Writes whether the database is closed to writes or not; `make`: collections and indexes that are not there.

    Raises as `migrate_mongo`.
    """
    options = replace(cluster_options(settings), copying=True)
    if make:
        await migrate_mongo(address, options)
    stores = await open_mongo_stores(address, SystemClock(), options)
    try:
        return Side(stores, await open_records(stores.engine, SystemClock()), FRESH + options.lease)
    except BaseException:
        await stores.engine.close()
        raise
