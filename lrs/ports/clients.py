"""Providers, their LMS clients, and the clients' secrets."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Scope(StrEnum):
    """xAPI-Communication 1.0.3 4.2 ("OAuth Authorization Scope"); what each allows stands in `lrs.services.principal`."""

    STATEMENTS_WRITE = "statements/write"
    STATEMENTS_READ_MINE = "statements/read/mine"
    STATEMENTS_READ = "statements/read"
    STATE = "state"
    DEFINE = "define"
    PROFILE = "profile"
    ALL_READ = "all/read"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Provider:
    """Penyelenggara. `id` is a short slug (`[a-z0-9][a-z0-9-]{0,62}`), never reused; `time_zone` an IANA name."""

    id: str
    name: str
    time_zone: str = "Asia/Jakarta"
    active: bool = True
    created: int = 0


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret as it is kept. `scheme`: "hmac-sha256" for ours (256-bit random), "scrypt" for one that an operator chose. `until` in
    microseconds or None.
    """

    scheme: str
    hash: bytes
    salt: bytes = b""
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Client:
    """One LMS installation. `key` is its Basic user name, unique over all; at most two `secrets` are live (while rotating).

    `authority`: JSON of the Agent that statements are signed over to. `rate_limit`: requests a minute, 0 for none. `origins`: the CORS
    origins it may be used from, empty for any. `bound_actor` (JSON of an agent) and `bound_registration`: the only ones that it may write
    and read, "" for none. `subject`: the `client_id`/`azp` of OAuth tokens that act as this client, "" for none. `version` counts its
    changes. Times in microseconds.
    """

    id: str
    key: str
    provider: str
    label: str
    scopes: frozenset[Scope]
    authority: bytes
    secrets: tuple[Secret, ...] = ()
    time_zone: str = ""
    rate_limit: int = 0
    expires: int | None = None
    origins: tuple[str, ...] = ()
    bound_actor: str = ""
    bound_registration: str = ""
    subject: str = ""
    active: bool = True
    created: int = 0
    version: int = 0


class ClientStore(Protocol):
    """Each method is one transaction; a change is seen by every process at its next call."""

    async def add_provider(self, provider: Provider) -> None:
        """Raises ConflictError when the id is taken."""
        ...

    async def provider(self, provider_id: str) -> Provider | None: ...

    async def providers(self) -> list[Provider]:
        """All, by id."""
        ...

    async def save_provider(self, provider: Provider) -> None:
        """Replaces it. Raises NotFoundError."""
        ...

    async def add_client(self, client: Client) -> None:
        """Raises ConflictError when id, key or (non-empty) subject is taken, NotFoundError when the provider is unknown."""
        ...

    async def client(self, client_id: str) -> Client | None: ...

    async def client_by_key(self, key: str) -> Client | None: ...

    async def client_by_subject(self, subject: str) -> Client | None: ...

    async def clients(self, provider_id: str | None = None) -> list[Client]:
        """All (of one provider), by id."""
        ...

    async def save_client(self, client: Client) -> Client:
        """Replaces it where `client.version` is still the stored one, and answers it with the next version. Raises NotFoundError,
        ConflictError.
        """
        ...

    async def delete_client(self, client_id: str) -> None:
        """Forgets the key; its statements stay. Raises NotFoundError."""
        ...


@dataclass(frozen=True, slots=True)
class Administrator:
    """A person who may use the administration. `name` is the sign-in name, unique; the role decides what (`overseer` everything,
    `auditor` reads).
    """

    name: str
    secret: Secret
    role: str = "overseer"
    active: bool = True
    created: int = 0


class AdministratorStore(Protocol):
    """Each method is one transaction."""

    async def add(self, administrator: Administrator) -> None:
        """Raises ConflictError when the name is taken."""
        ...

    async def get(self, name: str) -> Administrator | None: ...

    async def all(self) -> list[Administrator]:
        """All, by name."""
        ...

    async def save(self, administrator: Administrator) -> None:
        """Replaces it. Raises NotFoundError."""
        ...
