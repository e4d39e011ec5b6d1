"""Whether a rule can work at all: it ends, and each of its conditions can be met. Asked when a rule is saved, and when a batch uses it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from credentials.catalogue.bindings import names
from credentials.catalogue.model import Batch
from credentials.errors import EvidenceError
from credentials.evidence.clauses import All, Compare, Either, Not, Test, Value, comparisons
from credentials.evidence.contradictions import Claim, contradiction
from credentials.evidence.rule import ONE, Condition, EvidenceRule

_MOST_WAYS = 512  # of meeting one condition that are looked at; a rule with more is taken to be possible
_ACTIVITY = ("object", "id")


def check_rule(rule: EvidenceRule) -> None:
    """Raises EvidenceError: conditions that look at each other in a circle, that look at one that is not there, that nothing can meet."""
    known = {condition.name: condition for condition in rule.conditions}
    for condition in rule.conditions:
        where = f"conditions.{condition.name}"
        for name in sorted(condition.refs()):
            _check_ref(condition, known.get(name), name, where)
        _check_possible(condition, where)
    _check_circles(rule)
    if rule.sessions and rule.sessions not in known:
        raise EvidenceError(f"there is no condition {rule.sessions!r}", where="sessions")


def check_use(rule: EvidenceRule, batch: Batch) -> None:
    """Raises EvidenceError when no evidence of this batch could ever satisfy the rule, since activities that it asks for are not bound."""
    bound = {binding.role for binding in batch.bindings}
    if missing := rule.roles() - bound:
        raise EvidenceError(f"the rule needs an activity for: {', '.join(sorted(missing))}", where="bindings")
    for condition in rule.conditions:
        for activity in _named(condition.test):
            if not any(binding.match == "external" or names(binding, activity) for binding in batch.bindings):
                raise EvidenceError(
                    f"the condition {condition.name!r} asks for {activity}, which the batch does not bind", where="bindings"
                )
        _check_count(condition, batch)


def _check_count(condition: Condition, batch: Batch) -> None:
    needs, roles = condition.needs, condition.roles()
    if needs.count is None or needs.distinct != _ACTIVITY or not condition.bound():
        return
    some = [binding for binding in batch.bindings if binding.role in roles]
    if all(binding.match == "exact" for binding in some) and len(some) < needs.count:
        raise EvidenceError(
            f"the condition {condition.name!r} asks for {needs.count} activities, and {len(some)} are bound", where="bindings"
        )


def _check_ref(condition: Condition, other: Condition | None, name: str, where: str) -> None:
    if other is None:
        raise EvidenceError(f"there is no condition {name!r} to refer to", where=where)
    if other.needs != ONE or condition.needs != ONE:
        raise EvidenceError("conditions that refer to each other are met by one statement each: atLeast does not go with ref", where=where)


def _check_circles(rule: EvidenceRule) -> None:
    waiting = {condition.name: condition.refs() for condition in rule.conditions}
    while waiting:
        free = [name for name, refs in waiting.items() if not refs & waiting.keys()]
        if not free:
            told = " and ".join(sorted(waiting))
            raise EvidenceError(f"the conditions {told} refer to each other in a circle; take one of the refs away", where="conditions")
        for name in free:
            del waiting[name]


def _check_possible(condition: Condition, where: str) -> None:
    ways = list(islice(_ways(condition.test, positive=True), _MOST_WAYS + 1))
    if len(ways) > _MOST_WAYS:
        return
    clashes = [contradiction(way) for way in ways]
    if None not in clashes:
        raise EvidenceError(f"no statement can meet this: {clashes[0]}", where=where)


def _ways(test: Test, *, positive: bool) -> Iterator[tuple[Claim, ...]]:
    """The ways in which the test can hold: sets of comparisons that must hold, or must not, together."""
    match test:
        case Compare():
            yield (Claim(test, positive),)
        case Not(part):
            yield from _ways(part, positive=not positive)
        case All(parts) | Either(parts):
            if isinstance(test, All) is positive:
                yield from _product(parts, positive)
            else:
                for part in parts:
                    yield from _ways(part, positive=positive)


def _product(parts: Sequence[Test], positive: bool) -> Iterator[tuple[Claim, ...]]:
    if not parts:
        yield ()
        return
    for first in _ways(parts[0], positive=positive):
        for rest in _product(parts[1:], positive):
            yield first + rest


def _named(test: Test) -> list[str]:
    """Activities that the rule asks for by their IRI."""
    return [
        one.operand.value
        for one in comparisons(test)
        if one.path == _ACTIVITY and one.op == "eq" and isinstance(one.operand, Value) and isinstance(one.operand.value, str)
    ]
