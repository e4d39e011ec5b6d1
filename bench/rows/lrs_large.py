"""A million statements: what the server and the disk need for them, how quickly they are found, and whether more go in as fast."""

from __future__ import annotations

import asyncio
import gc
import random
import time
from collections.abc import Sequence
from pathlib import Path

from bench.large import Large, large_store
from bench.model import Bench, Goal, Outcome, Ratio, percent
from bench.prepared import prepared
from bench.queries import STANDARD, Known, as_query
from bench.raw import truncate_wal
from bench.servers import jejak_server
from bench.stage import Stage
from lrs.clock import SystemClock
from lrs.ports import Batch, StatementQuery, Stores, Wall
from lrs.stores.sqlite import SqliteOptions, open_sqlite_stores

_BATCH = 1_000
_SAMPLE = 20_000  # bodies whose size is looked at
_SETTLE_SECONDS = 60
_EVERYBODY = Wall()


def memory(stage: Stage) -> Outcome:
    """Of the server that took all of them over HTTP, in batches of 100."""
    large = large_store(stage)
    ratio = Ratio(f"memory of the server after {large.statements:,} statements", "MB", Goal(at_most=300), (large.memory,))
    return Outcome((ratio,), {"peak MB": large.peak, "filled over HTTP: statements/s": large.rate})


def disk(stage: Stage) -> Outcome:
    """The file with all its indexes, by the bodies that a GET returns."""
    large = large_store(stage)
    truncate_wal(large.file)
    size = large.file.stat().st_size / large.statements
    body = asyncio.run(_mean_body(large.file))
    ratio = Ratio("disk per statement with all indexes, share of the body", "%", Goal(at_most=50), (percent(size, body),))
    return Outcome((ratio,), {"disk: bytes/statement": size, "body: bytes/statement": body})


def queries(stage: Stage) -> Outcome:
    """Each kind with arguments of its own, all asked once before; the worst kind is the row."""
    large = large_store(stage)
    times = asyncio.run(_ask_all(stage, large))
    medians, slowest = [], []
    for one in times:
        medians.append(max(_share(kind, 0.5) for kind in one.values()))
        slowest.append(max(_share(kind, 0.99) for kind in one.values()))
    where = f"13 standard queries at {large.statements:,}, in the store"
    ratios = (
        Ratio(f"{where}: the slowest kind's median", "ms", Goal(at_most=1), tuple(medians)),
        Ratio(f"{where}: the slowest kind's p99", "ms", Goal(at_most=10), tuple(slowest)),
    )
    figures: dict[str, float] = {}
    for kind in STANDARD:
        every = [seconds for one in times for seconds in one[kind]]
        figures |= {f"{kind}: median ms": _share(every, 0.5), f"{kind}: p99 ms": _share(every, 0.99)}
    return Outcome(ratios, figures)


