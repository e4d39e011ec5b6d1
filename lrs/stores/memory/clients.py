"""Providers and clients in memory."""

from __future__ import annotations

from dataclasses import replace

from lrs.errors import ConflictError, NotFoundError
from lrs.ports import Client, Provider
from lrs.stores.memory.engine import MemoryEngine


class MemoryClients:
    """See `lrs.ports.ClientStore`."""

    def __init__(self, engine: MemoryEngine) -> None:
        self._engine = engine
        self.all_providers: dict[str, Provider] = {}
        self.all_clients: dict[str, Client] = {}

    async def add_provider(self, provider: Provider) -> None:
        self._engine.must_take_writes()
        if provider.id in self.all_providers:
            raise ConflictError(f"there is a provider {provider.id} already", where="id")
        self.all_providers[provider.id] = provider

    async def provider(self, provider_id: str) -> Provider | None:
        self._engine.must_be_open()
        return self.all_providers.get(provider_id)

    async def providers(self) -> list[Provider]:
        self._engine.must_be_open()
        return sorted(self.all_providers.values(), key=lambda one: one.id)

    async def save_provider(self, provider: Provider) -> None:
        self._engine.must_take_writes()
        if provider.id not in self.all_providers:
            raise NotFoundError(f"there is no provider {provider.id}")
        self.all_providers[provider.id] = provider

    async def add_client(self, client: Client) -> None:
        self._engine.must_take_writes()
        if client.provider not in self.all_providers:
            raise NotFoundError(f"there is no provider {client.provider}", where="provider")
        if client.id in self.all_clients:
            raise ConflictError("another client has this id", where="id")
        self._must_be_unique(client)
        self.all_clients[client.id] = client

    async def client(self, client_id: str) -> Client | None:
        self._engine.must_be_open()
        return self.all_clients.get(client_id)

    async def client_by_key(self, key: str) -> Client | None:
        self._engine.must_be_open()
        return next((one for one in self.all_clients.values() if one.key == key), None)

    async def client_by_subject(self, subject: str) -> Client | None:
        self._engine.must_be_open()
        return next((one for one in self.all_clients.values() if subject and one.subject == subject), None)

    async def clients(self, provider_id: str | None = None) -> list[Client]:
        self._engine.must_be_open()
        return sorted((one for one in self.all_clients.values() if provider_id in (None, one.provider)), key=lambda one: one.id)

    async def save_client(self, client: Client) -> Client:
        self._engine.must_take_writes()
        present = self.all_clients.get(client.id)
        if present is None:
            raise NotFoundError(f"there is no client {client.id}")
        if present.version != client.version:
            raise ConflictError("the client was changed meanwhile; read it again")
        if client.provider not in self.all_providers:
            raise ConflictError("its provider is unknown", where="provider")
        self._must_be_unique(client)
        saved = replace(client, version=client.version + 1)
        self.all_clients[client.id] = saved
        return saved

    async def delete_client(self, client_id: str) -> None:
        self._engine.must_take_writes()
        if self.all_clients.pop(client_id, None) is None:
            raise NotFoundError(f"there is no client {client_id}")

    def _must_be_unique(self, client: Client) -> None:
        for other in self.all_clients.values():
            if other.id != client.id and (other.key == client.key or (client.subject and other.subject == client.subject)):
                raise ConflictError("another client has this key or subject")
