"""Providers and clients on MongoDB. Whose a key or a subject is, the insert of a name decides.

A name is taken before the client that has it is written, and given back after the client no longer has it. A name whose writer died in
between is free once the lease is over.
"""

from __future__ import annotations

import os
from dataclasses import replace

import msgspec
from bson import Binary

from lrs.clock import Clock
from lrs.errors import ConflictError, NotFoundError
from lrs.ports import Client, Provider
from lrs.stores.mongo.cluster import Cluster, Fields
from lrs.stores.mongo.schema import CLIENTS, NAMES, PROVIDERS

_PAGE = 1_000


class MongoClients:
    """See `lrs.ports.ClientStore`."""

    def __init__(self, cluster: Cluster, clock: Clock) -> None:
        self._cluster = cluster
        self._clock = clock

    async def add_provider(self, provider: Provider) -> None:
        if not await self._cluster.insert(PROVIDERS, {"_id": provider.id, "content": Binary(msgspec.json.encode(provider))}):
            if await self.provider(provider.id) == provider:
                return  # an earlier try of this very call, whose answer was lost, or somebody with the very same wish
            raise ConflictError(f"there is a provider {provider.id} already", where="id")

    async def provider(self, provider_id: str) -> Provider | None:
        found = await self._cluster.find_one(PROVIDERS, {"_id": provider_id})
        return None if found is None else msgspec.json.decode(found["content"], type=Provider)

    async def providers(self) -> list[Provider]:
        return [msgspec.json.decode(one["content"], type=Provider) for one in await self._all(PROVIDERS, {})]

    async def save_provider(self, provider: Provider) -> None:
        change = {"$set": {"content": Binary(msgspec.json.encode(provider))}}
        if not await self._cluster.update(PROVIDERS, {"_id": provider.id}, change):
            raise NotFoundError(f"there is no provider {provider.id}")

    async def add_client(self, client: Client) -> None:
        if await self.provider(client.provider) is None:
            raise NotFoundError(f"there is no provider {client.provider}", where="provider")
        taken = await self._take(client, names_of(client))
        if not await self._cluster.insert(CLIENTS, {"_id": client.id} | stored_client(client)):
            if await self.client(client.id) == client:
                return
            await self._give_back(taken)
            raise ConflictError("another client has this id", where="id")

    async def client(self, client_id: str) -> Client | None:
        return await self._one({"_id": client_id})

    async def client_by_key(self, key: str) -> Client | None:
        return await self._one({"key": key})

    async def client_by_subject(self, subject: str) -> Client | None:
        return await self._one({"subject": subject}) if subject else None

    async def clients(self, provider_id: str | None = None) -> list[Client]:
        found = await self._all(CLIENTS, {} if provider_id is None else {"provider": provider_id})
        return [msgspec.json.decode(one["content"], type=Client) for one in found]

    async def save_client(self, client: Client) -> Client:
        present = await self.client(client.id)
        if present is None:
            raise NotFoundError(f"there is no client {client.id}")
        if present.version != client.version:
            raise ConflictError("the client was changed meanwhile; read it again")
        if await self.provider(client.provider) is None:
            raise ConflictError("its provider is unknown", where="provider")
        saved = replace(client, version=client.version + 1)
        change: Fields = {"$set": stored_client(saved)}
        if not saved.subject:
            change["$unset"] = {"subject": ""}
        taken = await self._take(client, names_of(saved) - names_of(present))
        wanted = {"_id": client.id, "version": client.version}
        if not await self._cluster.update(CLIENTS, wanted, change) and await self.client(client.id) != saved:
            await self._give_back(taken)
            raise ConflictError("the client was changed meanwhile; read it again")
        await self._give_back(names_of(present) - names_of(saved))
        return saved

    async def delete_client(self, client_id: str) -> None:
        present = await self.client(client_id)
        if present is None:
            raise NotFoundError(f"there is no client {client_id}")
        await self._cluster.delete(CLIENTS, {"_id": client_id})
        await self._give_back(names_of(present))

    async def _take(self, client: Client, names: frozenset[str]) -> frozenset[str]:
        """All of them, or ConflictError and none."""
        taken: set[str] = set()
        for name in sorted(names):
            if not await self._take_one(client.id, name):
                await self._give_back(frozenset(taken))
                raise ConflictError("another client has this key or subject", where=name.partition("/")[0])
            taken.add(name)
        return frozenset(taken)

    async def _take_one(self, client_id: str, name: str) -> bool:
        turn, now = os.urandom(12).hex(), self._clock.now_us()
        fields = {"client": client_id, "turn": turn, "at": now}
        if await self._cluster.insert(NAMES, {"_id": name} | fields):
            return True
        held = await self._cluster.find_one(NAMES, {"_id": name})
        if held is None:
            return False  # given back this moment; the sender tries again
        if held["turn"] == turn:
            return True  # an earlier try of this very call
        holder = await self.client(held["client"])
        if (holder is not None and name in names_of(holder)) or now - held["at"] < self._cluster.options.lease * 1_000_000:
            return False
        return await self._cluster.update(NAMES, {"_id": name, "turn": held["turn"]}, {"$set": fields})

    async def _give_back(self, names: frozenset[str]) -> None:
        for name in sorted(names):
            await self._cluster.delete(NAMES, {"_id": name})

    async def _one(self, wanted: Fields) -> Client | None:
        found = await self._cluster.find_one(CLIENTS, wanted, {"content": 1})
        return None if found is None else msgspec.json.decode(found["content"], type=Client)

    async def _all(self, collection: str, wanted: Fields) -> list[Fields]:
        found: list[Fields] = []
        while True:
            after: Fields = {"_id": {"$gt": found[-1]["_id"]}} if found else {}
            page = await self._cluster.find(collection, wanted | after, {"content": 1}, sort=[("_id", 1)], limit=_PAGE, one_answer=False)
            found += page
            if len(page) < _PAGE:
                return found


def names_of(client: Client) -> frozenset[str]:
    """What nobody else may have."""
    return frozenset({f"key/{client.key}"} | ({f"subject/{client.subject}"} if client.subject else set()))


def stored_client(client: Client) -> Fields:
    """Its fields but for the `_id`."""
    fields: Fields = {"key": client.key, "provider": client.provider, "version": client.version}
    if client.subject:
        fields["subject"] = client.subject
    return fields | {"content": Binary(msgspec.json.encode(client))}
