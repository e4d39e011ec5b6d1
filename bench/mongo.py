"""`make bench-mongo ADDRESS=mongodb://…`: the statement store on a server of MongoDB's protocol, beside the raw driver in the same run.

The raw driver writes the very documents that the store wrote, into collections of the same names and indexes in another database. Both
databases are new, and dropped at the end. Run it in the cluster's own network: every row is made of round trips.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from uuid import uuid4

from pymongo import monitoring

from bench.corpus import encoded
from lrs.clock import SystemClock
from lrs.ports import Scope, StatementQuery, Stores, Wall
from lrs.services.identifiers import Uuid7Source
from lrs.services.principal import Principal
from lrs.services.signatures import SignaturePolicy, Signatures
from lrs.services.statements import StatementWrites
from lrs.stores.mongo import ClusterOptions, connect, migrate, open_mongo_stores
from lrs.stores.mongo.cluster import Cluster, Fields
from lrs.stores.mongo.schema import STATEMENTS
from lrs.xapi.statements import parse_statements
from lrs.xapi.strict_json import JsonLimits
from lrs.xapi.versions import Version

_CLIENTS, _FEW = 64, 8  # at once: single statements, batches
_BATCH, _PAGE, _LOOKS = 100, 100, 200
_SENDER = Principal("bench", "bench", frozenset({Scope.ALL}), b'{"account":{"homePage":"https://jejak.test","name":"bench"}}')


@dataclass
class _Seen(monitoring.CommandListener):
    """What the store inserts into one database, and how many commands it sends."""

    database: str
    commands: int = 0
    inserts: list[tuple[str, list[Fields]]] = field(default_factory=list)

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        if event.database_name == self.database:
            self.commands += 1
            if event.command_name == "insert":
                self.inserts.append((event.command["insert"], [dict(one) for one in event.command["documents"]]))

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """Nothing to see."""

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """Nothing to see."""


@dataclass
class Bench:
    """`rows`: what was measured, as lines of a table."""

    stores: Stores
    raw: Cluster
    seen: _Seen
    rows: list[str] = field(default_factory=list)
    _writes: StatementWrites = field(init=False)

    def __post_init__(self) -> None:
        clock = SystemClock()
        self._writes = StatementWrites(self.stores, Uuid7Source(clock), Signatures(SignaturePolicy(), clock))

    async def alone(self, statements: Sequence[bytes]) -> None:
        """One client, statement after statement."""
        self._begin()
        seconds = await _timed(statements, 1, self._store)
        self._row("single POST, 1 client", len(statements), seconds, "")

    async def together(self, name: str, bodies: Sequence[bytes], clients: int, statements: int) -> None:
        """So many at once, and the raw driver with what that wrote: one document, or one request's documents, a call."""
        self._begin()
        seconds = await _timed(bodies, clients, self._store)
        inserts = list(self.seen.inserts)
        calls = inserts if statements > len(bodies) else [(where, [one]) for where, some in inserts for one in some]
        raw = await _timed(calls, clients, self._insert)
        self._row(name, statements, seconds, f"{raw / seconds:.0%} of raw inserts")

    async def look(self) -> None:
        """By id, and a page."""
        page = await self.stores.statements.query(StatementQuery(limit=_LOOKS), Wall())
        found = await self.raw.find(STATEMENTS, {}, {"_id": 1}, sort=[("_id", 1)], limit=_LOOKS)
        self._begin()
        ids = [str(one["_id"]) for one in found if not str(one["_id"]).startswith("?")]
        seconds = await _timed(ids, 1, lambda name: self.stores.statements.get(name, Wall()))
        raw = await _timed(ids, 1, lambda name: self.raw.find_one(STATEMENTS, {"_id": name}))
        self._row("GET by id, 1 client", len(ids), seconds, f"{seconds / raw:.1f} × raw find_one")
        self._begin()
        seconds = await _timed(range(20), 1, lambda _: self.stores.statements.query(StatementQuery(limit=_PAGE), Wall()))
        self._row(f"GET a page of {min(_PAGE, len(page.bodies))}, 1 client", 20, seconds, "")

    async def _store(self, body: bytes) -> None:
        await self._writes.store_statements(_SENDER, parse_statements(body, Version.V1, JsonLimits(), 10_000))

    async def _insert(self, call: tuple[str, list[Fields]]) -> None:
        where, documents = call
        await (self.raw.keep(where, documents) if len(documents) > 1 else self.raw.insert(where, documents[0]))

    def _begin(self) -> None:
        self.seen.commands, self.seen.inserts = 0, []

    def _row(self, name: str, count: int, seconds: float, beside: str) -> None:
        self.rows.append(f"{name:32} {count / seconds:9,.0f}/s {self.seen.commands / count:8.2f} round trips each   {beside}")


async def _timed(jobs: Sequence[object] | range, clients: int, call: Callable[..., Awaitable[object]]) -> float:
    """Seconds that `clients` take together."""
    ahead = iter(jobs)

    async def client() -> None:
        for job in ahead:
            await call(job)

    start = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    return time.perf_counter() - start


async def bench(address: str, count: int) -> list[str]:
    """The rows of the table. `count`: single statements; batches have five times as many."""
    name = f"jejak-bench-{uuid4().hex[:8]}"
    host, _, options = address.partition("?")
    store, raw = (f"{host.rstrip('/')}/{one}?{options}" for one in (name, f"{name}-raw"))
    seen = _Seen(name)
    monitoring.register(seen)
    quiet = ClusterOptions(poll=3_600)  # no background in between
    clusters = [await connect(one, quiet) for one in (store, raw)]
    for cluster in clusters:
        await migrate(cluster)
    stores = await open_mongo_stores(store, SystemClock(), quiet)
    made = Bench(stores, clusters[1], seen)
    bodies = list(encoded(6 * count + 50))
    batches = [b"[" + b",".join(bodies[start : start + _BATCH]) + b"]" for start in range(count, 6 * count, _BATCH)]
    try:
        await made.together(f"single POST, {_CLIENTS} clients", bodies[:count], _CLIENTS, count)
        await made.together(f"POST of {_BATCH}, {_FEW} clients", batches, _FEW, 5 * count)
        await made.alone(bodies[-50:])
        await made.look()
    finally:
        await stores.engine.close()
        for cluster in clusters:
            await cluster.drop()
            await cluster.close()
    return made.rows


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit("usage: python -m bench.mongo mongodb://HOST:PORT [STATEMENTS]")
    print("\n".join(asyncio.run(bench(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 2_000))))
