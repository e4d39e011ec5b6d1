"""A process that writes to a SQLite store for a while, and prints how many it put.

Called as `python -m tests.support.sqlite_worker FILE NAME SECONDS`.
"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path
from uuid import uuid4

from lrs.clock import SystemClock
from lrs.ports import Batch, NewStatement
from lrs.stores.sqlite import SqliteOptions, open_sqlite_stores


def statement(worker: str, number: int) -> NewStatement:
    """A small statement; every worker uses some terms of its own and some that all share."""
    statement_id = str(uuid4())
    verb = f"http://example.org/verbs/{number % 7}"
    agent = f"mailto:{worker}-{number % 50}@example.org"
    head = (
        f'{{"id":"{statement_id}","actor":{{"mbox":"{agent}"}},"verb":{{"id":"{verb}"}},'
        f'"object":{{"id":"http://example.org/{number % 31}"}},"authority":{{"mbox":"mailto:lms@example.org"}},"version":"1.0.0"'
    )
    return NewStatement(statement_id, head.encode(), True, ("v" + verb, "a" + agent, f"chttp://example.org/{number % 31}"))


async def work(path: Path, name: str, seconds: float) -> int:
    """Puts batches of 1 to 20 until the time is over."""
    stores = await open_sqlite_stores(path, SystemClock(), SqliteOptions(segment=512, train_after=500))
    until, number = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        size = 1 + number % 20
        await stores.statements.put(Batch("provider", name, tuple(statement(name, number + extra) for extra in range(size))))
        number += size
    await stores.engine.close()
    return number


if __name__ == "__main__":
    print(asyncio.run(work(Path(sys.argv[1]), sys.argv[2], float(sys.argv[3]))))
