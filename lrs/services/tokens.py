"""Bearer tokens of an OpenID Connect issuer: the server is a resource server (RFC 6750, RFC 9068) and keeps nothing of them.

Keys come from the issuer's JWKS, are kept for ten minutes, and are fetched again for an unknown key id, at most twice a minute. An issuer
that cannot be reached makes tokens with unknown keys wait (503), never pass.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Any

import httpx
import jwt

from lrs.errors import StoreUnavailableError, UnauthorizedError
from lrs.ports import Scope
from lrs.services.authentication import TokenClaims

_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]  # never HMAC: the keys are public
_KEEP_SECONDS = 600.0
_FETCH_SECONDS = 30.0  # between two fetches for unknown key ids
_LEEWAY_SECONDS = 30
_TOKEN_CHARS = 8_192
_JWKS_BYTES = 262_144
_SCOPES = {str(scope): scope for scope in Scope}


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who makes the tokens: `issuer` and `audience` as the token must have them, `jwks_url` where the keys are."""

    issuer: str
    audience: str
    jwks_url: str


class JwksTokens:
    """See `lrs.services.authentication.TokenVerifier`."""

    def __init__(self, issuer: Issuer) -> None:
        self._issuer = issuer
        self._keys: dict[str, jwt.PyJWK] = {}
        self._fetched = -_KEEP_SECONDS
        self._guard = asyncio.Lock()

    async def verify(self, token: str) -> TokenClaims:
        """Raises UnauthorizedError, StoreUnavailableError (the issuer cannot be reached)."""
        return self._told(await self.claims(token))

    async def claims(self, token: str) -> dict[str, Any]:
        """All claims of a token that is good here. Raises as `verify`."""
        if len(token) > _TOKEN_CHARS:
            raise UnauthorizedError("the token is too long", where="header Authorization")
        try:
            header = jwt.get_unverified_header(token)
        except (jwt.PyJWTError, RecursionError) as error:
            raise UnauthorizedError("the token is no JWT", where="header Authorization") from error
        key = await self._key(str(header.get("kid", "")))
        if header.get("alg") not in _ALGORITHMS or key.algorithm_name != header.get("alg"):
            raise UnauthorizedError("the token's algorithm is not its key's", where="header Authorization")
        try:
            return jwt.decode(
                token,
                key,
                algorithms=[key.algorithm_name],
                audience=self._issuer.audience,
                issuer=self._issuer.issuer,
                leeway=_LEEWAY_SECONDS,
                options={"require": ["exp", "iss", "aud"]},
            )
        except (jwt.PyJWTError, RecursionError) as error:
            raise UnauthorizedError(f"the token is not good here ({type(error).__name__})", where="header Authorization") from error

    def _told(self, claims: dict[str, Any]) -> TokenClaims:
        client = claims.get("azp") or claims.get("client_id")
        if not isinstance(client, str) or not client:
            raise UnauthorizedError("the token names no client (azp or client_id)", where="header Authorization")
        granted = claims.get("scope", "")
        scopes = frozenset(_SCOPES[name] for name in str(granted).split() if name in _SCOPES)
        user = claims.get("sub")
        own = isinstance(user, str) and user != client
        if own and not _is_text(str(user)):
            raise UnauthorizedError("the token's subject is no text", where="header Authorization")
        return TokenClaims(client, str(user) if own else "", self._issuer.issuer, scopes)

    async def _key(self, kid: str) -> jwt.PyJWK:
        if kid in self._keys and time.monotonic() - self._fetched <= _KEEP_SECONDS:
            return self._keys[kid]  # without waiting for a fetch that somebody else's key needs
        async with self._guard:
            age = time.monotonic() - self._fetched
            if age > _KEEP_SECONDS or (kid not in self._keys and age > _FETCH_SECONDS):
                await self._fetch()
        if kid not in self._keys:
            raise UnauthorizedError("the token's key is not the issuer's", where="header Authorization")
        return self._keys[kid]

    async def _fetch(self) -> None:
        self._fetched = time.monotonic()
        try:
            async with (
                httpx.AsyncClient(timeout=5, follow_redirects=False) as client,
                client.stream("GET", self._issuer.jwks_url) as answer,
            ):
                answer.raise_for_status()
                content = b""
                async for piece in answer.aiter_bytes():
                    content += piece
                    if len(content) > _JWKS_BYTES:
                        raise StoreUnavailableError("the issuer's key set is too large")
            self._keys = {str(key.key_id): key for key in jwt.PyJWKSet.from_json(content.decode()).keys if key.key_id}
        except (httpx.HTTPError, jwt.PyJWTError, ValueError, RecursionError) as error:
            if not self._keys:
                self._fetched = -_KEEP_SECONDS
                raise StoreUnavailableError("the issuer of tokens cannot be reached") from error


def _is_text(name: str) -> bool:
    """JSON can write half of a surrogate pair, which no statement could."""
    return not any("\ud800" <= one <= "\udfff" for one in name)
