"""A projector over a file of learning; and beside it, at every turn, what the same process does at most: read the feed and decode it.

The processor's time is counted, of all threads: how fast one core goes. Waiting for the disk is not in it, neither here nor there.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import orjson

from bench.learning import Crowd
from credentials.evidence.judgement import ReviewVerdict
from credentials.keys import Derived
from credentials.ports.records import Write
from credentials.ports.reviews import Doubtful
from credentials.services.projection.cases import Register
from credentials.services.projection.engine import Equipment
from credentials.services.projection.rebuilding import Rebuild
from credentials.services.projector import Projector
from credentials.services.reserving import Reserving
from credentials.stores.catalogue import CatalogueRecords
from credentials.stores.corrections import CorrectionRecords
from credentials.stores.evidence_rules import EvidenceRuleRecords
from credentials.stores.exclusions import ExclusionRecords
from credentials.stores.links import LinkRecords
from credentials.stores.looks import ask_for
from credentials.stores.people import PeopleRecords
from credentials.stores.providers import ProviderRecords
from credentials.stores.sqlite import open_sqlite_records
from credentials.stores.tables import TABLES
from credentials.stores.waiting import WaitingRecords
from lrs.clock import SystemClock
from lrs.ports import Feed, FeedItem
from lrs.stores.sqlite import SqliteOptions, open_sqlite_stores
from lrs.stores.sqlite.connection import Database
from lrs.stores.sqlite.engine import SqliteEngine
from lrs.stores.sqlite.feed import SqliteFeed

_PAGE = 2_000  # statements that are read at once, as the projector does


class _NothingDoubtful:
    """See `credentials.ports.reviews.ReviewQueue`: no statement of the bench comes from a weak source."""

    async def verdict(self, person: str, batch: str, seen: str = "") -> ReviewVerdict:
        return ""

    async def hold(self, doubtful: Doubtful) -> Sequence[Write]:
        raise AssertionError("nothing of this is doubtful")


@asynccontextmanager
async def opened(file: Path) -> AsyncIterator[tuple[Equipment, Database]]:
    """What a projector works with, over that file, as the server has it."""
    clock = SystemClock()
    stores = await open_sqlite_stores(file, clock, SqliteOptions())
    engine = stores.engine
    assert isinstance(engine, SqliteEngine)
    try:
        records = await open_sqlite_records(engine.database, TABLES)
        rules, people, links = EvidenceRuleRecords(records), PeopleRecords(records), LinkRecords(records, "https://asn.test")
        register = Register(
            people,
            links,
            CatalogueRecords(records),
            ProviderRecords(records),
            rules,
            ExclusionRecords(records),
            CorrectionRecords(records),
        )
        derived = Derived(b"b" * 32)
        waiting = WaitingRecords(records, links, lambda provider, ifi: derived.mac("bench", provider, ifi).hex())
        reserving = Reserving(records, derived, clock)
        work = Equipment(stores.feed, stores.statements, records, register, waiting, reserving, _NothingDoubtful(), clock)
        yield work, engine.database
    finally:
        await engine.close()


@dataclass(frozen=True, slots=True)
class Turn:
    """So many statements, and the seconds that they took by the projector's work and by bare reading."""

    statements: int
    work: float
    bare: float

    @property
    def share(self) -> float:
        """The rate of the work, of that of bare reading."""
        return self.bare / self.work


async def enter(equipment: Equipment, crowd: Crowd) -> None:
    """Persons and catalogue, as they are before the first statement comes."""
    await crowd.register(equipment.records)
    await equipment.records.commit(*(ask_for(batch=f"b-{number}") for number in range(crowd.batches)))
    await Projector(equipment).drain()


async def bare(feed: Feed, after: int, count: int) -> float:
    """Seconds in which so many statements are read and decoded."""
    started = time.process_time()
    position, left = after, count
    while left > 0:
        items: list[FeedItem] = await feed.read(position, min(_PAGE, left))
        for item in items:
            orjson.loads(item.body)
        position, left = items[-1].position, left - len(items)
    return time.process_time() - started


class Gate(SqliteFeed):
    """A feed that gives nothing beyond `until`."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.until = 0

    async def read(self, after: int, limit: int) -> list[FeedItem]:
        return await super().read(after, min(limit, self.until - after)) if after < self.until else []


class GatedProjector:
    """One that goes so far as it is told."""

    def __init__(self, equipment: Equipment, database: Database) -> None:
        self._gate = Gate(database)
        self._bare = equipment.feed
        self._projector = Projector(replace(equipment, feed=self._gate))

    async def go_to(self, position: int) -> None:
        """All statements up to there."""
        self._gate.until = position
        await self._projector.drain()

    async def turn(self, count: int) -> Turn:
        """The next so many statements by the projector, then the same ones bare."""
        after, started = self._gate.until, time.process_time()
        await self.go_to(after + count)
        return Turn(count, time.process_time() - started, await bare(self._bare, after, count))


class _InTurn(SqliteFeed):
    """A feed that reads each slice of the statements once more, bare, as soon as its reader has done with it."""

    def __init__(self, database: Database, every: int) -> None:
        super().__init__(database)
        self.turns: list[Turn] = []
        self._bare = SqliteFeed(database)
        self._every = every
        self._begun = 0
        self._since = time.process_time()

    def lap(self) -> float:
        """Seconds of work since the last lap."""
        before, self._since = self._since, time.process_time()
        return self._since - before

    async def read(self, after: int, limit: int) -> list[FeedItem]:
        if after >= self._begun + self._every:
            await self._turn(after)
        items = await super().read(after, min(limit, self._begun + self._every - after))
        if not items and after > self._begun:
            await self._turn(after)
        return items

    async def _turn(self, end: int) -> None:
        work, count = self.lap(), end - self._begun
        self.turns.append(Turn(count, work, await bare(self._bare, self._begun, count)))
        self._begun = end
        self.lap()


async def rebuilt(equipment: Equipment, database: Database, statements: int, rounds: int) -> list[Turn]:
    """A rebuild of all statements that finds no difference: each turn has its part of the reading, and an equal share of the judging."""
    feed = _InTurn(database, -(-statements // rounds))
    rebuild = Rebuild(replace(equipment, feed=feed))
    await rebuild.read()
    feed.lap()
    differences = [one async for one in rebuild.differences()]
    judging = feed.lap()
    assert not differences
    await rebuild.abandon()
    return [replace(turn, work=turn.work + judging / len(feed.turns)) for turn in feed.turns]
