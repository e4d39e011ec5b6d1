"""Who is asking: the value that authentication yields and every service takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from lrs.ports import Scope, Wall

_IMPLIED = {
    Scope.ALL: frozenset(Scope),
    Scope.ALL_READ: frozenset((Scope.STATEMENTS_READ, Scope.STATEMENTS_READ_MINE)),
    Scope.STATEMENTS_READ: frozenset((Scope.STATEMENTS_READ_MINE,)),
}


def common_scopes(one: frozenset[Scope], other: frozenset[Scope]) -> frozenset[Scope]:
    """What both allow: `all` and `statements/write` have `statements/write` in common (xAPI-Communication 1.0.3 4.2)."""
    return _with_implied(one) & _with_implied(other)


def _with_implied(scopes: frozenset[Scope]) -> frozenset[Scope]:
    return scopes.union(*(_IMPLIED.get(scope, frozenset()) for scope in scopes))


@dataclass(frozen=True, slots=True)
class Principal:
    """An authenticated client. `authority` is the JSON of the agent (or group of two, with OAuth) that its statements are signed over to.

    `bound_actor`: the term (without its letter) of the only agent it may act for, "" for any; `bound_registration` likewise.
    """

    provider: str
    client: str
    scopes: frozenset[Scope]
    authority: bytes
    time_zone: str = "Asia/Jakarta"
    bound_actor: str = ""
    bound_registration: str = ""

    def has(self, *scopes: Scope) -> bool:
        """Whether it has one of `scopes`, or `all`."""
        return Scope.ALL in self.scopes or not self.scopes.isdisjoint(scopes)

    def read_wall(self) -> Wall | None:
        """The widest wall that its scopes allow for statements, None when it may read none."""
        if self.has(Scope.ALL_READ):
            return Wall()
        if Scope.STATEMENTS_READ in self.scopes:
            return Wall(provider=self.provider)
        if Scope.STATEMENTS_READ_MINE in self.scopes:
            return Wall(provider=self.provider, client=self.client)
        return None


class Authenticator(Protocol):
    """Turns the Authorization header into a Principal."""

    async def authenticate(self, authorization: str | None, address: str, origin: str | None = None) -> Principal:
        """`address`: the peer's, for limiting failures; `origin`: the Origin header, checked against the client's.

        Raises UnauthorizedError, ForbiddenError (switched off, expired, origin not allowed), TooManyRequestsError.
        """
        ...
