"""The clock as a value that is passed in, so that nothing else asks the machine for the time."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Protocol

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Clock(Protocol):
    """Tells the time in whole microseconds since 1970-01-01T00:00:00Z."""

    def now_us(self) -> int: ...


class SystemClock:
    """The machine's own clock."""

    def now_us(self) -> int:
        return time.time_ns() // 1000


def to_datetime(us: int) -> datetime:
    """An aware UTC datetime from microseconds since the epoch."""
    return _EPOCH + timedelta(microseconds=us)


def to_us(moment: datetime) -> int:
    """Microseconds since the epoch of an aware datetime."""
    delta = moment - _EPOCH
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


def format_us(us: int) -> str:
    """ISO 8601 with exactly six decimals and `Z`, 27 characters: `2026-11-24T08:00:00.000001Z`."""
    second, fraction = divmod(us, 1_000_000)
    return f"{_format_second(second)}.{fraction:06d}Z"


@lru_cache(maxsize=1_000)
def _format_second(second: int) -> str:
    """Whoever formats a moment soon formats others of the same second."""
    return to_datetime(second * 1_000_000).strftime("%Y-%m-%dT%H:%M:%S")
