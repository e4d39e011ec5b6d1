"""Putting a backup in place. Nothing is overwritten or deleted: what is in the way is moved aside, and only when that was asked for."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import apsw

from lrs.errors import ConflictError, NotFoundError, StoreUnavailableError
from lrs.stores.sqlite.attachments import attachment_folder
from lrs.stores.sqlite.connection import APPLICATION_ID
from lrs.stores.sqlite.files import copy_private, sync_below, sync_folder
from lrs.stores.sqlite.maintenance import KEY_FILE

_ASIDE = ".before-restore"


def restore(source: Path, path: Path, *, key: Path | None = None, force: bool = False) -> list[Path]:
    """Puts the backup in the folder `source` where `path` is, and its key file, if it has one, where `key` is (None: nowhere).

    With `force` what is there is moved aside (`….before-restore`); those files are answered. A key file with the same bytes is let be.
    Everything is copied and synced before anything is moved. The server must be stopped. Raises NotFoundError (no backup there),
    ConflictError (something is in the way and no `force`, or the store is in use), StoreUnavailableError.
    """
    database = backed_up(source)
    kept = source / KEY_FILE
    key = key if key is not None and kept.exists() and not _same(kept, key) else None
    present = [one for one in (path, attachment_folder(path), path.with_name(path.name + "-wal"), key) if one is not None and one.exists()]
    if present and not force:
        raise ConflictError(f"{present[0]} is in the way; say --force to move it aside")
    if path.exists():
        _must_be_idle(path)
    drafts = _drafts(database, path, kept, key)
    try:
        for draft, _, original in drafts:
            draft.parent.mkdir(parents=True, exist_ok=True)
            _copy(original, draft)
        aside = _move_aside(path, key)
        for draft, target, _ in drafts:
            os.replace(draft, target)
            sync_folder(target.parent)
    except OSError as error:
        raise StoreUnavailableError(f"the backup could not be put in place ({error.strerror})") from error
    finally:
        for draft, _, _ in drafts:
            shutil.rmtree(draft, ignore_errors=True) if draft.is_dir() else draft.unlink(missing_ok=True)
    return aside


def backed_up(source: Path) -> Path:
    """The database in the folder of a backup. Raises NotFoundError."""
    found = sorted(source.glob("*.sqlite3")) or [one for one in source.glob("*") if one.is_file() and _is_ours(one)]
    if not found:
        raise NotFoundError(f"there is no backup in {source}")
    return found[0]


def _drafts(database: Path, path: Path, kept: Path, key: Path | None) -> list[tuple[Path, Path, Path]]:
    """What is copied: under which name first, where it belongs, from where. The database comes last: with it the store is there."""
    pairs = [(key, kept)] if key is not None else []
    if attachment_folder(database).exists():
        pairs.append((attachment_folder(path), attachment_folder(database)))
    pairs.append((path, database))
    return [(target.with_name(f"{target.name}.{os.getpid()}.part"), target, original) for target, original in pairs]


def _copy(original: Path, draft: Path) -> None:
    if original.is_dir():
        shutil.copytree(original, draft)
        sync_below(draft)
    else:
        copy_private(original, draft)
        sync_folder(draft)


def _move_aside(path: Path, key: Path | None) -> list[Path]:
    """What is in the way gets names with one number; a log that was not merged goes with its database."""
    number = ""
    while any(one.exists() for one in (_aside(path, number), *([_aside(key, number)] if key is not None else []))):
        number = str(int(number or 0) + 1)
    for suffix in ("-shm", "-marks"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    log, aside = path.with_name(path.name + "-wal"), _aside(path, number)
    moves = [(path, aside), (log, aside.with_name(aside.name + "-wal")), (attachment_folder(path), attachment_folder(aside))]
    if key is not None:
        moves.append((key, _aside(key, number)))
    moves = [(one, new) for one, new in moves if one.exists()]
    for one, new in moves:
        os.replace(one, new)
    return [new for _, new in moves]


def _aside(path: Path, number: str) -> Path:
    return path.with_name(path.name + _ASIDE + (f"-{number}" if number else ""))


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


def _same(one: Path, other: Path) -> bool:
    return other.exists() and one.read_bytes() == other.read_bytes()


def _is_ours(path: Path) -> bool:
    with path.open("rb") as handle:
        header = handle.read(72)
    return header[:15] == b"SQLite format 3" and int.from_bytes(header[68:72], "big") == APPLICATION_ID
