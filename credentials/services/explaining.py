"""Explaining a judgement: what is satisfied, what is missing, which statements were used, and why others do not count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from credentials.evidence.evaluate import Finding
from credentials.evidence.judgement import Judgement, Sorted
from credentials.services.projection.cases import AtHand, Unjudged
from credentials.services.projection.engine import PROJECTOR, Engine, Equipment, progress_of
from credentials.stores.completions import COMPLETIONS, Completion
from lrs.clock import format_us
from lrs.errors import NotFoundError

Told: TypeAlias = dict[str, object]


@dataclass(frozen=True, slots=True)
class Explaining:
    """Reads only. What is told holds ids, dates and codes, no name and no identifier."""

    equipment: Equipment

    async def provider_of(self, batch: str) -> str:
        """Whose batch it is. Raises NotFoundError."""
        found = (await self.equipment.register.catalogue.batches_many([batch])).get(batch)
        if found is None:
            raise NotFoundError("there is no batch with this id", where="batch")
        return found.provider

    async def explain(self, person: str, batch: str) -> Told:
        """Raises NotFoundError, EvidenceError (the rule takes too much work)."""
        if not (await self.equipment.register.people.persons([person])):
            raise NotFoundError("there is no person with this id", where="person")
        progress = await progress_of(self.equipment.records, PROJECTOR)
        engine = Engine(self.equipment, progress.value.generation)
        case = (await engine.cases.gather([(person, batch)], AtHand())).get((person, batch))
        if case is None:
            raise NotFoundError("there is no batch with this id", where="batch")
        kept = await self.equipment.records.get(COMPLETIONS, person, batch)
        told: Told = {"person": person, "batch": batch, "standing": _standing(kept.value if kept is not None else None)}
        if isinstance(case, Unjudged):
            return told | {"outcome": "not-judged", "reasons": [str(case)]}
        judgement = await engine.judging.judgement((person, batch), case)
        return told | {"programme": case.programme.id, "version": case.programme.version, "rule": case.rule.id} | _told(judgement)


def _told(judgement: Judgement) -> Told:
    return {
        "outcome": judgement.kind,
        "reasons": list(judgement.reasons),
        "flags": list(judgement.flags),
        "complete_at": format_us(judgement.at) if judgement.at else None,
        "learned_on": judgement.learned_on,
        "days": [{"on": day.on, "sessions": day.sessions} for day in judgement.days],
        "missing": list(judgement.outcome.missing),
        "conditions": [_condition(one) for one in judgement.outcome.findings],
        "set_aside": [_aside(one) for one in judgement.evidence if _why(one)],
    }


def _condition(finding: Finding) -> Told:
    condition = finding.condition
    return {
        "name": condition.name,
        "title": {"id": condition.title_id or condition.name, "en": condition.title_en or condition.name},
        "satisfied": finding.at is not None,
        "at": format_us(finding.at) if finding.at is not None else None,
        "have": round(finding.have, 2),
        "need": round(finding.need, 2),
        "statements": [fact.id for fact in finding.used],
    }


def _why(one: Sorted) -> str:
    return one.aside or (str(one.ruling.reason) if one.ruling.outcome != "counts" else "")


def _aside(one: Sorted) -> Told:
    return {"statement": one.fact.id, "verb": one.fact.verb, "activity": one.fact.activity, "at": format_us(one.fact.at), "why": _why(one)}


def _standing(completion: Completion | None) -> Told | None:
    if completion is None:
        return None
    return {
        "state": completion.state,
        "learned_on": completion.learned_on,
        "entry": completion.entry,
        "certificate": completion.certificate,
        "certificate_due": format_us(completion.certificate_due) if completion.certificate_due else None,
    }
