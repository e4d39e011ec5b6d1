"""The way to the database: one client, majority concerns, errors of the driver made ours, and the retry of what may be repeated."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from pymongo import AsyncMongoClient, ReturnDocument, UpdateOne
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import (
    AutoReconnect,
    BulkWriteError,
    ConnectionFailure,
    DuplicateKeyError,
    ExecutionTimeout,
    NetworkTimeout,
    OperationFailure,
    PyMongoError,
    WriteConcernError,
)
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from lrs.errors import StoreUnavailableError
from lrs.stores.mongo.gate import CLOSED_ID, Gate
from lrs.stores.mongo.schema import STATE, Index

T = TypeVar("T")
Fields: TypeAlias = dict[str, Any]
Collection: TypeAlias = AsyncCollection[Fields]

_DUPLICATE = 11000
_PASSING = frozenset({6, 7, 64, 89, 91, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436})  # the driver's own list of retryable codes
_RETRY_AFTER = 2  # seconds that a sender is asked to wait


@dataclass(frozen=True, slots=True)
class ClusterOptions:
    """Seconds. `lease`: how long a write may take before it gives up; what it left unfinished after that is anybody's to undo.
    `patience`: how long a node lets another finish what that one began. `poll`: between two looks for what others did.
    `heartbeat`: how far `consistent_through` may lie behind the clock of an idle store. `select`: until an address that nobody answers is
    given up. `document_bytes`: of a segment in one document, whose limit is 16 MiB. `copying`: writes also while the database is closed to
    writes (see `lrs.ports.copying.Mark`).
    """

    lease: float = 10.0
    patience: float = 0.5
    poll: float = 0.25
    heartbeat: float = 0.25
    select: float = 5.0
    document_bytes: int = 12_000_000
    copying: bool = False


class Cluster:
    """One database. Made in the app's lifespan by `open_cluster`."""

    def __init__(self, client: AsyncMongoClient[Fields], name: str, options: ClusterOptions) -> None:
        self.name = name
        self.options = options
        self.retries = 0  # calls that were made again
        self._client = client
        self._database: AsyncDatabase[Fields] = client.get_database(
            name, write_concern=WriteConcern(w="majority", j=True), read_concern=ReadConcern("majority")
        )
        self._closed = False
        self._gate = Gate(self._look, options.lease)

    def collection(self, name: str) -> Collection:
        """Raises StoreUnavailableError once the cluster is closed."""
        if self._closed:
            raise StoreUnavailableError("the store is closed")
        return self._database[name]

    async def command(self, name: str) -> Fields:
        """A command without arguments on the database."""
        if self._closed:
            raise StoreUnavailableError("the store is closed")
        answer: Fields = await self.again(lambda: self._database.command(name))
        return answer

    async def drop(self) -> None:
        """Deletes the whole database: for benches and tests alone."""
        await self.again(lambda: self._client.drop_database(self.name))

    async def close(self) -> None:
        self._closed = True
        await self._client.close()

    async def again(self, call: Callable[[], Awaitable[T]]) -> T:
        """Makes `call`, which may be repeated without harm, until it is answered or the lease is over.

        Raises StoreUnavailableError, and DuplicateKeyError or BulkWriteError as they come.
        """
        deadline = asyncio.get_running_loop().time() + self.options.lease
        pause = 0.02
        while True:
            try:
                with driver_errors():
                    return await call()
            except StoreUnavailableError as error:
                if not _passes(error.__cause__) or asyncio.get_running_loop().time() + pause > deadline:
                    raise
            self.retries += 1
            await asyncio.sleep(pause)
            pause = min(pause * 2, 0.5)

    async def make_index(self, index: Index) -> None:
        """Harmless when it is there."""
        keys, sparse = list(index.keys), index.sparse
        await self.again(lambda: self.collection(index.collection).create_index(keys, name=index.name, sparse=sparse))

    async def indexes(self, collection: str) -> list[Fields]:
        """What indexes a collection has; none when it is not there."""

        async def call() -> list[Fields]:
            return [dict(one) for one in await (await self.collection(collection).list_indexes()).to_list()]

        return await self.again(call)

    async def find_one(self, collection: str, wanted: Fields, fields: Fields | None = None) -> Fields | None:
        return await self.again(lambda: self.collection(collection).find_one(wanted, fields))

    async def find(
        self,
        collection: str,
        wanted: Fields,
        fields: Fields | None = None,
        *,
        sort: Sequence[tuple[str, int]] = (),
        limit: int,
        one_answer: bool = True,
    ) -> list[Fields]:
        """At most `limit` documents. `one_answer`: all of them in the first answer."""
        batch = limit if one_answer else 0

        async def call() -> list[Fields]:
            cursor = self.collection(collection).find(wanted, fields, limit=limit, batch_size=batch)
            return await (cursor.sort(list(sort)) if sort else cursor).to_list()

        return await self.again(call)

    async def look(self) -> None:
        """Whether writes are refused is known as it is now."""
        if not self.options.copying:
            await self._gate.look()

    async def _look(self) -> int:
        found = await self.find_one(STATE, {"_id": CLOSED_ID}, {"value": 1})
        return 0 if found is None else int(found["value"])

    async def _write(self, call: Callable[[], Awaitable[T]]) -> T:
        """As `again`. Raises StoreUnavailableError also while writes are refused."""
        if self.options.copying:
            return await self.again(call)
        async with self._gate.passed():
            return await self.again(call)

    async def insert(self, collection: str, document: Fields) -> bool:
        """False when the `_id` is taken, also by an earlier try of this very call whose answer was lost."""
        try:
            await self._write(lambda: self.collection(collection).insert_one(document))
        except DuplicateKeyError:
            return False
        return True

    async def keep(self, collection: str, documents: list[Fields]) -> list[str]:
        """Inserts those that are not there yet; answers the `_id`s of the others, also of those that an earlier try had inserted."""

        async def call() -> list[str]:
            try:
                await self.collection(collection).insert_many(documents, ordered=False)
            except BulkWriteError as error:
                errors = error.details.get("writeErrors", ())
                _must_pass(error, {_DUPLICATE})
                return [str(documents[one["index"]]["_id"]) for one in errors]
            return []

        return await self._write(call) if documents else []

    async def update_each(self, collection: str, changes: Sequence[tuple[Fields, Fields]]) -> None:
        """For each (wanted, change) what `update` does, in one go; which were wanted is not told."""
        updates = [UpdateOne(wanted, change) for wanted, change in changes]

        async def call() -> None:
            try:
                await self.collection(collection).bulk_write(updates, ordered=False)
            except BulkWriteError as error:
                _must_pass(error, set())

        if updates:
            await self._write(call)

    async def update(self, collection: str, wanted: Fields, change: Fields) -> bool:
        """Whether a document was `wanted`. To be repeated without harm, `change` must make it wanted no more, or be the same twice."""
        result = await self._write(lambda: self.collection(collection).update_one(wanted, change))
        return result.matched_count > 0

    async def change(self, collection: str, wanted: Fields, change: Fields) -> Fields | None:
        """As `update`, and answers the document as it is afterwards."""
        after = ReturnDocument.AFTER
        return await self._write(lambda: self.collection(collection).find_one_and_update(wanted, change, return_document=after))

    async def delete(self, collection: str, wanted: Fields) -> bool:
        """Whether one was there."""
        result = await self._write(lambda: self.collection(collection).delete_one(wanted))
        return result.deleted_count > 0


@contextmanager
def driver_errors() -> Iterator[None]:
    """PyMongo's errors as ours; who was first (a duplicate key) is not an error here and passes."""
    try:
        yield
    except (DuplicateKeyError, BulkWriteError):
        raise
    except PyMongoError as error:
        raise StoreUnavailableError(f"the cluster cannot be reached now ({type(error).__name__})", retry_after=_RETRY_AFTER) from error


def _must_pass(error: BulkWriteError, expected: set[int]) -> None:
    """Raises what came besides the errors that were expected: an error that passes by itself as such."""
    codes = {int(one.get("code", 0)) for one in error.details.get("writeErrors", ())} - expected
    if codes - _PASSING:
        raise OperationFailure("a bulk write was refused", min(codes - _PASSING)) from error
    if codes or error.details.get("writeConcernErrors"):
        raise AutoReconnect("the majority has not confirmed") from error


def _passes(cause: BaseException | None) -> bool:
    """Whether the same call may go through in a moment."""
    if isinstance(cause, AutoReconnect | ConnectionFailure | NetworkTimeout | ExecutionTimeout | WriteConcernError):
        return True
    return isinstance(cause, OperationFailure) and cause.code in _PASSING
