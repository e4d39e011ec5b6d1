"""Our own client as a process: `python -m bench.load.client SPEC` prints what it measured as JSON. For where wrk is not or cannot."""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import uvloop

from bench.load.connection import Connection, Target

Make = Callable[[], bytes | None]


class Tally:
    """Seconds of each answered request, and what failed."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self.failed = 0

    def told(self, seconds: float) -> dict[str, float]:
        times = sorted(self.times) or [0.0]
        p50, p99 = (times[min(len(times) - 1, int(len(times) * share))] * 1000 for share in (0.5, 0.99))
        return {"requests": len(self.times), "seconds": seconds, "p50": p50, "p99": p99, "failed": self.failed}


async def send_all(target: Target, method: str, make: Make, connections: int) -> Tally:
    """Sends what `make` gives until it gives None. Raises OSError when the server cannot be reached."""
    tally = Tally()
    opened = [await Connection.open(target) for _ in range(connections)]
    try:
        async with asyncio.TaskGroup() as tasks:
            for connection in opened:
                tasks.create_task(_send(connection, target, method, make, tally))
    finally:
        for connection in opened:
            connection.close()
    return tally


async def _send(connection: Connection, target: Target, method: str, make: Make, tally: Tally) -> None:
    while (body := make()) is not None:
        started = time.perf_counter()
        try:
            status, _ = await connection.ask(target.request(method, body))
        except ConnectionError:
            tally.failed += 1
            return
        tally.times.append(time.perf_counter() - started)
        tally.failed += status not in (200, 204)


def fresh(bodies: list[bytes], batch: int, until: float) -> Make:
    """Statements in order, each with a fresh id, until a moment of the monotonic clock."""
    place = random.randrange(len(bodies))

    def one() -> bytes:
        nonlocal place
        place = (place + 1) % len(bodies)
        return b'{"id":"%b",%b' % (str(uuid.uuid4()).encode(), bodies[place][1:])

    def make() -> bytes | None:
        if time.monotonic() >= until:
            return None
        return one() if batch == 1 else b"[" + b",".join(one() for _ in range(batch)) + b"]"

    return make


def _headers(spec: dict[str, Any]) -> dict[str, str]:
    headers = {"Authorization": spec["authorization"], "X-Experience-API-Version": spec["version"]}
    return headers | ({"Content-Type": "application/json"} if spec["bodies"] else {})


def main() -> None:
    """One load (`bench.load.Load`), as JSON in the only argument."""
    spec: dict[str, Any] = json.loads(sys.argv[1])
    bodies = Path(spec["bodies"]).read_bytes().splitlines() if spec["bodies"] else []
    target = Target(spec["url"], _headers(spec))
    started = time.monotonic()
    until = started + spec["seconds"]
    make = fresh(bodies, spec["batch"], until) if bodies else lambda: b"" if time.monotonic() < until else None
    tally = uvloop.run(send_all(target, "POST" if bodies else "GET", make, spec["connections"]))
    print(json.dumps(tally.told(time.monotonic() - started)))


if __name__ == "__main__":
    main()
