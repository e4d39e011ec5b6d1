"""The rules of this release, read from `schemas/evidence_rules.json`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from credentials.errors import EvidenceError
from credentials.evidence.checking import check_rule
from credentials.evidence.reading import read_rule
from credentials.evidence.rule import EvidenceRule
from credentials.evidence.vocabulary import vocabulary
from schemas.loader import evidence_rules


@cache
def presets() -> Mapping[str, EvidenceRule]:
    """By id."""
    rules = {}
    for raw in evidence_rules():
        rule = read_rule(raw, vocabulary())
        check_rule(rule)
        rules[rule.id] = rule
    return rules


def evidence_rule(rule_id: str) -> EvidenceRule:
    """Raises EvidenceError when there is none with that id."""
    found = presets().get(rule_id)
    if found is None:
        raise EvidenceError("the rules of this release are: " + ", ".join(sorted(presets())), where="rule")
    return found
