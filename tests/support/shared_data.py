"""Where the recorded test data lies: beside the checkout, or where JEJAK_SHARED_DATA says."""

from __future__ import annotations

import os
from pathlib import Path


def shared_data(name: str) -> Path:
    """The file `name`. Its absence is a failure, never a skip."""
    folder = Path(os.environ.get("JEJAK_SHARED_DATA") or Path(__file__).parents[3] / "shared" / "data")
    path = folder / name
    assert path.exists(), f"the test data {name} is missing: set JEJAK_SHARED_DATA to its folder"
    return path
