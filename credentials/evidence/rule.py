"""An evidence rule as a value: conditions that must all hold, each by one statement or by several together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from credentials.evidence.clauses import All, Compare, Either, Path, Ref, Role, Test, Value, comparisons
from credentials.evidence.compiled import Check, compiled
from credentials.evidence.facts import ALWAYS_KEPT, PathTexts, path_text

PLANNED_MINUTES = "planned_minutes"
MINIMUM_SCORE = "minimum_score"
PARAMETERS = frozenset({PLANNED_MINUTES, MINIMUM_SCORE})
_VERB: Path = ("verb", "id")


@dataclass(frozen=True, slots=True)
class Threshold:
    """What is needed of the statements that pass a condition's test. Exactly one of these:

    - `count` of them; with `distinct`, of different values at that path. Repeats count once.
    - `minutes`: of presence. What overlaps counts once.
    - `share` of the planned minutes: of presence.
    """

    count: int | None = None
    distinct: Path | None = None
    minutes: float | None = None
    share: float | None = None


ONE = Threshold(count=1)


@dataclass(frozen=True, slots=True)
class Condition:
    """`test` is asked of each statement. `title_id`, `title_en` say it to people."""

    name: str
    test: Test
    needs: Threshold = ONE
    title_id: str = ""
    title_en: str = ""

    def verbs(self) -> frozenset[str] | None:
        """The verbs of which a statement must have one; None: any."""
        return _verbs(self.test)

    def roles(self) -> frozenset[str]:
        """The roles that it speaks of."""
        return frozenset(one.operand.role for one in comparisons(self.test) if isinstance(one.operand, Role))

    def bound(self) -> bool:
        """Whether only statements about a bound activity itself can pass."""
        return _bound(self.test)

    def refs(self) -> frozenset[str]:
        """The conditions whose statements it compares with."""
        return frozenset(one.operand.condition for one in comparisons(self.test) if isinstance(one.operand, Ref))


@dataclass(frozen=True)
class EvidenceRule:
    """All `conditions` must hold. `identity`: paths, other than the actor's, at which all that are used must have the same values.

    `sessions`: the condition whose statements are sessions of their own (coaching), "" for none.
    """

    id: str
    title_id: str
    title_en: str
    conditions: tuple[Condition, ...]
    identity: tuple[Path, ...] = ()
    sessions: str = ""

    def roles(self) -> frozenset[str]:
        """The roles that a batch must bind."""
        return frozenset().union(*(condition.roles() for condition in self.conditions))

    @cached_property
    def checks(self) -> Mapping[str, Check]:
        """The tests of the conditions as functions, by name."""
        return {condition.name: compiled(condition.test) for condition in self.conditions}

    @cached_property
    def joined(self) -> frozenset[str]:
        """The conditions that look at each other's statements."""
        return frozenset(name for condition in self.conditions if condition.refs() for name in (condition.name, *condition.refs()))

    @cached_property
    def paths(self) -> PathTexts:
        """What must be kept of statements besides what always is."""
        wanted = (
            {path for condition in self.conditions for path in _paths(condition)}
            | set(self.identity)
            | {path for _, path in ref_paths(self)}
        )
        return tuple(sorted(((path, path_text(path)) for path in wanted - ALWAYS_KEPT), key=lambda pair: pair[1]))

    @cached_property
    def direct_verbs(self) -> frozenset[str] | None:
        """Verbs of statements about a bound activity itself that may matter; None: any."""
        return _either(condition.verbs() for condition in self.conditions)

    @cached_property
    def nearby_verbs(self) -> frozenset[str] | None:
        """Verbs of statements about a part of a bound activity that may matter; None: any."""
        return _either(condition.verbs() for condition in self.conditions if not condition.bound())


def _paths(condition: Condition) -> Iterator[Path]:
    for one in comparisons(condition.test):
        yield one.path
    if condition.needs.distinct is not None:
        yield condition.needs.distinct


def ref_paths(rule: EvidenceRule) -> frozenset[tuple[str, Path]]:
    """What other conditions look at in a condition's statement: (condition, path)."""
    return frozenset(
        (one.operand.condition, one.operand.path)
        for condition in rule.conditions
        for one in comparisons(condition.test)
        if isinstance(one.operand, Ref)
    )


def _either(found: Iterator[frozenset[str] | None]) -> frozenset[str] | None:
    verbs: frozenset[str] = frozenset()
    for some in found:
        if some is None:
            return None
        verbs |= some
    return verbs


def _verbs(test: Test) -> frozenset[str] | None:
    match test:
        case Compare(path=path, op="eq", operand=Value(str(verb))) if path == _VERB:
            return frozenset({verb})
        case All(parts):
            known = [some for part in parts if (some := _verbs(part)) is not None]
            return frozenset.intersection(*known) if known else None
        case Either(parts):
            return _either(_verbs(part) for part in parts)
    return None


def _bound(test: Test) -> bool:
    match test:
        case Compare(op="eq", operand=Role()):
            return True
        case All(parts):
            return any(_bound(part) for part in parts)
        case Either(parts):
            return all(_bound(part) for part in parts)
    return False
