"""Whatever breaks between a node and MongoDB: what was acknowledged is there once, a batch whole or not at all, and all goes on."""

from __future__ import annotations

import asyncio
import gc
import random
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import get_args
from uuid import uuid4

import pytest

from credentials.ports.records import Insert, Put, scan_all
from credentials.stores.mongo import MongoRecords, migrate_records, open_mongo_records
from lrs.clock import SystemClock
from lrs.errors import StoreUnavailableError
from lrs.ports import StatementQuery, Stores
from lrs.stores.mongo import ClusterOptions, connect, migrate, open_mongo_stores
from tests.contracts.records import NOTES, OTHERS, Note
from tests.support.mongo.build import build
from tests.support.mongo.proxy import Fault, Fields, Kind, Proxy
from tests.support.mongo.server_pair import MongoServer, start
from tests.support.statements import EVERYTHING, batch, number_of, sentence

_OPTIONS = ClusterOptions(lease=8.0, patience=0.2, poll=0.2, select=2.0)
_ALONE = ClusterOptions(lease=8.0, patience=0.05, poll=3_600, select=2.0)  # no background in between
_KINDS: tuple[Kind, ...] = get_args(Kind)


@pytest.fixture
def proxy(mongo: MongoServer) -> Iterator[Proxy]:
    """A line of its own to the server, to be broken."""
    line = mongo.line()
    line.start()
    yield line
    line.stop()


@pytest.fixture
async def database(mongo: MongoServer) -> str:
    """Collections and indexes in a database of their own."""
    name = f"jejak-{uuid4().hex[:12]}"
    cluster = await connect(mongo.address(name), _OPTIONS)
    await migrate(cluster)
    await migrate_records(cluster, SystemClock(), (NOTES, OTHERS))
    await cluster.close()
    return name


@asynccontextmanager
async def _node(address: str, options: ClusterOptions = _OPTIONS) -> AsyncIterator[Stores]:
    stores = await open_mongo_stores(address, SystemClock(), options)
    try:
        yield stores
    finally:
        await stores.engine.close()


@asynccontextmanager
async def _records(address: str, options: ClusterOptions = _ALONE) -> AsyncIterator[MongoRecords]:
    cluster = await connect(address, options)
    try:
        yield await open_mongo_records(cluster, SystemClock(), (NOTES, OTHERS))
    finally:
        await cluster.close()


def _writes(*collections: str, begin: str = "") -> Fault:
    """Matches what changes something, in these collections or in those that begin so; where and how it breaks is still to be said."""

    def matches(name: str, body: Fields) -> bool:
        on = str(body.get(name, ""))
        return name in ("insert", "update", "delete", "findAndModify") and (on in collections or bool(begin and on.startswith(begin)))

    return Fault("cut-after", matches)


_STORING = ("segment", "part", "statement", "closure", "activity", "state")


async def _stored(stores: Stores) -> list[int]:
    page = await stores.statements.query(StatementQuery(limit=5_000, ascending=True), EVERYTHING)
    return [number_of(body) for body in page.bodies]


@pytest.mark.parametrize("kind", [kind for kind in _KINDS if kind not in ("stall", "delay")])
async def test_a_batch_is_stored_once_whichever_of_its_commands_breaks(proxy: Proxy, database: str, kind: Kind, mongo: MongoServer) -> None:
    async with _node(proxy.address(database), _ALONE) as node, _node(mongo.address(database), _ALONE) as reader:
        place, hit, expected = 0, True, list[int]()
        while hit:
            fault = _writes(*_STORING)
            fault.kind, fault.skip = kind, place
            proxy.faults[:] = [fault]
            numbers = [10 * place, 10 * place + 1, 10 * place + 2]
            some = batch(sentence(numbers[0]), sentence(numbers[1], refers_to=numbers[0]), sentence(numbers[2]))
            await node.statements.put(some)
            expected += numbers
            hit = fault.hit > 0
            place += 1
        assert place > 3  # segment, statements, watermark, and one that nothing broke
        assert await _stored(reader) == expected
        assert [number_of(item.body) for item in await reader.feed.read(0, 1_000)] == expected


@pytest.mark.parametrize("kind", ["cut-before", "cut-after", "partial-insert", "write-concern"])
async def test_a_commit_is_done_once_whichever_of_its_commands_breaks(proxy: Proxy, database: str, kind: Kind, mongo: MongoServer) -> None:
    async with _records(proxy.address(database)) as node, _records(mongo.address(database)) as reader:
        place, hit = 0, True
        await node.commit(Insert(NOTES, Note("count", 0, "0")))
        while hit:
            fault = _writes(begin="record_")
            fault.kind, fault.skip = kind, place
            proxy.faults[:] = [fault]
            new = [Insert(NOTES, Note("n", 2 * place + more, "x", ("t",))) for more in (0, 1)]
            await node.commit(*new, Put(NOTES, Note("count", 0, str(place + 1), ("t",) if place % 2 else ())))
            hit = fault.hit > 0
            place += 1
            assert len(await scan_all(reader, NOTES, "tag", ("t",))) == 2 * place + (place % 2 == 0)
        assert place > 4  # rows in hand, journal, rows, journal, and one that nothing broke
        kept = await reader.get(NOTES, "count", 0)
        assert kept is not None
        assert (kept.value.text, kept.revision) == (str(place), place + 1)


