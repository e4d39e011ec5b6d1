"""A status list with ten thousand revocations on a server, and a static file of its size under the same server (uvicorn, its flags)."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.staticfiles import StaticFiles

from bench.processes import Server, free_port, plain_environment
from bench.servers import KEY, SECRET
from credentials.certificate.status import ENTRIES, Purpose
from credentials.ports.records import MOST_WRITES, Put
from credentials.stores.certificates import PLACES, STATUS_LISTS, PlaceTaken, StatusList
from jejak.composition import open_product
from jejak.settings import Settings
from lrs.web.protocol import ConnectionLimits, limited_protocol

REVOKED = 10_000
PATH = "/issuers/default/status/revocation/1"


async def enter(folder: Path) -> bytes:
    """Into the store of a server that does not run yet; the list as it will be served. The places are drawn, always the same."""
    settings = Settings.model_validate({"data_dir": folder, "seed_key": KEY, "seed_secret": SECRET})
    product = await open_product(settings)
    try:
        records, lists = product.credentials.records, product.credentials.certificates.lists
        places = random.Random(5).sample(range(ENTRIES), REVOKED)  # invented data
        writes = [Put(PLACES, PlaceTaken("default", 1, index, f"c-{index}", revoked=1)) for index in places]
        for start in range(0, len(writes), MOST_WRITES):
            await records.commit(*writes[start : start + MOST_WRITES])
        await records.commit(Put(STATUS_LISTS, StatusList("default", 1, 1)))
        await lists.ensure("default", 1)
        signed = await lists.signed("default", Purpose.REVOCATION, 1)
        assert signed is not None  # signed a moment ago
        return signed.document
    finally:
        await product.close()


def static_server(folder: Path) -> Server:
    """Of the files in `folder`."""
    port = free_port()
    command = (sys.executable, "-m", "bench.listing", str(port), str(folder))
    return Server(command, port, folder.with_name("static.log"), plain_environment())


def main() -> None:
    """Runs until a signal, as `jejak serve` runs its application."""
    application = Starlette()
    application.mount("/", StaticFiles(directory=sys.argv[2]))
    config = uvicorn.Config(
        application,
        host="127.0.0.1",
        port=int(sys.argv[1]),
        loop="uvloop",
        http=limited_protocol(ConnectionLimits()),
        ws="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=75,
    )
    uvicorn.Server(config).run()


if __name__ == "__main__":
    main()
