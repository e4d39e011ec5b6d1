"""Opening one database with all its ports; making the collections; what goes on in the background."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from pymongo import AsyncMongoClient
from pymongo.errors import ConfigurationError as DriverConfigurationError

from lrs.background import end
from lrs.clock import Clock
from lrs.errors import ConfigurationError, StoreUnavailableError, StoreVersionError
from lrs.ports import Stores
from lrs.stores.mongo.administrators import MongoAdministrators
from lrs.stores.mongo.attachments import MongoAttachments
from lrs.stores.mongo.clients import MongoClients
from lrs.stores.mongo.closure import Closure
from lrs.stores.mongo.cluster import Cluster, ClusterOptions, driver_errors
from lrs.stores.mongo.copying import MongoCopying
from lrs.stores.mongo.directory import MongoDirectory
from lrs.stores.mongo.documents import MongoDocuments
from lrs.stores.mongo.feed import MongoFeed
from lrs.stores.mongo.log import SegmentLog
from lrs.stores.mongo.materialiser import Materialiser
from lrs.stores.mongo.reduction import MongoReduction
from lrs.stores.mongo.schema import INDEXES, STATE, VERSION
from lrs.stores.mongo.statements import MongoStatements
from lrs.stores.mongo.watermark import Watermark
from lrs.stores.mongo.writer import GroupWriter

_VERSION = "version"
_KEY_MARK = "key mark"
_LEAST_WIRE = 9  # MongoDB 4.4: older ones the driver does not speak to
_TOO_OLD = "the server is older than MongoDB 4.4; a newer one is needed"
_A_SLICE = 500  # referrers of late targets told in one turn of the background
_log = logging.getLogger("jejak.mongo")


class MongoEngine:
    """See `lrs.ports.stores.Lifecycle`. `cluster` is for other packages' stores in the same database."""

    def __init__(self, cluster: Cluster, watermark: Watermark, work: Callable[[], Awaitable[bool]]) -> None:
        self.cluster = cluster
        self.group_sizes: dict[int, int] = {}
        self._jobs: list[Callable[[], Awaitable[None]]] = []
        self._requests = 0
        self._watermark = watermark
        self._background = asyncio.create_task(self._run(work), name="mongo background")

    async def close(self) -> None:
        await end(self._background)
        await self.cluster.close()

    def in_background(self, job: Callable[[], Awaitable[None]]) -> None:
        """Does `job` too from now on, again and again."""
        self._jobs.append(job)

    async def _run(self, work: Callable[[], Awaitable[bool]]) -> None:
        """What others left unfinished, and referrers of late targets, until it is cancelled."""
        while True:
            left = False
            try:
                await self.cluster.look()
                left = await work()
                for job in self._jobs:
                    await job()
            except StoreUnavailableError as error:
                _log.warning("%s", error.message)
            await asyncio.sleep(0 if left else self.cluster.options.poll)

    async def ready(self) -> None:
        await self.cluster.update(STATE, {"_id": "ready"}, {"$set": {"ready": True}})

    async def key_mark(self, first: int | None = None) -> int | None:
        found = await self.cluster.find_one(STATE, {"_id": _KEY_MARK})
        if found is None and first is not None:  # a store that is closed to writes has one
            await self.cluster.insert(STATE, {"_id": _KEY_MARK, "value": first})
            found = await self.cluster.find_one(STATE, {"_id": _KEY_MARK})
        return None if found is None else int(found["value"])

    async def figures(self) -> dict[str, float]:
        mark = await self._watermark.read()
        told = await self.cluster.command("dbStats")
        return {
            "size_bytes": float(told.get("dataSize", 0)),
            "statements": mark.last,
            "commit_groups": sum(self.group_sizes.values()),
            "segments": mark.number,
            "retries": self.cluster.retries,
        }

    def commit_groups(self) -> tuple[dict[int, int], int]:
        """See `Lifecycle.commit_groups`."""
        return dict(self.group_sizes), self._requests

    def count_group(self, size: int) -> None:
        """A group of `size` requests was stored."""
        self._requests += size
        bucket = 1 << (size - 1).bit_length()
        self.group_sizes[bucket] = self.group_sizes.get(bucket, 0) + 1


