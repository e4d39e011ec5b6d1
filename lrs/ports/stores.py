"""All stores of one engine, made and closed together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from lrs.ports.attachments import AttachmentStore
from lrs.ports.clients import AdministratorStore, ClientStore
from lrs.ports.copying import Copying
from lrs.ports.directory import ActivityDirectory
from lrs.ports.documents import DocumentStore
from lrs.ports.feed import Feed
from lrs.ports.reduction import StatementReduction
from lrs.ports.statements import StatementStore


class Lifecycle(Protocol):
    """What every engine does besides its ports."""

    async def close(self) -> None:
        """Finishes what was accepted, then releases the files. Later calls raise StoreUnavailableError."""
        ...

    async def ready(self) -> None:
        """Raises StoreUnavailableError when a write would fail now (disk full, locked, closed)."""
        ...

    async def key_mark(self, first: int | None = None) -> int | None:
        """The mark (0 to 2**62) of the key that this store's secrets are hashed with. None as long as no `first` was given; the first
        one is kept for good.
        """
        ...

    async def figures(self) -> dict[str, float]:
        """Gauges for metrics: at least `size_bytes`, `statements`; what an engine has besides is its own."""
        ...

    def commit_groups(self) -> tuple[dict[int, int], int]:
        """How many commits this process made, by the number of writes in them (rounded up to a power of two); and how many writes."""
        ...


@dataclass(frozen=True, slots=True)
class Stores:
    """The ports over one engine. `engine` also answers for health and figures."""

    statements: StatementStore
    attachments: AttachmentStore
    documents: DocumentStore
    directory: ActivityDirectory
    clients: ClientStore
    administrators: AdministratorStore
    feed: Feed
    reduction: StatementReduction
    copying: Copying
    engine: Lifecycle
