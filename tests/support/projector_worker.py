"""Projects what a store has in children, kills one in the middle, and again: `python -m … STORE KILLS [CHILDREN]`.

`STORE`: a folder, or an address of MongoDB. One process has everything imported and forks, so that a child is at work at once. The last
line tells how many were killed at work.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import sys
import time
from pathlib import Path

from credentials.services import projector
from lrs.errors import ConflictError, StoreUnavailableError
from tests.support.projecting import opened_world

_PAGE = 2  # statements of a commit, so that there are many moments to be killed at


async def _work(store: str, ready: int) -> None:
    engine, folder = (store, Path()) if store.startswith("mongodb://") else ("sqlite", Path(store))
    while True:
        async with opened_world(engine, folder) as world:
            os.write(ready, b"r")
            with contextlib.suppress(ConflictError, StoreUnavailableError):  # another child took the page, or died with it
                await world.drain()
                return


def _child(store: str) -> int:
    """A process that is at work."""
    told, ready = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            asyncio.run(_work(store, ready))
            status = 0
        finally:
            os._exit(status)
    os.close(ready)
    os.read(told, 1)
    os.close(told)
    return child


def main(store: str, kills: int, children: int) -> None:
    source, killed = random.Random(7), 0
    longest = 0.3 if store.startswith("mongodb://") else 0.03
    running = {_child(store) for _ in range(children)}
    while running:
        if killed < kills:
            time.sleep(source.uniform(0, longest))
            os.kill(source.choice(sorted(running)), signal.SIGKILL)
        child, status = os.wait()
        running.remove(child)
        if os.WIFSIGNALED(status):
            killed += 1
            running.add(_child(store))
        elif status:
            sys.exit("a child failed")
    print(killed, flush=True)


if __name__ == "__main__":
    projector.PAGE_OF_FEED = _PAGE
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 1)
