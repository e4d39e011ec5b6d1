"""The administration's JSON API: providers, clients, keys. `/admin/creds` has the names that SQL LRS uses, so that its tools find them.

An administrator signs in with HTTP Basic; an auditor may only read. A secret is answered once, when it is made.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypedDict

from lrs.clock import SystemClock
from lrs.ports import Client, Stores
from lrs.services.administrators import Administrators
from lrs.services.client_changes import ClientChange, scopes_named
from lrs.services.client_views import (
    AdministratorView,
    ClientView,
    IssuedView,
    ProviderView,
    administrator_view,
    client_view,
    issued_view,
    provider_view,
)
from lrs.services.clients import ROTATION_SECONDS, ClientAdministration, Issued
from lrs.web.auth import AdministratorGuards

Text = Annotated[str, Field(min_length=1, max_length=200)]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Scopes = Annotated[list[str], Field(min_length=1, max_length=8)]
_DEFAULT_PROVIDER = "default"

NewAdministrator = TypedDict("NewAdministrator", {"name": str, "role": str, "secret-key": str})
NewSecret = TypedDict("NewSecret", {"name": str, "secret-key": str})
CredsView = TypedDict("CredsView", {"api-key": str, "label": str, "scopes": list[str]})
IssuedCreds = TypedDict("IssuedCreds", {"api-key": str, "secret-key": str, "scopes": list[str]})
ChangedCreds = TypedDict("ChangedCreds", {"api-key": str, "scopes": list[str]})


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


class ClientMembers(_Model):
    """What may be set of a client; absent members stay. `expires` in microseconds since 1970, 0 for never; `authority` JSON of an Agent."""

    authority: Annotated[str, Field(min_length=1, max_length=4_000)] | None = None
    time_zone: Annotated[str, Field(max_length=60)] | None = None
    rate_limit: Annotated[int, Field(ge=0, le=10_000_000)] | None = None
    expires: Annotated[int, Field(ge=0, le=2**62)] | None = None
    origins: Annotated[list[Text], Field(max_length=50)] | None = None
    bound_actor: Annotated[str, Field(max_length=4_000)] | None = None
    bound_registration: Annotated[str, Field(max_length=36)] | None = None
    subject: Annotated[str, Field(max_length=200)] | None = None
    active: bool | None = None


class ClientIn(ClientMembers):
    """A client to be made; key and secret are made by the server."""

    provider: Slug
    label: Text
    scopes: Scopes


class ClientPatch(ClientMembers):
    """What may change of a client."""

    label: Text | None = None
    scopes: Scopes | None = None


class Rotation(_Model):
    """How long the old secret stays live beside the new one."""

    keep_seconds: Annotated[int, Field(ge=0, le=366 * 86_400)] = ROTATION_SECONDS


class AdministratorIn(_Model):
    """An administrator to be made: an overseer may do everything, an auditor reads."""

    name: Text
    role: Annotated[str, Field(pattern="^(overseer|auditor)$")] = "overseer"


class AdministratorPatch(_Model):
    """What may change of an administrator."""

    active: bool


class Creds(_Model):
    """SQL LRS's shape of a key."""

    scopes: Scopes
    api_key: Annotated[str, Field(alias="api-key", max_length=200)] = ""
    label: Annotated[str, Field(max_length=200)] = "creds"


class CredsKey(_Model):
    """Which key."""

    api_key: Annotated[str, Field(alias="api-key", min_length=1, max_length=200)]


def admin_router(stores: Stores, clients: ClientAdministration, administrators: Administrators, guards: AdministratorGuards) -> APIRouter:
    """The routes under `/admin`."""
    router = APIRouter(prefix="/admin", tags=["administration"])
    _administrator_routes(router, administrators, guards)
    _provider_routes(router, stores, clients, guards)
    _client_routes(router, stores, clients, guards)
    _creds_routes(router, stores, clients, guards)
    return router


def _administrator_routes(router: APIRouter, administrators: Administrators, guards: AdministratorGuards) -> None:
    @router.get("/administrators", dependencies=[Depends(guards.reader)])
    async def list_administrators() -> list[AdministratorView]:
        return [administrator_view(one) for one in await administrators.all()]

    @router.post("/administrators", status_code=201, dependencies=[Depends(guards.writer)])
    async def add_administrator(body: AdministratorIn) -> NewAdministrator:
        return {"name": body.name, "role": body.role, "secret-key": await administrators.create(body.name, body.role)}

    @router.patch("/administrators/{name}", dependencies=[Depends(guards.writer)])
    async def change_administrator(name: str, body: AdministratorPatch) -> AdministratorView:
        return administrator_view(await administrators.switch(name, active=body.active))

    @router.post("/administrators/{name}/reset", dependencies=[Depends(guards.writer)])
    async def reset_administrator(name: str) -> NewSecret:
        return {"name": name, "secret-key": await administrators.reset(name)}


