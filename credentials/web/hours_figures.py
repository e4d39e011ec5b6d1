"""`/api/hours/agencies/…/figures`, `/api/hours/nation/figures`: sums over many persons, and who stands where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from credentials.access.principal import Principal
from credentials.hours.figures import BANDS, Sums, YearFigure
from credentials.hours.suppression import small
from credentials.services.hours.listing import Listed, Listing, Standing
from credentials.services.hours.rollups import By, NationRow, RollUps
from credentials.stores.figures import UnitSums
from credentials.web.guards import PrincipalGuards
from credentials.web.hours import Year
from credentials.web.shapes import After, Code, Day, Limit, known_parameters

On = Annotated[Day | None, Query(description="as it stood that day; none: now")]
Unit = Annotated[str | None, Query(max_length=64, description="a unit of the agency; empty: persons without one")]


@dataclass(frozen=True, slots=True)
class FigureServices:
    """What the routes call."""

    rollups: RollUps
    listing: Listing


def figures_router(services: FigureServices, guards: PrincipalGuards) -> APIRouter:
    """The routes."""
    router = APIRouter(prefix="/api/hours", tags=["hours"], dependencies=[Depends(known_parameters)])
    signed_in = Depends(guards.signed_in)

    @router.get("/agencies/{agency}/figures")
    async def agency_figures(agency: Code, year: Year, on: On = None, principal: Principal = signed_in) -> dict[str, object]:
        """Sums of the agency and of each unit: met and not met, over the ceiling, waiting, by kind, position and time zone."""
        found = await services.rollups.agency(principal, agency, year, on)
        told = {"agency": agency, "year": year, "on": on, "pending": found.pending, "bands_from": BANDS}
        return {**told, "total": sums_view(found.total), "units": [unit_view(one) for one in found.units]}

    @router.get("/agencies/{agency}/people")
    async def agency_people(
        agency: Code,
        year: Year,
        unit: Unit = None,
        standing: Annotated[Standing | None, Query(description="only those")] = None,
        after: After = None,
        limit: Limit = 100,
        principal: Principal = signed_in,
    ) -> dict[str, object]:
        """Persons with their figures, by unit. A page may have fewer than `limit` though there are more."""
        page = await services.listing.people(principal, agency, year, unit, standing, after, limit)
        return {"items": [listed_view(one) for one in page.values], "more": page.more}

    @router.get("/nation/figures")
    async def nation_figures(
        year: Year, by: Annotated[By, Query(description="the breakdown")] = "agency", principal: Principal = signed_in
    ) -> dict[str, object]:
        """Everybody, broken down. What few persons stand in is null, and enough beside it that it cannot be worked out."""
        found = await services.rollups.nation(principal, year, by)
        told = {"year": year, "by": by, "held_back_below": found.least, "pending": found.pending}
        return {**told, "total": nation_total_view(found.total), "rows": [nation_row_view(one) for one in found.rows]}

    return router


def sums_view(sums: Sums) -> dict[str, object]:
    """Of an agency or unit."""
    return {
        "persons": sums.persons,
        "with_floor": sums.owing,
        "floor_met": sums.met,
        "floor_short": sums.owing - sums.met,
        "with_target": sums.aiming,
        "target_met": sums.reached,
        "with_ceiling": sums.capped,
        "over_ceiling": sums.over,
        "waiting": sums.waiting,
        "approved_jp": sums.approved_jp,
        "counted_jp": sums.counted_jp,
        "over_ceiling_jp": sums.over_jp,
        "seminar_jp": sums.seminar_jp,
        "bands": sums.bands,
    }


def unit_view(unit: UnitSums) -> dict[str, object]:
    """With a cell for each kind, kind of position and time zone."""
    cells = [
        {"kind": cell.kind, "position_kind": cell.position_kind, "time_zone": cell.time_zone, **sums_view(cell.sums)} for cell in unit.cells
    ]
    whole = sum((cell.sums for cell in unit.cells), Sums())
    return {"unit": unit.unit, "total": sums_view(whole), "cells": cells}


def listed_view(one: Listed) -> dict[str, object]:
    """A person's year in figures."""
    return {"name": one.name or None, **figure_view(one.figure)}


def figure_view(figure: YearFigure) -> dict[str, object]:
    """Without lines."""
    return {
        "person": figure.person,
        "unit": figure.unit or None,
        "period": figure.period,
        "kind": figure.kind,
        "position_kind": figure.position_kind or None,
        "approved": figure.approved,
        "counted": figure.counted,
        "over_ceiling": figure.over_ceiling,
        "waiting": figure.waiting,
        "floor": figure.floor,
        "ceiling": figure.ceiling,
        "target": figure.target,
        "seminar_jp": figure.seminars,
    }


def nation_total_view(sums: Sums) -> dict[str, object]:
    """Only what the rows tell too; null: held back."""
    persons = {"persons": sums.persons, "floor_met": sums.met, "over_ceiling": sums.over, "waiting": sums.waiting}
    told: dict[str, object] = {name: None if small(number) else number for name, number in persons.items()}
    return told | {"counted_jp": None if small(sums.persons) else sums.counted_jp}


def nation_row_view(row: NationRow) -> dict[str, object]:
    """null: held back."""
    met, over, waiting = row.shown.having
    told = {"persons": row.shown.persons, "floor_met": met, "over_ceiling": over, "waiting": waiting}
    return {"name": row.shown.name or None, **told, "counted_jp": row.counted_jp}
