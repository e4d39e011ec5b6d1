"""How long somebody was present. What two statements say of the same minutes counts once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from credentials.evidence.facts import Fact

JOINED, LEFT = "http://activitystrea.ms/join", "http://activitystrea.ms/leave"
_MINUTE = 60_000_000  # microseconds
_LONGEST = 24 * 60 * _MINUTE  # between a join and its leave; a pair farther apart is two sittings whose other halves were lost


@dataclass(frozen=True, slots=True)
class Reached:
    """`at`: when the minutes that are needed were reached, None when they were not (or nobody knows how many are). `minutes`: in all."""

    used: tuple[Fact, ...]
    at: int | None
    minutes: float


def presence(facts: Sequence[Fact], needed: float | None) -> Reached:
    """`facts` in the order of time. A statement with a duration tells of the time before its timestamp; a join and the next leave of
    the same activity tell of the time between.
    """
    used: dict[bytes, Fact] = {}
    covered: list[tuple[int, int]] = []  # apart, in order; what comes next ends after all of them
    total = 0
    for start, end, told in _intervals(facts):
        used |= {fact.statement: fact for fact in told}
        while covered and covered[-1][1] >= start:
            before = covered.pop()
            total -= before[1] - before[0]
            start = min(start, before[0])
        covered.append((start, end))
        total += end - start
        if needed is not None and total >= needed * _MINUTE:
            return Reached(tuple(used.values()), max(fact.at for fact in told), total / _MINUTE)
    return Reached(tuple(used.values()), None, total / _MINUTE)


def _intervals(facts: Sequence[Fact]) -> list[tuple[int, int, tuple[Fact, ...]]]:
    """By their ends."""
    found: list[tuple[int, int, tuple[Fact, ...]]] = []
    joined: dict[str, Fact] = {}
    for fact in facts:
        if fact.seconds:
            found.append((fact.at - int(fact.seconds * 1_000_000), fact.at, (fact,)))
        elif fact.verb == JOINED:
            joined.setdefault(fact.activity, fact)
        elif fact.verb == LEFT and (came := joined.pop(fact.activity, None)) is not None and fact.at - came.at <= _LONGEST:
            found.append((came.at, fact.at, (came, fact)))
    return sorted(found, key=lambda one: (one[1], one[0], one[2][0].statement))
