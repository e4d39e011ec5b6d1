"""Several processes on one file: sequence, terms and `stored` stay right, and a reader that polls misses nothing."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from lrs.clock import SystemClock
from lrs.ports import Condition, StatementQuery, Wall
from lrs.stores.sqlite import SqliteOptions, open_sqlite_stores
from lrs.stores.sqlite.check import check
from tests.support.sqlite_worker import work

pytestmark = pytest.mark.asyncio
_SECONDS = 4.0
_SEGMENT = 512


def _start(path: Path, name: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.support.sqlite_worker", str(path), name, str(_SECONDS)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2])


async def test_three_processes_write_one_file_while_a_poller_misses_none(tmp_path: Path) -> None:
    path = tmp_path / "jejak.sqlite3"
    stores = await open_sqlite_stores(path, SystemClock(), SqliteOptions(segment=_SEGMENT, train_after=500))
    others = [_start(path, name) for name in ("one", "two")]
    mine = asyncio.create_task(work(path, "three", _SECONDS))
    seen: list[str] = []
    since, done = 0, False
    while not done:
        done = mine.done() and all(other.poll() is not None for other in others)
        through = await stores.statements.consistent_through()
        page = await stores.statements.query(StatementQuery(since=since, until=through, limit=100_000, ascending=True), Wall())
        seen += [orjson.loads(body)["id"] for body in page.bodies]
        since = max(since, through)
        await asyncio.sleep(0.01)
    counts = [await mine, *(int(other.communicate()[0]) for other in others)]
    every = await stores.statements.query(StatementQuery(limit=1_000_000, max_bytes=10**9, ascending=True), Wall())
    moments = [orjson.loads(body)["stored"] for body in every.bodies]  # of one width, so text order is time order
    third = StatementQuery((Condition("vhttp://example.org/verbs/3"),), limit=1_000_000, max_bytes=10**9)
    by_verb = await stores.statements.query(third, Wall())
    await stores.engine.close()

    assert len(every.bodies) == sum(counts)
    assert moments == sorted(set(moments))
    assert len(seen) == len(set(seen)) == sum(counts)
    assert len(by_verb.bodies) == sum(b'"http://example.org/verbs/3"' in body for body in every.bodies)
    assert check(path, segment=_SEGMENT) == []


async def test_a_statement_put_by_another_process_wakes_the_feed_within_a_second(tmp_path: Path) -> None:
    path = tmp_path / "jejak.sqlite3"
    stores = await open_sqlite_stores(path, SystemClock(), SqliteOptions(segment=_SEGMENT))
    waiting = asyncio.create_task(stores.feed.wait(0, 30))
    await asyncio.sleep(0.2)
    other = await asyncio.to_thread(lambda: _start(path, "one"))
    assert await asyncio.wait_for(waiting, 20)
    other.wait()
    if other.stdout is not None:
        other.stdout.close()
    await stores.engine.close()
