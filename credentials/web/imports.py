"""`/api/people/import`: HR's file of persons as the body of a request, read while it comes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from credentials.access.actions import Action
from credentials.access.principal import Principal
from credentials.access.rules import Subject, may
from credentials.services.looking import Looking
from credentials.services.people_chunk import ChunkWriter
from credentials.services.people_import import ImportOrder, PeopleImport
from credentials.services.sign_in import day_of
from credentials.tabular.reading import Trouble
from credentials.web.guards import PrincipalGuards
from credentials.web.shapes import Day, known_parameters
from lrs.errors import TooLargeError

_MOST_TOLD = 1_000  # troubles of one answer; the command line tells all
_ROWS = 1_000  # of one commit: others have their turn between
_BODY = {"requestBody": {"required": True, "content": {"text/csv": {"schema": {"type": "string", "format": "binary"}}}}}


@dataclass(frozen=True, slots=True)
class Importing:
    """What the route calls. `most_bytes`: of a file."""

    writer: ChunkWriter
    most_bytes: int


def imports_router(importing: Importing, guards: PrincipalGuards) -> APIRouter:
    """The route."""
    router = APIRouter(prefix="/api", tags=["people"], dependencies=[Depends(known_parameters)])
    signed_in = Depends(guards.signed_in)

    @router.post("/people/import", openapi_extra=_BODY)
    async def import_people(
        request: Request,
        agency: Annotated[str, Query(max_length=64, description="of rows that name none")] = "",
        as_of: Annotated[Day | None, Query(description="the day that the file speaks of; today")] = None,
        dry_run: Annotated[bool, Query(description="tell what would happen, and write nothing")] = False,
        encoding: Annotated[str, Query(max_length=20, description="when it is not told by the file: windows-1252")] = "",
        delimiter: Annotated[str, Query(max_length=1)] = "",
        principal: Principal = signed_in,
    ) -> dict[str, object]:
        """Good rows go in, bad ones are told with number, column and fix; a repeat changes nothing. docs/people.md has the columns."""
        Looking.extent(principal, Action.PERSON_ENTER)
        writer = importing.writer
        order = ImportOrder(
            id=writer.new_id(),
            by=principal.actor,
            as_of=as_of or day_of(writer.log.clock.now_us()),
            may_enter=lambda wanted: may(principal, Action.PERSON_ENTER, Subject(agency=wanted)),
            own=principal.person,
            agency=agency,
            dry_run=dry_run,
            encoding=encoding,
            delimiter=delimiter,
            rows=_ROWS,
        )
        return await _imported(PeopleImport(writer, order), _limited(request.stream(), importing.most_bytes), order)

    return router


async def _imported(importing: PeopleImport, content: AsyncIterator[bytes], order: ImportOrder) -> dict[str, object]:
    told: list[Trouble] = []
    count = 0
    async for piece in content:
        found = await importing.feed(piece)
        count += len(found)
        told += found[: _MOST_TOLD - len(told)]
    found = await importing.finish()
    count += len(found)
    told += found[: _MOST_TOLD - len(told)]
    return {
        "import": order.id,
        "as_of": order.as_of,
        "dry_run": order.dry_run,
        "rows": asdict(importing.outcome),
        "troubles": [asdict(one) for one in told],
        "left_off": count - len(told),
    }


async def _limited(content: AsyncIterator[bytes], most: int) -> AsyncIterator[bytes]:
    size = 0
    async for piece in content:
        size += len(piece)
        if size > most:
            raise TooLargeError(f"a file has at most {most:,} bytes (JEJAK_LIMIT_IMPORT); what came before that is in", where="body")
        yield piece
