"""Deadlines at `/metrics`: cases that wait past their time, and breaches whose 3 × 24 hours ran out before everybody was told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from prometheus_client.metrics_core import GaugeMetricFamily, Metric

from credentials.ports.records import scan_all
from credentials.queues.case import Kind
from credentials.stores.breaches import BREACHES
from credentials.stores.cases import CaseRecords
from jejak.observability import Refreshed
from lrs.clock import Clock

_MOST = 1_000  # overdue cases are counted up to that: a thousand is as bad as more
_HOUR = 3_600_000_000  # in microseconds


class DeadlineMetrics(Refreshed):
    """Of all processes. Asked of the store by `refresh`, told by `collect`."""

    def __init__(self, cases: CaseRecords, clock: Clock) -> None:
        self._cases = cases
        self._clock = clock
        self._overdue: Counter[str] = Counter()
        self._late = 0
        self._hours_left = float("inf")

    async def refresh(self) -> None:
        """Looks at what is late."""
        now = self._clock.now_us()
        self._overdue = Counter(str(one.kind) for one in (await self._cases.due_by(now, limit=_MOST)).values)
        breaches = [one for one in await scan_all(self._cases.records, BREACHES) if one.closed is None and one.owed()]
        self._late = sum(1 for one in breaches if one.late(now))
        self._hours_left = min(((one.due - now) / _HOUR for one in breaches), default=float("inf"))

    def collect(self) -> Iterator[Metric]:
        overdue = GaugeMetricFamily("jejak_cases_overdue", "open cases past their deadline, up to a thousand", labels=("kind",))
        for kind in (Kind.OBJECTION, Kind.ERASURE, Kind.REVIEW):
            overdue.add_metric((str(kind),), self._overdue[str(kind)])
        yield overdue
        yield GaugeMetricFamily("jejak_breaches_late", "breaches of which somebody was not told within 3 × 24 hours", value=self._late)
        yield GaugeMetricFamily("jejak_breaches_hours_left", "hours until the first of these clocks runs out", value=self._hours_left)
