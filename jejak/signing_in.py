"""How persons sign in: what joins the credential module's door to the server's secrets, tokens and limits."""

from __future__ import annotations

from dataclasses import dataclass

from lrs.errors import UnauthorizedError
from lrs.services.tokens import JwksTokens

_LONGEST = 200  # characters of an identifier


@dataclass(frozen=True, slots=True)
class PersonalTokens:
    """See `credentials.ports.sign_in.PersonTokens`. `clients`: whose tokens speak for persons; one that an LMS was given does not."""

    tokens: JwksTokens
    clients: frozenset[str]
    claim: str

    async def holder(self, token: str) -> str:
        """Raises UnauthorizedError, StoreUnavailableError."""
        claims = await self.tokens.claims(token)
        if (claims.get("azp") or claims.get("client_id")) not in self.clients:
            raise UnauthorizedError("tokens of this client do not speak for persons here", where="header Authorization")
        value = claims.get(self.claim)
        if not isinstance(value, str) or not 0 < len(value) <= _LONGEST:
            raise UnauthorizedError("the token does not say who its person is", where="header Authorization")
        return value
