"""Servers as processes of their own on free loopback ports, stopped whatever happens."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

from bench.errors import NotMeasuredError

_START_SECONDS = 60
_STOP_SECONDS = 30
_ROOT = Path(__file__).parents[1]


def resident(process: str = "self") -> tuple[float, float]:
    """(now, at its highest) resident, in MB. `getrusage` would begin with what the parent had when it forked."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    found = {line.split(":")[0]: float(line.split()[1]) / 1024 for line in lines if line.startswith(("VmRSS", "VmHWM"))}
    return found["VmRSS"], found["VmHWM"]


class Server:
    """A process that listens on `port`, started with `with`. `log` takes what it prints; `path` is asked until it answers; `store`: where
    it keeps what it stores.
    """

    def __init__(
        self, command: Sequence[str], port: int, log: Path, environment: Mapping[str, str], path: str = "/", store: Path = Path()
    ) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.store = store
        self._command = command
        self._log = log
        self._environment = dict(environment)
        self._path = path
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def __enter__(self) -> Server:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, env=self._environment, cwd=_ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        try:
            self._wait()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def stop(self) -> None:
        """SIGTERM; SIGKILL when that does not help."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def memory(self) -> tuple[float, float]:
        """(now, at its highest) resident, in MB."""
        return resident(str(self.pid))

    def _wait(self) -> None:
        """Until it answers anything at all."""
        assert self._process is not None
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=2) as probe:
                    probe.sendall(f"GET {self._path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
                    if probe.recv(1):
                        return
            except OSError:
                time.sleep(0.05)
        raise NotMeasuredError(f"a server did not start: {self._log.read_text(errors='replace')[-400:]}")


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def plain_environment() -> dict[str, str]:
    """Ours without settings of Jejak."""
    return {name: value for name, value in os.environ.items() if not name.startswith("JEJAK_")}
