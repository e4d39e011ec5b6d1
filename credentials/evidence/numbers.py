"""Numbers of statements as floats that stand where the decimals stood: none reaches a bound that its digits do not reach."""

from __future__ import annotations

import math
import sys
from decimal import Decimal, InvalidOperation
from fractions import Fraction

import msgspec

from credentials.evidence.clauses import Json

_SURE = 15  # characters: so few digits are told apart by a float, whatever they are
_FURTHEST = 400  # places before or after the point; past it nothing is worked out exactly


def floored(digits: str) -> float:
    """The greatest float that, written out, is not more than the number: `>=` and `<` with a rule's number say what the decimals say.

    0.69999999999999999999 is nearest to the float that is written 0.7, and is not 0.7. A number past all floats is the last of them.
    """
    if len(digits) <= _SURE and "e" not in digits and "E" not in digits:
        return float(digits)
    try:
        exact = Decimal(digits)
    except InvalidOperation:
        return _end(digits)
    if exact and abs(exact.adjusted()) > _FURTHEST:
        return _end(digits)
    return float_of(Fraction(exact))


def float_of(exact: Fraction) -> float:
    """As `floored`."""
    try:
        near = float(exact)
    except OverflowError:
        return -sys.float_info.max if exact < 0 else sys.float_info.max
    return near if Fraction(repr(near)) <= exact else math.nextafter(near, -math.inf)


def exactly(number: msgspec.Raw) -> Fraction | None:
    """What is written there, None where it is no number, or one that is too far out."""
    try:
        found = Decimal(bytes(number).decode())
    except InvalidOperation:
        return None
    return None if not found.is_finite() or (found and abs(found.adjusted()) > _FURTHEST) else Fraction(found)


def _end(digits: str) -> float:
    """Of a number with an exponent of hundreds: next to nothing, or the last float."""
    negative = digits.startswith("-")
    if "-" in digits.lower().partition("e")[2]:
        return math.nextafter(0.0, -math.inf) if negative else 0.0
    return -sys.float_info.max if negative else sys.float_info.max


_decoder = msgspec.json.Decoder(float_hook=floored)


def read_json(content: bytes | str | msgspec.Raw) -> Json:
    """JSON with floats by `floored`. Raises msgspec.MsgspecError."""
    found: Json = _decoder.decode(content)
    return found
