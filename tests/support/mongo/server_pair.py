"""The pair that CI tests the MongoDB store on: FerretDB, built from its Go module, and the proxy in front of it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.mongo.build import build
from tests.support.mongo.proxy import Proxy
from tests.support.others import end

_START_SECONDS = 30.0


@dataclass(slots=True)
class MongoServer:
    """Where tests connect. `proxy` is None on a server that somebody else runs."""

    base: str
    proxy: Proxy | None = None
    process: subprocess.Popen[bytes] | None = None

    def address(self, database: str) -> str:
        host, question, options = self.base.partition("?")
        return f"{host.rstrip('/')}/{database}{question}{options}"

    def line(self) -> Proxy:
        """A line of its own to the server, to be broken; whoever starts it stops it."""
        before, _, rest = self.base.removeprefix("mongodb://").rpartition("@")
        host, _, port = rest.partition("?")[0].rstrip("/").partition(":")
        user = f"{before}@" if before else ""
        return Proxy((host, int(port or 27017)), user=user, options=rest.partition("?")[2])


@contextmanager
def mongo_pair(port: int = 0) -> Iterator[MongoServer]:
    """Started on loopback, in a folder of its own; stopped at the end."""
    program = build()
    folder = tempfile.mkdtemp(prefix="jejak-mongo-")
    process, upstream = start(program, folder)
    proxy = Proxy(("127.0.0.1", upstream), port)
    proxy.start()
    try:
        yield MongoServer(f"mongodb://127.0.0.1:{proxy.port}", proxy, process)
    finally:
        proxy.stop()
        end(process)
        shutil.rmtree(folder, ignore_errors=True)


def start(program: Path, folder: str, port: int = 0) -> tuple[subprocess.Popen[bytes], int]:
    """Another server over `folder`, once it answers."""
    port = port or _free_port()
    process = subprocess.Popen([str(program), f"127.0.0.1:{port}", folder], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return process, port
        time.sleep(0.05)
    process.kill()
    raise RuntimeError("the MongoDB server for tests does not start")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def main() -> None:
    """`make mongo`: runs the pair until Ctrl-C."""
    with mongo_pair(int(os.environ.get("PORT", "27027"))) as server:
        print(f"{server.base}\nCtrl-C stops it", flush=True)
        try:
            while server.process is not None and server.process.poll() is None:
                time.sleep(0.5)
        except KeyboardInterrupt:
            sys.exit(0)


if __name__ == "__main__":
    main()
