"""Results and scores (xAPI-Data 1.0.3 2.4.5; 2.0 4.2.4.1). Scores are compared as the decimals that were written, not as what a float makes
of them.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from math import isinf

import msgspec
from msgspec import UNSET, UnsetType

from lrs.xapi.activity import require_extensions
from lrs.xapi.duration import require_duration
from lrs.xapi.rule import broken

_CLAUSE = "xAPI-Data 2.4.5.1"
_ONE = Decimal(1)
_MINUS, _ZERO, _NINE = b"-09"


class Score(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`scaled` from -1 to 1; `raw` from `min` to `max`, where those are given. All keep the sender's bytes."""

    scaled: msgspec.Raw | UnsetType = UNSET
    raw: msgspec.Raw | UnsetType = UNSET
    min: msgspec.Raw | UnsetType = UNSET
    max: msgspec.Raw | UnsetType = UNSET

    def __post_init__(self) -> None:
        scaled, raw = _number("scaled", self.scaled), _number("raw", self.raw)
        least, most = _number("min", self.min), _number("max", self.max)
        if scaled is not None and not -1.0 < scaled < 1.0 and not -_ONE <= _exact("scaled", self.scaled) <= _ONE:
            raise broken("scaled", "scaled must be from -1 to 1", _CLAUSE)
        if least is not None and most is not None and not least < most and not _exact("min", self.min) < _exact("max", self.max):
            raise broken("min", "min must be less than max", _CLAUSE)
        if raw is not None:
            if least is not None and not least < raw and _exact("raw", self.raw) < _exact("min", self.min):
                raise broken("raw", "raw must not be less than min", _CLAUSE)
            if most is not None and not raw < most and _exact("raw", self.raw) > _exact("max", self.max):
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


def _number(member: str, raw: msgspec.Raw | UnsetType) -> float | None:
    """As a float, which settles a comparison with any other float but one that is equal. Raises, as a rule, for anything that is no
    number.
    """
    if raw is UNSET:
        return None
    token = bytes(raw)
    if not (_ZERO <= token[0] <= _NINE or token[0] == _MINUS):
        raise broken(member, f"{member} must be a number", _CLAUSE)
    value = float(token)
    if isinf(value):
        _exact(member, raw)
    return value


def _exact(member: str, raw: msgspec.Raw | UnsetType) -> Decimal:
    """A number as it was written. Raises, as a rule, for one whose exponent nothing can be compared with."""
    assert raw is not UNSET  # the callers looked
    try:
        return Decimal(bytes(raw).decode())
    except InvalidOperation:
        raise broken(member, f"{member} is out of range", _CLAUSE) from None
