"""Our own statement ids (RFC 9562, 5.7)."""

from __future__ import annotations

import uuid

from lrs.clock import SystemClock
from lrs.services.identifiers import Uuid7Source


class FrozenClock:
    """A clock that stands where it is put."""

    def __init__(self, now: int) -> None:
        self.now = now

    def now_us(self) -> int:
        return self.now


def test_an_id_is_a_version_seven_uuid_of_the_present_millisecond() -> None:
    made = uuid.UUID(Uuid7Source(FrozenClock(1_800_000_000_123_456))())
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert made.int >> 80 == 1_800_000_000_123


def test_an_id_is_canonical_lower_case_text() -> None:
    text = Uuid7Source(SystemClock())()
    assert text == str(uuid.UUID(text))


def test_ids_of_one_process_grow_also_within_a_millisecond() -> None:
    new_id = Uuid7Source(FrozenClock(1_800_000_000_000_000))
    made = [new_id() for _ in range(5_000)]
    assert made == sorted(set(made))


def test_ids_grow_when_the_clock_jumps_back() -> None:
    clock = FrozenClock(1_800_000_000_000_000)
    new_id = Uuid7Source(clock)
    first = new_id()
    clock.now -= 60_000_000
    assert new_id() > first


def test_a_counter_that_is_used_up_moves_on_to_the_next_millisecond() -> None:
    new_id = Uuid7Source(FrozenClock(1_000), lambda count: b"\xff" * count)
    first = new_id()
    new_id._counter = (1 << 74) - 1
    assert first < new_id() < Uuid7Source(FrozenClock(3_000))()
