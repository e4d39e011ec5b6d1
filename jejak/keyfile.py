"""The server's own key: 256 random bits in `secret.key`, made once, readable by its owner only. It keys the hashes of secrets."""

from __future__ import annotations

import os
from pathlib import Path

from lrs.errors import ConfigurationError

_BYTES = 32


def server_key(data_dir: Path) -> bytes:
    """Reads the key, or makes it. Raises ConfigurationError when the folder cannot be written to, or the file is not ours."""
    path = data_dir / "secret.key"
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _make(path)
        key = bytes.fromhex(path.read_text().strip())
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"JEJAK_DATA_DIR: the key file {path.name} cannot be made or read") from error
    if len(key) != _BYTES:
        raise ConfigurationError(f"JEJAK_DATA_DIR: the key file {path.name} is damaged; take it from a backup")
    return key


def _make(path: Path) -> None:
    """Complete and on disk before it has its name; a second process that makes one at the same time loses to the first."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(handle, os.urandom(_BYTES).hex().encode())
        os.fsync(handle)
    finally:
        os.close(handle)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
