"""Exports as CSV and XLSX, and the outbox for SIASN. Files are written while they are sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse
from pydantic import Field

from credentials.access.principal import Principal
from credentials.hours.siasn import SendState
from credentials.services.hours.exporting import AGENCY_LINE_COLUMNS, LINE_COLUMNS, PEOPLE_COLUMNS, Exporting
from credentials.services.hours.outbox import Outbox, Outcome, Sendable
from credentials.services.hours.sheets import Rows, as_csv, as_xlsx
from credentials.services.looking import Looking
from credentials.stores.siasn import SiasnAgency
from credentials.web.guards import PrincipalGuards, Reason
from credentials.web.hours import Year
from credentials.web.shapes import After, Code, Day, Identity, Limit, Shape, Why, known_parameters, moment

Separator = Annotated[Literal["comma", "semicolon"], Query(description="of the CSV; spreadsheets in Indonesian want the semicolon")]
_DELIMITERS = {"comma": ",", "semicolon": ";"}
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FILES: dict[int | str, dict[str, object]] = {200: {"content": {"text/csv": {}, _XLSX: {}}}}
_Value = Annotated[str, Field(max_length=64, pattern=r"^[^\x00-\x1f\x7f]*$")]


class DefaultsIn(Shape):
    """Values of fields that no rule of ours tells."""

    jenisKursus: _Value = ""
    jenisKursusSertipikat: _Value = ""
    lokasiId: _Value = ""


class SiasnIn(Shape):
    """The agency's id at SIASN; learning before `since` is left alone."""

    instansi: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9-]+$")]
    since: Day
    active: bool = True
    defaults: DefaultsIn = DefaultsIn()
    reason: Why


