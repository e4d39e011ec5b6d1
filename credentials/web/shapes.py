"""What the JSON of this module's routes is made of, and a guard against parameters that nobody reads."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import Query, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict, Field

from lrs.clock import format_us
from lrs.errors import InvalidRequestError

# No control characters: a proof over them is read differently by others, and logs keep to one line.
Text = Annotated[str, Field(min_length=1, max_length=300, pattern=r"^[^\x00-\x1f\x7f]+$")]
Why = Annotated[str, Field(min_length=3, max_length=500, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]+$")]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Code = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/-]*$")]  # of an agency or unit
Identity = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._-]+$")]  # of a person, a case, a grant
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Day = Annotated[date, Field(ge=date(1950, 1, 1), le=date(2999, 12, 31))]
After = Annotated[str | None, Query(max_length=1_000, description="`more` of the page before")]
Limit = Annotated[int, Query(ge=1, le=500, description="items of a page")]


class Shape(BaseModel):
    """Unknown members are refused."""

    model_config = ConfigDict(extra="forbid")


class Because(Shape):
    """Why."""

    reason: Why


def moment(us: int | None) -> str | None:
    """ISO 8601 in UTC."""
    return None if us is None else format_us(us)


async def known_parameters(request: Request) -> None:
    """Refuses a parameter of the query that the route does not read. Raises InvalidRequestError."""
    route = request.scope.get("route")
    if not isinstance(route, APIRoute):
        return
    known = _query_names(route.dependant)
    for name in request.query_params:
        if name not in known:
            told = ", ".join(sorted(known)) or "none"
            raise InvalidRequestError(f"this is no parameter here; known: {told}", where="query")


def _query_names(dependant: Dependant) -> set[str]:
    names = {str(field.alias) for field in dependant.query_params}
    return names.union(*map(_query_names, dependant.dependencies))
