"""A witness as a program of its own: its key in a file, its memory in a database, both in one folder; nothing of the rest is needed."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI

from credentials.log.note import COSIGNATURE, ED25519, NoteKey
from credentials.services.witness import WITNESS_TABLES, Witness
from credentials.stores.sqlite import open_sqlite_records
from credentials.web.witness import witness_router
from jejak.serve import run_until_told
from lrs.clock import SystemClock
from lrs.errors import ConfigurationError
from lrs.stores.sqlite import SqliteOptions
from lrs.stores.sqlite.connection import Database
from lrs.web.framework import install_errors

KEY_FILE = "witness.key"
_DATABASE = "witness.sqlite3"
_BYTES = 32


@dataclass(frozen=True, slots=True)
class WitnessSettings:
    """`name`: a schema-less address, which the key's id depends on. `logs`: verifier keys of the logs that are cosigned."""

    folder: Path
    name: str
    logs: Sequence[NoteKey] = ()
    host: str = "127.0.0.1"
    port: int = 8010


def witness_key(folder: Path, name: str) -> tuple[NoteKey, Ed25519PrivateKey]:
    """The witness's key, made when there is none. Raises ConfigurationError."""
    if not name or any(code.isspace() or code == "+" for code in name):
        raise ConfigurationError("a witness's name has no spaces and no plus sign; saksi.contoh.go.id/1, say")
    path = folder / KEY_FILE
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w") as file:
                file.write(os.urandom(_BYTES).hex())
                file.flush()
                os.fsync(file.fileno())
        private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text().strip()))
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"the key file {path} cannot be made or read") from error
    return NoteKey(name, COSIGNATURE, private.public_key().public_bytes_raw()), private


def witness_app(settings: WitnessSettings) -> FastAPI:
    """Raises ConfigurationError."""
    if not settings.logs or any(key.kind != ED25519 for key in settings.logs):
        raise ConfigurationError("say with --log which logs are cosigned: the verifier key that `jejak log key` tells")
    key, private = witness_key(settings.folder, settings.name)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        database = await Database.open(settings.folder / _DATABASE, SqliteOptions(synchronous="FULL"))
        try:
            records = await open_sqlite_records(database, WITNESS_TABLES)
            app.include_router(witness_router(Witness(records, SystemClock(), key, private.sign, settings.logs)))
            yield
        finally:
            await database.close()

    app = FastAPI(title="Jejak witness", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    install_errors(app)
    return app


def serve_witness(settings: WitnessSettings) -> int:
    """Runs until a signal. Raises ConfigurationError."""
    config = uvicorn.Config(
        witness_app(settings), host=settings.host, port=settings.port, access_log=False, server_header=False, log_level="warning"
    )
    server = uvicorn.Server(config)
    run_until_told(server)
    return 0 if server.started else 1
