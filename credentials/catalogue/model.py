"""Programmes and batches. The catalogue has authority over hours; what a statement says of hours is a claim."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from credentials.errors import CatalogueError

_MOST_JP = 2_000  # longer than any leadership training; what is above is a slip of the finger


@dataclass(frozen=True, slots=True)
class Programme:
    """One version of a training programme. `jp`: hours approved (jam pelajaran, 45 minutes each), 1 to 2,000. `criteria`: what a
    learner must do, in words.
    """

    id: str
    version: int
    provider: str
    title: str
    description: str
    criteria: str
    jp: int


@dataclass(frozen=True, slots=True)
class Binding:
    """Which activity plays `role` ("course", "quiz") in a batch's evidence rule."""

    role: str
    activity: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Angkatan: one run of a programme. Evidence counts when its local date (`time_zone`, an IANA name) is from `starts` to `ends`,
    both included.

    `minimum_score`: scaled (0 to 1) least score of scored conditions, None for none.
    """

    id: str
    programme: str
    version: int
    provider: str
    name: str
    starts: date
    ends: date
    time_zone: str
    rule: str
    bindings: tuple[Binding, ...]
    minimum_score: float | None = None

    def activities(self) -> frozenset[str]:
        """The activities that are bound to it."""
        return frozenset(binding.activity for binding in self.bindings)

    def activity(self, role: str) -> str | None:
        """The activity in that role."""
        return next((binding.activity for binding in self.bindings if binding.role == role), None)


def check_programme(programme: Programme) -> None:
    """Raises CatalogueError when the programme makes no sense."""
    if not 1 <= programme.jp <= _MOST_JP:
        raise CatalogueError(f"a programme has 1 to {_MOST_JP:,} JP", where="jp")
    if programme.version < 1:
        raise CatalogueError("versions are counted from 1", where="version")


def check_batch(batch: Batch, programme: Programme, roles: frozenset[str]) -> None:
    """Raises CatalogueError when the batch does not fit its programme and its rule (which needs `roles`)."""
    if batch.provider != programme.provider:
        raise CatalogueError("the programme is another provider's", where="programme")
    if not _is_time_zone(batch.time_zone):
        raise CatalogueError("this is not the IANA name of a time zone (Asia/Jakarta, Asia/Makassar, Asia/Jayapura …)", where="time_zone")
    if batch.ends < batch.starts:
        raise CatalogueError("a batch cannot end before it starts", where="ends")
    bound = [binding.role for binding in batch.bindings]
    if len(set(bound)) != len(bound) or len(batch.activities()) != len(bound):
        raise CatalogueError("a role and an activity are bound once each", where="bindings")
    if missing := roles - set(bound):
        raise CatalogueError(f"the rule needs an activity for: {', '.join(sorted(missing))}", where="bindings")


def _is_time_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        return False
    return True


def overlaps(one: Batch, other: Batch) -> bool:
    """Whether a statement could be evidence for both: Moodle's course ids are used again for the next batch, so dates must tell them
    apart.
    """
    if one.provider != other.provider or not one.activities() & other.activities():
        return False
    return one.starts <= other.ends and other.starts <= one.ends
