"""What any LRS does, by its address and a key: the same load for everybody, so that they can be compared on one machine.

It writes statements of the corpus (invented people and courses) into that LRS, and takes nothing away.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlencode

from bench.errors import NotMeasuredError
from bench.load import Load, Measured, basic, drive
from bench.load.connection import Connection, Target
from bench.load.fill import fill
from bench.model import Bench, Outcome
from bench.queries import STANDARD, Known, Params
from bench.runner import Plan
from bench.stage import Stage
from lrs.clock import SystemClock

_CLIENTS = (1, 16, 64)
_BATCHES = ((10, 1), (10, 10), (100, 4))
_TIMES = 30  # of each query


@dataclass(frozen=True, slots=True)
class Remote:
    """`url`: the folder that holds `statements`. `statements`: so many are stored before queries are asked. `activities_only`: send no
    other objects than Activities, which some LRSs refuse.
    """

    url: str
    key: str
    secret: str
    version: str = "1.0.3"
    statements: int = 2_000
    activities_only: bool = True

    @property
    def address(self) -> str:
        return self.url.rstrip("/") + "/statements"

    @property
    def authorization(self) -> str:
        return basic(self.key, self.secret)


def remote_plan(plan: Plan, remote: Remote) -> Plan:
    """The same plan, on that LRS."""
    benches = (
        Bench("single", "Single POST", lambda stage: _singles(stage, remote)),
        Bench("batches", "Batches", lambda stage: _batches(stage, remote)),
        Bench("queries", "Standard queries", lambda stage: _queries(stage, remote)),
    )
    return replace(plan, benches=benches, settings={"LRS": remote.url})


def _singles(stage: Stage, remote: Remote) -> Outcome:
    bodies = stage.bodies(activities=remote.activities_only)
    return _rounds(stage, {f"POST of one, {clients} at once": _post(stage, remote, bodies, clients, 1) for clients in _CLIENTS})


def _batches(stage: Stage, remote: Remote) -> Outcome:
    bodies = stage.bodies(activities=remote.activities_only)
    sides = {f"POST of {batch}, {clients} at once": _post(stage, remote, bodies, clients, batch) for batch, clients in _BATCHES}
    return _rounds(stage, sides)


def _post(stage: Stage, remote: Remote, bodies: Path, clients: int, batch: int) -> Callable[[], tuple[Measured, int]]:
    load = Load(remote.address, remote.authorization, clients, stage.scale.seconds, bodies, batch, remote.version)
    return lambda: (drive(load, own_client=stage.scale.own_client), batch)


def _rounds(stage: Stage, sides: dict[str, Callable[[], tuple[Measured, int]]]) -> Outcome:
    """Every side once a round, in turn; the middle round of each by its rate."""
    measured: dict[str, list[tuple[float, float, float]]] = {name: [] for name in sides}
    for number in range(stage.scale.rounds):
        stage.say(f"round {number + 1} of {stage.scale.rounds}")
        for name, side in sides.items():
            one, batch = side()
            measured[name].append((one.rate * batch, one.p50, one.p99))
    figures: dict[str, float] = {}
    for name, rounds in measured.items():
        rate, p50, p99 = sorted(rounds)[len(rounds) // 2]
        figures |= {f"{name}: statements/s": rate, f"{name}: p50 ms": p50, f"{name}: p99 ms": p99}
    return Outcome((), figures)


def _queries(stage: Stage, remote: Remote) -> Outcome:
    """Asked one after the other on one connection."""
    count = min(remote.statements, stage.scale.statements)
    first = SystemClock().now_us()
    refused = asyncio.run(
        fill(remote.address, remote.authorization, 0, count, 50, 1, version=remote.version, activities=remote.activities_only)
    )
    if refused:
        raise NotMeasuredError(f"{refused} batches of 50 statements were refused")
    known = Known(count, first, SystemClock().now_us())
    times = asyncio.run(_ask_all(stage, remote, known))
    figures = {f"GET {kind}: median ms": sorted(each)[len(each) // 2] for kind, each in times.items()}
    slowest = {f"GET {kind}: slowest ms": max(each) for kind, each in times.items()}
    return Outcome((), figures | slowest, f"queries over {count} statements")


async def _ask_all(stage: Stage, remote: Remote, known: Known) -> dict[str, list[float]]:
    target = Target(remote.address, {"Authorization": remote.authorization, "X-Experience-API-Version": remote.version})
    connection = await Connection.open(target)
    source = random.Random(1)
    try:
        return {
            kind: [await _ask(connection, target, make(source, known)) for _ in range(min(_TIMES, stage.scale.queries))]
            for kind, make in STANDARD.items()
        }
    finally:
        connection.close()


async def _ask(connection: Connection, target: Target, params: Params) -> float:
    """Milliseconds. Raises NotMeasuredError for anything but 200."""
    request = target.request("GET", target=f"{target.path}?{urlencode(params)}")
    started = time.perf_counter()
    status, body = await connection.ask(request)
    if status != 200:
        raise NotMeasuredError(f"GET {sorted(params)} was answered with {status}: {body[:200].decode(errors='replace')}")
    return (time.perf_counter() - started) * 1000
