"""Providers, clients and administrators as JSON members, for whoever administers them: everything but hashes."""

from __future__ import annotations

from typing_extensions import TypedDict

from lrs.ports import Administrator, Client, Provider
from lrs.services.clients import Issued


class ProviderView(TypedDict):
    """A provider."""

    id: str
    name: str
    time_zone: str
    active: bool


ClientView = TypedDict(
    "ClientView",
    {
        "id": str,
        "api-key": str,
        "provider": str,
        "label": str,
        "scopes": list[str],
        "authority": str,
        "time_zone": str,
        "rate_limit": int,
        "expires": int,
        "origins": list[str],
        "bound_actor": str,
        "bound_registration": str,
        "subject": str,
        "active": bool,
        "live_secrets": int,
        "old_secret_until": int,
    },
)
Secret = TypedDict("Secret", {"secret-key": str})


class IssuedView(ClientView, Secret):
    """A client with its secret, which is told this once."""


class AdministratorView(TypedDict):
    """An administrator, without the secret."""

    name: str
    role: str
    active: bool


def provider_view(provider: Provider) -> ProviderView:
    return {"id": provider.id, "name": provider.name, "time_zone": provider.time_zone, "active": provider.active}


def client_view(client: Client, now_us: int) -> ClientView:
    """`expires` and `old_secret_until` in microseconds since 1970, 0 for never and for none; `api-key` is SQL LRS's name."""
    live = [one for one in client.secrets if one.until is None or one.until > now_us]
    return {
        "id": client.id,
        "api-key": client.key,
        "provider": client.provider,
        "label": client.label,
        "scopes": sorted(client.scopes),
        "authority": client.authority.decode(),
        "time_zone": client.time_zone,
        "rate_limit": client.rate_limit,
        "expires": client.expires or 0,
        "origins": list(client.origins),
        "bound_actor": client.bound_actor,
        "bound_registration": client.bound_registration,
        "subject": client.subject,
        "active": client.active,
        "live_secrets": len(live),
        "old_secret_until": live[0].until or 0 if len(live) > 1 else 0,
    }


def issued_view(issued: Issued, now_us: int) -> IssuedView:
    return {**client_view(issued.client, now_us), "secret-key": issued.secret}


def administrator_view(administrator: Administrator) -> AdministratorView:
    return {"name": administrator.name, "role": administrator.role, "active": administrator.active}
