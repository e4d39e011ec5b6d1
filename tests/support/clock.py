"""A clock that a test sets."""

from __future__ import annotations

import threading

START = 1_795_500_000_000_000  # 2026-11-24T06:00:00Z in microseconds


class SettableClock:
    """Each reading is `step` microseconds after the one before; `set` and `advance` move it, backwards too. For use by several threads."""

    def __init__(self, start: int = START, step: int = 10_000) -> None:
        self._now = start
        self._step = step
        self._guard = threading.Lock()

    def now_us(self) -> int:
        with self._guard:
            self._now += self._step
            return self._now

    def set(self, moment: int) -> None:
        with self._guard:
            self._now = moment

    def advance(self, microseconds: int) -> None:
        with self._guard:
            self._now += microseconds
