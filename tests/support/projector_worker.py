"""Projects (or rebuilds) what a SQLite store has in a child, kills it in the middle, and again: `python -m … project|rebuild FOLDER KILLS`.

One process has everything imported and forks, so that a child is at work at once. The last line tells how many were killed at work.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeAlias

from credentials.services import projector
from credentials.services.projection import rebuilding
from credentials.services.projection.rebuilding import Rebuild
from tests.support.projecting import opened_world

Work: TypeAlias = Callable[[Path, int], Coroutine[Any, Any, None]]  # (folder, where to write that it has begun)
_PAGE = 2  # statements of a commit, so that there are many moments to be killed at


async def _project(folder: Path, ready: int) -> None:
    async with opened_world("sqlite", folder) as world:
        os.write(ready, b"r")
        await world.drain()


async def _rebuild(folder: Path, ready: int) -> None:
    """Prints how far an earlier one was, how many statements this one read, and the differences."""
    async with opened_world("sqlite", folder) as world:
        rebuild = Rebuild(world.credentials.equipment)
        os.write(ready, b"r")
        await rebuild.read()
        found = [one async for one in rebuild.differences()]
        print(rebuild.done.resumed, rebuild.done.statements, len(found), flush=True)
        await rebuild.abandon()


def _child(work: Work, folder: Path) -> int:
    """A process that is at work."""
    told, ready = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            asyncio.run(work(folder, ready))
            status = 0
        finally:
            os._exit(status)
    os.close(ready)
    os.read(told, 1)
    os.close(told)
    return child


def main(work: Work, folder: Path, kills: int) -> None:
    source, killed = random.Random(7), 0
    while True:
        child = _child(work, folder)
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
    projector.PAGE_OF_FEED = rebuilding.PAGE_OF_FEED = _PAGE
    main({"project": _project, "rebuild": _rebuild}[sys.argv[1]], Path(sys.argv[2]), int(sys.argv[3]))
