"""Who stands where in an agency: persons with their figures of a year, by unit, or only who is short, over the ceiling or waiting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from credentials.access.actions import Action
from credentials.access.principal import Principal
from credentials.access.rules import Subject, permit
from credentials.hours.figures import YearFigure
from credentials.ports.people import Persons
from credentials.ports.records import Page, Records
from credentials.services.hours.rollups import units_within
from credentials.services.looking import Looking
from credentials.stores.figures import FIGURES
from lrs.errors import NotFoundError

Standing = Literal["short", "met", "short-of-target", "over", "waiting"]


@dataclass(frozen=True, slots=True)
class Listed:
    """A person's figure, and the name of today ("" for who was erased)."""

    figure: YearFigure
    name: str


@dataclass(frozen=True, slots=True)
class Listing:
    """That somebody's figures are shown to somebody else is written down for each."""

    records: Records
    persons: Persons
    looking: Looking

    async def people(
        self, principal: Principal, agency: str, year: int, unit: str | None, standing: Standing | None, after: str | None, limit: int
    ) -> Page[Listed]:
        """A page may have fewer than `limit` though there are more. Raises NotAllowedError, NotFoundError (no unit within reach)."""
        units = units_within(principal, agency)
        if units is not None and unit not in units:
            raise NotFoundError("name a unit within your reach", where="unit")
        prefix = (agency, year) if unit is None else (agency, year, unit)
        page = await self.records.scan(FIGURES, prefix=prefix, after=after, limit=limit)
        found = [one for one in page.values if standing is None or _stands(one, standing)]
        names = await self.persons.names([one.person for one in found])
        warrant = permit(principal, Action.FIGURES_AGENCY, Subject(agency=agency, unit=unit or ""))
        await self.looking.note(principal, warrant, (one.person for one in found), "hours figures")
        return Page([Listed(one, names.get(one.person, "")) for one in found], page.more)


def _stands(one: YearFigure, standing: Standing) -> bool:
    match standing:
        case "short":
            return one.floor is not None and one.counted < one.floor
        case "met":
            return one.floor is not None and one.counted >= one.floor
        case "short-of-target":
            return one.target is not None and one.counted < one.target
        case "over":
            return one.over_ceiling > 0
    return one.waiting > 0
