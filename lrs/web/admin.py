"""The administration's JSON API: providers, clients, keys. `/admin/creds` has the names that SQL LRS uses, so that its tools find them.

An administrator signs in with HTTP Basic; an auditor may only read. A secret is answered once, when it is made.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from lrs.errors import InvalidRequestError, NotFoundError
from lrs.ports import Client, Provider, Scope, Stores
from lrs.services.clients import ClientAdministration, Issued
from lrs.web.auth import AdministratorGuards
from lrs.xapi.actor import parse_agent
from lrs.xapi.identifiers import is_uuid

Text = Annotated[str, Field(min_length=1, max_length=200)]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
_DEFAULT_PROVIDER = "default"


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, populate_by_name=True)


class ProviderIn(_Model):
    """A provider to be made."""

    id: Slug
    name: Text
    time_zone: Text = "Asia/Jakarta"


class ProviderChange(_Model):
    """What may change of a provider; absent members stay."""

    name: Text | None = None
    time_zone: Text | None = None
    active: bool | None = None


class ClientIn(_Model):
    """A client to be made; key and secret are made by the server."""

    provider: Slug
    label: Text
    scopes: Annotated[list[str], Field(min_length=1, max_length=8)]


class ClientChange(_Model):
    """What may change of a client; absent members stay. `expires` in microseconds since 1970, 0 for never."""

    label: Text | None = None
    scopes: Annotated[list[str], Field(min_length=1, max_length=8)] | None = None
    time_zone: Annotated[str, Field(max_length=60)] | None = None
    rate_limit: Annotated[int, Field(ge=0, le=10_000_000)] | None = None
    expires: Annotated[int, Field(ge=0, le=2**62)] | None = None
    origins: Annotated[list[Text], Field(max_length=50)] | None = None
    bound_actor: Annotated[str, Field(max_length=4_000)] | None = None
    bound_registration: Annotated[str, Field(max_length=36)] | None = None
    subject: Annotated[str, Field(max_length=200)] | None = None
    active: bool | None = None


class Creds(_Model):
    """SQL LRS's shape of a key."""

    scopes: Annotated[list[str], Field(min_length=1, max_length=8)]
    api_key: Annotated[str, Field(alias="api-key", max_length=200)] = ""
    label: Annotated[str, Field(max_length=200)] = "creds"


class CredsKey(_Model):
    """Which key."""

    api_key: Annotated[str, Field(alias="api-key", min_length=1, max_length=200)]


def admin_router(stores: Stores, clients: ClientAdministration, guards: AdministratorGuards) -> APIRouter:
    """The routes under `/admin`."""
    router = APIRouter(prefix="/admin", tags=["administration"])
    _provider_routes(router, stores, clients, guards)
    _client_routes(router, stores, clients, guards)
    _creds_routes(router, stores, clients, guards)
    return router


def _provider_routes(router: APIRouter, stores: Stores, clients: ClientAdministration, guards: AdministratorGuards) -> None:
    @router.get("/providers", dependencies=[Depends(guards.reader)])
    async def list_providers() -> list[dict[str, object]]:
        return [_provider_view(one) for one in await stores.clients.providers()]

    @router.post("/providers", status_code=201, dependencies=[Depends(guards.writer)])
    async def add_provider(body: ProviderIn) -> dict[str, object]:
        return _provider_view(await clients.add_provider(body.id, body.name, body.time_zone))

    @router.patch("/providers/{provider_id}", dependencies=[Depends(guards.writer)])
    async def change_provider(provider_id: str, body: ProviderChange) -> dict[str, object]:
        found = await stores.clients.provider(provider_id[:63])
        if found is None:
            raise NotFoundError("there is no provider with this id", where="path")
        changed = replace(found, **body.model_dump(exclude_none=True))
        await stores.clients.save_provider(changed)
        return _provider_view(changed)


