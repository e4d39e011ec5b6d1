"""The store as commands use it: opened beside a running server too, and closed again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Protocol, TypeVar

from jejak.access import Access, open_access
from jejak.settings import Settings, load_settings
from lrs.errors import ConfigurationError

if TYPE_CHECKING:
    from jejak.composition import Product

T = TypeVar("T")


class _Opened(Protocol):
    async def close(self) -> None: ...


Openable = TypeVar("Openable", bound=_Opened)


def with_access(work: Callable[[Access], Awaitable[T]], *, create: bool = False) -> T:
    """What `work` gives of administrators, providers, clients and statements: without loading the rest of the product.

    A store that is not there is made only with `create`: a command called in the wrong folder must not make one. Raises
    ConfigurationError, StoreUnavailableError, StoreVersionError, and what `work` raises.
    """
    return asyncio.run(_with(open_access, work, create=create))


def with_product(work: Callable[[Product], Awaitable[T]], *, create: bool = False) -> T:
    """As `with_access`, of the whole product."""
    from jejak.composition import open_product

    return asyncio.run(_with(lambda settings: open_product(settings, seed=False), work, create=create))


async def _with(opened: Callable[[Settings], Awaitable[Openable]], work: Callable[[Openable], Awaitable[T]], *, create: bool) -> T:
    settings = load_settings()
    path = settings.sqlite_path
    if settings.store == "memory:":
        raise ConfigurationError("JEJAK_STORE=memory: lives in its server alone; use its /admin")
    if path is not None and not create and not path.exists():
        raise ConfigurationError(f"there is no store at {path}; JEJAK_DATA_DIR or JEJAK_STORE say where it is; the server makes it")
    one = await opened(settings)
    try:
        return await work(one)
    finally:
        await one.close()
