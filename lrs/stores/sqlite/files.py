"""Files that have to be on the disk, and some that only their owner may read."""

from __future__ import annotations

import os
import shutil
from pathlib import Path


def copy_private(source: Path, target: Path) -> None:
    """Copies a small file; the copy is never readable for others, not even for a moment. Raises OSError."""
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as copy, source.open("rb") as original:
        shutil.copyfileobj(original, copy)


def sync_below(folder: Path) -> None:
    """Every file and folder below `folder`, and the folder itself, reach the disk. Raises OSError."""
    for root, _, names in os.walk(folder):
        for name in names:
            _sync(os.path.join(root, name))
        _sync(root)


def sync_folder(folder: Path) -> None:
    """The names in `folder` reach the disk. Raises OSError."""
    _sync(str(folder))


def _sync(place: str) -> None:
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
