"""MongoDB: one log of segments, each inserted whole by whoever was first, and collections made of it for queries.

docs/adr/0070-mongodb-log.md says why no interleaving shows half a batch.
"""

from lrs.stores.mongo.cluster import ClusterOptions
from lrs.stores.mongo.engine import connect, migrate, open_mongo_stores

__all__ = ["ClusterOptions", "connect", "migrate", "open_mongo_stores"]
