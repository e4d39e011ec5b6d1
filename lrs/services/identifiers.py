"""The identifiers that we make ourselves: UUID version 7 (RFC 9562, 5.7), so that the index of our own ids grows at its end."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable

from lrs.clock import Clock

_COUNTER_BITS = 74
_COUNTER_END = 1 << _COUNTER_BITS
# A fresh millisecond starts with the top bit clear, so that its counter has room for 2^41 steps of the largest size.
_START_MASK = (1 << (_COUNTER_BITS - 1)) - 1
_STEP_BYTES = 4


class Uuid7Source:
    """Answers one new id a call, as canonical lower-case text; each is greater than the one before, also when the clock jumps back.

    The 74 bits that are not time are one counter, random at each new millisecond and raised by a random step within one
    (RFC 9562, 6.2, method 2), so that ids cannot be guessed from each other.
    """

    def __init__(self, clock: Clock, randomness: Callable[[int], bytes] = os.urandom) -> None:
        self._clock = clock
        self._randomness = randomness
        self._millisecond = -1
        self._counter = 0
        self._lock = threading.Lock()

    def __call__(self) -> str:
        with self._lock:
            return _text(*self._next())

    def _next(self) -> tuple[int, int]:
        now = self._clock.now_us() // 1000
        if now > self._millisecond:
            self._millisecond = now
            self._counter = int.from_bytes(self._randomness(10), "big") & _START_MASK
        else:
            self._counter += 1 + int.from_bytes(self._randomness(_STEP_BYTES), "big")
            if self._counter >= _COUNTER_END:
                self._millisecond += 1
                self._counter = int.from_bytes(self._randomness(10), "big") & _START_MASK
        return self._millisecond, self._counter


def _text(millisecond: int, counter: int) -> str:
    """Lays out 48 bits of time, version 7, 12 bits, variant 10 and 62 bits (RFC 9562, 5.7)."""
    high = (millisecond & 0xFFFF_FFFF_FFFF) << 16 | 0x7000 | counter >> 62
    low = 0x8000_0000_0000_0000 | counter & 0x3FFF_FFFF_FFFF_FFFF
    digits = f"{high:016x}{low:016x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
