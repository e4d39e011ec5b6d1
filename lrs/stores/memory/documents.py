"""The document port in memory."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha1

from lrs.clock import Clock
from lrs.ports import Document, DocumentKey
from lrs.ports.documents import Decide
from lrs.stores.memory.engine import MemoryEngine


class MemoryDocuments:
    """See `lrs.ports.DocumentStore`."""

    def __init__(self, engine: MemoryEngine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self.by_key: dict[DocumentKey, Document] = {}

    async def get(self, key: DocumentKey) -> Document | None:
        self._engine.must_be_open()
        return self.by_key.get(key)

    async def change(self, key: DocumentKey, decide: Decide) -> Document | None:
        self._engine.must_take_writes()
        present = self.by_key.get(key)
        decided = decide(present)
        if decided is None:
            self.by_key.pop(key, None)
            return None
        content, content_type = decided
        updated = max(self._clock.now_us(), 0 if present is None else present.updated + 1)
        document = Document(content, content_type, sha1(content, usedforsecurity=False).hexdigest(), updated)
        self.by_key[key] = document
        return document

    async def ids(self, scope: DocumentKey, *, any_registration: bool = False, since: int | None = None) -> list[str]:
        self._engine.must_be_open()
        keys = self._within(scope, any_registration)
        return sorted({key.id for key in keys if since is None or self.by_key[key].updated > since})

    async def delete_all(self, scope: DocumentKey, *, any_registration: bool = False) -> int:
        self._engine.must_take_writes()
        keys = self._within(scope, any_registration)
        for key in keys:
            del self.by_key[key]
        return len(keys)

    async def of_agent(self, provider: str, agent: str) -> list[tuple[DocumentKey, Document]]:
        self._engine.must_be_open()
        found = [(key, one) for key, one in self.by_key.items() if (key.provider, key.agent) == (provider, agent)]
        return sorted(found, key=lambda pair: (pair[0].kind, pair[0].activity, pair[0].registration, pair[0].id))

    async def forget(self, before: int, *, dry: bool = False) -> int:
        if not dry:
            self._engine.must_take_writes()
        self._engine.must_be_open()
        old = [key for key, document in self.by_key.items() if key.agent and document.updated < before]
        for key in old if not dry else []:
            del self.by_key[key]
        return len(old)

    def _within(self, scope: DocumentKey, any_registration: bool) -> list[DocumentKey]:
        """The keys in `scope`: equal to it but for the id (and the registration)."""
        return [
            key
            for key in self.by_key
            if scope == replace(key, id=scope.id, registration=scope.registration if any_registration else key.registration)
        ]
