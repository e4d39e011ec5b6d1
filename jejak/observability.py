"""What operators see: health, metrics (Prometheus), one log line a request. No query string, secret or NIP is in them."""

from __future__ import annotations

import logging
import os
import time
from abc import abstractmethod
from bisect import bisect_left
from collections.abc import Awaitable, Callable, Iterator, MutableMapping, Sequence
from itertools import accumulate
from typing import Any

from fastapi import APIRouter, Response
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from jejak.logs import log_quickly
from lrs.errors import StoreUnavailableError
from lrs.ports import Stores
from lrs.services.principal import Principal
from lrs.web.framework import REQUEST_ID

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_BUCKETS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)  # seconds
_MOST_COUNTERS = 2_000
_log = logging.getLogger("jejak.access")


class Observations:
    """Counts and times every answer (see `lrs.web.app.Observer`)."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._answers = _Answers()
        self.registry.register(self._answers)

    def observe(self, method: str, route: str, status: int, seconds: float, principal: Principal | None, request_id: str) -> None:
        """Called once an answer is sent."""
        self._answers.count(method, route, status, seconds)
        if _log.isEnabledFor(logging.INFO):
            told = {"method": method[:10], "route": route, "status": status, "ms": round(seconds * 1000, 2), "request_id": request_id}
            if principal is not None:
                told["provider"], told["client"] = principal.provider, principal.client
            log_quickly(_log, "answered", told)


class Observed:
    """An application whose answers are counted, timed and logged under the template of their route, never their path; each has a request
    id; and wherever it answers GET, it answers HEAD.
    """

    def __init__(self, app: Callable[[Message, Receive, Send], Awaitable[None]], observations: Observations) -> None:
        self._app = app
        self._observations = observations

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, request_id, is_head = time.perf_counter(), os.urandom(8).hex(), scope["method"] == "HEAD"
        inner: Message = {**scope, "method": "GET" if is_head else scope["method"], REQUEST_ID: request_id}
        status, done = 500, False

        async def noticed(message: Message) -> None:
            nonlocal status, done
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", request_id.encode())]
            else:
                done = not message.get("more_body", False)
                message = {**message, "body": b""} if is_head else message
            await send(message)

        try:
            await self._app(inner, receive, noticed)
        except Exception:
            if not done:  # else it is answered and logged already
                raise
        finally:
            route = getattr(inner.get("route"), "path", "other")
            self._observations.observe(scope["method"], route, status, time.perf_counter() - started, None, request_id)


class _Answers(Collector):
    """Answers by method, route and status, and their times by route. Counted in the event loop's thread, and told in it."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str, int], int] = {}
        self._times: dict[str, tuple[list[int], list[float]]] = {}

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """One more."""
        key = (method, route, status)
        if key not in self._counts:
            if len(self._counts) > _MOST_COUNTERS:  # methods are the sender's: never let them grow the memory
                key = ("OTHER", route, status)
            self._counts.setdefault(key, 0)
            self._times.setdefault(route, ([0] * (len(_BUCKETS) + 1), [0.0]))
        self._counts[key] += 1
        buckets, total = self._times[route]
        buckets[bisect_left(_BUCKETS, seconds)] += 1
        total[0] += seconds

    def collect(self) -> Iterator[Metric]:
        counts = CounterMetricFamily("jejak_requests", "answers", labels=("method", "route", "status"))
        told: dict[tuple[str, str, str], int] = {}
        for (method, route, status), count in self._counts.items():
            labels = (method[:10], route, str(status))
            told[labels] = told.get(labels, 0) + count
        for labels, count in told.items():
            counts.add_metric(labels, count)
        yield counts
        times = HistogramMetricFamily("jejak_request_seconds", "seconds to answer", labels=("route",))
        for route, (buckets, total) in self._times.items():
            sums = [float(one) for one in accumulate(buckets)]
            names = [*(str(float(bound)) for bound in _BUCKETS), "+Inf"]
            times.add_metric((route,), list(zip(names, sums, strict=True)), total[0])
        yield times


class _CommitGroups(Collector):
    """How many writes shared a commit, as the store counts them: last looked at when `sizes` was set."""

    sizes: dict[int, int]
    writes: int

    def __init__(self) -> None:
        self.sizes, self.writes = {}, 0

    def collect(self) -> Iterator[HistogramMetricFamily]:
        buckets, total = [], 0
        for size in sorted(self.sizes):
            total += self.sizes[size]
            buckets.append((str(float(size)), float(total)))
        yield HistogramMetricFamily(
            "jejak_commit_group_size", "writes that shared a commit", buckets=[*buckets, ("+Inf", float(total))], sum_value=self.writes
        )


class Refreshed(Collector):
    """Metrics of another part: `refresh` looks, `collect` tells."""

    @abstractmethod
    async def refresh(self) -> None: ...


def operator_routes(
    stores: Stores, observations: Observations, consumers: tuple[str, ...] = (), parts: Sequence[Refreshed] = ()
) -> APIRouter:
    """`/health/live`, `/health/ready`, `/metrics`. `consumers` of the feed have a lag from the start: one that never moves is seen too.
    `parts`: metrics of theirs.
    """
    router = APIRouter(include_in_schema=False)
    lag = Gauge("jejak_feed_lag", "statements that a consumer has not seen", ("consumer",), registry=observations.registry)
    up = Gauge("jejak_store_up", "1 while the store answers", registry=observations.registry)
    figures = Gauge("jejak_store", "what the store says of itself", ("figure",), registry=observations.registry)
    groups = _CommitGroups()
    observations.registry.register(groups)
    for part in parts:
        observations.registry.register(part)

    @router.get("/health/live")
    async def live() -> dict[str, str]:
        return {"status": "alive"}

    @router.get("/health/ready")
    async def ready() -> dict[str, str]:
        await stores.engine.ready()
        return {"status": "ready"}

    @router.get("/metrics")
    async def metrics() -> Response:
        """Answers also while the store does not: what only the store knows is left out then, and `jejak_store_up` is 0."""
        groups.sizes, groups.writes = stores.engine.commit_groups()
        try:
            await ask_store()
            up.set(1)
        except StoreUnavailableError:
            up.set(0)
            lag.clear()
            figures.clear()
        return Response(generate_latest(observations.registry), media_type=CONTENT_TYPE_LATEST)

    async def ask_store() -> None:
        end = await stores.feed.end()
        for consumer, position in (dict.fromkeys(consumers, 0) | await stores.feed.checkpoints()).items():
            lag.labels(consumer).set(end - position)
        for name, value in (await stores.engine.figures()).items():
            figures.labels(name).set(value)
        for part in parts:
            await part.refresh()

    return router
