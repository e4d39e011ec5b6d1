"""Go's own reader of signed notes (golang.org/x/mod/sumdb/note), as a program."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path
from tempfile import gettempdir

_SOURCE = Path(__file__).parents[1] / "clients" / "note"


@cache
def _program() -> str:
    """Built once; Go keeps what did not change."""
    target = Path(gettempdir()) / "jejak-go-note"
    done = subprocess.run(["go", "build", "-o", str(target), "."], cwd=_SOURCE, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return str(target)


def read_by_go(note: str, *keys: str) -> subprocess.CompletedProcess[str]:
    """`ORIGIN SIZE ROOT` on standard output and code 0 when every key has signed the note."""
    return subprocess.run([_program(), *keys], input=note, capture_output=True, text=True, timeout=30, check=False)