async def test_under_load_through_broken_lines_nothing_acknowledged_is_lost_halved_or_doubled(mongo: MongoServer, database: str) -> None:
    source = random.Random(11)
    lines = [mongo.line() for _ in range(2)]
    for line in lines:
        line.start()
    acknowledged: set[int] = set()

    async def post(node: Stores, writer: int) -> None:
        for round_ in range(6):
            first = writer * 1_000 + round_ * 10
            for _ in range(20):  # a sender tries again with the same ids
                try:
                    await node.statements.put(batch(*(sentence(first + place) for place in range(3))))
                except StoreUnavailableError as error:
                    assert error.retry_after
                    continue
                acknowledged.add(first)
                break

    async with _node(lines[0].address(database)) as one, _node(lines[1].address(database)) as two, _node(mongo.address(database)) as reader:
        for line in lines:
            for number in range(8):
                seconds = 0.3 if number % 2 else 0.05
                line.faults.append(
                    Fault(source.choice(_KINDS), lambda name, _: name != "hello", skip=number * 9 + source.randrange(9), seconds=seconds)
                )
        await asyncio.gather(*(post(node, 10 * place + writer) for place, node in enumerate((one, two)) for writer in range(4)))
        seen = await _stored(reader)
        assert seen == [number_of(item.body) for item in await reader.feed.read(0, 5_000)]
        assert sum(fault.hit for line in lines for fault in line.faults) >= 10
        assert (await one.engine.figures())["retries"] + (await two.engine.figures())["retries"] > 0
    for line in lines:
        line.stop()
    assert sorted(seen) == sorted(set(seen))
    assert sorted(seen) == sorted(first + place for first in acknowledged for place in range(3))
    assert len(acknowledged) == 48


async def test_who_is_stalled_past_its_lease_answers_503_and_its_ids_are_free(proxy: Proxy, database: str, mongo: MongoServer) -> None:
    short = ClusterOptions(lease=0.6, patience=0.05, poll=0.1, select=0.3)
    async with _node(proxy.address(database), short) as slow, _node(mongo.address(database), _ALONE) as node:
        proxy.faults.append(Fault("stall", lambda name, body: name == "insert" and body[name] == "segment", times=5, seconds=1.5))
        with pytest.raises(StoreUnavailableError) as refused:
            await slow.statements.put(batch(sentence(1), sentence(2)))
        assert refused.value.retry_after
        await node.statements.put(batch(sentence(1), sentence(2, verb="other")))
        assert await _stored(node) == [1, 2]


async def test_who_is_stalled_before_the_journal_makes_nothing_visible(proxy: Proxy, database: str, mongo: MongoServer) -> None:
    short = ClusterOptions(lease=0.6, patience=0.05, poll=0.05, select=0.3)
    async with _records(proxy.address(database), short) as slow, _records(mongo.address(database), short) as node:
        stall = Fault("stall", lambda name, body: body.get("insert") == "record_journal", times=5, seconds=1.5)
        proxy.faults.append(stall)
        commit = asyncio.create_task(slow.commit(Insert(NOTES, Note("x", 1, "slow", ("t",))), Insert(NOTES, Note("x", 2, "slow", ("t",)))))
        for _ in range(200):  # until it has its rows in hand
            if stall.hit or commit.done():
                break
            await asyncio.sleep(0.05)
        for _ in range(20):  # its lease may end a moment later
            try:
                await node.commit(Insert(NOTES, Note("x", 2, "quick", ("t",))))
                break
            except StoreUnavailableError:
                continue
        with pytest.raises(StoreUnavailableError):
            await commit
        assert [note.text for note in await scan_all(node, NOTES, "tag", ("t",))] == ["quick"]


# Sockets whose other end was killed are left to the garbage collector by the driver: here, and not in somebody else's test.
@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
async def test_while_the_server_is_down_writes_are_refused_and_afterwards_all_goes_on() -> None:
    folder = tempfile.mkdtemp(prefix="jejak-mongo-")
    process, port = start(build(), folder)
    line = Proxy(("127.0.0.1", port))
    line.start()
    try:
        options = ClusterOptions(lease=0.5, patience=0.05, poll=0.1, select=0.3)
        cluster = await connect(line.address("jejak-down"), options)
        await migrate(cluster)
        await cluster.close()
        async with _node(line.address("jejak-down"), options) as node:
            await node.statements.put(batch(sentence(1)))
            process.kill()
            process.wait()
            with pytest.raises(StoreUnavailableError) as refused:
                await node.statements.put(batch(sentence(2)))
            assert refused.value.retry_after
            with pytest.raises(StoreUnavailableError):
                await node.engine.ready()
            process, _ = start(build(), folder, port)
            for _ in range(50):
                try:
                    await node.statements.put(batch(sentence(3)))
                    break
                except StoreUnavailableError:
                    continue
            assert await _stored(node) == [1, 3]
    finally:
        line.stop()
        process.kill()
        process.wait()
        gc.collect()
        shutil.rmtree(folder, ignore_errors=True)
