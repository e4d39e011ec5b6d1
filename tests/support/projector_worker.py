"""Projects what a store has in a child process, kills the child in the middle, and again: `python -m … FOLDER KILLS`.

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


def _child(folder: Path) -> tuple[int, int]:
    """(process, the pipe that tells when it works)."""
    told, ready = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            asyncio.run(_work(folder, ready))
        finally:
            os._exit(0)
    os.close(ready)
    return child, told


def main(folder: Path, kills: int) -> None:
    source, killed, status = random.Random(7), 0, -1
    while status:
        child, told = _child(folder)
        os.read(told, 1)
        if killed < kills:
            time.sleep(source.uniform(0, 0.03))
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        os.close(told)
        killed += os.WIFSIGNALED(status)
    print(killed, flush=True)


if __name__ == "__main__":
    projector.PAGE_OF_FEED = _PAGE
    main(Path(sys.argv[1]), int(sys.argv[2]))
