"""Administrators: added, given a new secret, and recognised."""

from __future__ import annotations

import base64
import binascii
import re
import time
from dataclasses import replace

from lrs.clock import Clock
from lrs.errors import ForbiddenError, InvalidRequestError, NotFoundError, UnauthorizedError
from lrs.ports import Administrator, AdministratorStore
from lrs.services.rate_limit import FailureLimits
from lrs.services.secrets import SecretHasher, new_secret

ROLES = ("overseer", "auditor")
_NAME = re.compile(r"[^\s:]([^:\x00-\x1f\x7f\ud800-\udfff]{0,198}[^\s:])?")  # HTTP Basic ends the name at the first colon


class Administrators:
    """`writes` are for the role overseer, reading for auditor too."""

    def __init__(self, store: AdministratorStore, hasher: SecretHasher, clock: Clock) -> None:
        self._store = store
        self._hasher = hasher
        self._clock = clock
        self._failures = FailureLimits()

    async def create(self, name: str, role: str = "overseer") -> str:
        """Adds one and answers the secret, which is shown once. Raises InvalidRequestError, ConflictError."""
        if _NAME.fullmatch(name) is None or role not in ROLES:
            raise InvalidRequestError("a name is 1 to 200 visible characters without a colon; the roles are " + " and ".join(ROLES))
        secret = new_secret()
        await self._store.add(Administrator(name, self._hasher.keyed(secret), role, created=self._clock.now_us()))
        return secret

    async def all(self) -> list[Administrator]:
        """All, by name."""
        return await self._store.all()

    async def reset(self, name: str) -> str:
        """A new secret in place of the old one. Raises NotFoundError."""
        secret = new_secret()
        await self._store.save(replace(await self._named(name), secret=self._hasher.keyed(secret)))
        return secret

    async def switch(self, name: str, *, active: bool) -> Administrator:
        """Lets one in or keeps them out. Raises NotFoundError."""
        saved = replace(await self._named(name), active=active)
        await self._store.save(saved)
        return saved

    async def authenticate(self, authorization: str | None, address: str, *, writes: bool) -> Administrator:
        """By HTTP Basic. Raises UnauthorizedError, ForbiddenError (an auditor who would write), TooManyRequestsError."""
        now = time.monotonic()
        self._failures.check(address, now)
        name, secret = _basic(authorization)
        found = await self._store.get(name)
        candidates = () if found is None else (found.secret,)
        if not await self._hasher.matches(secret, candidates, self._clock.now_us()) or found is None or not found.active:
            self._failures.failed(address, now)
            hint = "; this is a client's key, and here an administrator signs in" if name.startswith("jk_") else ""
            raise UnauthorizedError("the name or the secret is wrong" + hint, where="header Authorization")
        if writes and found.role != "overseer":
            raise ForbiddenError("an auditor may only read", scope="overseer")
        return found

    async def _named(self, name: str) -> Administrator:
        found = await self._store.get(name)
        if found is None:
            raise NotFoundError("there is no administrator with this name", where="name")
        return found


def _basic(authorization: str | None) -> tuple[str, str]:
    scheme, _, value = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        raise UnauthorizedError("an administrator's name and secret are needed", where="header Authorization")
    try:
        name, _, secret = base64.b64decode(value.strip(), validate=True).decode("utf-8").partition(":")
    except (binascii.Error, ValueError) as error:
        raise UnauthorizedError("the Authorization header is not HTTP Basic", where="header Authorization") from error
    return name, secret
