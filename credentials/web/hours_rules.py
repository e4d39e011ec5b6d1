"""`/api/hours/rules`, `/api/hours/agencies/…`: what the rules are, were and will be; publishing, ending and withdrawing them; targets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from credentials.access.principal import Principal
from credentials.errors import HoursError
from credentials.hours.reading import read_table, written_row, written_table
from credentials.hours.rulebook import InForce, bundled_tables
from credentials.hours.rules import AgencyTarget, RuleTable
from credentials.hours.status import Kind
from credentials.services.hours.books import RuleBooks
from credentials.services.hours.publishing import RulePublishing
from credentials.services.sign_in import day_of
from credentials.stores.rules import NATION, ProposedTable, PublishedTable, PublishedTarget, RuleRecords
from credentials.web.guards import PrincipalGuards
from credentials.web.shapes import Because, Code, Day, Shape, Slug, Text, Why, known_parameters, moment
from lrs.clock import Clock
from lrs.errors import NotFoundError
from schemas.loader import jp_channels, jp_switches, jp_table_schema

Version = Annotated[int, Field(ge=1, le=1_000_000)]


class TableIn(Shape):
    """`table`: as `/api/hours/rules/schema` says. `past`: it may hold for days that are over, and moves balances that stand."""

    table: dict[str, Any]
    reason: Why
    past: bool = False

    def read(self, agency: str) -> RuleTable:
        """Raises HoursError; `where` is a path into the request."""
        return read_agency_table(self.table, agency)


class EndIn(Shape):
    """The last day on which the table holds."""

    last: Day
    reason: Why


class TargetIn(Shape):
    """JP that the agency wants of its people of a kind, in years that begin on `effective_from` or later; 0 ends an earlier target."""

    kind: Kind
    jp: Annotated[int, Field(ge=0, le=2_000)]
    effective_from: Day
    decree: Text
    reason: Why


def read_agency_table(raw: object, agency: str) -> RuleTable:
    """The member `table` of a request. Raises HoursError; `where` is a path into the request."""
    try:
        table = read_table(raw)
    except HoursError as error:
        raise HoursError(error.message, where=f"table.{error.where}".rstrip(".")) from error
    if table.agency != agency:
        told = f"the table of {agency} names it as its agency" if agency else "a national table names no agency"
        raise HoursError(told, where="table.agency")
    return table


@dataclass(frozen=True, slots=True)
class RuleServices:
    """What the routes call."""

    publishing: RulePublishing
    books: RuleBooks
    rules: RuleRecords
    clock: Clock


def rules_router(services: RuleServices, guards: PrincipalGuards) -> APIRouter:
    """The routes. Whoever is signed in may read what the rules are."""
    router = APIRouter(prefix="/api/hours", tags=["hours"], dependencies=[Depends(known_parameters)])
    signed_in = Depends(guards.signed_in)
    _reading_routes(router, services, signed_in)
    _national_routes(router, services.publishing, signed_in)
    _agency_routes(router, services, signed_in)
    _target_routes(router, services, signed_in)
    return router


def _reading_routes(router: APIRouter, services: RuleServices, signed_in: Principal) -> None:
    @router.get("/rules")
    async def national_tables(principal: Principal = signed_in) -> dict[str, object]:
        """Every national table, bundled ones first."""
        bundled = [{"table": written_table(table), "bundled": True} for table in bundled_tables()]
        return {"items": [*bundled, *(published_view(one) for one in await services.rules.tables(NATION))]}

    @router.get("/rules/schema")
    async def schema(principal: Principal = signed_in) -> dict[str, object]:
        """JSON Schema of a table, what its switches mean, and the channels."""
        return {"schema": jp_table_schema(), "switches": list(jp_switches()), "channels": jp_channels()}

    @router.get("/rules/in-force")
    async def in_force(
        on: Day | None = None, agency: Annotated[Code | None, Query()] = None, principal: Principal = signed_in
    ) -> dict[str, object]:
        """What holds on a day (today), for an agency when one is named: each row with the table that it comes from."""
        day = on or day_of(services.clock.now_us())
        found = (await services.books.current()).in_force(agency or "", day)
        if found is None:
            raise NotFoundError("no national table held on that day", where="on")
        return in_force_view(found, day, agency)


def _national_routes(router: APIRouter, publishing: RulePublishing, signed_in: Principal) -> None:
    @router.post("/rules", status_code=201)
    async def propose(body: TableIn, principal: Principal = signed_in) -> dict[str, object]:
        """A national table, by an overseer, for another one to publish."""
        return proposed_view(await publishing.propose(principal, body.read(NATION), body.reason, past=body.past))

    @router.get("/rules/proposed")
    async def proposed(principal: Principal = signed_in) -> dict[str, object]:
        """National tables that wait for a second overseer."""
        return {"items": [proposed_view(one) for one in await publishing.rules.proposals()]}

    @router.post("/rules/{table}/{version}/publish")
    async def publish(table: Slug, version: Version, body: Because, principal: Principal = signed_in) -> dict[str, object]:
        """What another overseer has proposed."""
        return published_view(await publishing.publish_proposed(principal, table, version, body.reason))

    @router.post("/rules/{table}/{version}/drop")
    async def drop(table: Slug, version: Version, body: Because, principal: Principal = signed_in) -> dict[str, object]:
        """A proposal that is not to be published."""
        return proposed_view(await publishing.drop_proposed(principal, table, version, body.reason))

    @router.post("/rules/{table}/{version}/withdraw")
    async def withdraw(table: Slug, version: Version, body: Because, principal: Principal = signed_in) -> dict[str, object]:
        """Before it comes into force."""
        return published_view(await publishing.withdraw(principal, NATION, table, version, body.reason))


def _agency_routes(router: APIRouter, services: RuleServices, signed_in: Principal) -> None:
    publishing = services.publishing

    @router.get("/agencies/{agency}/rules")
    async def agency_tables(agency: Code, principal: Principal = signed_in) -> dict[str, object]:
        return {"items": [published_view(one) for one in await services.rules.tables(agency)]}

    @router.post("/agencies/{agency}/rules", status_code=201)
    async def override(agency: Code, body: TableIn, principal: Principal = signed_in) -> dict[str, object]:
        """Single rows and switches of the agency, by its HR or the overseer."""
        return published_view(await publishing.publish(principal, body.read(agency), body.reason, past=body.past))

    @router.post("/agencies/{agency}/rules/{table}/{version}/end")
    async def end(agency: Code, table: Slug, version: Version, body: EndIn, principal: Principal = signed_in) -> dict[str, object]:
        """The table holds through a day, and no longer."""
        return published_view(await publishing.end(principal, agency, table, version, body.last, body.reason))

    @router.post("/agencies/{agency}/rules/{table}/{version}/withdraw")
    async def withdraw_override(
        agency: Code, table: Slug, version: Version, body: Because, principal: Principal = signed_in
    ) -> dict[str, object]:
        """Before it comes into force."""
        return published_view(await publishing.withdraw(principal, agency, table, version, body.reason))


def _target_routes(router: APIRouter, services: RuleServices, signed_in: Principal) -> None:
    @router.get("/agencies/{agency}/targets")
    async def targets(agency: Code, principal: Principal = signed_in) -> dict[str, object]:
        return {"items": [target_view(one) for one in await services.rules.targets(agency)]}

    @router.post("/agencies/{agency}/targets", status_code=201)
    async def set_target(agency: Code, body: TargetIn, principal: Principal = signed_in) -> dict[str, object]:
        """By the agency's HR or the overseer."""
        target = AgencyTarget(agency=agency, **body.model_dump(exclude={"reason"}))
        return target_view(await services.publishing.set_target(principal, target, body.reason))