def _client_routes(router: APIRouter, stores: Stores, clients: ClientAdministration, guards: AdministratorGuards) -> None:
    @router.get("/clients", dependencies=[Depends(guards.reader)])
    async def list_clients() -> list[dict[str, object]]:
        return [_client_view(one) for one in await stores.clients.clients()]

    @router.post("/clients", status_code=201, dependencies=[Depends(guards.writer)])
    async def add_client(body: ClientIn) -> dict[str, object]:
        return _issued_view(await clients.add_client(body.provider, body.label, _scopes(body.scopes)))

    @router.patch("/clients/{client_id}", dependencies=[Depends(guards.writer)])
    async def change_client(client_id: str, body: ClientChange) -> dict[str, object]:
        found = await _client(stores, client_id)
        return _client_view(await stores.clients.save_client(_changed(found, body)))

    @router.post("/clients/{client_id}/rotate", dependencies=[Depends(guards.writer)])
    async def rotate_client(client_id: str) -> dict[str, object]:
        return _issued_view(await clients.rotate(await _client(stores, client_id)))

    @router.post("/clients/{client_id}/retire", dependencies=[Depends(guards.writer)])
    async def retire_secrets(client_id: str) -> dict[str, object]:
        return _client_view(await clients.retire(await _client(stores, client_id)))

    @router.delete("/clients/{client_id}", status_code=204, dependencies=[Depends(guards.writer)])
    async def delete_client(client_id: str) -> None:
        await stores.clients.delete_client(client_id[:200])


def _creds_routes(router: APIRouter, stores: Stores, clients: ClientAdministration, guards: AdministratorGuards) -> None:
    @router.get("/creds", dependencies=[Depends(guards.reader)])
    async def list_creds() -> list[dict[str, object]]:
        return [{"api-key": one.key, "label": one.label, "scopes": sorted(one.scopes)} for one in await stores.clients.clients()]

    @router.post("/creds", dependencies=[Depends(guards.writer)])
    async def add_creds(body: Creds) -> dict[str, object]:
        issued = await clients.add_client(_DEFAULT_PROVIDER, body.label or "creds", _scopes(body.scopes))
        return {"api-key": issued.client.key, "secret-key": issued.secret, "scopes": sorted(issued.client.scopes)}

    @router.put("/creds", dependencies=[Depends(guards.writer)])
    async def change_creds(body: Creds) -> dict[str, object]:
        found = await _client_of_key(stores, body.api_key)
        saved = await stores.clients.save_client(replace(found, scopes=_scopes(body.scopes)))
        return {"api-key": saved.key, "scopes": sorted(saved.scopes)}

    @router.delete("/creds", status_code=204, dependencies=[Depends(guards.writer)])
    async def delete_creds(body: CredsKey) -> None:
        await stores.clients.delete_client((await _client_of_key(stores, body.api_key)).id)


async def _client(stores: Stores, client_id: str) -> Client:
    found = await stores.clients.client(client_id[:200])
    if found is None:
        raise NotFoundError("there is no client with this id", where="path")
    return found


async def _client_of_key(stores: Stores, key: str) -> Client:
    found = await stores.clients.client_by_key(key)
    if found is None:
        raise NotFoundError("there is no such key", where="api-key")
    return found


def _changed(client: Client, body: ClientChange) -> Client:
    changes = body.model_dump(exclude_none=True)
    if "scopes" in changes:
        changes["scopes"] = _scopes(changes["scopes"])
    if "origins" in changes:
        changes["origins"] = tuple(changes["origins"])
    if "expires" in changes:
        changes["expires"] = changes["expires"] or None
    if changes.get("bound_actor"):
        parse_agent(changes["bound_actor"], where="bound_actor", allow_group=False)
    if changes.get("bound_registration") and not is_uuid(changes["bound_registration"]):
        raise InvalidRequestError("this must be a UUID", where="bound_registration")
    return replace(client, **changes)


def _scopes(names: list[str]) -> frozenset[Scope]:
    try:
        return frozenset(Scope(name) for name in names)
    except ValueError as error:
        raise InvalidRequestError("the scopes are: " + ", ".join(Scope), where="scopes", clause="xAPI-Communication 4.2") from error


def _provider_view(provider: Provider) -> dict[str, object]:
    return {"id": provider.id, "name": provider.name, "time_zone": provider.time_zone, "active": provider.active}


def _client_view(client: Client) -> dict[str, object]:
    """Everything but hashes."""
    return {
        "id": client.id,
        "api-key": client.key,
        "provider": client.provider,
        "label": client.label,
        "scopes": sorted(client.scopes),
        "time_zone": client.time_zone,
        "rate_limit": client.rate_limit,
        "expires": client.expires or 0,
        "origins": list(client.origins),
        "bound_actor": client.bound_actor,
        "bound_registration": client.bound_registration,
        "subject": client.subject,
        "active": client.active,
        "live_secrets": len(client.secrets),
    }


def _issued_view(issued: Issued) -> dict[str, object]:
    return _client_view(issued.client) | {"secret-key": issued.secret}
