"""What operators see: health, metrics (Prometheus), one log line a request. No query string, secret or NIP is in them."""

from __future__ import annotations

import logging

from fastapi import APIRouter, Response
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from lrs.ports import Stores
from lrs.services.principal import Principal

_BUCKETS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)  # seconds
_log = logging.getLogger("jejak.access")


class Observations:
    """Counts and times every answer of the xAPI paths (see `lrs.web.app.Observer`)."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter("jejak_requests_total", "answers", ("method", "route", "status"), registry=self.registry)
        self._seconds = Histogram("jejak_request_seconds", "seconds to answer", ("route",), registry=self.registry, buckets=_BUCKETS)
        self._counters: dict[tuple[str, str, int], Counter] = {}
        self._timers: dict[str, Histogram] = {}

    def observe(self, method: str, route: str, status: int, seconds: float, principal: Principal | None, request_id: str) -> None:
        """Called once an answer is sent."""
        key = (method, route, status)
        counter = self._counters.get(key)
        if counter is None:
            if len(self._counters) > 500:  # methods are the sender's: never let them grow the memory
                key = ("OTHER", route, status)
            counter = self._counters[key] = self._requests.labels(key[0][:10], route, str(status))
            self._timers[route] = self._seconds.labels(route)
        counter.inc()
        self._timers[route].observe(seconds)
        if _log.isEnabledFor(logging.INFO):
            who = {"provider": principal.provider, "client": principal.client} if principal is not None else {}
            told = {
                "method": method[:10],
                "route": route,
                "status": status,
                "ms": round(seconds * 1000, 2),
                "request_id": request_id,
                **who,
            }
            _log.info("answered", extra={"told": told})


def operator_routes(stores: Stores, observations: Observations) -> APIRouter:
    """`/health/live`, `/health/ready`, `/metrics`."""
    router = APIRouter(include_in_schema=False)
    lag = Gauge("jejak_feed_lag", "statements that a consumer has not seen", ("consumer",), registry=observations.registry)
    figures = Gauge("jejak_store", "what the store says of itself", ("figure",), registry=observations.registry)

    @router.get("/health/live")
    async def live() -> dict[str, str]:
        return {"status": "alive"}

    @router.get("/health/ready")
    async def ready() -> dict[str, str]:
        await stores.engine.ready()
        return {"status": "ready"}

    @router.get("/metrics")
    async def metrics() -> Response:
        end = await stores.feed.end()
        for consumer, position in (await stores.feed.checkpoints()).items():
            lag.labels(consumer).set(end - position)
        for name, value in (await stores.engine.figures()).items():
            figures.labels(name).set(value)
        return Response(generate_latest(observations.registry), media_type=CONTENT_TYPE_LATEST)

    return router
