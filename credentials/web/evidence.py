"""`/api/people/…/evidence` and `/api/evidence`: why a batch is complete or not, the rules, and what was parked."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from credentials.access.actions import Action
from credentials.access.principal import Principal
from credentials.access.rules import Subject, may, permit
from credentials.evidence.presets import presets
from credentials.evidence.rule import EvidenceRule
from credentials.services.explaining import Explaining
from credentials.services.looking import Looking
from credentials.services.parking import Parking, absent
from credentials.services.ruling import EvidenceRules
from credentials.web.guards import PrincipalGuards, Reason
from credentials.web.shapes import After, Identity, Limit, Shape, Slug, known_parameters


class RuleIn(Shape):
    """`rule`: in the shape of a reaction of SQL LRS (see docs/evidence.md)."""

    id: Slug
    rule: dict[str, Any]


class ReplayIn(Shape):
    """Which of the parked, as they are listed."""

    kind: Annotated[str, Field(max_length=20)]
    id: Annotated[str, Field(max_length=64)]
    batch: Annotated[str, Field(max_length=64)] = ""


@dataclass(frozen=True, slots=True)
class EvidenceServices:
    """What the routes call."""

    explaining: Explaining
    parking: Parking
    rules: EvidenceRules
    looking: Looking


def evidence_router(services: EvidenceServices, guards: PrincipalGuards) -> APIRouter:
    """The routes."""
    router = APIRouter(prefix="/api", tags=["evidence"], dependencies=[Depends(known_parameters)])
    signed_in = Depends(guards.signed_in)
    _explaining_route(router, services, signed_in)
    _rule_routes(router, services.rules, signed_in)
    _parked_routes(router, services, signed_in)
    return router


def _explaining_route(router: APIRouter, services: EvidenceServices, signed_in: Principal) -> None:
    @router.get("/people/{person}/evidence/explain")
    async def explain(
        person: Identity, batch: Annotated[str, Query(max_length=64)], reason: Reason, principal: Principal = signed_in
    ) -> dict[str, object]:
        """What is satisfied, what is missing, and which statements were used or set aside. For the person, the HR of their agency, and
        officers of the batch's provider.
        """
        provider = await services.explaining.provider_of(batch)
        await services.looking.look(principal, person, "evidence", reason, Action.EVIDENCE_EXPLAIN, provider)
        return await services.explaining.explain(person, batch)


def _rule_routes(router: APIRouter, rules: EvidenceRules, signed_in: Principal) -> None:
    @router.get("/evidence/rules")
    async def list_rules(principal: Principal = signed_in) -> list[dict[str, object]]:
        """Those of this release, and the saved ones: for whoever enters or reviews what uses them."""
        Looking.extent(principal, Action.EVIDENCE_RULES_READ)
        saved = await rules.rules.rules([one.id for one in await rules.rules.saved()])
        return [_rule(one) for one in (*presets().values(), *saved.values())]

    @router.post("/evidence/rules", status_code=201)
    async def save_rule(body: RuleIn, principal: Principal = signed_in) -> dict[str, object]:
        """Checked: one that never ends or matches nothing is refused, with the place and the way out."""
        permit(principal, Action.EVIDENCE_RULES_SAVE, Subject())
        return _rule(await rules.add(body.id, body.rule, principal.actor))


def _parked_routes(router: APIRouter, services: EvidenceServices, signed_in: Principal) -> None:
    parking = services.parking

    @router.get("/evidence/parked")
    async def list_parked(
        provider: Slug | None = None, after: After = None, limit: Limit = 100, principal: Principal = signed_in
    ) -> dict[str, object]:
        """What could not be processed, each with its reason; a provider's, or of all providers. Whom a judgement is about reads of it."""
        warrant = permit(principal, Action.PARKED_READ, Subject(provider=provider or ""))
        page = await parking.parked(provider or "", after, limit)
        await services.looking.note(principal, warrant, [one.id for one in page.values if one.kind == "judgement"], "parked")
        return {"parked": [asdict(one) for one in page.values], "more": page.more}

    @router.post("/evidence/parked/replay")
    async def replay(body: ReplayIn, principal: Principal = signed_in) -> dict[str, object]:
        """Tries one again."""
        provider = await parking.provider_of(body.kind, body.id, body.batch)
        if not may(principal, Action.PARKED_REPLAY, Subject(provider=provider)):
            Looking.extent(principal, Action.PARKED_REPLAY)
            raise absent()
        await parking.replay(body.kind, body.id, body.batch)
        return {"replayed": body.id}


def _rule(rule: EvidenceRule) -> dict[str, object]:
    names = [condition.name for condition in rule.conditions]
    return {"id": rule.id, "title": {"id": rule.title_id, "en": rule.title_en}, "roles": sorted(rule.roles()), "conditions": names}
