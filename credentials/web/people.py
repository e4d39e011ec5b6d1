"""`/api/people`: persons and what is known of them. Numbers travel in bodies only, never in an address."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from credentials.access.actions import Action
from credentials.access.principal import Principal
from credentials.access.rules import Subject, may, permit
from credentials.people.numbers import told
from credentials.people.person import Identifier
from credentials.services.links import Evidence, Links
from credentials.services.looking import Looking
from credentials.services.people import Fact, People
from credentials.web.guards import PrincipalGuards, Reason
from credentials.web.people_shapes import (
    ContractFact,
    IdentifierFact,
    IdentifierNamed,
    IdentifierValue,
    NameFact,
    PersonIn,
    PostingFact,
    StatusFact,
)
from credentials.web.shapes import After, Identity, Limit, known_parameters, moment
from lrs.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class PeopleServices:
    """What the routes call."""

    people: People
    links: Links
    looking: Looking

    async def permit(self, principal: Principal, action: Action, person: str) -> None:
        """Raises NotFoundError, NotAllowedError."""
        permit(principal, action, await self.looking.subject(person))


def people_router(services: PeopleServices, guards: PrincipalGuards) -> APIRouter:
    """The routes."""
    router = APIRouter(prefix="/api", tags=["people"], dependencies=[Depends(known_parameters), Depends(guards.signed_in)])
    signed_in = Depends(guards.signed_in)
    _person_routes(router, services, signed_in)
    _look_routes(router, services, signed_in)
    _fact_routes(router, services, signed_in)
    _identifier_routes(router, services, signed_in)
    return router


def _person_routes(router: APIRouter, services: PeopleServices, signed_in: Principal) -> None:
    @router.post("/people", status_code=201)
    async def enter(body: PersonIn, principal: Principal = signed_in) -> dict[str, object]:
        """For HR of the agency of the last posting, and overseers. Numbers of an unknown pattern are held, and told."""
        new = body.told(principal.actor)
        last = max(new.postings, key=lambda one: one.since, default=None)
        permit(principal, Action.PERSON_ENTER, Subject(agency=last.agency if last else "", unit=last.unit if last else ""))
        accounts = [(one.provider, await one.ifi(one.provider, services.links)) for one in body.accounts]
        person = await services.links.register(services.people, new, accounts, Evidence("hr", principal.actor, principal.actor))
        profile = await services.people.people.profile(person.id)
        identifiers = profile.value.identifiers if profile else ()
        return {"id": person.id, "name": new.names[0].printed, "held": [_held_view(one) for one in identifiers if one.held]}

    @router.post("/people/find")
    async def find(body: IdentifierValue, principal: Principal = signed_in) -> dict[str, object]:
        """The id of the person with this number, within one's reach."""
        person = await services.people.find(body.kind, body.value)
        if person is None or not may(principal, Action.PERSON_ENTER, await services.looking.subject(person)):
            raise NotFoundError("there is no such person within your reach", where="body")
        return {"person": person}


def _look_routes(router: APIRouter, services: PeopleServices, signed_in: Principal) -> None:
    @router.get("/people")
    async def list_people(
        agency: Annotated[str, Query(min_length=1, max_length=64)],
        reason: Reason,
        unit: Annotated[str, Query(max_length=64)] = "",
        after: After = None,
        limit: Limit = 100,
        principal: Principal = signed_in,
    ) -> dict[str, object]:
        """Who works, or worked, in an agency or unit: ids and names. Each look is noted."""
        warrant = permit(principal, Action.RECORD_READ, Subject(agency=agency, unit=unit), reason)
        page = await services.people.people.of_agency(agency, unit, after=after, limit=limit)
        ids = list(dict.fromkeys(one.id for one in page.values))
        await services.looking.note(principal, warrant, ids, "list", reason)
        profiles = await services.people.people.profiles(ids)
        names = {one: profiles[one].names[-1].printed if one in profiles and profiles[one].names else None for one in ids}
        return {"items": [{"id": one, "name": names[one]} for one in ids], "more": page.more}

    @router.get("/people/{person}")
    async def show(person: Identity, reason: Reason, principal: Principal = signed_in) -> dict[str, object]:
        """Everything that is known of a person: the own, or another's within one's reach. Each look at another's is noted."""
        await services.looking.look(principal, person, "person", reason)
        kept, profile = await services.people.people.person(person), await services.people.people.profile(person)
        if kept is None:
            raise NotFoundError("there is no such person within your reach", where="person")
        facts = asdict(kept.value) | {"created": moment(kept.value.created)}
        erasable = {"names": [], "identifiers": []} if profile is None else asdict(profile.value)
        erasable.pop("person", None)
        links = [
            {
                "provider": one.provider,
                "ifi": one.ifi[1:],
                **asdict(link),
                "made_at": moment(link.made_at),
                "unlinked_at": moment(link.unlinked_at),
            }
            for one in await services.links.links.of_person(person)
            for link in one.links
            if link.person == person
        ]
        return {**facts, **erasable, "links": links}


