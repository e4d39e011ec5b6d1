"""`jejak provider`, `jejak client`, `jejak admin`: who may use the server. They write the store itself, beside a running server too."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Annotated, TypeVar

import typer

from jejak.composition import Product, open_product
from jejak.settings import load_settings
from lrs.errors import InvalidRequestError, NotFoundError
from lrs.ports import Client, Scope

T = TypeVar("T")

provider_app = typer.Typer(no_args_is_help=True, help="Providers (penyelenggara): institutions whose LMSs send statements.")
client_app = typer.Typer(no_args_is_help=True, help="LMS clients of a provider: keys, secrets, scopes.")
admin_app = typer.Typer(no_args_is_help=True, help="Administrators.")

Scopes = Annotated[list[str], typer.Option("--scope", help="may be given several times: " + ", ".join(Scope))]


def _run(work: Callable[[Product], Awaitable[T]]) -> T:
    async def with_product() -> T:
        product = await open_product(load_settings(), seed=False)
        try:
            return await work(product)
        finally:
            await product.close()

    return asyncio.run(with_product())


def _show(rows: list[dict[str, object]]) -> None:
    for row in rows:
        typer.echo(json.dumps(row, ensure_ascii=False))


@provider_app.command("add")
def add_provider(provider_id: str, name: str, time_zone: Annotated[str, typer.Option(help="IANA name")] = "Asia/Jakarta") -> None:
    """Add a provider. Example: jejak provider add balai-a "Balai Pelatihan A" --time-zone Asia/Makassar"""
    provider = _run(lambda product: product.clients.add_provider(provider_id, name, time_zone))
    _show([{"id": provider.id, "name": provider.name}])


@provider_app.command("list")
def list_providers() -> None:
    """One JSON object a line."""
    providers = _run(lambda product: product.stores.clients.providers())
    _show([{"id": one.id, "name": one.name, "time_zone": one.time_zone, "active": one.active} for one in providers])


@provider_app.command("on")
def provider_on(provider_id: str) -> None:
    """Let the provider's clients in again."""
    _switch_provider(provider_id, active=True)


@provider_app.command("off")
def provider_off(provider_id: str) -> None:
    """Keep the provider's clients out, within a second, in every process."""
    _switch_provider(provider_id, active=False)


def _switch_provider(provider_id: str, *, active: bool) -> None:
    async def work(product: Product) -> None:
        found = await product.stores.clients.provider(provider_id)
        if found is None:
            raise NotFoundError(f"there is no provider {provider_id}")
        await product.stores.clients.save_provider(replace(found, active=active))

    _run(work)


@client_app.command("add")
def add_client(provider: str, label: str, scope: Scopes) -> None:
    """Add a client; its secret is shown once. Example: jejak client add balai-a "Moodle" --scope statements/write"""
    try:
        scopes = frozenset(Scope(one) for one in scope)
    except ValueError as error:
        raise InvalidRequestError("the scopes are: " + ", ".join(Scope)) from error
    issued = _run(lambda product: product.clients.add_client(provider, label, scopes))
    _show([{"id": issued.client.id, "key": issued.client.key, "secret": issued.secret}])


@client_app.command("list")
def list_clients(provider: Annotated[str, typer.Option(help="only this provider's")] = "") -> None:
    """One JSON object a line; no secrets."""
    clients = _run(lambda product: product.stores.clients.clients(provider or None))
    _show([{"id": one.id, "key": one.key, "provider": one.provider, "label": one.label, "active": one.active} for one in clients])


@client_app.command("rotate")
def rotate_client(client_id: str) -> None:
    """Make a second secret; the present one stays live for a week, or until `retire`."""

    async def work(product: Product) -> str:
        return (await product.clients.rotate(await _client(product, client_id))).secret

    _show([{"id": client_id, "secret": _run(work)}])


@client_app.command("retire")
def retire_secrets(client_id: str) -> None:
    """End every secret but the newest."""

    async def work(product: Product) -> None:
        await product.clients.retire(await _client(product, client_id))

    _run(work)


@client_app.command("on")
def client_on(client_id: str) -> None:
    """Let the client in again."""
    _switch_client(client_id, active=True)


@client_app.command("off")
def client_off(client_id: str) -> None:
    """Keep the client out, within a second, in every process."""
    _switch_client(client_id, active=False)


@client_app.command("delete")
def delete_client(client_id: str) -> None:
    """Forget the key; the client's statements stay."""
    _run(lambda product: product.stores.clients.delete_client(client_id))


def _switch_client(client_id: str, *, active: bool) -> None:
    async def work(product: Product) -> None:
        await product.stores.clients.save_client(replace(await _client(product, client_id), active=active))

    _run(work)


async def _client(product: Product, client_id: str) -> Client:
    found = await product.stores.clients.client(client_id)
    if found is None:
        raise NotFoundError(f"there is no client {client_id}")
    return found


@admin_app.command("create")
def create_administrator(name: str, role: Annotated[str, typer.Option(help="overseer or auditor")] = "overseer") -> None:
    """Add an administrator; the secret is shown once."""
    if role not in ("overseer", "auditor"):
        raise InvalidRequestError("the roles are overseer and auditor")
    _show([{"name": name, "secret": _run(lambda product: product.administrators.create(name, role))}])


@admin_app.command("reset")
def reset_administrator(name: str) -> None:
    """Give an administrator a new secret."""
    _show([{"name": name, "secret": _run(lambda product: product.administrators.reset(name))}])


@admin_app.command("list")
def list_administrators() -> None:
    """One JSON object a line; no secrets."""
    found = _run(lambda product: product.stores.administrators.all())
    _show([{"name": one.name, "role": one.role, "active": one.active} for one in found])
