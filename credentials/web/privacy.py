"""`/api`: everything about me as one download; retention with its dry run; the record of breaches; erasure."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Annotated, Literal

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse
from pydantic import Field

from credentials.access.principal import Principal
from credentials.privacy.breach import Breach
from credentials.services.breaching import MOST_NAMED, Breaching, Rule
from credentials.services.erasing import Erasing
from credentials.services.exporting import Exporting
from credentials.services.retention import Report, Retention
from credentials.stores.breaches import Affected
from credentials.web.case_shapes import Said, case_view
from credentials.web.coaching import Moment
from credentials.web.guards import PrincipalGuards, Reason
from credentials.web.shapes import After, Because, Code, Identity, Limit, Shape, Slug, Why, known_parameters, moment
from lrs.clock import to_us

_PIECE = 262_144
_SPOOLED = 8_000_000  # bytes of a download that stay in memory; more lies in a file without a name
_ZIP = {200: {"content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}}}}
Kind = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[a-z][a-z -]*$")]


class RetentionIn(Shape):
    """What is to be reduced or erased, at most `most` of each."""

    what: Annotated[list[Literal["statements", "identifiers", "documents", "files", "views"]], Field(min_length=1, max_length=5)]
    most: Annotated[int, Field(ge=1, le=100_000)] = 10_000
    reason: Why


class ErasureIn(Shape):
    """Whose names and identifiers; the own ones without `person`."""

    person: Identity | None = None
    note: Said = ""


class BreachIn(Shape):
    """What happened. `data`: kinds of data, in small letters."""

    discovered: Moment
    happened: Moment
    what: Annotated[str, Field(min_length=3, max_length=2_000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]+$")]
    data: Annotated[list[Kind], Field(min_length=1, max_length=20)]


class AffectedIn(Shape):
    """Who was affected, by one of: persons, everybody of an agency, of a provider, or whom a viewer looked at from `since` to `until`."""

    persons: Annotated[list[Identity], Field(max_length=MOST_NAMED)] = Field(default_factory=list)
    agency: Code | None = None
    provider: Slug | None = None
    viewer: Annotated[str, Field(max_length=300, pattern=r"^(person|administrator):\S+$")] | None = None
    since: Moment | None = None
    until: Moment | None = None

    def rule(self) -> Rule:
        """As the service takes it."""
        return Rule(
            persons=tuple(self.persons),
            agency=self.agency or "",
            provider=self.provider or "",
            viewer=self.viewer or "",
            since=_us(self.since) if self.since else 0,
            until=_us(self.until) if self.until else 2**62,
        )


class NoticeIn(Shape):
    """That somebody was told; `proof`: a letter's number or the like, no name."""

    whom: Literal["authority", "subjects", "public"]
    at: Moment
    proof: Why


class ContainmentIn(Shape):
    """When it was over, and what was done."""

    at: Moment
    measures: Why


@dataclass(frozen=True, slots=True)
class PrivacyServices:
    """What the routes call."""

    exporting: Exporting
    retention: Retention
    breaching: Breaching
    erasing: Erasing


def privacy_router(services: PrivacyServices, guards: PrincipalGuards) -> APIRouter:
    """The routes."""
    router = APIRouter(prefix="/api", tags=["privacy"], dependencies=[Depends(known_parameters)])
    signed_in = Depends(guards.signed_in)
    _subject_routes(router, services, signed_in)
    _retention_routes(router, services.retention, signed_in)
    _breach_routes(router, services.breaching, signed_in)
    _breach_steps(router, services.breaching, signed_in)
    return router


def _subject_routes(router: APIRouter, services: PrivacyServices, signed_in: Principal) -> None:
    @router.get("/people/{person}/export", response_class=StreamingResponse, responses=_ZIP)  # type: ignore[arg-type]  # as FastAPI has it
    async def export(person: Identity, reason: Reason, principal: Principal = signed_in) -> StreamingResponse:
        """Everything that is kept about a person, as one ZIP: the own, or another's by an overseer with a reason."""
        out: IO[bytes] = tempfile.SpooledTemporaryFile(_SPOOLED)  # noqa: SIM115  # closed when it is sent
        try:
            await services.exporting.export(principal, person, out, reason)
        except BaseException:
            out.close()
            raise
        headers = {"Content-Disposition": 'attachment; filename="jejak.zip"', "Cache-Control": "private, no-store"}
        return StreamingResponse(_pieces(out), media_type="application/zip", headers=headers)

    @router.post("/erasures", status_code=201)
    async def ask(body: ErasureIn, principal: Principal = signed_in) -> dict[str, object]:
        """Asks that names and identifiers be erased; an overseer decides. Hours and certificates stay."""
        return case_view(await services.erasing.ask(principal, body.person or principal.person, body.note))

    @router.get("/me/breaches")
    async def mine(principal: Principal = signed_in) -> dict[str, object]:
        """Breaches that affected me."""
        found = await services.breaching.store.of_person(principal.person) if principal.person else []
        return {"items": [_told_view(one) for one in found], "more": None}


