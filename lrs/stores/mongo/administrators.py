"""Administrators on MongoDB."""

from __future__ import annotations

import msgspec
from bson import Binary

from lrs.errors import ConflictError, NotFoundError
from lrs.ports import Administrator
from lrs.stores.mongo.cluster import Cluster
from lrs.stores.mongo.schema import ADMINISTRATORS

_MOST = 10_000  # administrators of one installation


class MongoAdministrators:
    """See `lrs.ports.AdministratorStore`."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    async def add(self, administrator: Administrator) -> None:
        if not await self._cluster.insert(ADMINISTRATORS, {"_id": administrator.name, "content": _content(administrator)}):
            if await self.get(administrator.name) == administrator:
                return
            raise ConflictError("there is an administrator with this name already", where="name")

    async def get(self, name: str) -> Administrator | None:
        found = await self._cluster.find_one(ADMINISTRATORS, {"_id": name})
        return None if found is None else msgspec.json.decode(found["content"], type=Administrator)

    async def all(self) -> list[Administrator]:
        found = await self._cluster.find(ADMINISTRATORS, {}, sort=[("_id", 1)], limit=_MOST, one_answer=False)
        return [msgspec.json.decode(one["content"], type=Administrator) for one in found]

    async def save(self, administrator: Administrator) -> None:
        change = {"$set": {"content": _content(administrator)}}
        if not await self._cluster.update(ADMINISTRATORS, {"_id": administrator.name}, change):
            raise NotFoundError("there is no administrator with this name")


def _content(administrator: Administrator) -> Binary:
    return Binary(msgspec.json.encode(administrator))
