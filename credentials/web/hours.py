"""`/api/people/…/hours`: a person's balance with the reason of every line, and all that it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Query, Response

from credentials.access.principal import Principal
from credentials.hours.plain import written_basis
from credentials.services.hours.balances import Balances
from credentials.services.looking import Looking
from credentials.web.guards import PrincipalGuards, Reason
from credentials.web.hours_views import balance_view
from credentials.web.shapes import Day, Identity, known_parameters

Year = Annotated[int, Query(ge=1950, le=2200, description="PNS, CPNS: the calendar year. PPPK: the contract years that begin in it")]
Until = Annotated[Day | None, Query(description="as if nothing had been learnt after this day")]

JSON: dict[int | str, dict[str, object]] = {200: {"content": {"application/json": {"schema": {"type": "object"}}}}}


@dataclass(frozen=True, slots=True)
class BalanceServices:
    """What the routes call."""

    balances: Balances
    looking: Looking


def hours_router(services: BalanceServices, guards: PrincipalGuards) -> APIRouter:
    """The routes."""
    router = APIRouter(prefix="/api", tags=["hours"], dependencies=[Depends(known_parameters)])
    signed_in = Depends(guards.signed_in)

    @router.get("/people/{person}/hours", response_class=Response, responses=JSON)
    async def hours(person: Identity, year: Year, reason: Reason, until: Until = None, principal: Principal = signed_in) -> Response:
        """Claimed, approved and counted JP of every line with its reason; floor, ceiling and target; one balance for each period."""
        await services.looking.look(principal, person, "hours", reason)
        found = await services.balances.of(person, year, until)
        return as_json({"person": person, "year": year, "balances": [balance_view(one) for one in found]})

    @router.get("/people/{person}/hours/basis", response_class=Response, responses=JSON)
    async def basis(person: Identity, reason: Reason, principal: Principal = signed_in) -> Response:
        """Status, rules and lines as plain values: `jejak hours check` counts them again, without a server."""
        await services.looking.look(principal, person, "hours basis", reason)
        return as_json(written_basis(await services.balances.basis(person)))

    return router


def as_json(value: object) -> Response:
    """Encoded at once: a balance of many lines passes no model."""
    return Response(msgspec.json.encode(value), media_type="application/json")
