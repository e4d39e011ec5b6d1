"""Attachments: small ones in the file, large ones beside it, fsynced with their folder before the row that names them is committed."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import apsw

from lrs.errors import NotFoundError, StoreUnavailableError
from lrs.ports import AttachmentContent
from lrs.stores.sqlite.connection import Database

_PIECE = 262_144


class SqliteAttachments:
    """See `lrs.ports.AttachmentStore`. `folder` lies beside the database; a file's name is its digest."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._folder = attachment_folder(database.path)

    async def keep(self, attachments: tuple[AttachmentContent, ...]) -> None:
        large = [one for one in attachments if len(one.content) >= self._database.options.large_attachment]
        if large:
            await asyncio.to_thread(self._write_files, large)
        names = {one.digest for one in large}
        rows = [(one.digest, len(one.content), None if one.digest in names else one.content) for one in attachments]
        await self._database.write(lambda connection: _insert(connection, rows))

    async def size(self, digest: str) -> int | None:
        return await self._database.read(
            lambda connection: connection.execute("SELECT size FROM attachment WHERE digest = ?", (digest,)).get
        )

    async def open(self, digest: str) -> AsyncIterator[bytes]:
        row = await self._database.read(
            lambda connection: connection.execute("SELECT content FROM attachment WHERE digest = ?", (digest,)).fetchone()
        )
        if row is None:
            raise NotFoundError("no attachment has that digest")
        if row[0] is not None:
            for start in range(0, len(row[0]), _PIECE):
                yield row[0][start : start + _PIECE]
            return
        try:
            handle = await asyncio.to_thread(open, self._path(digest), "rb")
        except OSError as error:
            raise StoreUnavailableError("an attachment's file is missing; run: jejak db check") from error
        with handle:
            while piece := await asyncio.to_thread(handle.read, _PIECE):
                yield piece

    def _write_files(self, attachments: list[AttachmentContent]) -> None:
        try:
            for one in attachments:
                self._write_file(self._path(one.digest), one.content)
        except OSError as error:
            raise StoreUnavailableError(f"an attachment could not be written ({error.strerror})") from error

    def _write_file(self, path: Path, content: bytes) -> None:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            draft = path.with_name(f"{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
            with open(draft, "wb", opener=_own) as handle:
                handle.write(content)
                handle.flush()
                os.fsync(handle.fileno())
            os.replace(draft, path)
        for folder in (path.parent, self._folder, self._folder.parent):
            _sync_folder(folder)

    def _path(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest


def attachment_folder(database: Path) -> Path:
    """Where the large attachments of the file `database` lie."""
    return database.with_name(database.name + "-attachments")


def _insert(connection: apsw.Connection, rows: list[tuple[str, int, bytes | None]]) -> None:
    connection.executemany("INSERT INTO attachment(digest, size, content) VALUES(?, ?, ?) ON CONFLICT DO NOTHING", rows)


def _own(path: str, flags: int) -> int:
    """Opens a file that only its owner may read."""
    return os.open(path, flags, 0o600)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
