"""Copying from and to memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lrs.errors import ConflictError
from lrs.ports.copying import CopiedStatement, Mark, Shelf, ShelfPage
from lrs.ports.reduction import DIGEST_TERM
from lrs.stores import copied
from lrs.stores.memory.administrators import MemoryAdministrators
from lrs.stores.memory.attachments import MemoryAttachments
from lrs.stores.memory.clients import MemoryClients
from lrs.stores.memory.documents import MemoryDocuments
from lrs.stores.memory.engine import MemoryEngine
from lrs.stores.memory.feed import MemoryFeed
from lrs.stores.memory.log import Kept, StatementLog


class MemoryCopying:
    """See `lrs.ports.copying.Copying`."""

    def __init__(
        self,
        engine: MemoryEngine,
        log: StatementLog,
        clients: MemoryClients,
        administrators: MemoryAdministrators,
        documents: MemoryDocuments,
        attachments: MemoryAttachments,
        feed: MemoryFeed,
    ) -> None:
        self._engine = engine
        self._log = log
        self._clients = clients
        self._administrators = administrators
        self._documents = documents
        self._attachments = attachments
        self._feed = feed

    async def statements(self, after: int, limit: int) -> list[CopiedStatement]:
        return [self._copied(kept) for kept in self._log.after(after, limit)]

    async def keep_statements(self, statements: Sequence[CopiedStatement]) -> None:
        statements = await copied.not_there_yet(self, statements)
        last = self._log.after(len(self._log) - 1, 1) if len(self._log) else []
        stored = last[0].answer.stored if last else 0
        for place, one in enumerate(statements, len(self._log) + 1):
            if one.position != place or one.stored <= stored:
                raise ConflictError(copied.NO_COPY)
            stored = one.stored
        self._log.given.extend(one.stored for one in statements)
        for batch in copied.batches_of(statements):
            self._log.append(batch)
        self._log.reduced |= {one.id for one in statements if one.reduced}

    async def page(self, shelf: Shelf, after: str | None, limit: int) -> ShelfPage:
        every = self._all(shelf)
        keys = [key for key in sorted(every) if after is None or key > after][:limit]
        return ShelfPage({key: every[key] for key in keys}, keys[-1] if len(keys) == limit else None)

    async def rows(self, shelf: Shelf, keys: Sequence[str]) -> dict[str, bytes]:
        every = self._all(shelf)
        return {key: every[key] for key in keys if key in every}

    async def write(self, shelf: Shelf, put: Mapping[str, bytes], remove: Sequence[str] = ()) -> None:
        for key in remove:
            self._remove(shelf, key)
        for key, row in put.items():
            self._put(shelf, key, row)

    async def mark(self, mark: Mark) -> int:
        return self._engine.marks.get(mark, 0)

    async def set_mark(self, mark: Mark, value: int) -> None:
        self._engine.marks[mark] = value

    def _copied(self, kept: Kept) -> CopiedStatement:
        new, answer = kept.new, kept.answer
        voids = (2 if kept.may_void_any else 1) if new.voids else 0
        digests = tuple(term.removeprefix(DIGEST_TERM) for term in new.direct if term.startswith(DIGEST_TERM))
        reduced, voided = answer.id in self._log.reduced, self._log.is_voided(kept)
        return CopiedStatement(
            kept.position,
            answer.id,
            answer.stored,
            answer.body,
            answer.provider,
            answer.client,
            new.target,
            voids,
            digests,
            reduced,
            voided,
        )

    def _all(self, shelf: Shelf) -> dict[str, bytes]:
        match shelf:
            case Shelf.PROVIDER:
                return {key: copied.row_of_value(one) for key, one in self._clients.all_providers.items()}
            case Shelf.CLIENT:
                return {key: copied.row_of_value(one) for key, one in self._clients.all_clients.items()}
            case Shelf.ADMINISTRATOR:
                return {key: copied.row_of_value(one) for key, one in self._administrators.by_name.items()}
            case Shelf.ACTIVITY:
                return {copied.activity_key(*key): copied.activity_row(*known) for key, known in self._log.known.items()}
            case Shelf.DOCUMENT:
                return {copied.document_key(key): copied.document_row(one) for key, one in self._documents.by_key.items()}
            case Shelf.ATTACHMENT:
                return {key: copied.number_row(len(one)) for key, one in self._attachments.contents.items()}
        return {key: copied.number_row(one) for key, one in self._feed.positions.items()}

    def _put(self, shelf: Shelf, key: str, row: bytes) -> None:
        match shelf:
            case Shelf.PROVIDER:
                self._clients.all_providers[key] = copied.provider_of(row)
            case Shelf.CLIENT:
                self._clients.all_clients[key] = copied.client_of(row)
            case Shelf.ADMINISTRATOR:
                self._administrators.by_name[key] = copied.administrator_of(row)
            case Shelf.ACTIVITY:
                self._log.known[copied.activity_of_key(key)] = copied.activity_of_row(row)
            case Shelf.DOCUMENT:
                self._documents.by_key[copied.document_of_key(key)] = copied.document_of_row(row)
            case Shelf.CHECKPOINT:
                self._feed.positions[key] = copied.number_of_row(row)
            case Shelf.ATTACHMENT:
                raise AssertionError("their bytes go another way")

    def _remove(self, shelf: Shelf, key: str) -> None:
        match shelf:
            case Shelf.PROVIDER:
                self._clients.all_providers.pop(key, None)
            case Shelf.CLIENT:
                self._clients.all_clients.pop(key, None)
            case Shelf.ADMINISTRATOR:
                self._administrators.by_name.pop(key, None)
            case Shelf.ACTIVITY:
                self._log.known.pop(copied.activity_of_key(key), None)
            case Shelf.DOCUMENT:
                self._documents.by_key.pop(copied.document_of_key(key), None)
            case Shelf.ATTACHMENT:
                self._attachments.contents.pop(key, None)
            case Shelf.CHECKPOINT:
                self._feed.positions.pop(key, None)
