"""The whole product in process: the ASGI application as `jejak serve` runs it, over a store in memory, spoken to by HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from jejak.composition import Application
from jejak.settings import Settings

KEY, SECRET = "test-key", "test-secret-that-is-long-enough"
VERSION = "X-Experience-API-Version"


def application_over(folder: Path, **settings: object) -> Application:
    """The application with the seed's client; to be opened by `running()`."""
    chosen = {"data_dir": folder, "store": "memory:", "seed_key": KEY, "seed_secret": SECRET, **settings}
    return Application(Settings.model_validate(chosen))


@asynccontextmanager
async def product_client(folder: Path, **settings: object) -> AsyncIterator[httpx.AsyncClient]:
    """A client with the seed's credentials and the 1.0.3 header; errors of our own are answers (500), as over a socket."""
    application = application_over(folder, **settings)
    async with application.running():
        transport = httpx.ASGITransport(application, raise_app_exceptions=False)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://jejak.test", auth=(KEY, SECRET), headers={VERSION: "1.0.3"}
        ) as client:
            yield client
