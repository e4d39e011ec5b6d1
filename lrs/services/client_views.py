"""Providers, clients and administrators as JSON members, for whoever administers them: everything but hashes."""

from __future__ import annotations

from lrs.ports import Administrator, Client, Provider
from lrs.services.clients import Issued


def provider_view(provider: Provider) -> dict[str, object]:
    return {"id": provider.id, "name": provider.name, "time_zone": provider.time_zone, "active": provider.active}


def client_view(client: Client, now_us: int) -> dict[str, object]:
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


def issued_view(issued: Issued, now_us: int) -> dict[str, object]:
    return client_view(issued.client, now_us) | {"secret-key": issued.secret}


def administrator_view(administrator: Administrator) -> dict[str, object]:
    return {"name": administrator.name, "role": administrator.role, "active": administrator.active}
