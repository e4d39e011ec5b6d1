"""Making and changing providers and clients: what the administration's API and command line call."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import orjson

from lrs.clock import Clock
from lrs.errors import InvalidRequestError
from lrs.ports import Client, Provider, Scope, Secret, Stores
from lrs.services.identifiers import Uuid7Source
from lrs.services.secrets import SecretHasher, new_key, new_secret

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_ROTATION_SECONDS = 7 * 86_400  # how long the old secret stays live beside the new one, unless it is retired before


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
        """Raises InvalidRequestError (id is no slug), ConflictError."""
        if _SLUG.fullmatch(provider_id) is None:
            raise InvalidRequestError("a provider's id is lower-case letters, digits and hyphens, at most 63", where="id")
        provider = Provider(provider_id, name, time_zone, created=self._clock.now_us())
        await self._stores.clients.add_provider(provider)
        return provider

    async def add_client(
        self, provider: str, label: str, scopes: frozenset[Scope], *, key: str = "", secret: str = "", authority: bytes = b""
    ) -> Issued:
        """A new client; key and secret are made when none are given. Raises NotFoundError, ConflictError."""
        client_id = self._new_id()
        plain = secret or new_secret()
        kept = await self._hasher.chosen(secret) if secret else self._hasher.keyed(plain)
        client = Client(
            id=client_id,
            key=key or new_key(),
            provider=provider,
            label=label,
            scopes=scopes,
            authority=authority or self._authority(client_id, label),
            secrets=(kept,),
            created=self._clock.now_us(),
        )
        await self._stores.clients.add_client(client)
        return Issued(client, plain)

    async def rotate(self, client: Client) -> Issued:
        """Gives a second secret; the newest of the old ones stays live for a week. Raises ConflictError, NotFoundError."""
        plain = new_secret()
        until = self._clock.now_us() + _ROTATION_SECONDS * 1_000_000
        old: tuple[Secret, ...] = tuple(replace(one, until=min(one.until or until, until)) for one in client.secrets[-1:])
        saved = await self._stores.clients.save_client(replace(client, secrets=(*old, self._hasher.keyed(plain))))
        return Issued(saved, plain)

    async def retire(self, client: Client) -> Client:
        """Ends every secret but the newest, at once."""
        return await self._stores.clients.save_client(replace(client, secrets=client.secrets[-1:]))

    def _authority(self, client_id: str, label: str) -> bytes:
        return orjson.dumps({"objectType": "Agent", "name": label, "account": {"homePage": self._home_page, "name": client_id}})
