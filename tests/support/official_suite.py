"""Runs the official ADL suite against a fresh server of this checkout: `python -m tests.support.official_suite FOLDER`.

FOLDER holds a copy of adlnet/lrs-conformance-test-suite after its own `npm install`. Only `passed == total` counts: its exit code says
too little.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.support.server import KEY, SECRET, Server

_RUNS = (("1.0.3", "xapi"), ("2.0.0", "xapi2"))
_SECONDS = 900  # it can wait for ever when an answer lacks a header


def run(folder: Path, version: str, mount: str) -> bool:
    """Whether every test of that version passed."""
    with tempfile.TemporaryDirectory() as data, Server(Path(data) / "data") as server:
        command = ["node", "bin/console_runner.js", "-x", version, "-e", f"{server.url}/{mount}", "-a", "-u", KEY, "-p", SECRET, "-z"]
        output = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=_SECONDS, check=False).stdout
    found = re.findall(r'"total":(\d+),"passed":(\d+)', output)
    total, passed = found[-1] if found else ("0", "0")
    print(f"{version} on /{mount}: {passed} of {total}")
    return found != [] and total == passed


if __name__ == "__main__":
    results = [run(Path(sys.argv[1]), version, mount) for version, mount in _RUNS]
    sys.exit(0 if all(results) else 1)
