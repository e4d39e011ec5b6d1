"""Signing in: a personal secret by HTTP Basic, or a bearer token whose claim names the person by a dated identifier; then what they may."""

from __future__ import annotations

import base64
import binascii
import time
from dataclasses import dataclass
from datetime import date, timedelta, timezone

from credentials.access.principal import Principal
from credentials.access.roles import Role
from credentials.access.users import KEY_PREFIX, User
from credentials.ports.people import Persons
from credentials.ports.sign_in import Failures, PersonTokens, Secrets
from credentials.stores.access import AccessStore
from lrs.clock import Clock, to_datetime
from lrs.errors import UnauthorizedError
from lrs.ports import Administrator

_WIB = timezone(timedelta(hours=7))  # grants are dated by the capital's days
_WHERE = "header Authorization"
_WRONG = "the key or the secret is wrong"


def day_of(us: int) -> date:
    """The date in the capital."""
    return to_datetime(us).astimezone(_WIB).date()


@dataclass(frozen=True, slots=True)
class SignIn:
    """`tokens`: None where the server takes no bearer tokens of persons."""

    store: AccessStore
    persons: Persons
    secrets: Secrets
    failures: Failures
    clock: Clock
    tokens: PersonTokens | None = None

    def speaks_for_a_person(self, authorization: str | None) -> bool:
        """Whether the header is for this door: a bearer token, or a key of ours. All else is an administrator's name, or nothing."""
        scheme, _, value = (authorization or "").partition(" ")
        return scheme.lower() == "bearer" or (scheme.lower() == "basic" and _basic(value)[0].startswith(KEY_PREFIX))

    async def person(self, authorization: str, address: str) -> Principal:
        """Raises UnauthorizedError, TooManyRequestsError, StoreUnavailableError (the issuer of tokens cannot be reached)."""
        now = time.monotonic()
        self.failures.check(address, now)
        scheme, _, value = authorization.partition(" ")
        try:
            person = await (self._by_token(value.strip()) if scheme.lower() == "bearer" else self._by_secret(value))
        except UnauthorizedError:
            self.failures.failed(address, now)
            raise
        return await self.principal(person)

    async def administrator(self, administrator: Administrator) -> Principal:
        """As whom an administrator of the server acts, who has signed in as such."""
        known = await self.store.person_of_administrator(administrator.name)
        grants = await self.principal(known) if known else Principal("")
        return Principal(known, administrator.name, grants.grants, grants.coach, Role(administrator.role))

    async def principal(self, person: str) -> Principal:
        """A person with all that they may today."""
        today = day_of(self.clock.now_us())
        return Principal(person, grants=await self.store.live_grants(person, today), coach=await self.store.coaches_on(person, today))

    async def _by_secret(self, value: str) -> str:
        key, secret = _basic(value)
        user = await self.store.user_by_key(key)
        candidates = user.secrets if user is not None else ()
        if not await self.secrets.matches(secret, candidates, self.clock.now_us()) or user is None:
            raise UnauthorizedError(_WRONG, where=_WHERE)
        return _active(user)

    async def _by_token(self, token: str) -> str:
        if self.tokens is None:
            raise UnauthorizedError("this server takes no tokens of persons", where=_WHERE)
        claim = await self.tokens.holder(token)
        person = await self.store.login(claim) or await self.persons.holder_of(claim, day_of(self.clock.now_us()))
        if not person:
            raise UnauthorizedError("nobody here is known by what the token says; ask HR of your agency", where=_WHERE)
        kept = await self.store.user(person)
        return _active(kept.value) if kept else person


def _active(user: User) -> str:
    if not user.active:
        raise UnauthorizedError("this user is switched off", where=_WHERE)
    return user.id


def _basic(value: str) -> tuple[str, str]:
    """Key and secret; two empty texts for what is no HTTP Basic."""
    try:
        key, _, secret = base64.b64decode(value.strip(), validate=True).decode("utf-8").partition(":")
    except (binascii.Error, ValueError):
        return "", ""
    return key, secret
