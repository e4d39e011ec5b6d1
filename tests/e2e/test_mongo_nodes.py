"""Many nodes over one MongoDB database, killed and stopped at random, their clocks seconds apart."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from credentials.services.projector import CONSUMER
from jejak.mongo import migrate_mongo
from lrs.clock import SystemClock
from lrs.ports import StatementQuery, Stores
from lrs.stores.mongo import open_mongo_stores
from tests.support.evidence import BATCH
from tests.support.mongo.crowd import OPTIONS, acknowledged
from tests.support.mongo.learning_crowd import POSTING, PROJECTING, is_voided, opened_by
from tests.support.mongo.server_pair import MongoServer
from tests.support.projecting import World, enter, opened_world
from tests.support.statements import EVERYTHING, batch, number_of, sentence

_LEARNERS = 24


@dataclass
class _Followers:
    """One reads the feed, one polls by `since` up to what the store says is consistent; both while others write."""

    stores: Stores
    done: asyncio.Event = field(default_factory=asyncio.Event)
    read: list[int] = field(default_factory=list)
    polled: list[int] = field(default_factory=list)

    async def follow_feed(self) -> None:
        position = stored = 0
        while True:
            last = self.done.is_set()
            for item in await self.stores.feed.read(position, 50):
                assert item.position > position
                assert item.stored > stored
                position, stored = item.position, item.stored
                self.read.append(number_of(item.body))
            if last and position == await self.stores.feed.end():
                return
            await asyncio.sleep(0.05)

    async def poll(self) -> None:
        since = 0
        while True:
            last = self.done.is_set()
            through = await self.stores.statements.consistent_through()
            page = await self.stores.statements.query(StatementQuery(since=since, until=through, limit=5_000, ascending=True), EVERYTHING)
            self.polled += [number_of(body) for body in page.bodies]
            since = through
            if last and len(self.polled) == await self.stores.feed.end():
                return
            await asyncio.sleep(0.1)


async def test_four_nodes_post_and_whoever_follows_misses_nothing_and_sees_whole_batches(tmp_path: Path, mongo: MongoServer) -> None:
    address = mongo.address(f"jejak-{uuid4().hex[:12]}")
    await migrate_mongo(address, OPTIONS)
    stores = await open_mongo_stores(address, SystemClock(), OPTIONS)
    followers = _Followers(stores)
    following = asyncio.gather(followers.follow_feed(), followers.poll())
    crowd = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.support.mongo.crowd", address, str(tmp_path))
    assert await crowd.wait() == 0
    await stores.statements.put(batch(*(sentence(9_000_000 + place) for place in range(3))))  # what a dead node stored is visible before
    followers.done.set()
    await asyncio.wait_for(following, 60)
    page = await stores.statements.query(StatementQuery(limit=5_000, ascending=True), EVERYTHING)
    await stores.engine.close()
    seen = [number_of(body) for body in page.bodies]
    assert followers.read == followers.polled == seen
    assert {number // 10 * 10 for number in seen} >= acknowledged(tmp_path)
    assert len(seen) == len(set(seen)) == 3 * len({number // 10 for number in seen})  # whole batches, none twice


async def test_four_post_and_two_project_killed_at_random_and_each_certificate_is_issued_once(tmp_path: Path, mongo: MongoServer) -> None:
    address = mongo.address(f"jejak-{uuid4().hex[:12]}")
    await migrate_mongo(address, OPTIONS)
    async with opened_world(address, tmp_path) as world:
        await enter(world)
        people = [await world.person(f"user-{number}") for number in range(_LEARNERS)]
        arguments = ["tests.support.mongo.learning_crowd", address, str(tmp_path), str(_LEARNERS)]
        crowd = await asyncio.create_subprocess_exec(
            sys.executable, "-m", *arguments, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
        )
        due = {(person, BATCH.id) for number, person in enumerate(people) if not is_voided(number)}
        assert crowd.stdout is not None
        assert await crowd.stdout.readline() == b"posted\n"
        await _all_projected(world)
        await crowd.communicate(b"")
        standing = await world.standing()
        assert standing["completions"].keys() == due == standing["valid"]
        assert len(await world.valid_certificates()) == len(due)
        assert await world.rebuilt() == []
    assert all(opened_by(tmp_path, place) for place in range(POSTING, POSTING + PROJECTING)), "both have judged"


async def _all_projected(world: World) -> None:
    """Returns once the feed is read and nobody waits to be judged."""
    feed = world.stores.feed
    for _ in range(400):
        if await feed.checkpoint(CONSUMER) == await feed.end() and not await world.projector.looks_waiting():
            return
        await asyncio.sleep(0.5)
    raise AssertionError("the projectors do not come to rest")
