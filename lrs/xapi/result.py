"""Results and scores (xAPI-Data 1.0.3 2.4.5; 2.0 4.2.4.1)."""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType

from lrs.xapi.activity import require_extensions
from lrs.xapi.duration import require_duration
from lrs.xapi.rule import broken

_CLAUSE = "xAPI-Data 2.4.5.1"


class Score(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`scaled` from -1 to 1; `raw` from `min` to `max`, where those are given."""

    scaled: float | UnsetType = UNSET
    raw: float | UnsetType = UNSET
    min: float | UnsetType = UNSET
    max: float | UnsetType = UNSET

    def __post_init__(self) -> None:
        if self.scaled is not UNSET and not -1 <= self.scaled <= 1:
            raise broken("scaled", "scaled must be from -1 to 1", _CLAUSE)
        if self.min is not UNSET and self.max is not UNSET and self.min >= self.max:
            raise broken("min", "min must be less than max", _CLAUSE)
        if self.raw is not UNSET:
            if self.min is not UNSET and self.raw < self.min:
                raise broken("raw", "raw must not be less than min", _CLAUSE)
            if self.max is not UNSET and self.raw > self.max:
                raise broken("raw", "raw must not be more than max", _CLAUSE)


class Result(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What came of it."""

    score: Score | UnsetType = UNSET
    success: bool | UnsetType = UNSET
    completion: bool | UnsetType = UNSET
    response: str | UnsetType = UNSET
    duration: str | UnsetType = UNSET
    extensions: dict[str, msgspec.Raw] | UnsetType = UNSET

    def __post_init__(self) -> None:
        require_duration("duration", self.duration)
        require_extensions(self.extensions)
