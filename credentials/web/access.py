"""`/api`: who I am and what I may, who looked at my record; grants, users, the register of coaches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from credentials.access.actions import Action
from credentials.access.coaches import Coach, Qualification
from credentials.access.principal import Principal
from credentials.access.roles import Grant, Role, Scope
from credentials.access.users import User
from credentials.access.views import View
from credentials.services.access import Granting, Wanted
from credentials.services.looking import Looking
from credentials.services.users import Issued, Users
from credentials.web.guards import PrincipalGuards, Reason
from credentials.web.shapes import After, Because, Code, Day, Digest, Identity, Limit, Shape, Slug, Text, Why, known_parameters, moment


class ScopeIn(Shape):
    """Of what; which members a role needs is told when they are wrong."""

    agency: Code | None = None
    unit: Code | None = None
    provider: Slug | None = None
    field: Slug | None = None


class GrantIn(Shape):
    """A role for a person, on the days from `since` through `until` (null: until it is ended)."""

    person: Identity
    role: Role
    scope: ScopeIn = ScopeIn()
    since: Day
    until: Day | None = None
    most_jp: Annotated[int, Field(ge=1, le=2_000)] | None = None
    reason: Why

    def wanted(self) -> Wanted:
        """As the service takes it."""
        scope = Scope(**{name: value or "" for name, value in self.scope.model_dump().items()})
        return Wanted(person=self.person, role=self.role, scope=scope, since=self.since, until=self.until, most_jp=self.most_jp)


class UserIn(Shape):
    """A user: for a `person` of the register, or with `name` and `organisation` for somebody who is in none."""

    person: Identity | None = None
    name: Text | None = None
    organisation: Text | None = None
    login: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    reason: Why


class UserPatch(Shape):
    """Whether the user may sign in."""

    active: bool
    reason: Why


class KnownIn(Shape):
    """Which person an administrator of the server is."""

    person: Identity
    reason: Why


class CoachIn(Shape):
    """A line of the register of coaches; `evidence`: digest of an uploaded file."""

    person: Identity
    qualification: Qualification
    since: Day
    until: Day | None = None
    evidence: Digest | None = None
    reason: Why


@dataclass(frozen=True, slots=True)
class AccessServices:
    """What the routes call."""

    granting: Granting
    users: Users
    looking: Looking


def access_router(services: AccessServices, guards: PrincipalGuards) -> APIRouter:
    """The routes."""
    router = APIRouter(prefix="/api", tags=["roles"], dependencies=[Depends(known_parameters)])
    signed_in = Depends(guards.signed_in)
    _me_routes(router, services, signed_in)
    _grant_routes(router, services.granting, signed_in)
    _user_routes(router, services.users, signed_in)
    _coach_routes(router, services.users, signed_in)
    return router


def _me_routes(router: APIRouter, services: AccessServices, signed_in: Principal) -> None:
    @router.get("/me")
    async def me(principal: Principal = signed_in) -> dict[str, object]:
        """Who I am here, and what I may today."""
        return {
            "person": principal.person or None,
            "administrator": principal.administrator or None,
            "roles": sorted(principal.roles()),
            "grants": [_grant_view(one) for one in principal.grants],
        }

    @router.get("/people/{person}/views")
    async def views(
        person: Identity, reason: Reason, after: After = None, limit: Limit = 100, principal: Principal = signed_in
    ) -> dict[str, object]:
        """Who looked at a record, newest first: the own, or another's with a reason."""
        await services.looking.look(principal, person, "views", reason, Action.VIEWS_READ)
        page = await services.looking.views.of(person, after, limit)
        return {"items": [_view_view(one) for one in page.values], "more": page.more}


