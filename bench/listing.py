"""A status list with ten thousand revocations on a server, and a static file of its size under the same server (uvicorn, its flags)."""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.staticfiles import StaticFiles

from bench.entering import commit_all, entering
from bench.errors import NotMeasuredError
from bench.processes import Server, free_port, plain_environment
from credentials.certificate.status import ENTRIES, Purpose
from credentials.ports.records import Put
from credentials.stores.certificates import LISTS_DUE, PLACES, STATUS_LISTS, ListDue, PlaceTaken, StatusList
from lrs.web.protocol import ConnectionLimits, limited_protocol

REVOKED = 10_000
_PATIENCE = 300  # tenths of a second
PATH = "/issuers/default/status/revocation/1"


async def enter(folder: Path) -> None:
    """Into the store of a server that does not run yet, which signs the list when it starts. The places are drawn, always the same."""
    places = random.Random(5).sample(range(ENTRIES), REVOKED)  # invented data
    taken = [Put(PLACES, PlaceTaken("default", 1, index, f"c-{index}", revoked=1)) for index in places]
    due = Put(LISTS_DUE, ListDue("default", 1, str(Purpose.REVOCATION), 1))
    async with entering(folder) as records:
        await commit_all(records, (*taken, Put(STATUS_LISTS, StatusList("default", 1, 1)), due))


def fetch(url: str) -> bytes:
    """The list, as soon as it is signed. Raises NotMeasuredError."""
    for _ in range(_PATIENCE):
        answer = httpx.get(f"{url}{PATH}", trust_env=False)
        if answer.status_code == 200:
            return answer.content
        time.sleep(0.1)
    raise NotMeasuredError("the status list was not signed")


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
