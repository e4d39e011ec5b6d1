"""What a process does over and over: settling whatever a failure or a crash left, or whatever has become due."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from lrs.errors import StoreUnavailableError


async def again_and_again(settle: Callable[[], Awaitable[object]], seconds: float, log: logging.Logger) -> None:
    """Until it is cancelled, with a pause between; a store that is out of reach is told, and asked again."""
    while True:
        try:
            await settle()
        except StoreUnavailableError as error:
            log.warning("the store is out of reach: %s", error.message)
        await asyncio.sleep(seconds)
