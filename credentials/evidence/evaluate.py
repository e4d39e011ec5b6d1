"""A rule and facts: what is satisfied, by which statements, and what is missing. The order of the facts does not matter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from credentials.errors import EvidenceError
from credentials.evidence.clauses import Missing
from credentials.evidence.compiled import Check, Parameters, Seen, in_time
from credentials.evidence.facts import Fact, value_at
from credentials.evidence.presence import presence
from credentials.evidence.rule import PLANNED_MINUTES, Condition, EvidenceRule

_NOBODY: Mapping[str, Fact] = {}
MOST_TRIES = 20_000  # of combinations of statements, for rules that compare statements with each other


class Finding(msgspec.Struct, frozen=True, gc=False):
    """One condition. `used`: the facts that satisfy it, or as many as there are; `at`: when it was satisfied, None when it is not.

    `have`, `need`: of what is counted (statements, values or minutes).
    """

    condition: Condition
    used: tuple[Fact, ...]
    at: int | None
    have: float
    need: float


class Outcome(msgspec.Struct, frozen=True, gc=False):
    """All conditions, in the rule's order. `at`: when the last of them was satisfied, None while one is missing."""

    findings: tuple[Finding, ...]
    at: int | None

    @property
    def statements(self) -> tuple[str, ...]:
        """The ids of the statements that were used, each once."""
        return tuple(dict.fromkeys(fact.id for finding in self.findings for fact in finding.used))

    @property
    def used(self) -> frozenset[bytes]:
        """The same, as they are kept."""
        return frozenset([fact.statement for finding in self.findings for fact in finding.used])

    @property
    def missing(self) -> tuple[str, ...]:
        """The names of the conditions that nothing satisfies."""
        return tuple(finding.condition.name for finding in self.findings if finding.at is None)


def evaluate(rule: EvidenceRule, seen: Iterable[Seen], parameters: Parameters) -> Outcome:
    """`parameters`: those of the batch that are set. Raises EvidenceError when the rule takes more than `MOST_TRIES` steps."""
    facts = sorted(seen, key=in_time)
    if not rule.identity:
        return _evaluate(rule, facts, parameters)
    outcomes = [_evaluate(rule, group, parameters) for group in _groups(rule, facts)]
    complete = [one for one in outcomes if one.at is not None]
    if complete:
        return min(complete, key=lambda one: (one.at, one.statements))
    return max(outcomes, key=lambda one: (-len(one.missing), one.statements), default=_evaluate(rule, [], parameters))


def _groups(rule: EvidenceRule, facts: Sequence[Seen]) -> Iterator[list[Seen]]:
    """Facts with the same values at the identity paths; one that lacks a value is in none."""
    groups: dict[tuple[str, ...], list[Seen]] = {}
    for one in facts:
        values = [value_at(one.fact, path) for path in rule.identity]
        if not any(isinstance(value, Missing | list | dict) for value in values):
            groups.setdefault(tuple(map(repr, values)), []).append(one)
    yield from groups.values()


def _evaluate(rule: EvidenceRule, facts: Sequence[Seen], parameters: Parameters) -> Outcome:
    joined = rule.joined
    found = {one.name: _finding(one, rule.checks[one.name], facts, parameters) for one in rule.conditions if one.name not in joined}
    if joined:
        found |= _Join([one for one in rule.conditions if one.name in joined], rule.checks, facts, parameters).findings()
    findings = tuple(found[condition.name] for condition in rule.conditions)
    moments = [finding.at for finding in findings]
    return Outcome(findings, None if None in moments else max((at for at in moments if at is not None), default=None))


