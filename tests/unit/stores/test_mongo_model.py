"""No interleaving of nodes on MongoDB shows half a batch, loses what was acknowledged, or lets two statements have one id.

The nodes run the store's own code; what is explored is the order in which their commands reach the database, with deaths in between.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import pytest

from lrs.errors import ConflictError
from lrs.ports import Condition, StatementQuery, Wall
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


@dataclass(slots=True)
class _World:
    """Nodes over one empty database, and afterwards a node that comes by when all is over."""

    run: Run
    document_bytes: int = 12_000_000

    async def opened(self) -> tuple[_Node, _Node, _Node]:
        database, clock = Database(), SettableClock()
        self.run.free = True
        nodes = [_node(database, self.run, name, clock, self.document_bytes) for name in ("a", "b", "reader")]
        await nodes[0].log.begin()
        await nodes[0].watermark.begin()
        self.run.free = False
        return nodes[0], nodes[1], nodes[2]


async def _reads(node: _Node, times: int) -> list[list[int]]:
    return [await node.numbers() for _ in range(times)]


async def _feed(node: _Node) -> list[int]:
    return [number_of(item.body) for item in await node.feed.read(0, 100)]


@pytest.mark.parametrize("document_bytes", [12_000_000, 220], ids=["whole", "in_parts"])
def test_two_writers_and_a_reader_see_whole_batches_whoever_dies(document_bytes: int) -> None:
    async def scenario(run: Run) -> None:
        a, b, reader = await _World(run, document_bytes).opened()
        outcomes = await run.drive(
            {
                "a": a.statements.put(batch(sentence(1), sentence(2))),
                "b": b.statements.put(batch(sentence(11), sentence(12))),
                "reader": _reads(reader, 2),
            }
        )
        await reader.recover()
        seen = await reader.numbers()
        assert await _feed(reader) == seen
        assert seen in ([], [1, 2], [11, 12], [1, 2, 11, 12], [11, 12, 1, 2])
        for name, first in (("a", 1), ("b", 11)):
            if name in outcomes:
                assert outcomes[name] is None
                assert first in seen
        for earlier in outcomes.get("reader", []):  # type: ignore[attr-defined]  # a list, or it died
            assert earlier == seen[: len(earlier)]
            assert len(earlier) % 2 == 0

    assert explore(scenario, preemptions=1, deaths=1) > 100


def test_one_of_two_statements_with_one_id_is_refused_with_all_of_its_batch() -> None:
    async def scenario(run: Run) -> None:
        a, b, reader = await _World(run).opened()
        outcomes = await run.drive(
            {
                "a": a.statements.put(batch(sentence(1), sentence(2))),
                "b": b.statements.put(batch(sentence(11), sentence(2, verb="passed"))),
            }
        )
        await reader.recover()
        seen = await reader.numbers()
        assert seen in ([], [1, 2], [11, 2])
        if len(outcomes) == 2:
            assert sorted(type(one).__name__ for one in outcomes.values()) == ["ConflictError", "NoneType"]
        assert all(outcome is None or isinstance(outcome, ConflictError) for outcome in outcomes.values())

    assert explore(scenario, preemptions=1, deaths=1) > 100


@pytest.mark.parametrize("target_first", [True, False])
def test_a_void_from_another_node_hides_its_target_and_never_without_the_rest_of_its_batch(target_first: bool) -> None:
    async def scenario(run: Run) -> None:
        a, b, reader = await _World(run).opened()
        target, voiding = batch(sentence(1)), batch(void(2, 1), sentence(3))
        first, second = (target, voiding) if target_first else (voiding, target)
        outcomes = await run.drive({"a": a.statements.put(first), "b": b.statements.put(second), "reader": _reads(reader, 1)})
        await reader.recover()
        seen = await reader.numbers()
        assert outcomes.get("a") is None
        assert outcomes.get("b") is None
        assert sorted(seen) in ([], [1], [2, 3])
        assert (1 in seen) != (2 in seen) or not seen
        for earlier in outcomes.get("reader", []):  # type: ignore[attr-defined]
            assert sorted(earlier) in ([], [1], [2, 3])

    assert explore(scenario, preemptions=1, deaths=0) > 100


def test_a_referrer_meets_its_late_target_whichever_node_is_ahead() -> None:
    async def scenario(run: Run) -> None:
        a, b, reader = await _World(run).opened()
        outcomes = await run.drive(
            {"a": a.statements.put(batch(sentence(1, refers_to=2))), "b": b.statements.put(batch(sentence(2, verb="late")))}
        )
        await reader.recover()
        seen = await reader.numbers()
        if seen and 2 in seen:
            assert sorted(await reader.numbers(Condition(verb("late")))) == sorted(seen)
        assert len(outcomes) < 2 or sorted(seen) == [1, 2]

    assert explore(scenario, preemptions=1, deaths=1) > 100


def test_parts_of_a_writer_that_sleeps_past_its_lease_are_taken_away_and_it_finds_its_number_gone() -> None:
    """The sweeper's lease is over at once here; whatever it takes away, the writer's batch is whole in the end, or not there at all."""

    async def scenario(run: Run) -> None:
        a, b, reader = await _World(run, 220).opened()
        impatient = b.log
        outcomes = await run.drive({"a": a.statements.put(batch(sentence(1), sentence(2))), "b": _sweeps(impatient)})
        await reader.recover()
        seen = await reader.numbers()
        assert seen in ([], [1, 2])
        assert outcomes.get("a") is None
        assert ("a" in outcomes) <= (seen == [1, 2])
        assert len(await reader.feed.read(0, 10)) == len(seen)

    assert explore(scenario, preemptions=2, deaths=1) > 50


async def _sweeps(log: SegmentLog) -> None:
    for _ in range(2):
        await log.sweep(lease=0)
