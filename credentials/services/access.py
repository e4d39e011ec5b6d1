"""Giving and ending roles, and handing them on for a time. Each is a decision, in one commit with what it changes."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from credentials.access.actions import Action
from credentials.access.principal import Principal
from credentials.access.roles import Grant, Role, Scope, check_delegation, check_grant
from credentials.access.rules import Subject, permit
from credentials.decisions import Content
from credentials.errors import AccessError, NotAllowedError
from credentials.ports.people import Persons
from credentials.ports.records import Insert, Kept, Page, Replace
from credentials.services.sign_in import day_of
from credentials.stores.access import GRANTS, AccessStore
from credentials.stores.decisions import DecisionLog
from lrs.clock import Clock
from lrs.errors import ConflictError, NotFoundError

_STAFF = frozenset({Role.SUPERIOR, Role.UNIT_OPERATOR})
_MOST_GRANTS = 100  # that one person holds at a time: what a sign-in reads


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A grant as somebody asks for it."""

    person: str
    role: Role
    scope: Scope
    since: date
    until: date | None = None
    most_jp: int | None = None


@dataclass(frozen=True, slots=True)
class Granting:
    """Grants of roles."""

    store: AccessStore
    persons: Persons
    log: DecisionLog
    clock: Clock
    new_id: Callable[[], str] = lambda: str(uuid.uuid4())

    async def grant(self, principal: Principal, wanted: Wanted, reason: str) -> Grant:
        """Raises AccessError, NotAllowedError, NotFoundError (no such person)."""
        made = self._made(principal, wanted)
        check_grant(made)
        permit(principal, _appointing(made.role), _subject(made))
        return await self._insert(principal, made, "grant.made", reason)

    async def delegate(self, principal: Principal, parent_id: str, wanted: Wanted, reason: str) -> Grant:
        """By the holder of the grant `parent_id`, while it holds. Raises AccessError, NotAllowedError, NotFoundError."""
        parent = await self._named(parent_id)
        if parent.value.person != principal.person or not principal.person:
            raise NotFoundError("you have no grant with this id", where="grant")
        if not parent.value.holds(day_of(self.clock.now_us())):
            raise NotAllowedError("this grant does not hold today", scope="delegate")
        made = self._made(principal, wanted, parent_id)
        check_delegation(made, parent.value)
        return await self._insert(principal, made, "grant.delegated", reason)

    async def end(self, principal: Principal, grant_id: str, reason: str) -> Grant:
        """By who may make it, by who delegated it, or by its holder. Raises NotFoundError, NotAllowedError, ConflictError (it is over)."""
        kept = await self._named(grant_id)
        if kept.value.ended_at is not None:
            raise ConflictError("this grant is over already", where="grant")
        await self._check_may_end(principal, kept.value)
        ended = replace(kept.value, ended_at=self.clock.now_us())
        await self.log.append(
            Replace(GRANTS, ended, kept.revision),
            actor=principal.actor,
            kind="grant.ended",
            subject=f"person:{ended.person}",
            reason=reason,
            content={"grant": grant_id},
        )
        return ended

    async def grants(self, principal: Principal, agency: str, after: str | None, limit: int) -> Page[Grant]:
        """Those of an agency (for its HR and above), or all (overseer, auditor). Raises NotAllowedError."""
        action = Action.FIGURES_AGENCY if agency else Action.LOG_READ
        permit(principal, action, Subject(agency=agency))
        return await self.store.grants_in(agency, after, limit)

    async def _check_may_end(self, principal: Principal, grant: Grant) -> None:
        if principal.person and grant.person == principal.person:
            return
        if grant.parent and (parent := await self.store.grant(grant.parent)) and parent.value.person == principal.person:
            return
        permit(principal, _appointing(grant.role), _subject(grant))

    def _made(self, principal: Principal, wanted: Wanted, parent: str = "") -> Grant:
        return Grant(
            id=self.new_id(),
            person=wanted.person,
            role=wanted.role,
            scope=wanted.scope,
            since=wanted.since,
            until=wanted.until,
            by=principal.actor,
            made_at=self.clock.now_us(),
            parent=parent,
            most_jp=wanted.most_jp,
        )

    async def _insert(self, principal: Principal, grant: Grant, kind: str, reason: str) -> Grant:
        if not await self.persons.known(grant.person) and await self.store.user(grant.person) is None:
            raise NotFoundError("there is no such person or user", where="person")
        today = day_of(grant.made_at)
        held = [one for one in await self.store.grants_of(grant.person) if one.ended_at is None and (one.until or date.max) >= today]
        if len(held) >= _MOST_GRANTS:
            raise AccessError(f"one person holds at most {_MOST_GRANTS} grants at a time; end some first", where="person")
        await self.log.append(
            Insert(GRANTS, grant, taken="there is a grant with this id", where="id"),
            actor=principal.actor,
            kind=kind,
            subject=f"person:{grant.person}",
            reason=reason,
            content=_told(grant),
        )
        return grant

    async def _named(self, grant_id: str) -> Kept[Grant]:
        kept = await self.store.grant(grant_id)
        if kept is None:
            raise NotFoundError("there is no grant with this id", where="grant")
        return kept


def _appointing(role: Role) -> Action:
    return Action.APPOINT_STAFF if role in _STAFF else Action.APPOINT


def _subject(grant: Grant) -> Subject:
    """Of appointing: the person who gets it, and the agency for which."""
    return Subject(grant.person, grant.scope.agency, grant.scope.unit)


def _told(grant: Grant) -> Content:
    scope = {name: getattr(grant.scope, name) for name in grant.scope.members()}
    dates = {"since": grant.since.isoformat(), "until": grant.until.isoformat() if grant.until else None}
    return {"grant": grant.id, "role": str(grant.role), "parent": grant.parent, "most_jp": grant.most_jp, **scope, **dates}
