"""The product's store on MongoDB: statements, records and what goes on in the background, over one client."""

from __future__ import annotations

from credentials.ports import Records
from credentials.stores.mongo import migrate_records, open_mongo_records
from jejak.settings import Settings
from jejak.tables import PRODUCT_TABLES
from lrs.clock import Clock, SystemClock
from lrs.stores.mongo import ClusterOptions, connect, migrate
from lrs.stores.mongo.engine import MongoEngine


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


async def open_records(engine: MongoEngine, clock: Clock) -> Records:
    """Over the engine's client. Raises StoreVersionError, StoreUnavailableError."""
    records = await open_mongo_records(engine.cluster, clock, PRODUCT_TABLES)
    engine.in_background(records.sweep)
    return records
