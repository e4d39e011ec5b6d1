"""Users: personal secrets, those who are no civil servants, administrators who are persons, and the register of coaches."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from credentials.access.actions import Action
from credentials.access.coaches import Coach, Qualification, check_coach
from credentials.access.principal import Principal
from credentials.access.rules import Subject, permit
from credentials.access.users import KEY_PREFIX, KnownAdministrator, Login, User
from credentials.errors import NotAllowedError
from credentials.ports.people import Persons
from credentials.ports.records import Insert, Kept, Replace, Write
from credentials.ports.sign_in import Secrets
from credentials.stores.access import ADMINISTRATORS, COACHES, LOGINS, USERS, AccessStore
from credentials.stores.decisions import DecisionLog
from lrs.clock import Clock
from lrs.errors import ConflictError, NotFoundError


@dataclass(frozen=True, slots=True)
class Issued:
    """A user, and the secret: told once."""

    user: User
    secret: str


@dataclass(frozen=True, slots=True)
class Users:
    """Every change is a decision in the log, without name or secret."""

    store: AccessStore
    persons: Persons
    hasher: Secrets
    log: DecisionLog
    clock: Clock
    new_id: Callable[[], str] = lambda: str(uuid.uuid4())

    async def make(
        self, principal: Principal, *, person: str = "", name: str = "", organisation: str = "", login: str = "", reason: str = ""
    ) -> Issued:
        """A user for a person of the register, or, without `person`, for somebody who is in none. `login`: what their token's claim says.

        Raises NotAllowedError, NotFoundError (no such person), ConflictError (the person has a user, the login is taken).
        """
        permit(principal, Action.USER_MAKE, Subject())
        if person and not await self.persons.known(person):
            raise NotFoundError("there is no person with this id", where="person")
        secret = "js_" + secrets.token_urlsafe(32)
        key = KEY_PREFIX + secrets.token_urlsafe(15)
        user = User(
            id=person or self.new_id(),
            key=key,
            secrets=(self.hasher.keyed(secret),),
            created=self.clock.now_us(),
            name="" if person else name,
            organisation="" if person else organisation,
        )
        writes: list[Write] = [Insert(USERS, user, taken="this person has a user already", where="person")]
        if login:
            writes.append(Insert(LOGINS, Login(login, user.id), taken="this login is somebody's already", where="login"))
        await self._decide(principal, "user.made", user.id, reason, *writes)
        return Issued(user, secret)

    async def reset(self, principal: Principal, user_id: str, reason: str = "") -> Issued:
        """A new secret in place of the old one. Raises NotAllowedError, NotFoundError."""
        permit(principal, Action.USER_MAKE, Subject())
        kept = await self._user(user_id)
        secret = "js_" + secrets.token_urlsafe(32)
        user = replace(kept.value, secrets=(self.hasher.keyed(secret),))
        await self._decide(principal, "user.reset", user_id, reason, Replace(USERS, user, kept.revision))
        return Issued(user, secret)

    async def switch(self, principal: Principal, user_id: str, *, active: bool, reason: str = "") -> User:
        """Keeps somebody out, by secret and by token, or lets them in again. Raises NotAllowedError, NotFoundError."""
        permit(principal, Action.USER_MAKE, Subject())
        kept = await self._user(user_id)
        user = replace(kept.value, active=active)
        kind = "user.switched-on" if active else "user.switched-off"
        await self._decide(principal, kind, user_id, reason, Replace(USERS, user, kept.revision))
        return user

    async def know(self, principal: Principal, administrator: str, person: str, reason: str = "") -> KnownAdministrator:
        """Says which person an administrator of the server is, for good. Another administrator says so: four eyes.

        Raises NotAllowedError, NotFoundError (no such person or user), ConflictError (it is said already).
        """
        permit(principal, Action.USER_MAKE, Subject())
        if principal.administrator == administrator:
            raise NotAllowedError("another administrator says who you are: four eyes are two persons", scope=str(Action.USER_MAKE))
        if not await self.persons.known(person) and await self.store.user(person) is None:
            raise NotFoundError("there is no such person or user", where="person")
        known = KnownAdministrator(administrator, person, principal.actor, self.clock.now_us())
        insert = Insert(ADMINISTRATORS, known, taken="it is known already who this administrator is", where="administrator")
        await self._decide(principal, "administrator.known", person, reason, insert)
        return known

    async def register(
        self,
        principal: Principal,
        person: str,
        qualification: Qualification,
        since: date,
        until: date | None,
        reason: str = "",
        evidence: str = "",
    ) -> Coach:
        """A line in the register of coaches. Raises AccessError, NotAllowedError, NotFoundError."""
        permit(principal, Action.COACH_REGISTER, Subject(person))
        if not await self.persons.known(person) and await self.store.user(person) is None:
            raise NotFoundError("there is no such person or user", where="person")
        coach = Coach(self.new_id(), person, qualification, since, until, principal.actor, self.clock.now_us(), evidence)
        check_coach(coach)
        insert = Insert(COACHES, coach, taken="there is a line with this id", where="id")
        await self._decide(principal, "coach.registered", person, reason, insert)
        return coach

    async def strike(self, principal: Principal, line: str, reason: str) -> Coach:
        """Ends a line of the register. Raises NotAllowedError, NotFoundError, ConflictError (it is over)."""
        kept = await self.store.coach(line)
        if kept is None:
            raise NotFoundError("there is no such line in the register of coaches", where="coach")
        permit(principal, Action.COACH_REGISTER, Subject(kept.value.person))
        if kept.value.ended_at is not None:
            raise ConflictError("this line is over already", where="coach")
        struck = replace(kept.value, ended_at=self.clock.now_us())
        await self._decide(principal, "coach.struck", struck.person, reason, Replace(COACHES, struck, kept.revision))
        return struck

    async def _user(self, user_id: str) -> Kept[User]:
        kept = await self.store.user(user_id)
        if kept is None:
            raise NotFoundError("there is no user with this id", where="user")
        return kept

    async def _decide(self, principal: Principal, kind: str, person: str, reason: str, *writes: Write) -> None:
        await self.log.append(*writes, actor=principal.actor, kind=kind, subject=f"person:{person}", reason=reason)