def get_over_http(stage: Stage) -> Outcome:
    """The newest hundred, one client, over the same query asked of the store in this process."""
    large = large_store(stage)
    pairs = []
    with jejak_server(large.folder) as server:
        address = f"{server.url}/xapi/statements?limit=100"
        for number in range(stage.scale.rounds + 1):
            over_http = 1000 / stage.get(address).rate
            in_store = asyncio.run(_latest(large.file, stage.scale.queries))
            if number:
                pairs.append((over_http, in_store))
    ratio = Ratio("GET limit=100 over HTTP, over the same query in the store", "×", Goal(at_most=8), tuple(a / b for a, b in pairs))
    middle = sorted(pairs)[len(pairs) // 2]
    return Outcome((ratio,), {"over HTTP: ms": middle[0], "in the store: ms": middle[1]})


def insert_rate(stage: Stage) -> Outcome:
    """Two stores, of which one holds ten times as many, take a window of statements in turn; sealing is waited for."""
    large = large_store(stage)
    small = stage.folder / "small" / "jejak.sqlite3"
    rates = asyncio.run(_in_turn(stage, small, large))
    shares = tuple(percent(in_large, in_small) for in_small, in_large in rates)
    name = f"insert rate at {large.statements:,}, share of the rate at {stage.scale.small:,}"
    middle = sorted(rates)[len(rates) // 2]
    figures = {"small: statements/s": middle[0], "large: statements/s": middle[1]}
    return Outcome((Ratio(name, "%", Goal(at_least=80), shares),), figures)


async def _mean_body(file: Path) -> float:
    stores = await open_sqlite_stores(file, SystemClock())
    try:
        end = await stores.feed.end()
        step = max(1, end // _SAMPLE) * 100
        sizes = [len(item.body) for start in range(0, end, step) for item in await stores.feed.read(start, 100)]
    finally:
        await stores.engine.close()
    return sum(sizes) / len(sizes)


async def _ask_all(stage: Stage, large: Large) -> list[dict[str, list[float]]]:
    stores = await open_sqlite_stores(large.file, SystemClock())
    try:
        known = await _known(stores, large.statements)
        rounds = []
        for number in range(stage.scale.rounds):
            stage.say(f"round {number + 1} of {stage.scale.rounds}")
            source = random.Random(number)
            asked = {kind: [as_query(make(source, known)) for _ in range(stage.scale.queries)] for kind, make in STANDARD.items()}
            for each in asked.values():
                await _ask(stores, each)
            gc.collect()
            rounds.append({kind: await _ask(stores, each) for kind, each in asked.items()})
    finally:
        await stores.engine.close()
    return rounds


async def _known(stores: Stores, count: int) -> Known:
    """The file holds the corpus up to `count`, and what other benches added."""
    first = (await stores.feed.read(0, 1))[0].stored
    last = (await stores.feed.read(count - 1, 1))[0].stored
    return Known(count, first, last)


async def _ask(stores: Stores, asked: Sequence[StatementQuery | str]) -> list[float]:
    """Milliseconds of each."""
    times = []
    for one in asked:
        started = time.perf_counter()
        if isinstance(one, str):
            found = await stores.statements.get(one, _EVERYBODY) is not None
        else:
            found = bool((await stores.statements.query(one, _EVERYBODY)).bodies)
        times.append((time.perf_counter() - started) * 1000)
        assert found or not isinstance(one, str), "a statement of the corpus is not in the store"
    return times


async def _latest(file: Path, count: int) -> float:
    """Milliseconds, the median."""
    stores = await open_sqlite_stores(file, SystemClock())
    try:
        times = await _ask(stores, [StatementQuery(limit=100)] * count * 2)
    finally:
        await stores.engine.close()
    return _share(times[count:], 0.5)


async def _in_turn(stage: Stage, small: Path, large: Large) -> list[tuple[float, float]]:
    """(statements a second into the small store, into the large one), round by round."""
    scale = stage.scale
    clock = SystemClock()
    stores = [await open_sqlite_stores(small, clock), await open_sqlite_stores(large.file, clock)]
    number = 20_000_000
    try:
        stage.say(f"filling a store with {scale.small:,} statements")
        for first in range(0, scale.small, 10_000):
            await _put(stores[0], await prepared(number + first, min(10_000, scale.small - first), _BATCH))
        number += scale.small
        for one in stores:  # both begin with a full window, and a round fills the next: so each round of each seals one
            rest = -int((await one.engine.figures())["statements"]) % SqliteOptions().segment
            await _put(one, await prepared(number, rest, _BATCH))
            number += rest
        rates = []
        for round_number in range(scale.rounds):
            stage.say(f"round {round_number + 1} of {scale.rounds}")
            pair = []
            for one in stores:
                pair.append(scale.window / await _put(one, await prepared(number, scale.window, _BATCH)))
            rates.append((pair[0], pair[1]))
            number += scale.window
    finally:
        for one in stores:
            await one.engine.close()
    return rates


async def _put(stores: Stores, batches: list[Batch]) -> float:
    """Seconds until all are stored and every full window is sealed."""
    started = time.perf_counter()
    for batch in batches:
        await stores.statements.put(batch)
    while time.perf_counter() - started < _SETTLE_SECONDS:
        figures = await stores.engine.figures()
        if figures["sealed_windows"] >= figures["statements"] // SqliteOptions().segment:
            break
        await asyncio.sleep(0.005)
    return time.perf_counter() - started


def _share(times: list[float], share: float) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


BENCHES = (
    Bench("memory", "Memory of the server", memory),
    Bench("disk", "Disk per statement", disk),
    Bench("queries", "Standard queries", queries),
    Bench("get", "GET over HTTP", get_over_http),
    Bench("insert", "Insert rate", insert_rate),
)
