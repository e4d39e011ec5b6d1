"""The projector's numbers at `/metrics`: what it has done since the process began, and what waits."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric

from credentials.services.parking import Parking
from credentials.services.projector import Projector
from credentials.stores.sharing import EVERYTHING
from jejak.observability import Refreshed
from lrs.clock import Clock

_MOST = 1_000  # of what is parked is looked at: a thousand is as bad as more
_SECOND = 1_000_000  # in microseconds
_COUNTS = {
    "statements": "statements read",
    "judged": "judgements of a person and a batch",
    "opened": "completions that began to stand",
    "closed": "completions that fell away",
    "corrected": "completions whose line of hours was replaced",
    "held": "completions that wait for a review",
    "parked": "statements, judgements and looks that could not be processed",
    "looks": "looks taken, that a link, a decision or the catalogue asked for",
    "conflicts": "commits that another process was faster than",
    "errors": "errors that nobody expected",
}


class ProjectorMetrics(Refreshed):
    """Of the projector of this process; what waits is that of all. Asked of the store by `refresh`, told by `collect`."""

    def __init__(self, projector: Projector, parking: Parking, clock: Clock) -> None:
        self._projector = projector
        self._parking = parking
        self._clock = clock
        self._looks = self._parked = 0
        self._oldest = 0.0

    async def refresh(self) -> None:
        """Looks at what waits."""
        self._looks = await self._projector.looks_waiting()
        parked = (await self._parking.parked(limit=_MOST)).values
        now = self._clock.now_us()
        self._parked, self._oldest = len(parked), max(((now - one.first) / _SECOND for one in parked if one.first), default=0.0)

    def collect(self) -> Iterator[Metric]:
        for name, what in _COUNTS.items():
            yield CounterMetricFamily(f"jejak_projector_{name}", what, value=self._projector.counts[name])
        yield GaugeMetricFamily(
            "jejak_projector_looks_waiting", "looks that are asked for, up to a thousand of each sort", value=self._looks
        )
        shares = len(self._projector.shares.mine)
        yield GaugeMetricFamily(
            "jejak_projector_shares", f"of the {len(EVERYTHING)} shares of the work, those of this process", value=shares
        )
        yield GaugeMetricFamily("jejak_projector_parked_waiting", "what is parked now, up to a thousand", value=self._parked)
        yield GaugeMetricFamily("jejak_projector_parked_oldest_seconds", "since the oldest of these was parked", value=self._oldest)