def _finding(condition: Condition, check: Check, facts: Sequence[Seen], parameters: Parameters) -> Finding:
    """Of a condition that looks at no other's statement. The earliest statements that suffice are used."""
    passing = _without_repeats([one.fact for one in facts if check(one, parameters, _NOBODY) is True])
    needs = condition.needs
    if needs.count is not None:
        return _counted(condition, passing, needs.count)
    minutes = needs.minutes
    if needs.share is not None:
        planned = parameters.get(PLANNED_MINUTES)
        minutes = needs.share * planned if planned else None
    reached = presence(passing, minutes)
    return Finding(condition, reached.used, reached.at, reached.minutes, minutes or 0)


def _counted(condition: Condition, passing: Sequence[Fact], count: int) -> Finding:
    used: list[Fact] = []
    values: set[str] = set()
    for fact in passing:
        if condition.needs.distinct is not None:
            value = value_at(fact, condition.needs.distinct)
            if isinstance(value, Missing) or repr(value) in values:
                continue
            values.add(repr(value))
        used.append(fact)
        if len(used) == count:
            return Finding(condition, tuple(used), fact.at, count, count)
    return Finding(condition, tuple(used), None, len(used), count)


def _without_repeats(facts: list[Fact]) -> list[Fact]:
    """Of statements that were sent again, one: they happened at the same moment, so it does not matter which."""
    return list({fact.repeat: fact for fact in reversed(facts)}.values())[::-1] if len(facts) > 1 else facts


@dataclass
class _Join:
    """Conditions of one statement each that compare their statements. Of all combinations the one that was complete first is taken.

    Which conditions look at which has no circle (`checking`), so each is chosen after those that it looks at.
    """

    conditions: Sequence[Condition]
    checks: Mapping[str, Check]
    facts: Sequence[Seen]
    parameters: Parameters
    tries: int = 0
    _order: list[tuple[Condition, list[tuple[int, Seen]]]] = field(default_factory=list)

    def findings(self) -> dict[str, Finding]:
        for condition in _in_order(self.conditions):
            possible = [
                (at, one) for at, one in enumerate(self.facts) if self.checks[condition.name](one, self.parameters, _NOBODY) is not False
            ]
            self._order.append((condition, possible))
        low, high = 0, len(self.facts)
        best = self._solve(high)
        if best is None:
            return {one.name: self._alone(one) for one in self.conditions}
        while low < high:  # more facts never satisfy less, so the least number that suffices is found by halving
            middle = (low + high) // 2
            found = self._solve(middle)
            low, high, best = (low, middle, found) if found is not None else (middle + 1, high, best)
        return {one.name: Finding(one, (best[one.name],), best[one.name].at, 1, 1) for one in self.conditions}

    def _alone(self, condition: Condition) -> Finding:
        """What there is when no combination suffices: statements that pass as far as it looks at no other's."""
        if condition.refs():
            return Finding(condition, (), None, 0, 1)
        return _finding(condition, self.checks[condition.name], self.facts, self.parameters)

    def _solve(self, count: int, at: int = 0, chosen: dict[str, Fact] | None = None) -> dict[str, Fact] | None:
        chosen = chosen if chosen is not None else {}
        if at == len(self._order):
            return dict(chosen)
        condition, possible = self._order[at]
        for number, one in possible:
            if number >= count:
                break
            self.tries += 1
            if self.tries > MOST_TRIES:
                raise EvidenceError(f"the rule compares too many combinations of statements: more than {MOST_TRIES:,}")
            if self.checks[condition.name](one, self.parameters, chosen) is True:
                chosen[condition.name] = one.fact
                if (found := self._solve(count, at + 1, chosen)) is not None:
                    return found
                del chosen[condition.name]
        return None


def _in_order(conditions: Sequence[Condition]) -> list[Condition]:
    ordered: list[Condition] = []
    waiting = list(conditions)
    while waiting:
        placed = {one.name for one in ordered}
        ready = [one for one in waiting if one.refs() <= placed]
        if not ready:
            raise EvidenceError("the conditions look at each other's statements in a circle")
        ordered += ready
        waiting = [one for one in waiting if one not in ready]
    return ordered
