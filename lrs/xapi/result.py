"""Results and scores (xAPI-Data 1.0.3 2.4.5; 2.0 4.2.4.1). Scores are compared as the decimals that were written, not as what a float makes
of them.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

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
        if scaled is not None and not -_ONE <= scaled <= _ONE:
            raise broken("scaled", "scaled must be from -1 to 1", _CLAUSE)
        if least is not None and most is not None and least >= most:
            raise broken("min", "min must be less than max", _CLAUSE)
        if raw is not None:
            if least is not None and raw < least:
                raise broken("raw", "raw must not be less than min", _CLAUSE)
            if most is not None and raw > most:
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


def _number(member: str, raw: msgspec.Raw | UnsetType) -> Decimal | None:
    """The number exactly. Raises, as a rule, for anything that is no number, and for one whose exponent nothing can be compared with."""
    if raw is UNSET:
        return None
    token = bytes(raw)
    if not (_ZERO <= token[0] <= _NINE or token[0] == _MINUS):
        raise broken(member, f"{member} must be a number", _CLAUSE)
    try:
        return Decimal(token.decode())
    except InvalidOperation:
        raise broken(member, f"{member} is out of range", _CLAUSE) from None
