"""`/api/people/import` and `/api/catalogue/import|export`: files as the body of a request or answer, read and written while they pass."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import asdict, dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import StreamingResponse

from credentials.access.actions import Action
from credentials.access.principal import Principal
from credentials.access.rules import Subject, may, permit
from credentials.catalogue.competences import Competence, Field
from credentials.catalogue.documents import Entry
from credentials.catalogue.model import Batch, Programme
from credentials.catalogue.provider import ProviderProfile
from credentials.catalogue.tables import Kind
from credentials.services.batches import Batches
from credentials.services.catalogue_entering import Entering
from credentials.services.catalogue_export import CatalogueExport
from credentials.services.catalogue_import import CatalogueImport
from credentials.services.competences import Competences
from credentials.services.import_orders import CatalogueOrder, ImportOrder
from credentials.services.looking import Looking
from credentials.services.people_chunk import ChunkWriter
from credentials.services.people_import import PeopleImport
from credentials.services.sign_in import day_of
from credentials.tabular.reading import Trouble
from credentials.web.catalogue import permit_batch, programme_subject
from credentials.web.guards import PrincipalGuards
from credentials.web.shapes import Day, known_parameters
from lrs.errors import TooLargeError

_MOST_TOLD = 1_000  # troubles of one answer; the command line tells all
_ROWS = 1_000  # of one commit: others have their turn between
Table = Annotated[Kind | None, Query(description="which table a CSV file is, or shall be; none: JSON with every kind of entries")]
DryRun = Annotated[bool, Query(description="tell what would happen, and write nothing")]
_FILE: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
_CSV: dict[str, Any] = {"requestBody": {"required": True, "content": {"text/csv": _FILE}}}
_CSV_OR_JSON: dict[str, Any] = {"requestBody": {"required": True, "content": {"text/csv": _FILE, "application/json": _FILE}}}


@dataclass(frozen=True, slots=True)
class Importing:
    """What the routes call. `entering`: makes one for each import, or dry run; `most_bytes`: of a file."""

    writer: ChunkWriter
    entering: Callable[[bool], Entering]
    export: CatalogueExport
    most_bytes: int


def imports_router(importing: Importing, guards: PrincipalGuards) -> APIRouter:
    """The routes."""
    router = APIRouter(prefix="/api", dependencies=[Depends(known_parameters), Depends(guards.signed_in)])
    signed_in = Depends(guards.signed_in)
    _people_route(router, importing, signed_in)
    _catalogue_routes(router, importing, signed_in)
    return router


def _people_route(router: APIRouter, importing: Importing, signed_in: Principal) -> None:
    @router.post("/people/import", tags=["people"], openapi_extra=_CSV)
    async def import_people(
        request: Request,
        agency: Annotated[str, Query(max_length=64, description="of rows that name none")] = "",
        as_of: Annotated[Day | None, Query(description="the day that the file speaks of; today")] = None,
        dry_run: DryRun = False,
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
        found = await _imported(PeopleImport(writer, order), _limited(request.stream(), importing.most_bytes))
        return {"import": order.id, "as_of": order.as_of, "dry_run": dry_run, **found}


def _catalogue_routes(router: APIRouter, importing: Importing, signed_in: Principal) -> None:
    @router.post("/catalogue/import", tags=["catalogue"], openapi_extra=_CSV_OR_JSON)
    async def import_catalogue(
        request: Request,
        table: Table = None,
        dry_run: DryRun = False,
        encoding: Annotated[str, Query(max_length=20)] = "",
        delimiter: Annotated[str, Query(max_length=1)] = "",
        principal: Principal = signed_in,
    ) -> dict[str, object]:
        """Drafts and proposals, batches and bindings, accreditations, competences, each as far as one may. A repeat changes nothing."""
        entering = importing.entering(dry_run)
        order = CatalogueOrder(
            principal.actor, table or "", False, Allowing(principal, entering.competences, entering.batches).allow, encoding, delimiter
        )
        found = await _imported(CatalogueImport(entering, order), _limited(request.stream(), importing.most_bytes))
        return {"dry_run": dry_run, **found}

    @router.get("/catalogue/export", tags=["catalogue"], dependencies=[Depends(known_parameters)])
    async def export_catalogue(
        table: Table = None,
        provider: Annotated[str, Query(max_length=63, description="what belongs to one provider")] = "",
        delimiter: Annotated[str, Query(max_length=1, pattern="^[,;\t|]$")] = ",",
    ) -> StreamingResponse:
        """The whole catalogue as JSON, or one table of it as CSV that a spreadsheet opens; what is exported can be imported."""
        name = f"catalogue-{table}.csv" if table else "catalogue.json"
        content = importing.export.csv(table, provider, delimiter) if table else importing.export.json(provider)
        kind = "text/csv; charset=utf-8" if table else "application/json"
        return StreamingResponse(content, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@dataclass(frozen=True, slots=True)
class Allowing:
    """Whether somebody may enter what a line of a file tells."""

    principal: Principal
    competences: Competences
    batches: Batches

    async def allow(self, entry: Entry) -> None:
        """Raises NotAllowedError."""
        match entry:
            case Field():
                permit(self.principal, Action.FIELD_KEEP, Subject(fields=frozenset({entry.id})))
            case Competence():
                permit(self.principal, Action.COMPETENCE_DEFINE, Subject(fields=frozenset({entry.field})))
            case ProviderProfile():
                permit(self.principal, Action.ACCREDIT, Subject(provider=entry.provider))
            case Programme():
                permit(self.principal, Action.PROGRAMME_PROPOSE, await programme_subject(self.competences, entry))
            case Batch():
                await permit_batch(self.principal, self.batches, entry)


async def _imported(importing: PeopleImport | CatalogueImport, content: AsyncIterator[bytes]) -> dict[str, object]:
    told: list[Trouble] = []
    count = 0
    async for piece in content:
        found = await importing.feed(piece)
        count += len(found)
        told += found[: _MOST_TOLD - len(told)]
    found = await importing.finish()
    count += len(found)
    told += found[: _MOST_TOLD - len(told)]
    return {"rows": asdict(importing.outcome), "troubles": [asdict(one) for one in told], "left_off": count - len(told)}


async def _limited(content: AsyncIterator[bytes], most: int) -> AsyncIterator[bytes]:
    size = 0
    async for piece in content:
        size += len(piece)
        if size > most:
            raise TooLargeError(f"a file has at most {most:,} bytes (JEJAK_LIMIT_IMPORT); what came before that is in", where="body")
        yield piece
