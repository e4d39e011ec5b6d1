"""What an operator does to a file: migrate, back up while the server writes, restore, see `check` for proving that it is whole.

A backup is a folder: the database, its large attachments, and the server's key file (without it no client's secret can be verified).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import apsw

from lrs.errors import ConflictError, NotFoundError, StoreUnavailableError
from lrs.stores.sqlite.attachments import attachment_folder
from lrs.stores.sqlite.connection import APPLICATION_ID, SqliteOptions, connect
from lrs.stores.sqlite.connection import migrate as apply
from lrs.stores.sqlite.schema import MIGRATIONS, NAMESPACE

Progress = Callable[[int, int], None]

_PAGES = 2_000  # pages copied between two reports of progress
_KEY_FILE = "secret.key"


def migrate(path: Path) -> None:
    """Creates the file or brings it up to date. Raises StoreVersionError, StoreUnavailableError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = connect(path, SqliteOptions(), writing=True)
    try:
        with connection:
            apply(connection, NAMESPACE, MIGRATIONS)
    finally:
        connection.close()


def backup(path: Path, target: Path, progress: Progress = lambda done, total: None) -> None:
    """Copies one moment of the store to the folder `target` (new or empty), while others read and write.

    `progress(done, total)` counts pages. The folder appears under its name only when everything is in it and synced. Raises NotFoundError
    (no such
    store), ConflictError (`target` holds something), StoreUnavailableError.
    """
    _must_exist(path)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise ConflictError(f"{target} is not empty; a backup never overwrites")
    draft = target.with_name(target.name + f".{os.getpid()}.part")
    try:
        draft.mkdir(parents=True)
        _copy_database(path, draft / path.name, progress)
        _copy_attachments(path, draft / path.name)
        key = path.with_name(_KEY_FILE)
        if key.exists():
            shutil.copy2(key, draft / _KEY_FILE)
        _sync(draft)
        os.replace(draft, target)
    except OSError as error:
        raise StoreUnavailableError(f"the backup could not be written ({error.strerror})") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def restore(source: Path, path: Path, *, force: bool = False) -> None:
    """Puts the backup in the folder `source` where `path` is. With `force` what is there is moved aside (`….before-restore`), never
    deleted.

    The server must be stopped. Raises NotFoundError (no backup there), ConflictError (a store is there and no `force`, or is in use),
    StoreUnavailableError.
    """
    found = sorted(source.glob("*.sqlite3")) or [one for one in source.glob("*") if one.is_file() and _is_ours(one)]
    if not found:
        raise NotFoundError(f"there is no backup in {source}")
    if path.exists():
        if not force:
            raise ConflictError(f"there is a store at {path}; say --force to put the backup in its place")
        _must_be_idle(path)
        _move_aside(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(found[0], path)
        folder = attachment_folder(found[0])
        if folder.exists():
            shutil.copytree(folder, attachment_folder(path))
        if (source / _KEY_FILE).exists():
            shutil.copy2(source / _KEY_FILE, path.with_name(_KEY_FILE))
        _sync(path.parent)
    except OSError as error:
        raise StoreUnavailableError(f"the backup could not be put in place ({error.strerror})") from error


def _copy_database(path: Path, target: Path, progress: Progress) -> None:
    """One read snapshot: the open transaction keeps the copy from seeing, and starting over for, what others write meanwhile."""
    source = connect(path, SqliteOptions(), writing=False)
    copy = apsw.Connection(str(target))
    try:
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_schema").fetchall()
        with copy.backup("main", source, "main") as job:
            while not job.done:
                job.step(_PAGES)
                progress(job.page_count - job.remaining, job.page_count)
        copy.pragma("journal_mode", "delete")
    except apsw.Error as error:
        raise StoreUnavailableError(f"the database could not be copied ({type(error).__name__})") from error
    finally:
        copy.close()
        source.close(True)


def _copy_attachments(path: Path, copy: Path) -> None:
    """The files that the copy names; they were complete before the rows that name them were."""
    connection = connect(copy, SqliteOptions(), writing=False)
    try:
        for (digest,) in connection.execute("SELECT digest FROM attachment WHERE content IS NULL"):
            target = attachment_folder(copy) / digest[:2] / digest
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(attachment_folder(path) / digest[:2] / digest, target)
    finally:
        connection.close(True)


def _must_exist(path: Path) -> None:
    if not path.exists():
        raise NotFoundError(f"there is no store at {path}")


def _must_be_idle(path: Path) -> None:
    """Refuses when another process has the file open (an exclusive lock cannot be had beside one in WAL mode)."""
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
    try:
        connection.pragma("locking_mode", "exclusive")
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("ROLLBACK")
    except apsw.NotADBError:
        return
    except apsw.Error as error:
        raise ConflictError("the store is in use; stop the server first") from error
    finally:
        connection.close(True)


def _move_aside(path: Path) -> None:
    number = 0
    while (aside := path.with_name(f"{path.name}.before-restore{'-' + str(number) if number else ''}")).exists():
        number += 1
    for suffix in ("-wal", "-shm", "-marks"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    folder = attachment_folder(path)
    if folder.exists():
        os.replace(folder, attachment_folder(aside))
    os.replace(path, aside)


def _is_ours(path: Path) -> bool:
    with path.open("rb") as handle:
        header = handle.read(72)
    return header[:15] == b"SQLite format 3" and int.from_bytes(header[68:72], "big") == APPLICATION_ID


def _sync(folder: Path) -> None:
    """Every file and folder below `folder` reaches the disk."""
    for root, _, names in os.walk(folder):
        for name in [".", *names]:
            place = os.path.join(root, name)
            if name != "." and not os.path.isfile(place):
                continue
            handle = os.open(place, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
