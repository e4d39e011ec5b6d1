"""One stretch of load on one address, and what came of it."""

from __future__ import annotations

import base64
import json
import math
import random
import re
import shutil
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.errors import NotMeasuredError

_SCRIPT = Path(__file__).with_name("post.lua")
_PATIENCE = 30.0  # seconds past the time of the load itself


@dataclass(frozen=True, slots=True)
class Load:
    """Requests from `connections` at once for `seconds`, each as soon as the one before is answered.

    With `bodies`, a file of statements without ids, one a line: POSTs of `batch` statements each, every statement with a fresh random id
    (version 4). Without: GETs. `url` is the whole address; `xapi`: send the version header.
    """

    url: str
    authorization: str
    connections: int
    seconds: float
    bodies: Path | None = None
    batch: int = 1
    version: str = "1.0.3"


@dataclass(frozen=True, slots=True)
class Measured:
    """Times in milliseconds. `failed`: answers that were no 200, and broken connections; `seconds` is what it really took."""

    requests: int
    seconds: float
    p50: float
    p99: float
    failed: int

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds


def basic(key: str, secret: str) -> str:
    """The Authorization header (RFC 7617)."""
    return "Basic " + base64.b64encode(f"{key}:{secret}".encode()).decode()


def drive(load: Load, *, own_client: bool = False) -> Measured:
    """Puts the load on. Raises NotMeasuredError when anything but 200 was answered: a ratio of refusals says nothing."""
    wrk = None if own_client else shutil.which("wrk")
    measured = _by_wrk(wrk, load) if wrk else _by_client(load)
    if measured.failed or not measured.requests:
        raise NotMeasuredError(f"{measured.failed} of {measured.requests} requests to {load.url} failed")
    return measured


def _by_wrk(wrk: str, load: Load) -> Measured:
    seconds = max(1, math.ceil(load.seconds))
    arguments = [str(load.bodies or ""), str(load.batch), str(random.getrandbits(30)), load.authorization, load.version]
    command = [wrk, "-t1", f"-c{load.connections}", f"-d{seconds}s", "--timeout", "20s", "-s", str(_SCRIPT), load.url, "--", *arguments]
    printed = _run(command, seconds)
    found = re.search(r"^MEASURED (.*)$", printed, re.MULTILINE)
    if found is None:
        raise NotMeasuredError(f"wrk did not say what it measured: {printed[-300:]}")
    return Measured(**json.loads(found[1]))


def _by_client(load: Load) -> Measured:
    spec = asdict(load) | {"bodies": str(load.bodies) if load.bodies else ""}
    return Measured(**json.loads(_run([sys.executable, "-m", "bench.load.client", json.dumps(spec)], load.seconds)))


def _run(command: list[str], seconds: float) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds + _PATIENCE, cwd=Path(__file__).parents[2])
    except subprocess.TimeoutExpired as error:
        raise NotMeasuredError(f"{command[0]} did not end") from error
    if done.returncode:
        raise NotMeasuredError(f"{Path(command[0]).name} failed: {done.stderr[-300:] or done.stdout[-300:]}")
    return done.stdout