def _provider_routes(router: APIRouter, stores: Stores, clients: ClientAdministration, guards: AdministratorGuards) -> None:
    @router.get("/providers", dependencies=[Depends(guards.reader)])
    async def list_providers() -> list[ProviderView]:
        return [provider_view(one) for one in await stores.clients.providers()]

    @router.post("/providers", status_code=201, dependencies=[Depends(guards.writer)])
    async def add_provider(body: ProviderIn) -> ProviderView:
        return provider_view(await clients.add_provider(body.id, body.name, body.time_zone))

    @router.get("/providers/{provider_id}", dependencies=[Depends(guards.reader)])
    async def show_provider(provider_id: str) -> ProviderView:
        return provider_view(await clients.provider(provider_id))

    @router.patch("/providers/{provider_id}", dependencies=[Depends(guards.writer)])
    async def change_provider(provider_id: str, body: ProviderChange) -> ProviderView:
        return provider_view(await clients.change_provider(provider_id, **body.model_dump()))


def _client_routes(router: APIRouter, stores: Stores, clients: ClientAdministration, guards: AdministratorGuards) -> None:
    @router.get("/clients", dependencies=[Depends(guards.reader)])
    async def list_clients(provider: str = "") -> list[ClientView]:
        return [_view(one) for one in await stores.clients.clients(provider or None)]

    @router.post("/clients", status_code=201, dependencies=[Depends(guards.writer)])
    async def add_client(body: ClientIn) -> IssuedView:
        return _issued(await clients.add_client(body.provider, body.label, scopes_named(body.scopes), more=_change(body)))

    @router.get("/clients/{client_id}", dependencies=[Depends(guards.reader)])
    async def show_client(client_id: str) -> ClientView:
        return _view(await clients.client(client_id))

    @router.patch("/clients/{client_id}", dependencies=[Depends(guards.writer)])
    async def change_client(client_id: str, body: ClientPatch) -> ClientView:
        return _view(await clients.change_client(await clients.client(client_id), _change(body)))

    @router.post("/clients/{client_id}/rotate", dependencies=[Depends(guards.writer)])
    async def rotate_client(client_id: str, body: Rotation = Rotation()) -> IssuedView:  # noqa: B008  # FastAPI's way: the body may be absent
        return _issued(await clients.rotate(await clients.client(client_id), keep_seconds=body.keep_seconds))

    @router.post("/clients/{client_id}/retire", dependencies=[Depends(guards.writer)])
    async def retire_secrets(client_id: str) -> ClientView:
        return _view(await clients.retire(await clients.client(client_id)))

    @router.delete("/clients/{client_id}", status_code=204, dependencies=[Depends(guards.writer)])
    async def delete_client(client_id: str) -> None:
        await clients.remove(await clients.client(client_id))


def _creds_routes(router: APIRouter, stores: Stores, clients: ClientAdministration, guards: AdministratorGuards) -> None:
    @router.get("/creds", dependencies=[Depends(guards.reader)])
    async def list_creds() -> list[CredsView]:
        return [{"api-key": one.key, "label": one.label, "scopes": sorted(one.scopes)} for one in await stores.clients.clients()]

    @router.post("/creds", dependencies=[Depends(guards.writer)])
    async def add_creds(body: Creds) -> IssuedCreds:
        issued = await clients.add_client(_DEFAULT_PROVIDER, body.label or "creds", scopes_named(body.scopes))
        return {"api-key": issued.client.key, "secret-key": issued.secret, "scopes": sorted(issued.client.scopes)}

    @router.put("/creds", dependencies=[Depends(guards.writer)])
    async def change_creds(body: Creds) -> ChangedCreds:
        found = await clients.client(body.api_key)
        saved = await clients.change_client(found, ClientChange(scopes=scopes_named(body.scopes)))
        return {"api-key": saved.key, "scopes": sorted(saved.scopes)}

    @router.delete("/creds", status_code=204, dependencies=[Depends(guards.writer)])
    async def delete_creds(body: CredsKey) -> None:
        await clients.remove(await clients.client(body.api_key))


def _change(body: ClientMembers) -> ClientChange:
    given = body.model_dump(exclude_none=True, exclude={"provider"})
    if "scopes" in given:
        given["scopes"] = scopes_named(given["scopes"])
    if "origins" in given:
        given["origins"] = tuple(given["origins"])
    if "authority" in given:
        given["authority"] = given["authority"].encode()
    return ClientChange(**given)


def _view(client: Client) -> ClientView:
    return client_view(client, SystemClock().now_us())


def _issued(issued: Issued) -> IssuedView:
    return issued_view(issued, SystemClock().now_us())
