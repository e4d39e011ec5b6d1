"""`/api`: the catalogue's queue, what a suspension would do, and the log of decisions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from credentials.access.actions import Action
from credentials.access.principal import Principal
from credentials.access.rules import Subject, permit
from credentials.catalogue.documents import document
from credentials.decisions import Decision
from credentials.services.previews import Preview, Previews
from credentials.services.proposals import MOST_AT_ONCE, Decided, Proposals
from credentials.stores.decisions import DecisionLog
from credentials.web.guards import PrincipalGuards
from credentials.web.shapes import After, Day, Limit, Shape, Slug, Why, known_parameters, moment
from lrs.errors import InvalidRequestError

Version = Annotated[int, Field(ge=1, le=1_000_000)]


class ProgrammeNamed(Shape):
    """A version of a programme."""

    programme: Slug
    version: Version


class ApprovalIn(Shape):
    """One verdict on one or many proposed programmes."""

    programmes: Annotated[list[ProgrammeNamed], Field(min_length=1, max_length=MOST_AT_ONCE)]
    verdict: Literal["approved", "returned"]
    reason: Annotated[str, Field(max_length=500, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")] = ""


class PreviewIn(Shape):
    """What would be suspended, from which day of learning on: a provider, or one version of a programme."""

    provider: Slug | None = None
    programme: Slug | None = None
    version: Version | None = None
    since: Day
    reason: Why


@dataclass(frozen=True, slots=True)
class SupervisionServices:
    """What the routes call."""

    proposals: Proposals
    previews: Previews
    log: DecisionLog


def supervision_router(services: SupervisionServices, guards: PrincipalGuards) -> APIRouter:
    """The routes."""
    router = APIRouter(prefix="/api", tags=["supervision"], dependencies=[Depends(known_parameters)])
    signed_in = Depends(guards.signed_in)

    @router.get("/queue/programmes")
    async def proposed(after: After = None, limit: Limit = 100, principal: Principal = signed_in) -> dict[str, object]:
        """Programmes that wait for approval: all for overseers, those of a field for its keeper, the own for a provider's officer."""
        page = await services.proposals.queue(principal, after, limit)
        return {"items": [document(one) for one in page.values], "more": page.more}

    @router.post("/queue/programmes/decisions")
    async def decide(body: ApprovalIn, principal: Principal = signed_in) -> dict[str, object]:
        """Approves or returns; by an overseer, and not by who proposed it."""
        wanted = [(one.programme, one.version) for one in body.programmes]
        outcomes = await services.proposals.decide(principal, wanted, body.verdict, body.reason)
        return {"items": [_decided_view(one) for one in outcomes]}

    @router.post("/suspensions/preview")
    async def preview(body: PreviewIn, principal: Principal = signed_in) -> dict[str, object]:
        """Who would be affected, before anybody decides. Changes nothing; the persons whose ids it tells find it in their log of views."""
        if (body.provider is None) == (body.programme is None) or (body.programme is None) != (body.version is None):
            raise InvalidRequestError("name a provider, or a programme with its version", where="provider")
        if body.provider is not None:
            return _preview_view(await services.previews.of_provider(principal, body.provider, body.since, body.reason))
        assert body.programme is not None
        assert body.version is not None
        return _preview_view(await services.previews.of_programme(principal, body.programme, body.version, body.since, body.reason))

    @router.get("/decisions")
    async def decisions(
        after: Annotated[int, Query(ge=0, le=2**53, description="number of the last decision of the page before")] = 0,
        limit: Limit = 100,
        principal: Principal = signed_in,
    ) -> dict[str, object]:
        """The log, in order; each line chained to the one before."""
        permit(principal, Action.LOG_READ, Subject())
        found = await services.log.read(after, limit)
        return {"items": [decision_view(one) for one in found], "more": found[-1].number if len(found) == limit else None}

    return router


def decision_view(one: Decision) -> dict[str, object]:
    """A line of the log."""
    told = {"number": one.number, "at": moment(one.at), "actor": one.actor, "kind": one.kind, "subject": one.subject}
    return told | {"reason": one.reason or None, "content": one.content, "chain": one.chain}


def _decided_view(one: Decided) -> dict[str, object]:
    return {"programme": one.programme, "version": one.version, "state": one.state or None, "error": one.error or None}


def _preview_view(one: Preview) -> dict[str, object]:
    return {
        "lines": one.lines,
        "persons": one.persons,
        "jp": one.jp,
        "certificates": one.certificates,
        "stay": one.before,
        "batches": one.batches,
        "agencies": one.agencies,
        "listed": list(one.listed),
    }
