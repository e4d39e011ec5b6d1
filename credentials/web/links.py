"""`/api/links` and the identifiers that wait for one, which are listed without telling them."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from credentials.access.actions import Action
from credentials.access.principal import Principal
from credentials.access.rules import Subject, permit
from credentials.people.hints import HINTS, appearance
from credentials.people.links import Link
from credentials.services.links import Evidence
from credentials.stores.waiting import Waiting
from credentials.web.guards import PrincipalGuards
from credentials.web.identifiers import AccountIn, IdentifierIn
from credentials.web.people import PeopleServices
from credentials.web.shapes import After, Because, Day, Identity, Limit, Shape, Slug, Why, known_parameters, moment
from lrs.errors import NotFoundError


class LinkIn(Shape):
    """That an identifier in a provider's statements is a person, on these days of learning (null: no bound)."""

    person: Identity
    provider: Slug
    identifier: IdentifierIn
    since: Day | None = None
    until: Day | None = None
    reason: Why


class RefusalIn(Shape):
    """That it is not this person, whatever number it asserts."""

    person: Identity
    provider: Slug
    identifier: IdentifierIn
    reason: Why


def links_router(services: PeopleServices, guards: PrincipalGuards) -> APIRouter:
    """The routes."""
    router = APIRouter(prefix="/api", tags=["people"], dependencies=[Depends(known_parameters), Depends(guards.signed_in)])
    signed_in = Depends(guards.signed_in)
    _link_routes(router, services, signed_in)
    _waiting_routes(router, services, signed_in)
    return router


def _link_routes(router: APIRouter, services: PeopleServices, signed_in: Principal) -> None:
    links = services.links

    @router.post("/links", status_code=201)
    async def link(body: LinkIn, principal: Principal = signed_in) -> dict[str, object]:
        """Evidence that is there already counts, in the period in which it was learnt."""
        await services.permit(principal, Action.LINK_MAKE, body.person)
        ifi = await body.identifier.ifi(body.provider, links)
        evidence = Evidence("hr", principal.actor, principal.actor, body.reason)
        return _view(await links.link(body.person, body.provider, ifi, evidence, since=body.since, until=body.until))

    @router.post("/links/refusals", status_code=201)
    async def refuse(body: RefusalIn, principal: Principal = signed_in) -> dict[str, object]:
        """What counted by this identifier counts no more."""
        await services.permit(principal, Action.LINK_UNDO, body.person)
        ifi = await body.identifier.ifi(body.provider, links)
        return _view(await links.refuse(body.person, body.provider, ifi, Evidence("hr", principal.actor, principal.actor, body.reason)))

    @router.post("/links/{link_id}/undo")
    async def undo(link_id: Identity, body: Because, principal: Principal = signed_in) -> dict[str, object]:
        """Takes a link or a refusal back; hours follow."""
        found = await links.links.with_link(link_id)
        one = next((one for one in found.links if one.id == link_id), None) if found else None
        if one is None:
            raise NotFoundError("there is no link with this id", where="link")
        await services.permit(principal, Action.LINK_MAKE if one.refused else Action.LINK_UNDO, one.person)
        return _view(await links.undo(link_id, by=principal.actor, reason=body.reason))


def _waiting_routes(router: APIRouter, services: PeopleServices, signed_in: Principal) -> None:
    waiting, home_page = services.links.waiting, services.links.links.asn_home_page

    @router.get("/providers/{provider}/waiting")
    async def list_waiting(provider: Slug, after: After = None, limit: Limit = 100, principal: Principal = signed_in) -> dict[str, object]:
        """Identifiers in the provider's statements that name nobody yet: a reference for each, and what it looks like. Nothing personal."""
        permit(principal, Action.WAITING_READ, Subject(provider=provider))
        page = await waiting.of_provider(provider, after=after, limit=limit)
        return {"items": [waiting_view(one, home_page) for one in page.values], "more": page.more}

    @router.post("/waiting/reference")
    async def reference(body: AccountIn, principal: Principal = signed_in) -> dict[str, object]:
        """Whether this identifier waits, and under which reference: for a provider's officer who knows the own users."""
        permit(principal, Action.WAITING_READ, Subject(provider=body.provider))
        ifi = await body.ifi(body.provider, services.links)
        found = await waiting.waits(body.provider, ifi)
        if found is None:
            raise NotFoundError("this identifier does not wait: it names somebody, or no statement has it", where="body")
        return waiting_view(found, home_page)


def waiting_view(one: Waiting, home_page: str) -> dict[str, object]:
    """What leaves the house. Days only: moments could be matched with others' records."""
    seen = appearance(one.ifi, home_page)
    return {
        "reference": one.reference,
        "kind": seen.shape,
        "host": seen.host or None,
        "hint": seen.hint,
        "fix": HINTS[seen.hint],
        "statements": one.statements,
        "first": _day(one.first),
        "last": _day(one.last),
    }


def _day(us: int) -> str:
    return (moment(us) or "")[:10]


def _view(link: Link) -> dict[str, object]:
    return {
        "id": link.id,
        "person": link.person,
        "level": link.level,
        "since": link.since,
        "until": link.until,
        "refused": link.refused,
        "open": link.open,
    }