def published_view(one: PublishedTable) -> dict[str, object]:
    """A table, and who published it when."""
    told = {"by": one.by, "proposed_by": one.proposed_by or None, "at": moment(one.at), "reason": one.reason, "withdrawn": one.withdrawn}
    return {"table": written_table(one.table), "bundled": False, **told}


def proposed_view(one: ProposedTable) -> dict[str, object]:
    """A table that waits, and who proposed it when."""
    told = {"by": one.by, "at": moment(one.at), "reason": one.reason, "past": one.past}
    return {"table": written_table(one.table), "proposed": True, **told}


def target_view(one: PublishedTarget) -> dict[str, object]:
    """A target, and who set it when."""
    target = one.target
    told = {"agency": target.agency, "kind": target.kind, "jp": target.jp, "effective_from": target.effective_from}
    return {**told, "decree": target.decree, "by": one.by, "at": moment(one.at), "reason": one.reason}


def in_force_view(found: InForce, day: date, agency: str | None) -> dict[str, object]:
    """Rows by channel and scope."""
    rows = [
        {"name": one.name, "cite": {"id": one.cite.id, "en": one.cite.en}, "row": written_row(one.row)}
        for _, one in sorted(found.rows.items(), key=lambda item: (item[0][0], item[0][1] != "national"))
    ]
    switches = {one["key"]: getattr(found.switches, one["key"]) for one in jp_switches()}
    return {
        "on": day,
        "agency": agency,
        "table": found.table.name,
        "minutes_per_jp": found.minutes_per_jp,
        "switches": switches,
        "rows": rows,
    }
