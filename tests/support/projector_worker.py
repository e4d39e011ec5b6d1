"""Projects what a SQLite store has in a child, kills it in the middle, and again: `python -m … FOLDER KILLS`.

One process has everything imported and forks, so that a child is at work at once. The last line tells how many were killed at work.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
import time
from pathlib import Path

from credentials.services import projector
from tests.support.projecting import opened_world

_PAGE = 2  # statements of a commit, so that there are many moments to be killed at


async def _work(folder: Path, ready: int) -> None:
    async with opened_world("sqlite", folder) as world:
        os.write(ready, b"r")
        await world.drain()


def _child(folder: Path) -> int:
    """A process that is at work."""
    told, ready = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            asyncio.run(_work(folder, ready))
            status = 0
        finally:
            os._exit(status)
    os.close(ready)
    os.read(told, 1)
    os.close(told)
    return child


def main(folder: Path, kills: int) -> None:
    source, killed = random.Random(7), 0
    while True:
        child = _child(folder)
        if killed < kills:
            time.sleep(source.uniform(0, 0.03))
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            break
        killed += 1
    print(killed, flush=True)
    sys.exit(status != 0)


if __name__ == "__main__":
    projector.PAGE_OF_FEED = _PAGE
    main(Path(sys.argv[1]), int(sys.argv[2]))
