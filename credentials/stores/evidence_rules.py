"""Evidence rules that administrators have saved. A rule never changes: hours were counted by it. Another rule has another id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from credentials.errors import EvidenceError
from credentials.evidence.presets import presets
from credentials.evidence.reading import read_rule
from credentials.evidence.rule import EvidenceRule
from credentials.evidence.vocabulary import vocabulary
from credentials.ports.records import Records, Table, get_all, scan_all


@dataclass(frozen=True, slots=True)
class SavedRule:
    """`content`: its JSON as it was given, with `id` outside. `saved` in microseconds; `by`: the actor."""

    id: str
    content: bytes
    saved: int
    by: str


EVIDENCE_RULES: Table[SavedRule] = Table("evidence_rule", SavedRule, key=lambda one: (one.id,))
EVIDENCE_RULE_TABLES: tuple[Table[Any], ...] = (EVIDENCE_RULES,)


class EvidenceRuleRecords:
    """The rules of this release and the saved ones. They never change, so what was read once is kept."""

    def __init__(self, records: Records) -> None:
        self.records = records
        self._known: dict[str, EvidenceRule] = dict(presets())

    async def rules(self, ids: list[str]) -> dict[str, EvidenceRule]:
        """Those that are there, by id."""
        missing = [(one,) for one in dict.fromkeys(ids) if one not in self._known]
        if missing:
            for saved in (await get_all(self.records, EVIDENCE_RULES, list(missing))).values():
                self._known[saved.id] = read_rule(msgspec.json.decode(saved.content), vocabulary(), id=saved.id)
        return {one: self._known[one] for one in ids if one in self._known}

    async def rule(self, rule: str) -> EvidenceRule:
        """Raises EvidenceError when there is none with that id."""
        found = (await self.rules([rule])).get(rule)
        if found is None:
            known = sorted({*presets(), *(one.id for one in await self.saved())})
            raise EvidenceError("the rules are: " + ", ".join(known[:100]), where="rule")
        return found

    async def saved(self) -> list[SavedRule]:
        """By id."""
        return await scan_all(self.records, EVIDENCE_RULES)
