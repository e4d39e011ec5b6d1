"""A NIP may be tried against one certificate five times an hour and twenty times a week."""

from __future__ import annotations

from verifier.attempts import after_attempt

_MINUTE = 60_000_000


def test_the_sixth_within_an_hour_is_refused_and_after_the_hour_allowed() -> None:
    kept: tuple[int, ...] = ()
    for number in range(5):
        found = after_attempt(kept, number * _MINUTE)
        assert found is not None
        kept = found
    assert after_attempt(kept, 59 * _MINUTE) is None
    assert after_attempt(kept, 61 * _MINUTE) is not None


def test_the_twenty_first_within_a_week_is_refused_and_old_ones_are_forgotten() -> None:
    kept: tuple[int, ...] = ()
    for number in range(20):
        found = after_attempt(kept, number * 61 * _MINUTE)
        assert found is not None
        kept = found
    assert after_attempt(kept, 30 * 60 * _MINUTE) is None
    later = after_attempt(kept, (7 * 24 * 60 + 62) * _MINUTE)
    assert later is not None
    assert len(later) == 19
