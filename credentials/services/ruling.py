"""Saving an evidence rule: read, checked, and then never changed, since hours are counted by it."""

from __future__ import annotations

import json
from dataclasses import dataclass

from credentials.errors import EvidenceError
from credentials.evidence.checking import check_rule
from credentials.evidence.clauses import Json
from credentials.evidence.presets import presets
from credentials.evidence.reading import read_rule
from credentials.evidence.rule import EvidenceRule
from credentials.evidence.vocabulary import vocabulary
from credentials.ports.records import Insert
from credentials.stores.decisions import DecisionLog
from credentials.stores.evidence_rules import EVIDENCE_RULES, EvidenceRuleRecords, SavedRule

_LONGEST = 200_000  # bytes of a rule


@dataclass(frozen=True, slots=True)
class EvidenceRules:
    """`add` raises EvidenceError (`where` names the place) and ConflictError; then nothing is stored."""

    rules: EvidenceRuleRecords
    log: DecisionLog

    async def add(self, rule_id: str, content: Json, by: str) -> EvidenceRule:
        """A new rule; its id is never used for another one."""
        encoded = json.dumps(content, ensure_ascii=False).encode()
        if len(encoded) > _LONGEST:
            raise EvidenceError(f"a rule has at most {_LONGEST:,} bytes", where="rule")
        if rule_id in presets():
            raise EvidenceError("this is the id of a rule of this release; choose another", where="id")
        rule = read_rule(content, vocabulary(), id=rule_id)
        check_rule(rule)
        saved = SavedRule(rule_id, encoded, self.log.clock.now_us(), by)
        write = Insert(EVIDENCE_RULES, saved, taken="a rule with this id is there already, and rules never change", where="id")
        await self.log.append(write, actor=by, kind="rule.saved", subject=f"rule:{rule_id}")
        return rule