class OutcomeIn(Shape):
    """What became of a row; `history`: SIASN's `rwKursusId`; `not-sent` puts a refused row back."""

    key: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    state: SendState
    history: Annotated[str, Field(max_length=64, pattern=r"^[A-Za-z0-9-]*$")] = ""
    message: Annotated[str, Field(max_length=500, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")] = ""


class OutcomesIn(Shape):
    """Of several rows; each is settled on its own."""

    items: Annotated[list[OutcomeIn], Field(min_length=1, max_length=500)]


@dataclass(frozen=True, slots=True)
class ExportServices:
    """What the routes call."""

    exporting: Exporting
    outbox: Outbox
    looking: Looking


def exports_router(services: ExportServices, guards: PrincipalGuards) -> APIRouter:
    """The routes."""
    router = APIRouter(prefix="/api", tags=["hours"], dependencies=[Depends(known_parameters)])
    signed_in = Depends(guards.signed_in)
    _person_routes(router, services, signed_in)
    _agency_routes(router, services.exporting, signed_in)
    _siasn_routes(router, services, signed_in)
    return router


def _person_routes(router: APIRouter, services: ExportServices, signed_in: Principal) -> None:
    @router.get("/people/{person}/hours.csv", response_class=StreamingResponse, responses=_FILES)
    async def person_csv(
        person: Identity, year: Year, reason: Reason, separator: Separator = "comma", principal: Principal = signed_in
    ) -> StreamingResponse:
        """A person's lines of a year."""
        await services.looking.look(principal, person, "hours export", reason)
        return _csv(LINE_COLUMNS, await services.exporting.lines_of(person, year), f"jp-{year}", separator)

    @router.get("/people/{person}/hours.xlsx", response_class=StreamingResponse, responses=_FILES)
    async def person_xlsx(person: Identity, year: Year, reason: Reason, principal: Principal = signed_in) -> StreamingResponse:
        await services.looking.look(principal, person, "hours export", reason)
        return _xlsx(LINE_COLUMNS, await services.exporting.lines_of(person, year), f"jp-{year}")


def _agency_routes(router: APIRouter, exporting: Exporting, signed_in: Principal) -> None:
    @router.get("/hours/agencies/{agency}/people.csv", response_class=StreamingResponse, responses=_FILES)
    async def people_csv(agency: Code, year: Year, separator: Separator = "comma", principal: Principal = signed_in) -> StreamingResponse:
        """A row for each person: figures of the year, with number and name."""
        return _csv(PEOPLE_COLUMNS, exporting.people_of(principal, agency, year), f"jp-{agency}-{year}", separator)

    @router.get("/hours/agencies/{agency}/people.xlsx", response_class=StreamingResponse, responses=_FILES)
    async def people_xlsx(agency: Code, year: Year, principal: Principal = signed_in) -> StreamingResponse:
        return _xlsx(PEOPLE_COLUMNS, exporting.people_of(principal, agency, year), f"jp-{agency}-{year}")

    @router.get("/hours/agencies/{agency}/lines.csv", response_class=StreamingResponse, responses=_FILES)
    async def lines_csv(agency: Code, year: Year, separator: Separator = "comma", principal: Principal = signed_in) -> StreamingResponse:
        """A row for each line of everybody, with its reason."""
        return _csv(AGENCY_LINE_COLUMNS, exporting.agency_lines(principal, agency, year), f"jp-{agency}-{year}-baris", separator)

    @router.get("/hours/agencies/{agency}/lines.xlsx", response_class=StreamingResponse, responses=_FILES)
    async def lines_xlsx(agency: Code, year: Year, principal: Principal = signed_in) -> StreamingResponse:
        return _xlsx(AGENCY_LINE_COLUMNS, exporting.agency_lines(principal, agency, year), f"jp-{agency}-{year}-baris")


def _siasn_routes(router: APIRouter, services: ExportServices, signed_in: Principal) -> None:
    @router.post("/hours/agencies/{agency}/siasn", status_code=201)
    async def register(agency: Code, body: SiasnIn, principal: Principal = signed_in) -> dict[str, object]:
        """From now on the agency's lines are rows for its connector."""
        defaults = {name: value for name, value in body.defaults.model_dump().items() if value}
        told = SiasnAgency(agency, body.instansi, body.since, body.active, defaults)
        made = await services.outbox.register(principal, told, body.reason)
        return {"agency": made.agency, "instansi": made.instansi, "since": made.since, "active": made.active, "defaults": made.defaults}

    @router.get("/hours/agencies/{agency}/siasn/rows")
    async def rows(
        agency: Code, state: SendState = "not-sent", after: After = None, limit: Limit = 100, principal: Principal = signed_in
    ) -> dict[str, object]:
        """Rows in the field names of SIASN's `kursus/save`, each with its key and state."""
        page = await services.outbox.rows(principal, services.looking, agency, state, after, limit)
        return {"items": [sendable_view(one) for one in page.values], "more": page.more}

    @router.post("/hours/agencies/{agency}/siasn/outcomes")
    async def outcomes(agency: Code, body: OutcomesIn, principal: Principal = signed_in) -> dict[str, object]:
        """What became of rows. `unknown`: keys of rows whose line has changed since: read them again."""
        told = [Outcome(one.key, one.state, one.history, one.message) for one in body.items]
        return {"unknown": await services.outbox.settle(principal, agency, told)}


def sendable_view(one: Sendable) -> dict[str, object]:
    """A row, and what to send."""
    row = one.row
    told = {"key": row.key, "state": row.state, "action": row.action, "person": row.person, "line": row.line, "lacking": one.lacking}
    return {**told, "history": row.history or None, "message": row.message or None, "changed_at": moment(row.changed_at), "body": one.body}


def _csv(columns: tuple[str, ...], rows: Rows, name: str, separator: str) -> StreamingResponse:
    body = as_csv(columns, rows, _DELIMITERS[separator])
    return StreamingResponse(body, media_type="text/csv; charset=utf-8", headers=_headers(f"{name}.csv"))


def _xlsx(columns: tuple[str, ...], rows: Rows, name: str) -> StreamingResponse:
    return StreamingResponse(as_xlsx(columns, rows), media_type=_XLSX, headers=_headers(f"{name}.xlsx"))


def _headers(name: str) -> dict[str, str]:
    safe = "".join(letter if letter.isalnum() or letter in "-._" else "-" for letter in name)
    return {"Content-Disposition": f'attachment; filename="{safe}"', "Cache-Control": "private, no-store"}
