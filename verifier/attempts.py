"""How often a NIP may be tried against one certificate: a pure rule. Where the attempts are kept is for the host to say."""

from __future__ import annotations

from collections.abc import Sequence

_HOUR, _WEEK = 3_600 * 1_000_000, 7 * 86_400 * 1_000_000  # microseconds
AN_HOUR, A_WEEK = 5, 20


def after_attempt(before: Sequence[int], now: int) -> tuple[int, ...] | None:
    """The attempts to keep, in microseconds, with this one; None when there were too many, and this one is not to be made."""
    week = [moment for moment in before if moment > now - _WEEK]
    hour = [moment for moment in week if moment > now - _HOUR]
    return None if len(hour) >= AN_HOUR or len(week) >= A_WEEK else (*week, now)
