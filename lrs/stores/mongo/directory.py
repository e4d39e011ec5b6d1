"""The activity directory on MongoDB; definitions are merged by `definitions`."""

from __future__ import annotations

from lrs.ports import Wall
from lrs.stores.mongo.cluster import Cluster
from lrs.stores.mongo.definitions import activity_id
from lrs.stores.mongo.schema import ACTIVITIES


class MongoDirectory:
    """See `lrs.ports.ActivityDirectory`."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    async def definition(self, activity: str, wall: Wall) -> bytes | None:
        if wall.provider is not None:
            found = await self._cluster.find_one(ACTIVITIES, {"_id": activity_id(wall.provider, activity)}, {"d": 1})
            return None if found is None else bytes(found["d"])
        first = await self._cluster.find(ACTIVITIES, {"iri": activity}, {"d": 1}, sort=[("first", 1)], limit=1)
        return bytes(first[0]["d"]) if first else None
