"""`/api/providers/…/standing` and `/api/competences`: accreditation, suspension, the code list and the keepers of its fields."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import Field as Limits

from credentials.access.actions import Action
from credentials.access.principal import Principal
from credentials.access.rules import Subject, permit
from credentials.catalogue.competences import Competence, Field
from credentials.catalogue.documents import document
from credentials.catalogue.model import CompetenceType
from credentials.catalogue.provider import Accreditation
from credentials.services.competences import Competences
from credentials.services.providers import ProviderStandings
from credentials.web.catalogue import CompetenceCode, Long
from credentials.web.guards import PrincipalGuards
from credentials.web.shapes import Code, Day, Shape, Slug, Text, Why, known_parameters


class AccreditationIn(Shape):
    """One window, both days included; `ends` null: until further notice."""

    starts: Day
    ends: Day | None = None
    body: Text
    number: Annotated[str, Limits(max_length=300, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""


class AccreditationsIn(Shape):
    """All windows of the provider, in place of those that were."""

    accreditations: Annotated[list[AccreditationIn], Limits(max_length=100)]
    reason: Why


class FromDay(Shape):
    """From which day of learning it works, also a past one, and why."""

    since: Day
    reason: Why


class FieldIn(Shape):
    """A field of competence and its keeper (Center of Excellence)."""

    name_id: Text
    name_en: Text
    keeper: Text
    keeper_agency: Code
    reason: Why


class CompetenceIn(Shape):
    """A competence, defined in both languages."""

    type: CompetenceType
    field: Slug
    name_id: Text
    name_en: Text
    definition_id: Long
    definition_en: Long
    source: Annotated[str, Limits(max_length=300, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""
    retired: bool = False
    reason: Why


def standings_router(standings: ProviderStandings, competences: Competences, guards: PrincipalGuards) -> APIRouter:
    """The routes."""
    router = APIRouter(prefix="/api", tags=["catalogue"], dependencies=[Depends(known_parameters), Depends(guards.signed_in)])
    signed_in = Depends(guards.signed_in)
    _provider_routes(router, standings, signed_in)
    _competence_routes(router, competences, signed_in)
    return router


def _provider_routes(router: APIRouter, standings: ProviderStandings, signed_in: Principal) -> None:
    @router.get("/providers/{provider}/standing")
    async def show(provider: Slug) -> dict[str, object]:
        """Accreditation windows, suspensions and their lifting."""
        return document(await standings.profile(provider))

    @router.put("/providers/{provider}/accreditations")
    async def accredit(provider: Slug, body: AccreditationsIn, principal: Principal = signed_in) -> dict[str, object]:
        permit(principal, Action.ACCREDIT, Subject(provider=provider))
        windows = tuple(Accreditation(**one.model_dump()) for one in body.accreditations)
        return document(await standings.accredit(provider, windows, by=principal.actor, reason=body.reason))

    @router.post("/providers/{provider}/suspend")
    async def suspend(provider: Slug, body: FromDay, principal: Principal = signed_in) -> dict[str, object]:
        """What is learnt from that day on does not count; what was completed before it stays."""
        permit(principal, Action.SUSPEND, Subject(provider=provider))
        return document(await standings.suspend(provider, body.since, by=principal.actor, reason=body.reason))

    @router.post("/providers/{provider}/lift")
    async def lift(provider: Slug, body: FromDay, principal: Principal = signed_in) -> dict[str, object]:
        """Learning counts again from that day on; the day of the suspension itself undoes it."""
        permit(principal, Action.SUSPEND, Subject(provider=provider))
        return document(await standings.lift(provider, body.since, by=principal.actor, reason=body.reason))


def _competence_routes(router: APIRouter, competences: Competences, signed_in: Principal) -> None:
    @router.get("/competences")
    async def list_all() -> dict[str, object]:
        """The code list with its fields and their keepers."""
        found, fields = await competences.list.competences(), await competences.list.fields()
        return {"fields": [document(one) for one in fields.values()], "items": [document(one) for one in found.values()], "more": None}

    @router.put("/competences/{code}")
    async def define(code: CompetenceCode, body: CompetenceIn, principal: Principal = signed_in) -> dict[str, object]:
        """For the keeper of the field, and overseers. A code that moves to another field needs the keeper of both."""
        before = (await competences.list.named((code,))).get(code)
        for field in {body.field, before.field if before else body.field}:
            permit(principal, Action.COMPETENCE_DEFINE, Subject(fields=frozenset({field})))
        competence = Competence(code=code, **body.model_dump(exclude={"reason"}))
        return document(await competences.put_competence(competence, principal.actor, body.reason))

    @router.put("/competences/fields/{field}")
    async def keep(field: Slug, body: FieldIn, principal: Principal = signed_in) -> dict[str, object]:
        """Names the agency that is the Center of Excellence for a field."""
        permit(principal, Action.FIELD_KEEP, Subject(fields=frozenset({field})))
        return document(await competences.put_field(Field(id=field, **body.model_dump(exclude={"reason"})), principal.actor, body.reason))
