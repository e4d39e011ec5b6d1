"""What cannot hold of one statement at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from credentials.evidence.clauses import MINUTES, SCORE, Compare, Json, Path, Role, Value, like, same

_NUMBERS: dict[Path, tuple[float, float]] = {
    SCORE: (-1, 1),
    ("result", "score", "scaled"): (-1, 1),
    ("result", "score", "raw"): (float("-inf"), float("inf")),
    ("result", "score", "min"): (float("-inf"), float("inf")),
    ("result", "score", "max"): (float("-inf"), float("inf")),
    MINUTES: (0, float("inf")),
    ("timestamp",): (float("-inf"), float("inf")),
}
_TRUTHS: frozenset[Path] = frozenset({("result", "success"), ("result", "completion")})
_TEXTS: frozenset[Path] = frozenset({("verb", "id"), ("object", "id"), ("object", "definition", "type"), ("context", "registration")})
_OPPOSITE = {"gt": "lte", "gte": "lt", "lt": "gte", "lte": "gt"}


@dataclass(frozen=True, slots=True)
class Claim:
    """A comparison that must hold (or, not `holds`, must be false; then too there must be something to compare)."""

    compare: Compare
    holds: bool


def contradiction(claims: Sequence[Claim]) -> str | None:
    """Why these cannot hold together, None when they can as far as can be seen."""
    by_path: dict[Path, list[Claim]] = defaultdict(list)
    for claim in claims:
        by_path[claim.compare.path].append(claim)
    return next((clash for path, some in by_path.items() if (clash := _at(path, some)) is not None), None)


def _at(path: Path, claims: Sequence[Claim]) -> str | None:
    told = ", ".join(map(str, path))
    absent = [one for one in claims if _says_absent(one)]
    if absent and len(absent) < len(claims):
        return f"{told} cannot be both missing and compared"
    values = [value for one in claims if not isinstance(value := _required(one), _Open)]
    for value in values:
        if (clash := _of_value(path, told, value, claims)) is not None:
            return clash
    return _roles(claims) or _range(path, told, claims)


class _Open:
    """No one value is asked for."""


_OPEN = _Open()


def _required(claim: Claim) -> Json | _Open:
    compare = claim.compare
    if claim.holds and compare.op == "eq" and isinstance(compare.operand, Value):
        return compare.operand.value
    return _OPEN


def _says_absent(claim: Claim) -> bool:
    compare = claim.compare
    return compare.op == "exists" and isinstance(compare.operand, Value) and (compare.operand.value is True) is not claim.holds


def _of_value(path: Path, told: str, value: Json, claims: Sequence[Claim]) -> str | None:
    """Whether everything else that is claimed can be true of that one value."""
    kind = "true or false" if path in _TRUTHS else "a number" if path in _NUMBERS else "a text" if path in _TEXTS else ""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    fits = {"true or false": isinstance(value, bool), "a number": number, "a text": isinstance(value, str), "": True}
    if not fits[kind]:
        return f"{told} is {kind}, never {value!r}"
    for one in claims:
        operand = one.compare.operand
        if not isinstance(operand, Value):
            continue
        other = operand.value
        if one.compare.op in ("eq", "noteq"):
            if same(value, other) is not ((one.compare.op == "eq") is one.holds):
                return f"{told} cannot be both {value!r} and {'not ' if same(value, other) else ''}{other!r}"
        elif one.compare.op == "like" and isinstance(other, str) and isinstance(value, str) and like(value, other) is not one.holds:
            return f"{told} cannot be {value!r} and {'' if one.holds else 'not '}like {other!r}"
    return None


def _roles(claims: Sequence[Claim]) -> str | None:
    """An activity plays one role."""
    wanted = {one.compare.operand.role for one in claims if isinstance(one.compare.operand, Role) and (one.compare.op == "eq") is one.holds}
    barred = {
        one.compare.operand.role for one in claims if isinstance(one.compare.operand, Role) and (one.compare.op == "eq") is not one.holds
    }
    if len(wanted) > 1:
        return f"an activity cannot be bound as both {' and '.join(sorted(wanted))}"
    if wanted & barred:
        return f"an activity cannot be bound and not bound as {min(wanted)}"
    return None


def _range(path: Path, told: str, claims: Sequence[Claim]) -> str | None:
    low, high = _NUMBERS.get(path, (float("-inf"), float("inf")))
    open_low = open_high = False
    for one in claims:
        op, operand = one.compare.op, one.compare.operand
        value = operand.value if isinstance(operand, Value) else None
        if op not in (*_OPPOSITE, "eq") or isinstance(value, bool) or not isinstance(value, int | float):
            continue
        if op == "eq" and not one.holds:
            continue
        op = op if one.holds else _OPPOSITE[op]  # type: ignore[assignment]
        if op in ("gt", "gte", "eq") and value >= low:
            open_low = op == "gt" or (open_low and value == low)
            low = value
        if op in ("lt", "lte", "eq") and value <= high:
            open_high = op == "lt" or (open_high and value == high)
            high = value
        if (op in ("gt", "gte", "eq") and value > high) or (op in ("lt", "lte", "eq") and value < low):
            return f"{told} cannot be above {low:g} and below {high:g}"
    if low > high or (low == high and (open_low or open_high)):
        return f"{told} cannot be above {low:g} and below {high:g}"
    return None