def _grant_routes(router: APIRouter, granting: Granting, signed_in: Principal) -> None:
    @router.post("/grants", status_code=201)
    async def grant(body: GrantIn, principal: Principal = signed_in) -> dict[str, object]:
        return _grant_view(await granting.grant(principal, body.wanted(), body.reason))

    @router.get("/grants")
    async def grants(
        agency: Annotated[str, Query(max_length=64)] = "", after: After = None, limit: Limit = 100, principal: Principal = signed_in
    ) -> dict[str, object]:
        """Those of an agency and its units; all, for overseers and auditors."""
        page = await granting.grants(principal, agency, after, limit)
        return {"items": [_grant_view(one) for one in page.values], "more": page.more}

    @router.post("/grants/{grant_id}/delegations", status_code=201)
    async def delegate(grant_id: Identity, body: GrantIn, principal: Principal = signed_in) -> dict[str, object]:
        """Hands a grant of my own on, for a time, at most as wide."""
        return _grant_view(await granting.delegate(principal, grant_id, body.wanted(), body.reason))

    @router.post("/grants/{grant_id}/end")
    async def end(grant_id: Identity, body: Because, principal: Principal = signed_in) -> dict[str, object]:
        """From this moment on; delegations from it are over with it."""
        return _grant_view(await granting.end(principal, grant_id, body.reason))


def _user_routes(router: APIRouter, users: Users, signed_in: Principal) -> None:
    @router.post("/users", status_code=201)
    async def make_user(body: UserIn, principal: Principal = signed_in) -> dict[str, object]:
        """Key and secret are told once."""
        made = await users.make(
            principal,
            person=body.person or "",
            name=body.name or "",
            organisation=body.organisation or "",
            login=body.login or "",
            reason=body.reason,
        )
        return _issued_view(made)

    @router.post("/users/{user_id}/reset")
    async def reset_user(user_id: Identity, body: Because, principal: Principal = signed_in) -> dict[str, object]:
        """A new secret; the old one is over."""
        return _issued_view(await users.reset(principal, user_id, body.reason))

    @router.patch("/users/{user_id}")
    async def switch_user(user_id: Identity, body: UserPatch, principal: Principal = signed_in) -> dict[str, object]:
        return _user_view(await users.switch(principal, user_id, active=body.active, reason=body.reason))

    @router.put("/administrators/{name}/person")
    async def know(name: Annotated[str, Field(max_length=200)], body: KnownIn, principal: Principal = signed_in) -> dict[str, object]:
        """Says which person an administrator of the server is, for good; not about oneself."""
        known = await users.know(principal, name, body.person, body.reason)
        return {"administrator": known.administrator, "person": known.person, "by": known.by, "at": moment(known.made_at)}


def _coach_routes(router: APIRouter, users: Users, signed_in: Principal) -> None:
    @router.post("/coaches", status_code=201)
    async def register(body: CoachIn, principal: Principal = signed_in) -> dict[str, object]:
        coach = await users.register(principal, body.person, body.qualification, body.since, body.until, body.reason, body.evidence or "")
        return _coach_view(coach)

    @router.get("/coaches")
    async def coaches(after: After = None, limit: Limit = 100, principal: Principal = signed_in) -> dict[str, object]:
        """The register; everybody who signs in may read it."""
        page = await users.store.coaches(after, limit)
        return {"items": [_coach_view(one) for one in page.values], "more": page.more}

    @router.post("/coaches/{line}/end")
    async def strike(line: Identity, body: Because, principal: Principal = signed_in) -> dict[str, object]:
        """Strikes a line off; sessions of before stay."""
        return _coach_view(await users.strike(principal, line, body.reason))


def _grant_view(one: Grant) -> dict[str, object]:
    return {
        "id": one.id,
        "person": one.person,
        "role": one.role,
        "scope": {name: getattr(one.scope, name) for name in one.scope.members()},
        "since": one.since,
        "until": one.until,
        "most_jp": one.most_jp,
        "delegated_from": one.parent or None,
        "by": one.by,
        "made": moment(one.made_at),
        "ended": moment(one.ended_at),
    }


def _user_view(one: User) -> dict[str, object]:
    return {"id": one.id, "key": one.key, "active": one.active, "name": one.name or None, "organisation": one.organisation or None}


def _issued_view(made: Issued) -> dict[str, object]:
    return _user_view(made.user) | {"secret": made.secret}


def _coach_view(one: Coach) -> dict[str, object]:
    told = {"id": one.id, "person": one.person, "qualification": one.qualification, "since": one.since, "until": one.until}
    return told | {"evidence": one.evidence or None, "ended": moment(one.ended_at)}


def _view_view(one: View) -> dict[str, object]:
    return {"at": moment(one.at), "viewer": one.viewer, "role": one.role, "what": one.what, "reason": one.reason or None}
