"""Files for a web server of somebody else: each replaced whole, so that no visitor ever gets half of one."""

from __future__ import annotations

import os
from pathlib import Path

from lrs.errors import ConfigurationError

_READABLE = 0o644


def write_public(path: Path, content: bytes) -> bool:
    """Whether it was written: a file that says the same already keeps its time, which caches ask for. Raises ConfigurationError."""
    try:
        if path.exists() and path.read_bytes() == content:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.chmod(_READABLE)
        draft.replace(path)
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be written ({error.strerror})") from error
    return True


def trust_lists(folder: Path | None) -> list[Path]:
    """Every published version, and then the newest under its own name."""
    if folder is None:
        return []
    return [*sorted(folder.glob("*.list.json")), *folder.glob("list.json")]
