"""`/api/programmes` and `/api/batches`: entering, proposing, approving, suspending; everybody who is signed in reads."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import ConfigDict, Field

from credentials.access.actions import Action
from credentials.access.principal import Principal
from credentials.access.rules import Subject, permit
from credentials.catalogue.bindings import Binding, Match
from credentials.catalogue.documents import document
from credentials.catalogue.model import Batch, CompetenceType, Mode, Programme, Scope
from credentials.catalogue.states import proposer
from credentials.errors import CatalogueError
from credentials.services.batches import Batches
from credentials.services.competences import Competences
from credentials.services.programmes import Programmes
from credentials.web.guards import PrincipalGuards
from credentials.web.shapes import After, Day, Limit, Shape, Slug, Text, Why, known_parameters

Long = Annotated[str, Field(min_length=1, max_length=2_000, pattern=r"^[^\x00-\x1f\x7f]+$")]
Optional = Annotated[str, Field(max_length=300, pattern=r"^[^\x00-\x1f\x7f]*$")]
CompetenceCode = Annotated[str, Field(max_length=40, pattern=r"^[A-Z][A-Z0-9.]*$")]
Version = Annotated[int, Field(ge=1, le=1_000_000)]


class ProgrammeContent(Shape):
    """What a version says. Of `jp` and `minutes` one is enough."""

    provider: Slug
    title: Text
    description: Long
    criteria: Long
    jp: Annotated[int, Field(ge=1, le=2_000)] | None = None
    minutes: Annotated[int, Field(ge=1, le=90_000)] | None = None
    channel: Annotated[int, Field(ge=0, le=25, description="jalur: SIASN's jenisDiklat; 0 for a study assignment")] = 3
    scope: Scope = "national"
    mode: Mode = "online"
    competence_type: CompetenceType = "technical"
    competences: Annotated[list[CompetenceCode], Field(max_length=50)] = Field(default_factory=list)
    approving_body: Optional = ""
    evidence_rule: Annotated[str, Field(max_length=63)] = ""
    template: Annotated[str, Field(max_length=63)] = ""
    valid_from: Day | None = None
    valid_until: Day | None = None

    def programme(self, programme: str, version: int) -> Programme:
        """As the catalogue has it."""
        told = self.model_dump(exclude={"competences", "jp", "id", "version"})
        return Programme(id=programme, version=version, jp=self._hours(), competences=tuple(self.competences), **told)

    def _hours(self) -> int:
        if self.jp is None and self.minutes is None:
            raise CatalogueError("say how long it is: `jp`, or `minutes`", where="jp")
        return self.jp if self.jp is not None else (self.minutes or 0) // 45


class ProgrammeIn(ProgrammeContent):
    """A new version, as a draft. Without `version`: the next one."""

    id: Slug
    version: Annotated[int, Field(ge=0, le=1_000_000)] = 0


class StateIn(Shape):
    """The next state. `since`: the day of learning from which it works (null: ever since), also a past one."""

    state: Literal["draft", "proposed", "approved", "suspended", "closed", "open"]
    since: Day | None = None
    reason: Why | Literal[""] = ""


class ReviewIn(Shape):
    """What a Center of Excellence says of a programme of its field."""

    verdict: Literal["recommended", "not-recommended"]
    reason: Why


class BindingIn(Shape):
    """Which activity plays which role of the evidence rule; see docs/catalogue.md for `match`."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    role: Slug
    activity: Annotated[str, Field(min_length=1, max_length=2_000, pattern=r"^[^\x00-\x1f\x7f]+$")]
    match: Match = "exact"
    starts: Day | None = None
    ends: Day | None = None


class BatchContent(Shape):
    """What a batch (angkatan) says; dates included, in its time zone. Without `rule`: the programme's."""

    programme: Slug
    version: Version = 1
    provider: Slug
    name: Text
    starts: Day
    ends: Day
    time_zone: Annotated[str, Field(max_length=60, pattern=r"^[A-Za-z0-9_+/-]+$")] = "Asia/Jakarta"
    rule: Annotated[str, Field(max_length=63)] = ""
    bindings: Annotated[list[BindingIn], Field(min_length=1, max_length=200)]
    minimum_score: Annotated[float, Field(ge=0, le=1)] | None = None

    def batch(self, batch: str) -> Batch:
        """As the catalogue has it."""
        bindings = tuple(Binding(**one.model_dump()) for one in self.bindings)
        return Batch(id=batch, bindings=bindings, **self.model_dump(exclude={"bindings", "id", "reason"}))


class BatchIn(BatchContent):
    """A new batch."""

    id: Slug


class BatchChange(BatchContent):
    """A batch as it shall be."""

    reason: Why


def catalogue_router(programmes: Programmes, batches: Batches, guards: PrincipalGuards) -> APIRouter:
    """The routes."""
    router = APIRouter(prefix="/api", tags=["catalogue"], dependencies=[Depends(known_parameters), Depends(guards.signed_in)])
    signed_in = Depends(guards.signed_in)
    _programme_reads(router, programmes, signed_in)
    _programme_writes(router, programmes, signed_in)
    _batch_routes(router, batches, signed_in)
    return router


def _programme_reads(router: APIRouter, programmes: Programmes, signed_in: Principal) -> None:
    @router.get("/programmes")
    async def list_programmes(
        provider: Annotated[str, Query(max_length=63)] = "",
        state: Annotated[str, Query(max_length=20)] = "",
        competence: Annotated[str, Query(max_length=40)] = "",
        after: After = None,
        limit: Limit = 100,
    ) -> dict[str, object]:
        """By id and version; of the three conditions, the first that is given."""
        page = await programmes.catalogue.programmes(provider=provider, state=state, competence=competence, after=after, limit=limit)
        return {"items": [document(one) for one in page.values], "more": page.more}

    @router.get("/programmes/{programme}")
    async def versions(programme: Slug) -> dict[str, object]:
        """Every version, the oldest first."""
        return {"items": [document(one) for one in await programmes.catalogue.versions(programme)], "more": None}

    @router.get("/programmes/{programme}/{version}")
    async def show(programme: Slug, version: Version) -> dict[str, object]:
        return document(await programmes.found(programme, version))


