"""Making and changing providers and clients: what the administration's API and command line call."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import orjson

from lrs.clock import Clock
from lrs.errors import InvalidRequestError, NotFoundError
from lrs.ports import Client, Provider, Scope, Secret, Stores
from lrs.services.client_changes import ClientChange, changed, checked_text, checked_time_zone
from lrs.services.identifiers import Uuid7Source
from lrs.services.secrets import SecretHasher, new_key, new_secret

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_KEY = re.compile(r"[!-9;-~]{1,200}")  # HTTP Basic ends the user name at the first colon (RFC 7617, 2)
ROTATION_SECONDS = 7 * 86_400  # how long the old secret stays live beside the new one, unless it is retired before


@dataclass(frozen=True, slots=True)
class Issued:
    """A client with its secret in plain: shown once, then only its hash is left."""

    client: Client
    secret: str


class ClientAdministration:
    """`home_page` is the account homePage in the authority of clients that name none: the server's public address."""

    def __init__(self, stores: Stores, hasher: SecretHasher, clock: Clock, home_page: str) -> None:
        self._stores = stores
        self._hasher = hasher
        self._clock = clock
        self._home_page = home_page
        self._new_id = Uuid7Source(clock)

    async def add_provider(self, provider_id: str, name: str, time_zone: str = "Asia/Jakarta") -> Provider:
        """Raises InvalidRequestError (id is no slug, no such time zone), ConflictError."""
        if _SLUG.fullmatch(provider_id) is None:
            raise InvalidRequestError("a provider's id is lower-case letters, digits and hyphens, at most 63", where="id")
        provider = Provider(provider_id, checked_text(name, "name"), checked_time_zone(time_zone), created=self._clock.now_us())
        await self._stores.clients.add_provider(provider)
        return provider

    async def provider(self, provider_id: str) -> Provider:
        """Raises NotFoundError."""
        found = await self._stores.clients.provider(provider_id[:63])
        if found is None:
            raise NotFoundError("there is no provider with this id", where="provider")
        return found

    async def change_provider(
        self, provider_id: str, *, name: str | None = None, time_zone: str | None = None, active: bool | None = None
    ) -> Provider:
        """What is None stays. Raises NotFoundError, InvalidRequestError."""
        found = await self.provider(provider_id)
        saved = replace(
            found,
            name=found.name if name is None else checked_text(name, "name"),
            time_zone=found.time_zone if time_zone is None else checked_time_zone(time_zone),
            active=found.active if active is None else active,
        )
        await self._stores.clients.save_provider(saved)
        return saved

    async def client(self, id_or_key: str) -> Client:
        """Raises NotFoundError."""
        name = id_or_key[:200]
        found = await self._stores.clients.client(name) or await self._stores.clients.client_by_key(name)
        if found is None:
            raise NotFoundError("there is no client with this id or key", where="client")
        return found

    async def add_client(
        self,
        provider: str,
        label: str,
        scopes: frozenset[Scope],
        *,
        key: str = "",
        secret: str = "",
        more: ClientChange = ClientChange(),  # noqa: B008  # a frozen value
    ) -> Issued:
        """A new client; key and secret are made when none are given. Raises InvalidRequestError, NotFoundError, ConflictError."""
        if key and _KEY.fullmatch(key) is None:
            raise InvalidRequestError("a key is 1 to 200 visible characters without a colon", where="key")
        client_id = self._new_id()
        bare = Client(
            id=client_id,
            key=key or new_key(),
            provider=provider,
            label=checked_text(label, "label"),
            scopes=scopes,
            authority=self._authority(client_id, label),
            created=self._clock.now_us(),
        )
        kept, plain = await self._secret(secret)
        client = replace(changed(bare, more), secrets=(kept,))
        await self._stores.clients.add_client(client)
        return Issued(client, plain)

    async def change_client(self, client: Client, change: ClientChange) -> Client:
        """Raises InvalidRequestError, ConflictError (changed meanwhile, subject taken), NotFoundError."""
        return await self._stores.clients.save_client(changed(client, change))

    async def rotate(self, client: Client, *, secret: str = "", keep_seconds: int = ROTATION_SECONDS) -> Issued:
        """Gives a second secret; the newest of the old ones stays live for `keep_seconds`. Raises ConflictError, NotFoundError."""
        kept, plain = await self._secret(secret)
        until = self._clock.now_us() + keep_seconds * 1_000_000
        old: tuple[Secret, ...] = tuple(replace(one, until=min(one.until or until, until)) for one in client.secrets[-1:])
        saved = await self._stores.clients.save_client(replace(client, secrets=(*(old if keep_seconds else ()), kept)))
        return Issued(saved, plain)

    async def retire(self, client: Client) -> Client:
        """Ends every secret but the newest, at once."""
        return await self._stores.clients.save_client(replace(client, secrets=client.secrets[-1:]))

    async def remove(self, client: Client) -> None:
        """Forgets the key; the client's statements stay. Raises NotFoundError."""
        await self._stores.clients.delete_client(client.id)

    async def _secret(self, chosen: str) -> tuple[Secret, str]:
        """As it is kept, and in plain."""
        plain = chosen or new_secret()
        return (await self._hasher.chosen(plain) if chosen else self._hasher.keyed(plain)), plain

    def _authority(self, client_id: str, label: str) -> bytes:
        return orjson.dumps({"objectType": "Agent", "name": label, "account": {"homePage": self._home_page, "name": client_id}})
