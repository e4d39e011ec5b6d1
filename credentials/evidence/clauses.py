"""What a rule asks of one statement: comparisons of what lies at a path, joined by and, or, not; in the shape of SQL LRS's reactions.

As in SQL there, a comparison of something that is not in the statement is neither true nor false: `not` of it is not true either. What is
meant to hold where a member is missing asks for that with the operator `exists`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
Path: TypeAlias = tuple[str | int, ...]
Operator = Literal["eq", "noteq", "gt", "gte", "lt", "lte", "like", "contains", "exists"]
OPERATORS: tuple[Operator, ...] = get_args(Operator)

TIMESTAMP: Path = ("timestamp",)
SCORE: Path = ("$score",)  # `scaled`, or else the place of `raw` between `min` and `max`
MINUTES: Path = ("$minutes",)  # `result.duration` in minutes


@dataclass(frozen=True, slots=True)
class Value:
    """A literal. What is compared with a timestamp is in microseconds."""

    value: Json


@dataclass(frozen=True, slots=True)
class Ref:
    """What lies at `path` of the statement that satisfies `condition`."""

    condition: str
    path: Path


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number of the batch: `minimum_score` or `planned_minutes`. Where the batch has none, the comparison holds."""

    name: str


@dataclass(frozen=True, slots=True)
class Role:
    """The activities that the batch binds in that role."""

    role: str


@dataclass(frozen=True, slots=True)
class Compare:
    path: Path
    op: Operator
    operand: Value | Ref | Parameter | Role


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class Either:
    parts: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: Test


Test: TypeAlias = Compare | All | Either | Not


class Missing:
    """What is not in the statement."""


MISSING = Missing()
Known: TypeAlias = "Json | Missing"


def comparisons(test: Test) -> Iterator[Compare]:
    """Every comparison in it."""
    match test:
        case Compare():
            yield test
        case Not(part):
            yield from comparisons(part)
        case All(parts) | Either(parts):
            for part in parts:
                yield from comparisons(part)


def compare(op: Operator, left: Known, right: Known) -> bool | None:
    """One comparison. None when one of them is missing, or when they have no order."""
    if op == "exists":
        return isinstance(left, Missing) is not (right is True)
    if isinstance(left, Missing) or isinstance(right, Missing):
        return None
    match op:
        case "eq":
            return same(left, right)
        case "noteq":
            return not same(left, right)
        case "like":
            return like(left, right) if isinstance(left, str) and isinstance(right, str) else None
        case "contains":
            return any(_includes(one, right) for one in left) if isinstance(left, list) else None
    return _ordered(op, left, right)


def same(left: Json, right: Json) -> bool:
    """Equality of JSON: true is not 1, 1 is 1.0."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    return left == right


def _ordered(op: Operator, left: Json, right: Json) -> bool | None:
    if isinstance(left, bool) or isinstance(right, bool):
        return None
    if isinstance(left, str) and isinstance(right, str):
        return _stands(op, left < right, left == right)
    if isinstance(left, int | float) and isinstance(right, int | float):
        return _stands(op, left < right, left == right)
    return None


def _stands(op: Operator, before: bool, equal: bool) -> bool:
    return {"lt": before, "lte": before or equal, "gt": not before and not equal, "gte": not before}[op]


def _includes(one: Json, wanted: Json) -> bool:
    """Equal, or, for objects, with all the wanted members among others."""
    if isinstance(one, dict) and isinstance(wanted, dict):
        return all(name in one and _includes(one[name], value) for name, value in wanted.items())
    return same(one, wanted)


def like(text: str, pattern: str) -> bool:
    """SQL's LIKE: `%` is any text, `_` any one character. Takes at most length × length steps."""
    at = here = 0
    star, resume = -1, 0
    while at < len(text):
        if here < len(pattern) and pattern[here] == "%":
            star, resume, here = here, at, here + 1
        elif here < len(pattern) and pattern[here] in ("_", text[at]):
            at, here = at + 1, here + 1
        elif star >= 0:
            resume += 1
            at, here = resume, star + 1
        else:
            return False
    return not pattern[here:].strip("%")
