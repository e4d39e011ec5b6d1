"""Evidence for administrators: rules, explanations of a judgement, and what was parked."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from credentials.evidence.presets import presets
from credentials.evidence.rule import EvidenceRule
from credentials.services.explaining import Explaining
from credentials.services.parking import Parking
from credentials.services.ruling import EvidenceRules
from lrs.ports import Administrator
from lrs.web.auth import AdministratorGuards

Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Id = Annotated[str, Field(min_length=1, max_length=64)]


class RuleIn(BaseModel):
    """`rule`: in the shape of a reaction of SQL LRS (see docs/evidence.md)."""

    model_config = ConfigDict(extra="forbid")
    id: Slug
    rule: dict[str, Any]


class ReplayIn(BaseModel):
    """Which of the parked, as they are listed."""

    model_config = ConfigDict(extra="forbid")
    kind: Annotated[str, Field(max_length=20)]
    id: Id
    batch: Annotated[str, Field(max_length=64)] = ""


def evidence_router(explaining: Explaining, parking: Parking, rules: EvidenceRules, guards: AdministratorGuards) -> APIRouter:
    """Under `/admin/evidence`."""
    router = APIRouter(prefix="/admin/evidence", tags=["evidence"])
    writer = Depends(guards.writer)

    @router.get("/explain", dependencies=[Depends(guards.reader)])
    async def explain(person: Annotated[str, Query(max_length=64)], batch: Annotated[str, Query(max_length=64)]) -> dict[str, object]:
        """What is satisfied, what is missing, and which statements were used or set aside. `person`: the internal id."""
        return await explaining.explain(person, batch)

    @router.get("/rules", dependencies=[Depends(guards.reader)])
    async def list_rules() -> list[dict[str, object]]:
        """Those of this release, and the saved ones."""
        saved = await rules.rules.rules([one.id for one in await rules.rules.saved()])
        return [_rule(one) for one in (*presets().values(), *saved.values())]

    @router.post("/rules", status_code=201)
    async def save_rule(body: RuleIn, administrator: Administrator = writer) -> dict[str, object]:
        """Checked: one that never ends or matches nothing is refused, with the place and the way out."""
        return _rule(await rules.add(body.id, body.rule, f"administrator:{administrator.name}"))

    @router.get("/parked", dependencies=[Depends(guards.reader)])
    async def list_parked(after: str | None = None, limit: Annotated[int, Query(ge=1, le=1_000)] = 100) -> dict[str, object]:
        """What could not be processed, each with its reason."""
        page = await parking.parked(after, limit)
        return {"parked": [asdict(one) for one in page.values], "more": page.more}

    @router.post("/parked/replay", dependencies=[Depends(guards.writer)])
    async def replay(body: ReplayIn) -> dict[str, object]:
        """Tries one again."""
        await parking.replay(body.kind, body.id, body.batch)
        return {"replayed": body.id}

    return router


def _rule(rule: EvidenceRule) -> dict[str, object]:
    names = [condition.name for condition in rule.conditions]
    return {"id": rule.id, "title": {"id": rule.title_id, "en": rule.title_en}, "roles": sorted(rule.roles()), "conditions": names}
