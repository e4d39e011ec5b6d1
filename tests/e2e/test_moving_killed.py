"""`jejak db copy` killed again and again, in the copying and in the end of the move: it goes on where it was, and its bar says where."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from jejak.mongo import cluster_options
from jejak.settings import load_settings
from lrs.clock import SystemClock
from lrs.ports import StatementQuery, Stores
from lrs.stores.mongo import open_mongo_stores
from lrs.stores.sqlite import open_sqlite_stores
from tests.support.command_line import run_jejak
from tests.support.mongo.server_pair import MongoServer
from tests.support.statements import EVERYTHING, batch, sentence

_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class _Move:
    folder: Path
    source: str
    target: str

    def arguments(self, *options: str) -> list[str]:
        return ["db", "copy", "--from", self.source, "--to", self.target, *options]

    def killed_once_told(self, sight: bytes, *options: str) -> bytes:
        """Runs it on a terminal and kills it as soon as `sight` is on it; what was on it."""
        master, slave = os.openpty()
        environment = {key: value for key, value in os.environ.items() if not key.startswith("JEJAK_")}
        environment |= {"JEJAK_DATA_DIR": str(self.folder / "operator"), "JEJAK_MONGODB_LEASE": "1", "TERM": "xterm", "COLUMNS": "100"}
        command = [sys.executable, "-m", "jejak", *self.arguments(*options)]
        with subprocess.Popen(command, stdin=slave, stdout=subprocess.DEVNULL, stderr=slave, env=environment, cwd=_ROOT) as process:
            os.close(slave)
            seen = b""
            try:
                while not re.search(sight, seen) and (some := _read(master)):
                    seen += some
            finally:
                process.send_signal(signal.SIGKILL)
            process.wait()
        os.close(master)
        return seen

    def run(self, *options: str) -> str:
        done = run_jejak(self.folder / "operator", *self.arguments(*options), mongodb_lease="1")
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # its other end is closed
        return b""


async def _fill(path: Path, count: int) -> None:
    stores = await open_sqlite_stores(path, SystemClock())
    for first in range(0, count, 100):
        await stores.statements.put(batch(*(sentence(number) for number in range(first, first + 100))))
    await stores.engine.close()


async def _bodies(stores: Stores) -> list[bytes]:
    page = await stores.statements.query(StatementQuery(limit=10_000, ascending=True), EVERYTHING)
    await stores.engine.close()
    return page.bodies


@pytest.mark.parametrize(("engine", "count", "kills"), [("sqlite", 4_000, 4), ("mongodb", 800, 2)])
def test_a_copy_that_is_killed_goes_on_where_it_was(tmp_path: Path, mongo: MongoServer, engine: str, count: int, kills: int) -> None:
    source, back = tmp_path / "one.sqlite3", tmp_path / "two.sqlite3"
    away = mongo.address(f"jejak-{uuid4().hex[:12]}") if engine == "mongodb" else f"sqlite:///{back}"
    asyncio.run(_fill(source, count))
    move = _Move(tmp_path, f"sqlite:///{source}", away)
    begun = [0]
    for _ in range(kills):
        told = move.killed_once_told(rb"statements[^\r\n]*[m ][1-9]\d*/\d+")
        place = re.search(rb"statements[^\r\n]*[m ](\d+)/(\d+)", told)
        assert place is not None, told
        assert int(place[2]) == count
        begun.append(int(place[1]))
    assert begun == sorted(begun)  # none began anew
    assert begun[-1] > begun[1]
    move.run()
    assert b"comparing" in move.killed_once_told(rb"comparing", "--finish")
    compared = move.run("--finish")
    assert f"{count}" in compared
    assert "but in the target" not in compared

    async def read() -> tuple[list[bytes], list[bytes]]:
        clock, options = SystemClock(), cluster_options(load_settings())
        there = open_mongo_stores(away, clock, options) if engine == "mongodb" else open_sqlite_stores(back, clock)
        return await _bodies(await open_sqlite_stores(source, clock)), await _bodies(await there)

    ours, theirs = asyncio.run(read())
    assert len(ours) == count
    assert ours == theirs


def test_a_move_back_from_mongodb_that_is_killed_goes_on_too(tmp_path: Path, mongo: MongoServer) -> None:
    first, last = tmp_path / "one.sqlite3", tmp_path / "three.sqlite3"
    away = mongo.address(f"jejak-{uuid4().hex[:12]}")
    asyncio.run(_fill(first, 600))
    there = _Move(tmp_path, f"sqlite:///{first}", away)
    there.run()
    there.run("--finish")
    back = _Move(tmp_path, away, f"sqlite:///{last}")
    assert b"600" in back.killed_once_told(rb"statements[^\r\n]*[m ][1-9]\d*/\d+")
    assert b"comparing" in back.killed_once_told(rb"comparing", "--finish")
    assert "but in the target" not in back.run("--finish")
    ours, theirs = (asyncio.run(_read_file(path)) for path in (first, last))
    assert len(ours) == 600
    assert ours == theirs


async def _read_file(path: Path) -> list[bytes]:
    return await _bodies(await open_sqlite_stores(path, SystemClock()))
