"""On what it was measured."""

from __future__ import annotations

import os
import platform
import subprocess
from pathlib import Path

import apsw


def machine() -> dict[str, str]:
    """What a reader needs to judge absolute numbers."""
    return {
        "processor": _value("/proc/cpuinfo", "model name"),
        "cores": str(len(os.sched_getaffinity(0))),
        "memory": f"{int(_value('/proc/meminfo', 'MemTotal').split()[0]) / 1_048_576:.0f} GB",
        "system": f"{_value('/etc/os-release', 'PRETTY_NAME', '=').strip(chr(34))}, Linux {platform.release()}",
        "python": platform.python_version(),
        "sqlite": apsw.sqlite_lib_version(),
        "commit": _commit(),
    }


def file_system(folder: Path) -> str:
    """The type of the file system that holds `folder`."""
    found, kind = "", "unknown"
    for line in Path("/proc/mounts").read_text().splitlines():
        _, point, name, *_ = line.split()
        if str(folder.resolve()).startswith(point) and len(point) > len(found):
            found, kind = point, name
    return kind


def _value(file: str, name: str, sign: str = ":") -> str:
    try:
        lines = Path(file).read_text().splitlines()
    except OSError:
        return "0 unknown"
    return next((line.split(sign, 1)[1].strip() for line in lines if line.split(sign)[0].strip() == name), "0 unknown")


def _commit() -> str:
    root = Path(__file__).parents[1]
    try:
        done = subprocess.run(("git", "rev-parse", "--short", "HEAD"), cwd=root, capture_output=True, text=True, timeout=10)
    except OSError:
        return "unknown"
    return done.stdout.strip() or "unknown"