def _retention_routes(router: APIRouter, retention: Retention, signed_in: Principal) -> None:
    @router.get("/retention")
    async def look(principal: Principal = signed_in) -> dict[str, object]:
        """The dry run: what is past its time. Nothing is changed."""
        return {"items": [_report_view(one) for one in await retention.look(principal)]}

    @router.post("/retention/run")
    async def run(body: RetentionIn, principal: Principal = signed_in) -> dict[str, object]:
        """Reduces and erases; the same again goes on where this ended."""
        return {"items": [_report_view(one) for one in await retention.run(principal, body.what, body.most, body.reason)]}


def _breach_routes(router: APIRouter, breaching: Breaching, signed_in: Principal) -> None:
    @router.post("/breaches", status_code=201)
    async def record(body: BreachIn, principal: Principal = signed_in) -> dict[str, object]:
        """Starts the clock: authority and subjects are told within 3 × 24 hours of the discovery."""
        made = await breaching.record(
            principal, discovered=_us(body.discovered), happened=_us(body.happened), what=body.what, data=tuple(body.data)
        )
        return _breach_view(made, breaching.clock.now_us())

    @router.get("/breaches")
    async def breaches(after: After = None, limit: Limit = 100, principal: Principal = signed_in) -> dict[str, object]:
        page = await breaching.all(principal, after, limit)
        return {"items": [_breach_view(one, breaching.clock.now_us()) for one in page.values], "more": page.more}

    @router.get("/breaches/{breach_id}/affected")
    async def listed(breach_id: Identity, after: After = None, limit: Limit = 100, principal: Principal = signed_in) -> dict[str, object]:
        """Who was affected, and by which rule they came on the list."""
        page = await breaching.listed(principal, breach_id, after, limit)
        return {"items": [_affected_view(one) for one in page.values], "more": page.more}


def _breach_steps(router: APIRouter, breaching: Breaching, signed_in: Principal) -> None:
    def view(breach: Breach) -> dict[str, object]:
        return _breach_view(breach, breaching.clock.now_us())

    @router.post("/breaches/{breach_id}/affected")
    async def add(breach_id: Identity, body: AffectedIn, principal: Principal = signed_in) -> dict[str, object]:
        """Puts persons on the list; the same again changes nothing."""
        return view(await breaching.add(principal, breach_id, body.rule()))

    @router.post("/breaches/{breach_id}/notices")
    async def notify(breach_id: Identity, body: NoticeIn, principal: Principal = signed_in) -> dict[str, object]:
        """Writes down that authority, subjects or public were told."""
        return view(await breaching.notify(principal, breach_id, body.whom, _us(body.at), body.proof))

    @router.post("/breaches/{breach_id}/containment")
    async def contain(breach_id: Identity, body: ContainmentIn, principal: Principal = signed_in) -> dict[str, object]:
        return view(await breaching.contain(principal, breach_id, _us(body.at), body.measures))

    @router.post("/breaches/{breach_id}/close")
    async def close(breach_id: Identity, body: Because, principal: Principal = signed_in) -> dict[str, object]:
        """When everybody was told and it is contained."""
        return view(await breaching.close(principal, breach_id, body.reason))


def _us(at: datetime) -> int:
    return to_us(at)


def _pieces(out: IO[bytes]) -> Iterator[bytes]:
    with out:
        out.seek(0)
        while piece := out.read(_PIECE):
            yield piece


def _report_view(one: Report) -> dict[str, object]:
    told: dict[str, object] = {"what": one.what, "days": one.days or None, "before": moment(one.before)}
    return told | {"due": one.due, "done": one.done, "waiting": one.waiting}


def _breach_view(one: Breach, now: int) -> dict[str, object]:
    return {
        "id": one.id,
        "discovered": moment(one.discovered),
        "happened": moment(one.happened),
        "due": moment(one.due),
        "hours_left": None if not one.owed() else round((one.due - now) / 3_600_000_000, 1),
        "owed": list(one.owed()),
        "late": list(one.late(now)),
        "what": one.what,
        "data": list(one.data),
        "affected": one.affected,
        "contained": moment(one.contained),
        "measures": one.measures or None,
        "notices": [{"whom": n.whom, "at": moment(n.at), "by": n.by, "proof": n.proof, "persons": n.persons} for n in one.notices],
        "closed": moment(one.closed),
    }


def _told_view(one: Breach) -> dict[str, object]:
    """As a person who was affected reads it."""
    told = {"id": one.id, "discovered": moment(one.discovered), "happened": moment(one.happened), "what": one.what}
    return told | {"data": list(one.data), "contained": moment(one.contained), "measures": one.measures or None}


def _affected_view(one: Affected) -> dict[str, object]:
    return {"person": one.person, "how": one.how, "at": moment(one.at)}
