"""The demo's server: `jejak serve` as a process of its own, in a folder that is empty before and gone afterwards."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from jejak.composition import FirstRun, open_product
from jejak.settings import Settings

_START_SECONDS, _STOP_SECONDS = 30, 20


class DemoError(Exception):
    """The demo cannot go on; the message says why."""


@dataclass(frozen=True, slots=True)
class Running:
    """A server that is ready."""

    url: str
    administrator: httpx.Client
    first: FirstRun
    settings: Settings


@contextmanager
def running_server(folder: Path) -> Iterator[Running]:
    """Makes the database with its first administrator, and serves it on a free port of this machine."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = Settings.model_validate({"host": "127.0.0.1", "port": port, "data_dir": folder})
    first = asyncio.run(_first_run(settings))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("JEJAK_")}
    environment |= {"JEJAK_HOST": "127.0.0.1", "JEJAK_PORT": str(port), "JEJAK_DATA_DIR": str(folder), "JEJAK_DEV_LOGIN": "true"}
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "jejak", "serve"], env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
    try:
        _wait(process, settings.url, log)
        with httpx.Client(base_url=settings.url, auth=(first.administrator, first.administrator_secret), timeout=10) as administrator:
            yield Running(settings.url, administrator, first, settings)
    finally:
        _stop(process)


async def _first_run(settings: Settings) -> FirstRun:
    product = await open_product(settings)
    await product.close()
    assert product.first_run is not None  # the folder was empty
    return product.first_run


def _wait(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{url}/health/ready", timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise DemoError(f"the server did not start:\n{log.read_text()[-2000:]}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
