"""The large store, filled over HTTP once and shared by all benches that need it."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.errors import NotMeasuredError
from bench.load import basic
from bench.processes import Server
from bench.servers import FILE, KEY, SECRET, jejak_server
from bench.stage import Stage

_BATCH, _CONNECTIONS = 100, 4
_SLOWEST = 1_000  # statements a second: slower is stuck


@dataclass(frozen=True, slots=True)
class Large:
    """`folder`: the server's data folder. `memory` and `peak`: of the server that took all of it, in MB, at its end and at its highest."""

    folder: Path
    statements: int
    rate: float
    memory: float
    peak: float

    @property
    def file(self) -> Path:
        return self.folder / FILE


def large_store(stage: Stage) -> Large:
    """Filled by the first who asks."""
    return stage.once("large store", lambda: _fill(stage))


def _fill(stage: Stage) -> Large:
    count = stage.scale.statements
    folder = stage.folder / "large"
    with jejak_server(folder) as server:
        started = time.monotonic()
        with _told(stage, server, count):
            fill(server.url, 0, count)
        seconds = time.monotonic() - started
        memory, peak = server.memory()
    return Large(folder, count, count / seconds, memory, peak)


def fill(url: str, first: int, count: int) -> None:
    """Sends statements of the corpus from a process of its own. Raises NotMeasuredError."""
    numbers = map(str, (first, count, _BATCH, _CONNECTIONS))
    command = [sys.executable, "-m", "bench.load.fill", f"{url}/xapi/statements", basic(KEY, SECRET), *numbers]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60 + count / _SLOWEST, cwd=Path(__file__).parents[1])
    except subprocess.TimeoutExpired as error:
        raise NotMeasuredError(f"filling a store with {count} statements took too long") from error
    if done.returncode:
        raise NotMeasuredError(f"the store could not be filled: {done.stderr[-300:]}")


@contextmanager
def _told(stage: Stage, server: Server, count: int) -> Iterator[None]:
    """Says how far it is from time to time."""
    over = threading.Event()

    def tell() -> None:
        started = time.monotonic()
        while not over.wait(15):
            stage.say(f"filling a store with {count:,} statements: {time.monotonic() - started:.0f} s, {server.memory()[0]:.0f} MB")

    teller = threading.Thread(target=tell, daemon=True)
    teller.start()
    try:
        yield
    finally:
        over.set()
        teller.join()
