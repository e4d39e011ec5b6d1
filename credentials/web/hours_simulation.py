"""`/api/hours/rules/simulate`, `/api/hours/agencies/…/rules/simulate`: what a table would change before it is in force."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import Field

from credentials.access.principal import Principal
from credentials.services.hours.simulation import LARGEST, USUAL, Simulated, Simulation, Wanted
from credentials.stores.rules import NATION
from credentials.web.guards import PrincipalGuards
from credentials.web.hours_figures import sums_view
from credentials.web.hours_rules import read_agency_table
from credentials.web.shapes import Code, Day, Shape, known_parameters


class SimulationIn(Shape):
    """`since`: as if the table had been in force from that day (none: the whole year). `agency`: only its people. `most`: persons."""

    table: dict[str, Any]
    year: Annotated[int, Field(ge=1950, le=2200)]
    since: Day | None = None
    agency: Code | None = None
    most: Annotated[int, Field(ge=1, le=LARGEST)] = USUAL

    def wanted(self, agency: str) -> Wanted:
        """Raises HoursError."""
        table = read_agency_table(self.table, agency)
        return Wanted(table, self.year, self.since or date(self.year, 1, 1), self.agency or agency, self.most)


def simulation_router(simulation: Simulation, guards: PrincipalGuards) -> APIRouter:
    """The routes."""
    router = APIRouter(prefix="/api/hours", tags=["hours"], dependencies=[Depends(known_parameters)])
    signed_in = Depends(guards.signed_in)

    @router.post("/rules/simulate")
    async def simulate(body: SimulationIn, principal: Principal = signed_in) -> dict[str, object]:
        """A national table: who would gain and lose, who would meet the floor or be short. Nothing is stored and nobody is named."""
        return simulated_view(await simulation.run(principal, body.wanted(NATION)))

    @router.post("/agencies/{agency}/rules/simulate")
    async def simulate_override(agency: Code, body: SimulationIn, principal: Principal = signed_in) -> dict[str, object]:
        """The same of an agency's table, for its people."""
        return simulated_view(await simulation.run(principal, body.wanted(agency)))

    return router


def simulated_view(told: Simulated) -> dict[str, object]:
    """Sums before and after, and the rows with the largest change first."""
    wanted, found = told.wanted, told.comparison
    return {
        "table": wanted.table.name,
        "year": wanted.year,
        "since": wanted.since,
        "agency": wanted.agency or None,
        "persons": found.persons,
        "everybody": told.whole,
        "moved": found.moved,
        "gaining": found.gaining,
        "losing": found.losing,
        "newly_met": found.newly_met,
        "newly_short": found.newly_short,
        "before": sums_view(found.before),
        "after": sums_view(found.after),
        "rows": [
            {"row": one.row or None, "lines": one.lines, "counted_before": one.counted_before, "counted_after": one.counted_after}
            for one in found.rows
        ],
    }
