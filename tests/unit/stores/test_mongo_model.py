"""No interleaving of nodes on MongoDB shows half a batch, loses what was acknowledged, or lets two statements have one id.

The nodes run the store's own code; what is explored is the order in which their commands reach the database, with deaths in between.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import pytest

from lrs.errors import ConflictError
from lrs.ports import Condition, StatementQuery, Stores, Wall
from lrs.stores.mongo.closure import Closure
from lrs.stores.mongo.cluster import Cluster, ClusterOptions
from lrs.stores.mongo.feed import MongoFeed
from lrs.stores.mongo.log import SegmentLog
from lrs.stores.mongo.materialiser import Materialiser
from lrs.stores.mongo.statements import MongoStatements
from lrs.stores.mongo.watermark import Watermark
from lrs.stores.mongo.writer import GroupWriter
from tests.support.clock import SettableClock
from tests.support.mongo.explored import Database, Explored, Run, explore
from tests.support.statements import batch, number_of, sentence, verb, void

_ALL = Wall()


@dataclass(slots=True)
class _Node:
    """A process: its memory is its own, the database is everybody's."""

    statements: MongoStatements
    feed: MongoFeed
    materialiser: Materialiser
    closure: Closure
    log: SegmentLog
    watermark: Watermark

    async def recover(self) -> None:
        """What any node's background does."""
        await self.materialiser.catch_up(patience=0)
        while await self.closure.work_off(100):
            pass
        await self.log.sweep()

    async def numbers(self, *conditions: Condition) -> list[int]:
        page = await self.statements.query(StatementQuery(conditions, limit=100, ascending=True), _ALL)
        return [number_of(body) for body in page.bodies]


def _node(database: Database, run: Run, name: str, clock: SettableClock, document_bytes: int) -> _Node:
    options = ClusterOptions(patience=0, lease=3_600, document_bytes=document_bytes)
    cluster = cast(Cluster, Explored(database, run, name, options))
    log, watermark = SegmentLog(cluster, clock), Watermark(cluster)
    materialiser, closure = Materialiser(cluster, log, watermark), Closure(cluster, watermark)
    writer = GroupWriter(cluster, clock, log, materialiser, closure, lambda requests: None)
    return _Node(
        MongoStatements(cluster, clock, watermark, writer), MongoFeed(cluster, log, watermark), materialiser, closure, log, watermark
    )
