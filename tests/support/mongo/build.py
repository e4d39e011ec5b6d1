"""The server's program, made of its Go module once: `python -m tests.support.mongo.build`; `--has-go` asks for a toolchain only."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

_SOURCE = Path(__file__).parent / "server"
BINARY = _SOURCE / "built" / "server"
_OLDEST = (1, 24)  # what go.mod says


def find_go() -> str | None:
    """A toolchain that is new enough: the machine's, or the one of `requirements/go.txt` beside this interpreter."""
    for go in (shutil.which("go"), str(Path(sys.executable).with_name("go"))):
        if go is not None and os.access(go, os.X_OK):
            told = subprocess.run([go, "version"], capture_output=True, text=True, env=_environment(), check=False).stdout
            found = re.search(r"go(\d+)\.(\d+)", told)
            if found and (int(found[1]), int(found[2])) >= _OLDEST:
                return go
    return None


def build() -> Path:
    """Made when it is not there yet, by one process at a time. Raises RuntimeError where no Go toolchain is to be had."""
    BINARY.parent.mkdir(exist_ok=True)
    with (BINARY.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        newest = max((_SOURCE / name).stat().st_mtime for name in ("main.go", "go.mod", "go.sum"))
        if not BINARY.exists() or BINARY.stat().st_mtime < newest:
            go = find_go()
            if go is None:
                raise RuntimeError("Go 1.24 is needed to build the server of the MongoDB tests; `make mongo-server` gets it")
            made = BINARY.with_suffix(".new")
            subprocess.run([go, "build", "-o", str(made), "."], cwd=_SOURCE, check=True, env=_environment())
            made.replace(BINARY)
    return BINARY


def _environment() -> dict[str, str]:
    """Without fetching another toolchain."""
    return os.environ | {"GOTOOLCHAIN": "local"}


if __name__ == "__main__":
    if sys.argv[1:] == ["--has-go"]:
        sys.exit(0 if BINARY.exists() or find_go() else 1)
    build()
