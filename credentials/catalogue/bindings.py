"""Which activity belongs to which batch: by its IRI, by the beginning of one up to a boundary, or by an id that the LMS sends with it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

Match = Literal["exact", "prefix", "external"]

_BOUNDARIES = "/?&#"
_BOUNDARY = re.compile("[/?&#]")
_MOST_PREFIXES = 64  # of one IRI that are looked for


@dataclass(frozen=True, slots=True)
class Binding:
    """Which activity plays `role` ("course", "quiz", "session") in a batch's evidence rule.

    `match` says how `activity` is read: "exact", the whole IRI; "prefix", the beginning of one up to a `/ ? & #` (`…?id=18` is
    not `…?id=189`); "external", an id that statements carry in an extension of the activity (Moodle's course idnumber).
    `starts`, `ends`: days of learning, both included; None: those of the batch.
    """

    role: str
    activity: str
    match: Match = "exact"
    starts: date | None = None
    ends: date | None = None


@dataclass(frozen=True, slots=True)
class Sought:
    """What a statement says of its activity; `value` is an IRI, or an external id."""

    provider: str
    value: str
    external: bool = False


def names(binding: Binding, activity: str, external_ids: frozenset[str] = frozenset()) -> bool:
    """Whether a statement about `activity` (with these external ids) is meant."""
    if binding.match == "external":
        return binding.activity in external_ids
    if binding.match == "exact":
        return binding.activity == activity
    return covers(binding.activity, activity)


def covers(prefix: str, activity: str) -> bool:
    """Whether the IRI is the prefix, or goes on after it at a boundary."""
    if not activity.startswith(prefix):
        return False
    return len(activity) == len(prefix) or prefix[-1:] in _BOUNDARIES or activity[len(prefix)] in _BOUNDARIES


def prefixes(activity: str) -> Iterator[str]:
    """Every prefix that covers the IRI, the longest first; of very long ones the first 64."""
    found = [activity]
    for boundary in _BOUNDARY.finditer(activity):
        at = boundary.start()
        found += [activity[: at + 1], activity[:at]]
    yield from sorted(dict.fromkeys(one for one in found if one), key=len, reverse=True)[:_MOST_PREFIXES]


def collide(one: Binding, other: Binding) -> bool:
    """Whether some activity could be meant by both, dates apart. An external id and an IRI are told apart by the one who looks."""
    if "external" in (one.match, other.match):
        return one.match == other.match and one.activity == other.activity
    if one.match == other.match == "exact":
        return one.activity == other.activity
    return (one.match == "prefix" and covers(one.activity, other.activity)) or (
        other.match == "prefix" and covers(other.activity, one.activity)
    )
