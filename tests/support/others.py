"""Programs of other people that tests run."""

from __future__ import annotations

import subprocess
from typing import Any


def end(process: subprocess.Popen[Any], patience: float = 10.0) -> None:
    """Told to end, and killed when it takes its time: nothing of what it holds is needed any more."""
    process.terminate()
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
