"""A move from one store to another: copying while the source serves, then the end of it, or giving it up. docs/adr/0076-moving.md.

source     target    means
open       filling   copying, or not yet finished
moved      filling   the differences are carried over: `finish` goes on where it was broken off, `abandon` opens the source again
moved      open      done: clients are at the target
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from credentials.stores.sqlite import open_sqlite_records
from jejak.copying import Compared, Side, Told, carry, compare, is_empty
from jejak.settings import MONGODB, Settings
from jejak.tables import PRODUCT_TABLES
from lrs.clock import SystemClock
from lrs.errors import ConfigurationError, ConflictError, LrsError, StoreUnavailableError
from lrs.ports.copying import Closed, Mark
from lrs.stores.sqlite import SqliteOptions, open_sqlite_stores
from lrs.stores.sqlite.engine import SqliteEngine

STAYS_CLOSED = "the source refuses writes until --finish succeeds or --abandon opens it"
_SQLITE = "sqlite:///"


@asynccontextmanager
async def opened(address: str, settings: Settings, *, make: bool) -> AsyncIterator[Side]:
    """The store at `address`, for copying; with `make`, made where it is not there.

    Raises ConfigurationError, StoreVersionError, StoreUnavailableError.
    """
    side = await (_mongo_side if address.startswith(MONGODB) else _sqlite_side)(address, settings, make)
    try:
        yield side
    finally:
        await side.stores.engine.close()


async def copy(source: Side, target: Side, told: Told) -> int:
    """While the source serves: how many rows were carried over. Raises ConflictError for a target that has anything else."""
    await _begin(source, target)
    return await carry(source, target, told)


async def finish(source: Side, target: Side, told: Told) -> list[Compared]:
    """Closes the source to writes, carries over what is left, compares, and opens the target when all agrees.

    Raises ConflictError when the move is finished already, StoreUnavailableError.
    """
    await copy(source, target, told)
    await source.stores.copying.set_mark(Mark.CLOSED, Closed.MOVED)
    try:
        await asyncio.sleep(source.quiet)
        await carry(source, target, told)
        compared = await compare(source, target, told)
        if all(one.same for one in compared):
            await target.stores.copying.set_mark(Mark.CLOSED, Closed.OPEN)
    except LrsError as error:
        raise StoreUnavailableError(f"{error.message}; {STAYS_CLOSED}") from error
    return compared


async def abandon(source: Side, target: Side) -> None:
    """The source takes writes again, the target none. Raises ConflictError when clients have written to the target already."""
    await _must_belong(source, target)
    closed = await target.stores.copying.mark(Mark.CLOSED)
    if closed == Closed.MOVED:
        raise ConflictError("the target was itself moved away by now; copy from where clients are, into an empty store")
    if closed == Closed.OPEN:
        await target.stores.copying.set_mark(Mark.CLOSED, Closed.FILLING)
        await asyncio.sleep(target.quiet)
        if await target.stores.feed.end() > await source.stores.feed.end():
            await target.stores.copying.set_mark(Mark.CLOSED, Closed.OPEN)
            raise ConflictError("the target has new statements by now; copy it back instead, into an empty store")
    await source.stores.copying.set_mark(Mark.CLOSED, Closed.OPEN)


async def _begin(source: Side, target: Side) -> None:
    """Marks whose copy the target is."""
    ours, theirs = source.stores.copying, target.stores.copying
    if await ours.mark(Mark.CLOSED) == Closed.FILLING:
        raise ConflictError("the source is itself a copy that is not finished")
    identity = await ours.mark(Mark.IDENTITY)
    if not identity:
        identity = int.from_bytes(os.urandom(7), "big") + 1
        await ours.set_mark(Mark.IDENTITY, identity)
    if await theirs.mark(Mark.IDENTITY) == identity:
        raise ConflictError("source and target are the same store")
    if await theirs.mark(Mark.COPY_OF) == identity:
        await _must_be_unfinished(target)
    elif not await is_empty(target) or await theirs.mark(Mark.IDENTITY):
        raise ConflictError("the target is neither empty nor a copy of this source")
    await theirs.set_mark(Mark.CLOSED, Closed.FILLING)
    await theirs.set_mark(Mark.COPY_OF, identity)
    key_mark = await source.stores.engine.key_mark()
    if key_mark is not None and await target.stores.engine.key_mark(key_mark) != key_mark:
        raise ConflictError("the target goes with another key file")


async def _must_be_unfinished(target: Side) -> None:
    if await target.stores.copying.mark(Mark.CLOSED) != Closed.FILLING:
        raise ConflictError("the move to this target is finished: clients belong there; --abandon undoes it as long as none has written")


async def _must_belong(source: Side, target: Side) -> None:
    identity = await source.stores.copying.mark(Mark.IDENTITY)
    if not identity or await target.stores.copying.mark(Mark.COPY_OF) != identity:
        raise ConflictError("the target is no copy of this source")


async def _sqlite_side(address: str, settings: Settings, make: bool) -> Side:
    path = _path(address, make)
    options = SqliteOptions(settings.sqlite_synchronous, settings.sqlite_compression, copying=True)
    stores = await open_sqlite_stores(path, SystemClock(), options)
    assert isinstance(stores.engine, SqliteEngine)  # what `open_sqlite_stores` made
    try:
        return Side(stores, await open_sqlite_records(stores.engine.database, PRODUCT_TABLES))
    except BaseException:
        await stores.engine.close()
        raise


def _path(address: str, make: bool) -> Path:
    if not address.startswith(_SQLITE):
        raise ConfigurationError("a store is named by sqlite:////absolute/path or mongodb://host/name")
    path = Path(address.removeprefix(_SQLITE))
    if not make and not path.exists():
        raise ConfigurationError(f"there is no store at {path}")
    return path


async def _mongo_side(address: str, settings: Settings, make: bool) -> Side:
    from jejak import mongo  # here: see there

    return await mongo.open_for_copying(address, settings, make=make)
