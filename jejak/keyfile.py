"""The server's own key: 256 random bits in `secret.key`, made once, readable by its owner only.

It keys the hashes of secrets and seals the issuers' keys, so it goes with one store: the store keeps a mark of it, and another key, or
none, is refused before it does harm.
"""

from __future__ import annotations

import hmac
import os
from pathlib import Path

from lrs.errors import ConfigurationError

KEY_FILE = "secret.key"
_BYTES = 32


def server_key(data_dir: Path, *, mark: int | None = None) -> bytes:
    """Reads the key, or makes it for a store that has no `mark` yet.

    Raises ConfigurationError when the folder cannot be written to, the file is not ours, or it is missing or another than the mark's.
    """
    path = data_dir / KEY_FILE
    if mark is not None and (problem := key_problem(path, mark)):
        raise ConfigurationError(f"JEJAK_DATA_DIR: {problem}")
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _make(path)
        return _read(path)
    except OSError as error:
        raise ConfigurationError(f"JEJAK_DATA_DIR: the key file {path.name} cannot be made or read") from error
    except ValueError as error:
        raise ConfigurationError(f"JEJAK_DATA_DIR: the key file {path.name} is damaged; take it from a backup") from error


def key_mark(key: bytes) -> int:
    """A number from 0 to 2**62 that tells keys apart and says nothing else of them."""
    return int.from_bytes(hmac.digest(key, b"jejak/key-mark", "sha256")[:8], "big") >> 2


def key_problem(path: Path, mark: int | None) -> str:
    """What is wrong with the key file of a store with this mark, "" when nothing is (also when the store never had a key)."""
    if mark is None:
        return ""
    if not path.exists():
        return f"there is no key file {path}; without it no secret can be verified and no issuer's key opened: take it from a backup"
    try:
        if key_mark(_read(path)) == mark:
            return ""
    except (OSError, ValueError):
        return f"the key file {path} cannot be read or is damaged; take it from a backup"
    return f"the key file {path} belongs to another store; take this store's own from a backup"


def _read(path: Path) -> bytes:
    """Raises OSError, ValueError."""
    key = bytes.fromhex(path.read_text().strip())
    if len(key) != _BYTES:
        raise ValueError("not a key")
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
