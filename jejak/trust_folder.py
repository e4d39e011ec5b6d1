"""The folder in which the overseer keeps roots, drafts and published trust lists. It goes from machine to machine; keys do not lie in it.

1.root.json, 2.root.json …   every root            draft.json   the list that is being made and signed
1.list.json, 2.list.json …   published, whole      list.json    the newest of them
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from credentials.trust.signing import public_pem
from lrs.errors import ConfigurationError, ConflictError, NotFoundError

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class TrustFolder:
    """See above. Files are replaced whole."""

    path: Path

    def roots(self) -> list[Json]:
        """From the first on."""
        found: list[Json] = []
        while (path := self.root_path(len(found) + 1)).exists():
            found.append(_read(path))
        return found

    def root_path(self, version: int) -> Path:
        """Where a root lies."""
        return self.path / f"{version}.root.json"

    @property
    def draft_path(self) -> Path:
        """Where the list that is being made lies."""
        return self.path / "draft.json"

    def draft(self) -> Json:
        """Raises NotFoundError."""
        if not self.draft_path.exists():
            raise NotFoundError("there is no draft; `jejak trust draft` begins one")
        return _read(self.draft_path)

    def published(self) -> Json | None:
        """The newest whole list."""
        path = self.path / "list.json"
        return _read(path) if path.exists() else None

    def write(self, path: Path, told: Json) -> None:
        """In place of what was there."""
        _write(path, json.dumps(told, ensure_ascii=False, indent=2).encode() + b"\n")

    def publish(self, version: int, content: bytes) -> Path:
        """Under its version, which is never written again, and as the newest. Raises ConflictError."""
        path = self.path / f"{version}.list.json"
        if path.exists() and path.read_bytes() != content:
            raise ConflictError(f"version {version} was published already, and is another one")
        _write(path, content)
        _write(self.path / "list.json", content)
        self.draft_path.unlink(missing_ok=True)
        return path


def new_key(path: Path, passphrase: bytes) -> ec.EllipticCurvePrivateKey:
    """A root key: encrypted in `path`, its public part beside it in `path`.pub. Raises ConflictError when the file is there."""
    key = ec.generate_private_key(ec.SECP256R1())
    sealed = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(passphrase))
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise ConflictError(f"{path} is there already; a root key is never written over") from error
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be written") from error
    with os.fdopen(handle, "wb") as file:
        file.write(sealed)
    path.with_name(path.name + ".pub").write_bytes(public_pem(key))
    return key


def open_key(path: Path, passphrase: bytes) -> ec.EllipticCurvePrivateKey:
    """Raises ConfigurationError."""
    try:
        key = load_pem_private_key(path.read_bytes(), passphrase)
    except (OSError, ValueError, TypeError) as error:
        raise ConfigurationError(f"{path} cannot be opened: it is no root key, or the passphrase is wrong") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ConfigurationError(f"{path} is no root key")
    return key


def _read(path: Path) -> Json:
    try:
        told: Json = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{path} cannot be read") from error
    return told


def _write(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        draft.write_bytes(content)
        draft.replace(path)
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be written") from error