def _fact_routes(router: APIRouter, services: PeopleServices, signed_in: Principal) -> None:
    async def add(person: str, fact: Fact, reason: str, principal: Principal) -> dict[str, object]:
        await services.permit(principal, Action.PERSON_ENTER, person)
        await services.people.add_fact(person, fact, principal.actor, reason)
        return {"id": person}

    @router.post("/people/{person}/names", status_code=201)
    async def name(person: Identity, body: NameFact, principal: Principal = signed_in) -> dict[str, object]:
        """Another name or title from a day on."""
        return await add(person, body.fact(principal.actor), body.reason, principal)

    @router.post("/people/{person}/statuses", status_code=201)
    async def status(person: Identity, body: StatusFact, principal: Principal = signed_in) -> dict[str, object]:
        """Another kind or standing from a day on."""
        return await add(person, body.fact(principal.actor), body.reason, principal)

    @router.post("/people/{person}/postings", status_code=201)
    async def posting(person: Identity, body: PostingFact, principal: Principal = signed_in) -> dict[str, object]:
        """Another agency, unit, position, superior or time zone from a day on; for who may enter persons there and here."""
        permit(principal, Action.PERSON_ENTER, Subject(agency=body.agency, unit=body.unit or ""))
        return await add(person, body.fact(principal.actor), body.reason, principal)

    @router.post("/people/{person}/contracts", status_code=201)
    async def contract(person: Identity, body: ContractFact, principal: Principal = signed_in) -> dict[str, object]:
        """A contract, in place of one that begins on the same day."""
        return await add(person, body.fact(principal.actor), body.reason, principal)


def _identifier_routes(router: APIRouter, services: PeopleServices, signed_in: Principal) -> None:
    @router.post("/people/{person}/identifiers", status_code=201)
    async def identify(person: Identity, body: IdentifierFact, principal: Principal = signed_in) -> dict[str, object]:
        """One more number or address, or the same with other dates."""
        await services.permit(principal, Action.PERSON_ENTER, person)
        made = await services.people.identify(person, body.fact(principal.actor), principal.actor, body.reason)
        return {"id": person, "held": [_held_view(made)] if made.held else []}

    @router.post("/people/{person}/identifiers/confirm")
    async def confirm(person: Identity, body: IdentifierNamed, principal: Principal = signed_in) -> dict[str, object]:
        """A number that was held names its person from now on."""
        await services.permit(principal, Action.PERSON_ENTER, person)
        await services.people.confirm(person, body.kind, body.value, principal.actor, body.reason)
        return {"id": person}

    @router.post("/people/{person}/identifiers/withdraw")
    async def withdraw(person: Identity, body: IdentifierNamed, principal: Principal = signed_in) -> dict[str, object]:
        """Takes a number away that was never the person's."""
        await services.permit(principal, Action.PERSON_ENTER, person)
        await services.people.withdraw(person, body.kind, body.value, principal.actor, body.reason)
        return {"id": person}


def _held_view(one: Identifier) -> dict[str, object]:
    return {"kind": one.kind, "why": [told(code) for code in one.held.split(",")]}
