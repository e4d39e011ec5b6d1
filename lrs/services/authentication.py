"""Who asks: HTTP Basic with a client's key and secret (xAPI-Communication 1.0.3 4.0; RFC 7617), or an OAuth 2 bearer token (RFC 6750).

A yes is remembered for at most a second by a hash of the header; then the client is read again, without hashing the secret again as long as
the client is unchanged. So a hot path costs microseconds, and what is changed holds in every process within a second.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import time
from dataclasses import dataclass
from typing import Protocol

import orjson

from lrs.clock import Clock
from lrs.errors import ForbiddenError, UnauthorizedError
from lrs.ports import Client, ClientStore, Provider, Scope
from lrs.services.principal import Principal, common_scopes
from lrs.services.rate_limit import FailureLimits, RateLimits
from lrs.services.secrets import SecretHasher
from lrs.xapi.actor import agent_id, parse_agent

_FRESH_SECONDS = 0.8  # how long a yes holds without a look at the store; with the look itself it stays under a second
_REMEMBERED = 5_000  # headers remembered
_WRONG = "the key or the secret is wrong"


@dataclass(frozen=True, slots=True)
class TokenClaims:
    """What a verified bearer token says: the client it was given to, its user ("" for none of its own), scopes, issuer."""

    client: str
    user: str
    issuer: str
    scopes: frozenset[Scope]


class TokenVerifier(Protocol):
    """Checks a bearer token. Raises UnauthorizedError."""

    async def verify(self, token: str) -> TokenClaims: ...


@dataclass(slots=True)
class _Known:
    client: Client
    provider: Provider
    principal: Principal
    at: float
    expires: int | None


class ClientAuthenticator:
    """See `lrs.services.principal.Authenticator`."""

    def __init__(self, clients: ClientStore, hasher: SecretHasher, clock: Clock, tokens: TokenVerifier | None = None) -> None:
        self._clients = clients
        self._hasher = hasher
        self._clock = clock
        self._tokens = tokens
        self._known: dict[bytes, _Known] = {}
        self._looking: dict[bytes, asyncio.Future[_Known]] = {}
        self._rates = RateLimits()
        self._failures = FailureLimits()

    async def authenticate(self, authorization: str | None, address: str, origin: str | None = None) -> Principal:
        """See `Authenticator.authenticate`."""
        try:
            return await self._authenticate(authorization or "", address, origin)
        except UnauthorizedError as error:
            if self._tokens is not None:
                error.schemes = ("Basic", "Bearer")
                error.bad_token = (authorization or "")[:7].lower() == "bearer "
            raise

    async def _authenticate(self, authorization: str, address: str, origin: str | None) -> Principal:
        now = time.monotonic()
        if not authorization:
            raise UnauthorizedError("credentials are needed", where="header Authorization", clause="xAPI-Communication 4.0")
        digest = hashlib.blake2b(authorization.encode("latin-1", "replace"), digest_size=16).digest()
        known = self._known.get(digest)
        if known is None or now - known.at > _FRESH_SECONDS:
            known = await self._look(digest, known, authorization, address, now)
        client = known.client
        if client.origins and origin is not None and origin not in client.origins:
            raise ForbiddenError("this client may not be used from this origin", where="header Origin")
        if client.expires is not None and client.expires <= self._clock.now_us():
            raise ForbiddenError("this client has expired")
        if client.rate_limit:
            self._rates.take(client.id, client.rate_limit, now)
        return known.principal

    async def _look(self, digest: bytes, known: _Known | None, authorization: str, address: str, now: float) -> _Known:
        """Requests with one header that come together share one look: a crowd costs one hashed secret, not one each."""
        if known is None:  # whoever was recognised before is not kept out by a neighbour's mistakes (one office, one proxy: one address)
            self._failures.check(address, now)
        looking = self._looking.get(digest)
        if looking is None:
            looking = self._looking[digest] = asyncio.ensure_future(self._look_up(digest, known, authorization, now))
            looking.add_done_callback(lambda done: self._looked(digest, done))
        try:
            return await asyncio.shield(looking)
        except UnauthorizedError:
            self._failures.failed(address, now)
            raise

    def _looked(self, digest: bytes, done: asyncio.Future[_Known]) -> None:
        del self._looking[digest]
        if not done.cancelled():
            done.exception()  # seen, even when everybody who waited has gone

    async def _look_up(self, digest: bytes, known: _Known | None, authorization: str, now: float) -> _Known:
        if known is not None and authorization[:6].lower() == "basic ":
            client = await self._clients.client(known.client.id)
            provider = await self._clients.provider(known.client.provider)
            if client == known.client and provider == known.provider and (known.expires is None or known.expires > self._clock.now_us()):
                known.at = now
                return known
        self._known.pop(digest, None)
        known = await self._prove(authorization, now)
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        self._known[digest] = known
        return known

    async def _prove(self, authorization: str, now: float) -> _Known:
        scheme, _, value = authorization.partition(" ")
        claims: TokenClaims | None = None
        if scheme.lower() == "basic":
            client, until = await self._basic(value.strip())
        elif scheme.lower() == "bearer" and self._tokens is not None:
            claims = await self._tokens.verify(value.strip())
            found = await self._clients.client_by_subject(claims.client)
            if found is None:
                raise UnauthorizedError("no client here goes with this token's client", where="header Authorization")
            client, until = found, None
        else:
            raise UnauthorizedError("this server takes HTTP Basic" + (" and Bearer" if self._tokens else ""), where="header Authorization")
        provider = await self._clients.provider(client.provider)
        if provider is None or not client.active or not provider.active:
            raise ForbiddenError("this client, or its provider, is switched off")
        return _Known(client, provider, _principal(client, provider, claims), now, until)

    async def _basic(self, value: str) -> tuple[Client, int | None]:
        """The client, and when the secret that matched stops to be live."""
        try:
            key, colon, secret = base64.b64decode(value, validate=True).decode("utf-8").partition(":")
        except (binascii.Error, ValueError) as error:
            raise UnauthorizedError("the Authorization header is not HTTP Basic", where="header Authorization") from error
        client = await self._clients.client_by_key(key) if colon else None
        candidates = client.secrets if client is not None else ()
        if not await self._hasher.matches(secret, candidates, self._clock.now_us()) or client is None:
            raise UnauthorizedError(_WRONG, where="header Authorization")
        ends = [one.until for one in client.secrets if one.until is not None]
        return client, min(ends, default=None)


def _principal(client: Client, provider: Provider, claims: TokenClaims | None) -> Principal:
    scopes, authority = client.scopes, client.authority
    if claims is not None:
        scopes = common_scopes(claims.scopes, client.scopes)
        if claims.user:
            authority = _group_of_two(client, claims)
    bound_actor = agent_id(parse_agent(client.bound_actor, where="bound_actor", allow_group=False)) if client.bound_actor else ""
    zone = client.time_zone or provider.time_zone
    return Principal(client.provider, client.id, scopes, authority, zone, bound_actor, client.bound_registration)


def _group_of_two(client: Client, claims: TokenClaims) -> bytes:
    """The authority of three-legged OAuth (xAPI-Data 1.0.3 2.4.9): the application and the user."""
    user = {"objectType": "Agent", "account": {"homePage": claims.issuer, "name": claims.user}}
    return orjson.dumps({"objectType": "Group", "member": [orjson.loads(client.authority), user]})
