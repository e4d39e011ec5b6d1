"""Which day a moment was where the learner works."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from credentials.evidence.dossier import QUARTER
from credentials.people.person import Posting
from lrs.clock import to_datetime, to_us

LocalDay = Callable[[int], date]


def local_day(postings: Sequence[Posting], otherwise: str) -> LocalDay:
    """The date of a moment (microseconds UTC) where the person was posted then; before the first posting, where that one is; in the zone
    `otherwise` when there is none.
    """
    if len({one.time_zone for one in postings}) <= 1:
        zone = postings[0].time_zone if postings else otherwise
        return lambda at: _day(zone, at // QUARTER)
    dated = [(one.since, one.time_zone) for one in reversed(postings)]

    def day(at: int) -> date:
        for since, zone in dated:
            if (found := day_in(zone, at)) >= since:
                return found
        return day_in(dated[-1][1], at)

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
