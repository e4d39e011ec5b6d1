"""The administration of catalogue and persons, under `/admin`. Only overseers enter; auditors read."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from credentials.catalogue.model import Batch, Binding, Programme
from credentials.hours.entry import HoursEntry
from credentials.hours.ledger import balance
from credentials.model import Certificate
from credentials.people.model import Account, Person
from credentials.services.catalogue import Catalogue
from lrs.clock import format_us
from lrs.errors import NotFoundError
from lrs.web.auth import AdministratorGuards

# No control characters: a proof over them is read differently by others.
Text = Annotated[str, Field(min_length=1, max_length=300, pattern=r"^[^\x00-\x1f\x7f]+$")]
Long = Annotated[str, Field(min_length=1, max_length=2_000, pattern=r"^[^\x00-\x1f\x7f]+$")]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Iri = Annotated[str, Field(max_length=2_000, pattern=r"^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x1f]+$")]
Year = Annotated[int, Field(ge=1, le=9_998)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ProgrammeIn(_Model):
    """One version of a programme, with the hours that are approved for it."""

    id: Slug
    version: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    provider: Slug
    title: Text
    description: Long
    criteria: Long
    jp: Annotated[int, Field(ge=1, le=2_000)]


class BindingIn(_Model):
    """Which activity plays which role of the evidence rule."""

    role: Slug
    activity: Iri


class BatchIn(_Model):
    """One run (angkatan) of a programme; dates included."""

    id: Slug
    programme: Slug
    version: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    provider: Slug
    name: Text
    starts: date
    ends: date
    time_zone: Annotated[str, Field(max_length=60, pattern=r"^[A-Za-z0-9_+/-]+$")] = "Asia/Jakarta"
    rule: Slug
    bindings: Annotated[list[BindingIn], Field(min_length=1, max_length=50)]
    minimum_score: Annotated[float, Field(ge=0, le=1)] | None = None


class AccountIn(_Model):
    """How a provider's LMS names a person."""

    provider: Slug
    home_page: Iri
    name: Text


class PersonIn(_Model):
    """A person; `name` is what is printed on certificates."""

    name: Text
    accounts: Annotated[list[AccountIn], Field(max_length=50)]


def administration_router(catalogue: Catalogue, guards: AdministratorGuards) -> APIRouter:
    """The routes."""
    router = APIRouter(prefix="/admin", tags=["catalogue and persons"])
    _catalogue_routes(router, catalogue, guards)
    _person_routes(router, catalogue, guards)
    return router


def _catalogue_routes(router: APIRouter, catalogue: Catalogue, guards: AdministratorGuards) -> None:
    @router.get("/programmes", dependencies=[Depends(guards.reader)])
    async def list_programmes() -> list[dict[str, object]]:
        return [asdict(one) for one in await catalogue.store.programmes()]

    @router.post("/programmes", status_code=201, dependencies=[Depends(guards.writer)])
    async def add_programme(body: ProgrammeIn) -> dict[str, object]:
        return asdict(await catalogue.add_programme(Programme(**body.model_dump())))

    @router.get("/batches", dependencies=[Depends(guards.reader)])
    async def list_batches(provider: Slug) -> list[dict[str, object]]:
        return [asdict(one) for one in await catalogue.store.batches(provider)]

    @router.post("/batches", status_code=201, dependencies=[Depends(guards.writer)])
    async def add_batch(body: BatchIn) -> dict[str, object]:
        bindings = tuple(Binding(one.role, one.activity) for one in body.bindings)
        return asdict(await catalogue.add_batch(Batch(**body.model_dump(exclude={"bindings"}), bindings=bindings)))

    @router.get("/batches/{batch_id}/certificates", dependencies=[Depends(guards.reader)])
    async def list_certificates(batch_id: Slug) -> list[dict[str, object]]:
        return [_certificate_view(one) for one in await catalogue.store.certificates(batch_id)]


def _person_routes(router: APIRouter, catalogue: Catalogue, guards: AdministratorGuards) -> None:
    @router.post("/people", status_code=201, dependencies=[Depends(guards.writer)])
    async def add_person(body: PersonIn) -> dict[str, object]:
        accounts = tuple(Account(one.provider, one.home_page, one.name) for one in body.accounts)
        return {"id": (await catalogue.add_person(Person("", body.name, accounts))).id, "name": body.name}

    @router.get("/people/{person_id}/hours", dependencies=[Depends(guards.reader)])
    async def hours(person_id: Annotated[str, Field(max_length=64)], year: Year) -> dict[str, object]:
        """JP of a calendar year with every line; caps, floor and ceiling are not applied."""
        if await catalogue.store.person(person_id) is None:
            raise NotFoundError("there is no person with this id", where="path")
        told = balance(await catalogue.store.entries(person_id), year)
        return {"year": told.year, "approved": told.approved, "lines": [_line_view(line) for line in told.lines]}


def _certificate_view(one: Certificate) -> dict[str, object]:
    return {"id": one.id, "person": one.person, "title": one.title, "number": one.number, "issued": format_us(one.issued)}


def _line_view(line: HoursEntry) -> dict[str, object]:
    return {
        "title": line.title,
        "approved": line.approved,
        "learned_on": line.completed_on,
        "provider": line.provider,
        "batch": line.batch,
        "certificate": line.certificate,
    }
