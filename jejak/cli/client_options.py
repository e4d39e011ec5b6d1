"""What `jejak client add` and `jejak client set` can say of a client, and the change that it makes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from lrs.errors import InvalidRequestError
from lrs.ports import Scope
from lrs.services.client_changes import ClientChange, scopes_named

ScopeNames = Annotated[list[str], typer.Option("--scope", help="May be given several times: " + ", ".join(Scope))]
Authority = Annotated[str | None, typer.Option(help="JSON of the Agent that statements are signed over to; else one with the client's id.")]
Zone = Annotated[str | None, typer.Option("--time-zone", help="IANA name: where times without a zone are local; '' for the provider's.")]
Rate = Annotated[int | None, typer.Option("--rate-limit", min=0, max=10_000_000, help="Requests a minute; 0 for no limit.")]
Expires = Annotated[str | None, typer.Option(help="Kept out from then on: 2027-12-31 (its start, UTC), 2027-12-31T17:00+07:00, never.")]
Origins = Annotated[list[str] | None, typer.Option("--origin", help="Web origin it may be used from; several times; '' for any.")]
Actor = Annotated[str | None, typer.Option("--actor", help="JSON of the only Agent it may write and read of; '' for any.")]
Registration = Annotated[str | None, typer.Option("--registration", help="UUID of the only registration that it may use; '' for any.")]
Subject = Annotated[str | None, typer.Option(help="client_id of the bearer tokens that act as this client; '' for none.")]


def change_from(
    label: str | None,
    authority: str | None,
    time_zone: str | None,
    rate_limit: int | None,
    expires: str | None,
    origin: list[str] | None,
    actor: str | None,
    registration: str | None,
    subject: str | None,
    scope: list[str] | None = None,
) -> ClientChange:
    """Options that were not given are None and stay. Raises InvalidRequestError."""
    return ClientChange(
        label=label,
        scopes=scopes_named(scope) if scope else None,
        authority=None if authority is None else authority.encode("utf-8", "replace"),
        time_zone=time_zone,
        rate_limit=rate_limit,
        expires=None if expires is None else _moment(expires),
        origins=tuple(one for one in origin if one) if origin else None,
        bound_actor=actor,
        bound_registration=registration,
        subject=subject,
    )


def _moment(text: str) -> int:
    """Microseconds since 1970, 0 for never; a date is its first moment, and without an offset UTC is meant."""
    if text in ("", "never"):
        return 0
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidRequestError("this must be a date, a date with time, or never", where="--expires") from error
    microseconds = int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1_000_000)
    if microseconds <= 0:
        raise InvalidRequestError("this must be after 1970", where="--expires")
    return microseconds
