"""The document port on MongoDB: a document is changed only where it still is as it was read."""

from __future__ import annotations

import os
from dataclasses import replace
from hashlib import sha1, sha256

from bson import Binary

from lrs.clock import Clock
from lrs.errors import StoreUnavailableError, TooLargeError
from lrs.ports import Document, DocumentKey, DocumentKind
from lrs.ports.documents import Decide
from lrs.stores.mongo.cluster import Cluster, Fields
from lrs.stores.mongo.schema import DOCUMENTS

_PAGE = 1_000
_TRIES = 100
_PLACES = frozenset({"_id", "id", "scope", "wide", "key", "about"})  # fields that follow from the key
_MOST = 15_000_000  # bytes of a document's content: the server's own documents end at 16 MiB


class MongoDocuments:
    """See `lrs.ports.DocumentStore`."""

    def __init__(self, cluster: Cluster, clock: Clock) -> None:
        self._cluster = cluster
        self._clock = clock

    async def get(self, key: DocumentKey) -> Document | None:
        found = await self._cluster.find_one(DOCUMENTS, {"_id": document_name(key)})
        return None if found is None else document_of(found)

    async def change(self, key: DocumentKey, decide: Decide) -> Document | None:
        name = document_name(key)
        for _ in range(_TRIES):
            found = await self._cluster.find_one(DOCUMENTS, {"_id": name})
            present = None if found is None else document_of(found)
            decided = decide(present)
            if decided is None:
                if found is None or await self._cluster.delete(DOCUMENTS, {"_id": name, "turn": found["turn"]}):
                    return None
                continue
            content, content_type = decided
            updated = max(self._clock.now_us(), 0 if present is None else present.updated + 1)
            document = Document(content, content_type, sha1(content, usedforsecurity=False).hexdigest(), updated)
            if await self._replace(key, found, document):
                return document
        raise StoreUnavailableError("too many change this document at the same moment", retry_after=1)

    async def ids(self, scope: DocumentKey, *, any_registration: bool = False, since: int | None = None) -> list[str]:
        return sorted({one["id"] for one in await self._within(scope, any_registration, since)})

    async def delete_all(self, scope: DocumentKey, *, any_registration: bool = False) -> int:
        deleted = 0
        for one in await self._within(scope, any_registration, None):
            deleted += await self._cluster.delete(DOCUMENTS, {"_id": one["_id"]})
        return deleted

    async def of_agent(self, provider: str, agent: str) -> list[tuple[DocumentKey, Document]]:
        found: list[Fields] = []
        wanted: Fields = {"about": _about(provider, agent)}
        while len(page := await self._cluster.find(DOCUMENTS, wanted, sort=[("_id", 1)], limit=_PAGE, one_answer=False)) == _PAGE:
            found += page
            wanted["_id"] = {"$gt": page[-1]["_id"]}
        pairs = [(key_of(one), document_of(one)) for one in found + page]
        return sorted(pairs, key=lambda pair: (pair[0].kind, pair[0].activity, pair[0].registration, pair[0].id))

    async def forget(self, before: int, *, dry: bool = False) -> int:
        many, last = 0, ""
        while True:
            wanted = {"touched": {"$gt": last, "$lt": _touched(before, "")}}
            page = await self._cluster.find(
                DOCUMENTS, wanted, {"turn": 1, "touched": 1}, sort=[("touched", 1)], limit=_PAGE, one_answer=False
            )
            for one in page:
                many += dry or await self._cluster.delete(DOCUMENTS, {"_id": one["_id"], "turn": one["turn"]})
            if len(page) < _PAGE:
                return many
            last = page[-1]["touched"]

    async def _replace(self, key: DocumentKey, found: Fields | None, document: Document) -> bool:
        """False when somebody else was first. An answer that was lost is looked for: the turn is this call's own."""
        fields = document_fields(key, document)
        name, turn = fields["_id"], fields["turn"]
        if found is None:
            done = await self._cluster.insert(DOCUMENTS, fields)
        else:
            changed = {field: value for field, value in fields.items() if field not in _PLACES}
            done = await self._cluster.update(DOCUMENTS, {"_id": name, "turn": found["turn"]}, {"$set": changed})
        if done:
            return True
        present = await self._cluster.find_one(DOCUMENTS, {"_id": name}, {"turn": 1})
        return present is not None and present["turn"] == turn

    async def _within(self, scope: DocumentKey, any_registration: bool, since: int | None) -> list[Fields]:
        found: list[Fields] = []
        place = {"wide": _wide(scope)} if any_registration else {"scope": _scope(scope)}
        while True:
            wanted: Fields = place | ({"updated": {"$gt": since}} if since is not None else {})
            page = await self._cluster.find(DOCUMENTS, wanted, {"id": 1}, sort=[("id", 1)], limit=_PAGE + len(found), one_answer=False)
            if len(page) < _PAGE + len(found):
                return page
            found = page


def document_fields(key: DocumentKey, document: Document) -> Fields:
    """The whole of it, with a turn of its own. Raises TooLargeError."""
    if len(document.content) > _MOST:
        raise TooLargeError(f"a document has at most {_MOST:,} bytes on this store")
    name = document_name(key)
    fields: Fields = {
        "_id": name,
        "id": key.id,
        "scope": _scope(key),
        "wide": _wide(key),
        "key": _parts(key),
        "content": Binary(document.content),
        "type": document.content_type,
        "etag": document.etag,
        "updated": document.updated,
        "turn": os.urandom(12).hex(),
    }
    if key.agent:
        fields |= {"about": _about(key.provider, key.agent), "touched": _touched(document.updated, name)}
    return fields


def document_of(found: Fields) -> Document:
    """As it was kept."""
    return Document(bytes(found["content"]), found["type"], found["etag"], found["updated"])


def document_name(key: DocumentKey) -> str:
    """The `_id`."""
    return _hashed(key)


def _scope(key: DocumentKey) -> str:
    return _hashed(replace(key, id=""))


def _wide(key: DocumentKey) -> str:
    return _hashed(replace(key, id="", registration=""))


def _parts(key: DocumentKey) -> list[str]:
    return [str(key.kind), key.provider, key.id, key.activity, key.agent, key.registration]


def key_of(found: Fields) -> DocumentKey:
    """Where it lies."""
    kind, *parts = found["key"]
    return DocumentKey(DocumentKind(kind), *parts)


def _touched(updated: int, name: str) -> str:
    """Ordered by the moment, and different for every document."""
    return f"{updated:016x}/{name}"


def _about(provider: str, agent: str) -> str:
    return sha256(f"{len(provider)}:{provider}{agent}".encode()).hexdigest()


def _hashed(key: DocumentKey) -> str:
    parts = (key.provider, str(key.kind), key.activity, key.agent, key.registration, key.id)
    return sha256("\n".join(f"{len(part)}:{part}" for part in parts).encode("utf-8")).hexdigest()