async def connect(address: str, options: ClusterOptions) -> Cluster:
    """The address names the database (`mongodb://host/name`). Raises ConfigurationError, StoreVersionError, StoreUnavailableError."""
    with driver_errors():
        try:
            client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(
                address, serverSelectionTimeoutMS=int(options.select * 1_000), appname="jejak", tz_aware=True
            )
            name = client.get_default_database("jejak").name
        except (DriverConfigurationError, ValueError, TypeError) as error:
            raise ConfigurationError("JEJAK_STORE is not an address of MongoDB") from error
    cluster = Cluster(client, name, options)
    try:
        hello = await cluster.command("hello")
    except BaseException as error:
        await cluster.close()
        if "reports wire version" in str(error.__cause__):  # the driver itself has looked, before anything was asked
            raise StoreVersionError(_TOO_OLD) from error
        raise
    if int(hello.get("maxWireVersion", 0)) < _LEAST_WIRE:
        await cluster.close()
        raise StoreVersionError(_TOO_OLD)
    return cluster


async def migrate(cluster: Cluster) -> None:
    """Makes collections and indexes, each once; several may do it at the same time. Raises StoreVersionError for a newer store."""
    for index in INDEXES:
        await cluster.make_index(index)
    log = SegmentLog(cluster, _Standstill())
    await log.begin()
    await Watermark(cluster).begin()
    await cluster.insert(STATE, {"_id": "ready", "ready": True})
    await cluster.insert(STATE, {"_id": _VERSION, "value": VERSION})
    await must_fit(cluster)


async def must_fit(cluster: Cluster) -> None:
    """Raises StoreVersionError unless the collections are there, with their indexes, and of this version."""
    found = await cluster.find_one(STATE, {"_id": _VERSION})
    if found is None:
        raise StoreVersionError("the collections are not there; `jejak db migrate` makes them")
    if found["value"] > VERSION:
        raise StoreVersionError(f"the collections are newer ({found['value']}) than this program ({VERSION}); a newer version is needed")
    for name in sorted({index.collection for index in INDEXES}):
        wanted = {index.name for index in INDEXES if index.collection == name}
        present = {one["name"] for one in await cluster.indexes(name)}
        if missing := wanted - present:
            raise StoreVersionError(f"{name} lacks the index {sorted(missing)[0]}; `jejak db migrate` makes it")


async def open_mongo_stores(address: str, clock: Clock, options: ClusterOptions = ClusterOptions()) -> Stores:  # noqa: B008  # frozen
    """Over collections that are there. Raises ConfigurationError, StoreVersionError, StoreUnavailableError."""
    cluster = await connect(address, options)
    try:
        await must_fit(cluster)
    except BaseException:
        await cluster.close()
        raise
    log, watermark = SegmentLog(cluster, clock), Watermark(cluster)
    materialiser, closure = Materialiser(cluster, log, watermark), Closure(cluster, watermark)
    feed, attachments = MongoFeed(cluster, log, watermark), MongoAttachments(cluster)
    engine = MongoEngine(cluster, watermark, lambda: _unfinished(cluster, materialiser, closure, log))

    def stored(requests: int) -> None:
        engine.count_group(requests)
        feed.wake()

    return Stores(
        statements=MongoStatements(cluster, clock, watermark, GroupWriter(cluster, clock, log, materialiser, closure, stored)),
        attachments=attachments,
        documents=MongoDocuments(cluster, clock),
        directory=MongoDirectory(cluster),
        clients=MongoClients(cluster, clock),
        administrators=MongoAdministrators(cluster),
        feed=feed,
        reduction=MongoReduction(cluster, log, watermark, materialiser, closure, attachments),
        copying=MongoCopying(cluster, log, watermark, materialiser, closure),
        engine=engine,
    )


async def _unfinished(cluster: Cluster, materialiser: Materialiser, closure: Closure, log: SegmentLog) -> bool:
    """Finishes what others left; whether late targets are left."""
    await materialiser.catch_up(patience=cluster.options.patience)
    left = await closure.work_off(_A_SLICE)
    await log.sweep()
    return left


class _Standstill:
    def now_us(self) -> int:
        return 0
