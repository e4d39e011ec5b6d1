"""A test as a function, made once for each rule: looking at the shape of a test for every statement would cost more than the answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeAlias

from credentials.evidence.clauses import MISSING, All, Compare, Either, Not, Parameter, Path, Ref, Role, Test, Value, compare
from credentials.evidence.facts import Fact, value_at


class Seen(Protocol):
    """A fact, and the role of the activity that it is about; "" for a part of a bound activity."""

    @property
    def fact(self) -> Fact: ...

    @property
    def role(self) -> str: ...


def in_time(one: Seen) -> tuple[int, bytes]:
    """The order of evidence."""
    return one.fact.at, one.fact.statement


Parameters: TypeAlias = Mapping[str, float]
Chosen: TypeAlias = Mapping[str, Fact]
Check: TypeAlias = Callable[[Seen, Parameters, Chosen], bool | None]
_VERB: Path = ("verb", "id")


def compiled(test: Test) -> Check:
    """Whether the test holds; None: it cannot be told (Kleene's three values)."""
    match test:
        case Compare():
            return _comparison(test)
        case Not(part):
            check = compiled(part)
            return lambda seen, parameters, chosen: None if (found := check(seen, parameters, chosen)) is None else not found
        case All(parts):
            return _joined([compiled(part) for part in parts], decides=False)
        case Either(parts):
            return _joined([compiled(part) for part in parts], decides=True)


def _joined(checks: Sequence[Check], *, decides: bool) -> Check:
    def check(seen: Seen, parameters: Parameters, chosen: Chosen) -> bool | None:
        known = True
        for one in checks:
            found = one(seen, parameters, chosen)
            if found is decides:
                return decides
            if found is None:
                known = False
        return (not decides) if known else None

    return check


def _comparison(asked: Compare) -> Check:
    path, op = asked.path, asked.op
    match asked.operand:
        case Role(role):
            wanted = op == "eq"
            return lambda seen, parameters, chosen: (seen.role == role) is wanted
        case Value(str(value)) if path == _VERB and op == "eq":
            return lambda seen, parameters, chosen: seen.fact.verb == value
        case Value(value):
            return lambda seen, parameters, chosen: compare(op, value_at(seen.fact, path), value)
        case Parameter(name):
            return lambda seen, parameters, chosen: compare(op, value_at(seen.fact, path), parameters[name]) if name in parameters else True
        case Ref(name, other):
            return lambda seen, parameters, chosen: compare(
                op, value_at(seen.fact, path), value_at(chosen[name], other) if name in chosen else MISSING
            )
