"""The npm package `oidc-provider` on a port of this machine."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.others import end

_FOLDER = Path(__file__).parents[1] / "pages"
CLIENT, SECRET = "jejak", "rahasia-uji-yang-panjang-sekali"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def openid_provider(callback: str) -> Iterator[str]:
    """Its issuer."""
    port = free_port()
    command = ["node", "provider.mjs", str(port), callback]
    with subprocess.Popen(command, cwd=_FOLDER, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as running:
        try:
            assert running.stdout is not None
            for line in running.stdout:
                if line.strip() == "ready":
                    break
            yield f"http://127.0.0.1:{port}"
        finally:
            end(running)
