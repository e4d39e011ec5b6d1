"""Four nodes that post to one database, killed and stopped at random: `python -m tests.support.mongo.crowd ADDRESS FOLDER`.

Each is a process with a clock of its own, seconds apart. What was acknowledged to a node stands in its file in the folder: the first
number of each batch of three. It ends when enough was posted and everything was done to them.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lrs.clock import SystemClock
from lrs.errors import StoreUnavailableError
from lrs.stores.mongo import ClusterOptions, open_mongo_stores
from tests.support.statements import batch, sentence

OPTIONS = ClusterOptions(lease=0.8, patience=0.1, poll=0.1)
_NODES = 4
_SKEW = (0, 3_000_000, -2_000_000, 1_000_000)  # microseconds
_ENOUGH, _KILLS, _STOPS = 60, 8, 3  # batches that were acknowledged, and what was done to nodes
_MOST_SECONDS = 120


@dataclass(frozen=True, slots=True)
class _SkewedClock:
    skew: int

    def now_us(self) -> int:
        return SystemClock().now_us() + self.skew


async def _post(address: str, node: int, life: int, file: Path) -> None:
    stores = await open_mongo_stores(address, _SkewedClock(_SKEW[node]), OPTIONS)
    with file.open("a") as told:
        for round_ in range(1_000):
            first = node * 1_000_000 + life * 10_000 + round_ * 10
            while True:
                try:
                    await stores.statements.put(batch(*(sentence(first + place) for place in range(3)), client=f"lms-{node}"))
                    break
                except StoreUnavailableError:
                    continue
            told.write(f"{first}\n")
            told.flush()


def child(work: Callable[[], None]) -> int:
    """A process that does `work` and nothing else."""
    pid = os.fork()
    if pid == 0:
        try:
            work()
        finally:
            os._exit(0)
    return pid


def main(address: str, folder: Path) -> None:
    source, lives, deadline = random.Random(5), [0] * _NODES, time.monotonic() + _MOST_SECONDS

    def begin(node: int) -> int:
        lives[node] += 1
        return child(lambda: asyncio.run(_post(address, node, lives[node], folder / f"{node}.txt")))

    running = [begin(node) for node in range(_NODES)]
    kills = stops = 0
    while kills < _KILLS or stops < _STOPS or len(acknowledged(folder)) < _ENOUGH:
        if time.monotonic() > deadline:
            sys.exit("too few were acknowledged")
        time.sleep(source.uniform(0.1, 0.4))
        node = source.randrange(_NODES)
        if kills * _STOPS <= stops * _KILLS:
            os.kill(running[node], signal.SIGKILL)
            os.waitpid(running[node], 0)
            running[node] = begin(node)
            kills += 1
        else:
            os.kill(running[node], signal.SIGSTOP)
            time.sleep(OPTIONS.lease * 1.3)
            os.kill(running[node], signal.SIGCONT)
            stops += 1
    for pid in running:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def acknowledged(folder: Path) -> set[int]:
    """The first numbers of the batches."""
    return {int(line) for file in folder.glob("*.txt") for line in file.read_text().split("\n")[:-1]}  # the last may be half a line


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
