"""Evidence rules as values, read from the bundled data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from credentials.errors import CatalogueError
from schemas.loader import evidence_rules


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that must have happened: a statement about the activity in `role`, with one of `verbs`.

    `success`: `result.success` must be true (the verb `passed` says so by itself). `scored`: the batch's least score applies.
    """

    name: str
    role: str
    verbs: tuple[str, ...]
    success: bool
    scored: bool


@dataclass(frozen=True, slots=True)
class EvidenceRule:
    """All `conditions` must hold. `title_id` and `title_en` say it to people."""

    id: str
    title_id: str
    title_en: str
    conditions: tuple[Condition, ...]

    def roles(self) -> frozenset[str]:
        """The roles that a batch must bind."""
        return frozenset(condition.role for condition in self.conditions)


@cache
def _rules() -> dict[str, EvidenceRule]:
    rules = {}
    for raw in evidence_rules():
        conditions = tuple(
            Condition(one["name"], one["role"], tuple(one["verbs"]), one["success"], one["scored"]) for one in raw["conditions"]
        )
        rules[raw["id"]] = EvidenceRule(raw["id"], raw["title"]["id"], raw["title"]["en"], conditions)
    return rules


def evidence_rule(rule_id: str) -> EvidenceRule:
    """Raises CatalogueError when there is none with that id."""
    found = _rules().get(rule_id)
    if found is None:
        raise CatalogueError("the rules are: " + ", ".join(sorted(_rules())), where="rule")
    return found
