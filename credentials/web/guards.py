"""Who asks, for the routes of the credential module: a person by secret or token, or an administrator of the server."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Header, Request

from credentials.access.principal import Principal
from credentials.services.looking import LONGEST_REASON
from credentials.services.sign_in import SignIn
from lrs.web.auth import AdministratorGuards

REASON_HEADER = "Jejak-Reason"


class PrincipalGuards:
    """For `Depends`: `signed_in` answers who asks. What they may is decided by the services, with `credentials.access.rules`."""

    def __init__(self, sign_in: SignIn, administrators: AdministratorGuards) -> None:
        self._sign_in = sign_in
        self._administrators = administrators

    async def signed_in(self, request: Request) -> Principal:
        """Raises UnauthorizedError, ForbiddenError, TooManyRequestsError."""
        authorization = request.headers.get("authorization")
        if authorization is not None and self._sign_in.speaks_for_a_person(authorization):
            return await self._sign_in.person(authorization, request.client.host if request.client else "")
        return await self._sign_in.administrator(await self._administrators.reader(request))


def said_reason(reason: Annotated[str, Header(alias=REASON_HEADER, max_length=4 * LONGEST_REASON)] = "") -> str:
    """Why somebody looks, as they say it in a header: never in an address, which others log."""
    try:
        told = reason.encode("latin-1").decode("utf-8")  # headers are read as latin-1; people write UTF-8
    except UnicodeError:
        told = reason
    return "".join(letter for letter in told if letter.isprintable()).strip()


Reason = Annotated[str, Depends(said_reason)]
