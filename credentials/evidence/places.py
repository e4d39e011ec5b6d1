"""Which day a moment was where the learner works."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache, partial
from zoneinfo import ZoneInfo

from credentials.evidence.dossier import QUARTER
from credentials.people.person import Posting
from lrs.clock import to_datetime, to_us

LocalDay = Callable[[int], date]
"""The date of a quarter of an hour, counted from 1970-01-01T00:00Z (as `credentials.evidence.dossier.QUARTER` has it)."""


def local_day(postings: Sequence[Posting], otherwise: str) -> LocalDay:
    """The date of a quarter where the person was posted then; before the first posting, where that one is; in the zone `otherwise` when
    there is none.
    """
    if len({one.time_zone for one in postings}) <= 1:
        return partial(_day, postings[0].time_zone if postings else otherwise)  # asked for every quarter: no function of ours between
    dated = [(one.since, one.time_zone) for one in reversed(postings)]

    def day(quarter: int) -> date:
        for since, zone in dated:
            if (found := _day(zone, quarter)) >= since:
                return found
        return _day(dated[-1][1], quarter)

    return day


def day_in(zone: str, at: int) -> date:
    """The date of a moment in a zone."""
    return _day(zone, at // QUARTER)


@lru_cache(maxsize=100_000)
def _day(zone: str, quarter: int) -> date:
    return to_datetime(quarter * QUARTER).astimezone(_zone(zone)).date()


@lru_cache(maxsize=20_000)
def moments(zone: str, starts: date, ends: date) -> tuple[int, int]:
    """The days from `starts` to `ends`, both included, as moments: the first, and the first after."""
    return _midnight(zone, starts), _midnight(zone, min(ends, date.max - timedelta(days=2)) + timedelta(days=1))


def _midnight(zone: str, day: date) -> int:
    return to_us(datetime.combine(max(day, date(2, 1, 1)), time.min, _zone(zone)))


@lru_cache(maxsize=600)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
