"""Rates: a bucket of tokens for each client, and a bounded memory of failures for each address. Times in seconds of a monotonic clock."""

from __future__ import annotations

import math
from dataclasses import dataclass

from lrs.errors import TooManyRequestsError

_FAILURES = 20  # failed sign-ins that an address may have …
_FAILURE_SECONDS = 60.0  # … in so many seconds
_ADDRESSES = 10_000  # addresses remembered; the one longest untouched goes first


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


class RateLimits:
    """Requests a minute, client by client."""

    def __init__(self) -> None:
        self._buckets: dict[str, _Bucket] = {}

    def take(self, client: str, per_minute: int, now: float) -> None:
        """Takes one request. A burst of a sixth of a minute's worth is let through. Raises TooManyRequestsError."""
        if per_minute <= 0:
            return
        most, rate = max(1.0, per_minute / 6), per_minute / 60
        bucket = self._buckets.get(client)
        if bucket is None:
            bucket = self._buckets[client] = _Bucket(most, now)
        bucket.tokens = min(most, bucket.tokens + (now - bucket.at) * rate)
        bucket.at = now
        if bucket.tokens < 1:
            wait = math.ceil((1 - bucket.tokens) / rate)
            raise TooManyRequestsError(f"this client may send {per_minute} requests a minute", retry_after=max(1, wait))
        bucket.tokens -= 1


class FailureLimits:
    """Failed sign-ins, address by address."""

    def __init__(self) -> None:
        self._failures: dict[str, _Bucket] = {}

    def check(self, address: str, now: float) -> None:
        """Raises TooManyRequestsError when the address has failed too often."""
        bucket = self._failures.get(address)
        if bucket is not None and self._count(bucket, now) >= _FAILURES:
            raise TooManyRequestsError("too many failed sign-ins from this address", retry_after=math.ceil(_FAILURE_SECONDS / _FAILURES))

    def failed(self, address: str, now: float) -> None:
        """Remembers a failure."""
        bucket = self._failures.pop(address, None) or _Bucket(0.0, now)
        bucket.tokens = self._count(bucket, now) + 1
        bucket.at = now
        self._failures[address] = bucket
        if len(self._failures) > _ADDRESSES:
            del self._failures[next(iter(self._failures))]

    @staticmethod
    def _count(bucket: _Bucket, now: float) -> float:
        """Failures fade evenly."""
        return max(0.0, bucket.tokens - (now - bucket.at) * _FAILURES / _FAILURE_SECONDS)
