"""A real server for tests: `jejak serve` as a process of its own on a free loopback port."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

import httpx

KEY, SECRET = "test-key", "test-secret-that-is-long-enough"
_START_SECONDS = 60


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Server:
    """`jejak serve` over `data_dir`. `before` is put in front of the command (`strace …`); `settings` become JEJAK_* variables."""

    def __init__(self, data_dir: Path, *, port: int = 0, before: tuple[str, ...] = (), **settings: str) -> None:
        self.data_dir = data_dir
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = data_dir.with_name(data_dir.name + ".log")
        self._before = before
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith("JEJAK_")}
        self.environment |= {
            "JEJAK_HOST": "127.0.0.1",
            "JEJAK_PORT": str(self.port),
            "JEJAK_DATA_DIR": str(data_dir),
            "JEJAK_SEED_KEY": KEY,
            "JEJAK_SEED_SECRET": SECRET,
        }
        self.environment |= {f"JEJAK_{name.upper()}": value for name, value in settings.items()}
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def start(self) -> None:
        """Returns once the server says that it is ready."""
        with self.log.open("ab") as log:
            command = [*self._before, sys.executable, "-m", "jejak", "serve"]
            root = Path(__file__).parents[2]
            self.process = subprocess.Popen(command, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=root)
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                if httpx.get(f"{self.url}/health/ready", timeout=2).status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
        self.stop()
        raise AssertionError(f"the server did not start:\n{self.log.read_text()[-3000:]}")

    def command(self, *arguments: str) -> str:
        """What `jejak …` prints, run beside the server with its settings."""
        command = [sys.executable, "-m", "jejak", *arguments]
        root = Path(__file__).parents[2]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=True, timeout=60, cwd=root).stdout

    def kill(self) -> None:
        """SIGKILL: nothing is finished, nothing is flushed."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """SIGTERM and, when that takes long, SIGKILL. The exit code."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()
        code: int = self.process.returncode
        return code
