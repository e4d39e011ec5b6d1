"""The store as the commands of access use it: opened beside a running server too, and closed again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from jejak.composition import Product, open_product
from jejak.settings import load_settings
from lrs.errors import ConfigurationError

T = TypeVar("T")


def with_product(work: Callable[[Product], Awaitable[T]], *, create: bool = False) -> T:
    """What `work` gives. A store that is not there is made only with `create`: a command called in the wrong folder must not make one.

    Raises ConfigurationError, StoreUnavailableError, StoreVersionError, and what `work` raises.
    """

    async def opened() -> T:
        settings = load_settings()
        path = settings.sqlite_path
        if settings.store == "memory:":
            raise ConfigurationError("JEJAK_STORE=memory: lives in its server alone; use its /admin")
        if path is not None and not create and not path.exists():
            raise ConfigurationError(f"there is no store at {path}; JEJAK_DATA_DIR or JEJAK_STORE say where it is; the server makes it")
        product = await open_product(settings, seed=False)
        try:
            return await work(product)
        finally:
            await product.close()

    return asyncio.run(opened())
