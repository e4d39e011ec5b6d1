"""Signing in by OpenID Connect: authorization code with PKCE (OpenID Connect Core 1.0 §3.1, RFC 7636, RFC 9700).

Authlib makes the request and checks the claims of the ID token, joserfc its signature; httpx talks to the provider.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import httpx
from authlib.common.security import generate_token
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from lrs.errors import ForbiddenError, StoreUnavailableError

_ALGORITHMS = ["RS256", "ES256", "PS256", "EdDSA"]
_SECONDS = 8.0
_KEPT_SECONDS = 3_600.0
_LONGEST = 262_144  # bytes of an answer
_LEEWAY = 60


@dataclass(frozen=True, slots=True)
class Provider:
    """`claim`: names the person: a NIP, or a login that an administrator gave. `callback`: our address that the provider sends back to."""

    issuer: str
    client_id: str
    client_secret: str
    claim: str
    scope: str
    callback: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """What must be remembered between going and coming back."""

    state: str
    nonce: str
    verifier: str


@dataclass(slots=True)
class OpenId:
    """The other party's metadata and keys are kept for an hour."""

    provider: Provider
    transport: httpx.AsyncBaseTransport | None = None
    _metadata: dict[str, Any] = field(default_factory=dict)
    _keys: dict[str, Any] = field(default_factory=dict)
    _until: float = 0.0

    async def begin(self) -> tuple[str, Attempt]:
        """Where to send the browser, and what to remember. Raises StoreUnavailableError."""
        metadata = await self._known()
        attempt = Attempt(generate_token(32), generate_token(32), generate_token(64))
        challenge = create_s256_code_challenge(attempt.verifier)
        address = prepare_grant_uri(
            metadata["authorization_endpoint"],
            self.provider.client_id,
            "code",
            self.provider.callback,
            self.provider.scope,
            attempt.state,
            nonce=attempt.nonce,
            code_challenge=challenge,
            code_challenge_method="S256",
        )
        return str(address), attempt

    async def finish(self, attempt: Attempt, state: str, code: str, issuer: str = "") -> str:
        """What the claim says. Raises ForbiddenError (no sign-in of this browser, or a token that is none), StoreUnavailableError."""
        if not code or state != attempt.state or (issuer and issuer != self.provider.issuer):
            raise ForbiddenError("this sign-in was not begun here, or too long ago; begin again")
        metadata = await self._known()
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": self.provider.callback, "code_verifier": attempt.verifier}
        told = await self._asked("POST", metadata["token_endpoint"], form)
        claims = await self._claims(told.get("id_token"), attempt.nonce)
        value = claims.get(self.provider.claim)
        if not isinstance(value, str) or not value:
            raise ForbiddenError("the sign-in does not say who you are; ask the administrator which claim it must have")
        return value

    async def _claims(self, token: Any, nonce: str) -> dict[str, Any]:
        """OpenID Connect Core 1.0 §3.1.3.7."""
        if not isinstance(token, str):
            raise ForbiddenError("the sign-in came back without an ID token")
        try:
            keys = KeySet.import_key_set(await self._key_set())  # type: ignore[arg-type]  # checked there
            decoded = jwt.decode(token, keys, algorithms=_ALGORITHMS)
            options = {
                "iss": {"essential": True, "value": self.provider.issuer},
                "aud": {"essential": True, "value": self.provider.client_id},
            }
            claims = CodeIDToken(
                decoded.claims, decoded.header, options=options, params={"nonce": nonce, "client_id": self.provider.client_id}
            )
            claims.validate(leeway=_LEEWAY)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            self._until = 0.0  # its keys may be new
            raise ForbiddenError("the sign-in came back with an ID token that is not the provider's") from error
        except Exception as error:  # Authlib's claim errors have no common root that is stable
            raise ForbiddenError("the sign-in came back with an ID token that is not for us, or not of now") from error
        return dict(claims)

    async def _known(self) -> dict[str, Any]:
        """The metadata (OpenID Connect Discovery 1.0 §4)."""
        if time.monotonic() > self._until:
            address = self.provider.issuer.rstrip("/") + "/.well-known/openid-configuration"
            metadata = await self._asked("GET", address)
            if metadata.get("issuer") != self.provider.issuer:
                raise StoreUnavailableError("the sign-in provider calls itself by another name than JEJAK_OIDC_ISSUER")
            for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
                if not isinstance(metadata.get(name), str):
                    raise StoreUnavailableError("the sign-in provider does not say where its endpoints are")
            self._metadata, self._keys, self._until = metadata, {}, time.monotonic() + _KEPT_SECONDS
        return self._metadata

    async def _key_set(self) -> dict[str, Any]:
        if not self._keys:
            self._keys = await self._asked("GET", (await self._known())["jwks_uri"])
        return self._keys

    async def _asked(self, method: str, address: str, form: dict[str, str] | None = None) -> dict[str, Any]:
        auth = httpx.BasicAuth(self.provider.client_id, self.provider.client_secret) if form is not None else None
        try:
            async with httpx.AsyncClient(timeout=_SECONDS, follow_redirects=False, transport=self.transport) as client:
                answer = await client.request(method, address, data=form, auth=auth)
            told = answer.json() if len(answer.content) <= _LONGEST else None
        except (httpx.HTTPError, ValueError) as error:
            raise StoreUnavailableError("the sign-in provider cannot be reached now; try again later") from error
        if form is not None and answer.status_code in (400, 401):
            raise ForbiddenError("the sign-in was refused; begin again")
        if answer.status_code != 200 or not isinstance(told, dict):
            raise StoreUnavailableError("the sign-in provider cannot be reached now; try again later")
        return told