def _programme_writes(router: APIRouter, programmes: Programmes, signed_in: Principal) -> None:
    @router.post("/programmes", status_code=201)
    async def draft(body: ProgrammeIn, principal: Principal = signed_in) -> dict[str, object]:
        """For the provider's officers, the keeper of one of its fields, and overseers."""
        programme = body.programme(body.id, body.version)
        permit(principal, Action.PROGRAMME_PROPOSE, await programme_subject(programmes.competences, programme))
        return document(await programmes.draft(programme, principal.actor))

    @router.put("/programmes/{programme}/{version}")
    async def revise(programme: Slug, version: Version, body: ProgrammeContent, principal: Principal = signed_in) -> dict[str, object]:
        """Another content for a draft."""
        changed = body.programme(programme, version)
        permit(principal, Action.PROGRAMME_PROPOSE, await programme_subject(programmes.competences, changed))
        return document(await programmes.revise(changed, principal.actor))

    @router.post("/programmes/{programme}/{version}/state")
    async def move(programme: Slug, version: Version, body: StateIn, principal: Principal = signed_in) -> dict[str, object]:
        """Proposes, returns, approves (an overseer, and not who proposed it), suspends, lifts or closes."""
        found = await programmes.found(programme, version)
        permit(principal, _action(found, body.state), await programme_subject(programmes.competences, found))
        moved = await programmes.move(programme, version, body.state, by=principal.actor, reason=body.reason, since=body.since)
        return document(moved)

    @router.post("/programmes/{programme}/{version}/reviews", status_code=201)
    async def review(programme: Slug, version: Version, body: ReviewIn, principal: Principal = signed_in) -> dict[str, object]:
        """For the keeper of one of its fields, and not who proposed it. The approving overseer sees it; it decides nothing by itself."""
        found = await programmes.found(programme, version)
        permit(principal, Action.PROGRAMME_REVIEW, await programme_subject(programmes.competences, found))
        return document(await programmes.review(programme, version, body.verdict, by=principal.actor, reason=body.reason))


def _action(programme: Programme, state: str) -> Action:
    if state == "proposed" or (state == "draft" and programme.state == "draft"):
        return Action.PROGRAMME_PROPOSE
    if programme.state == "proposed":
        return Action.PROGRAMME_APPROVE
    return Action.SUSPEND


def _batch_routes(router: APIRouter, batches: Batches, signed_in: Principal) -> None:
    @router.get("/batches")
    async def list_batches(
        provider: Annotated[str, Query(max_length=63)] = "",
        programme: Annotated[str, Query(max_length=63)] = "",
        version: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
        after: After = None,
        limit: Limit = 100,
    ) -> dict[str, object]:
        """Of a programme (and version), else of a provider, else all."""
        page = await batches.catalogue.batches(provider=provider, programme=programme, version=version, after=after, limit=limit)
        return {"items": [document(one) for one in page.values], "more": page.more}

    @router.get("/batches/{batch}")
    async def show(batch: Slug) -> dict[str, object]:
        return document(await batches.found(batch))

    @router.post("/batches", status_code=201)
    async def add(body: BatchIn, principal: Principal = signed_in) -> dict[str, object]:
        batch = body.batch(body.id)
        await permit_batch(principal, batches, batch)
        return document(await batches.add(batch, principal.actor))

    @router.put("/batches/{batch}")
    async def change(batch: Slug, body: BatchChange, principal: Principal = signed_in) -> dict[str, object]:
        """What was recorded follows the change."""
        permit(principal, Action.PROGRAMME_PROPOSE, Subject(provider=(await batches.found(batch)).provider))
        changed = body.batch(batch)
        await permit_batch(principal, batches, changed)
        return document(await batches.change(changed, principal.actor, body.reason))

    @router.post("/batches/{batch}/state")
    async def move(batch: Slug, body: StateIn, principal: Principal = signed_in) -> dict[str, object]:
        """Opens, suspends, lifts or closes."""
        found = await batches.found(batch)
        action = Action.SUSPEND if "suspended" in (body.state, found.state) else Action.PROGRAMME_PROPOSE
        permit(principal, action, Subject(provider=found.provider))
        return document(await batches.move(batch, body.state, by=principal.actor, reason=body.reason, since=body.since))


async def permit_batch(principal: Principal, batches: Batches, batch: Batch) -> None:
    """Whose batch it is. Another evidence rule than the programme was approved with is an overseer's to choose. Raises NotAllowedError."""
    permit(principal, Action.PROGRAMME_PROPOSE, Subject(provider=batch.provider))
    programme = await batches.catalogue.programme(batch.programme, batch.version)
    before = await batches.catalogue.batch(batch.id)
    agreed = programme.value.evidence_rule if programme is not None else ""
    if agreed and batch.rule not in ("", agreed, before.value.rule if before is not None else ""):
        permit(principal, Action.PROGRAMME_APPROVE, Subject(provider=batch.provider))


async def programme_subject(competences: Competences, programme: Programme) -> Subject:
    """Whose it is, of which fields, and who had a hand in it."""
    named = await competences.list.named(programme.competences)
    hands = frozenset({proposer(programme.history)} - {""})
    return Subject(provider=programme.provider, fields=frozenset(one.field for one in named.values()), hands=hands)
