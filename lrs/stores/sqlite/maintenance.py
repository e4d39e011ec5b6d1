"""What an operator does to a file: migrate it, and back it up while the server writes. `restore` and `check` have modules of their own.

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
from lrs.stores.sqlite.connection import SqliteOptions, connect
from lrs.stores.sqlite.connection import migrate as apply
from lrs.stores.sqlite.engine import key_mark
from lrs.stores.sqlite.files import copy_private, sync_below, sync_folder
from lrs.stores.sqlite.schema import MIGRATIONS, NAMESPACE

Progress = Callable[[int, int], None]

KEY_FILE = "secret.key"  # its name in a backup
_PAGES = 2_000  # pages copied between two reports of progress


def migrate(path: Path, further: tuple[tuple[str, tuple[str, ...]], ...] = ()) -> None:
    """Creates the file or brings it up to date; `further`: namespaces of other packages with their migrations.

    Raises StoreVersionError, StoreUnavailableError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = connect(path, SqliteOptions(), writing=True)
    try:
        with connection:
            for namespace, migrations in ((NAMESPACE, MIGRATIONS), *further):
                apply(connection, namespace, migrations)
    finally:
        connection.close()


def key_mark_of(path: Path) -> int | None:
    """The mark of the key that the store at `path` was written with, None when it never had one. Raises StoreUnavailableError."""
    connection = connect(path, SqliteOptions(), writing=False)
    try:
        return key_mark(connection)
    except apsw.Error as error:
        raise StoreUnavailableError(f"the database cannot be read ({type(error).__name__})") from error
    finally:
        connection.close(True)


def set_key_mark(path: Path, mark: int) -> None:
    """From now on the store goes with another key. Raises StoreUnavailableError."""
    connection = connect(path, SqliteOptions(), writing=True)
    try:
        connection.execute("INSERT OR REPLACE INTO number(name, value) VALUES('key mark', ?)", (mark,))
    except apsw.Error as error:
        raise StoreUnavailableError(f"the database cannot be written ({type(error).__name__})") from error
    finally:
        connection.close(True)


def backup(path: Path, target: Path, progress: Progress = lambda done, total: None, *, key: Path | None = None) -> None:
    """Copies one moment of the store to the folder `target` (new or empty), while others read and write; with it the key file `key`.

    `progress(done, total)` counts pages. The folder appears under its name only when everything is in it and synced; only its owner may
    look into it. Raises NotFoundError (no such store), ConflictError (`target` holds something), StoreUnavailableError.
    """
    _must_exist(path)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise ConflictError(f"{target} is not empty; a backup never overwrites")
    draft = target.with_name(target.name + f".{os.getpid()}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        draft.mkdir(mode=0o700)
        _copy_database(path, draft / path.name, progress)
        _copy_attachments(path, draft / path.name)
        if key is not None:
            copy_private(key, draft / KEY_FILE)
        sync_below(draft)
        os.replace(draft, target)
        sync_folder(target.parent)
    except OSError as error:
        raise StoreUnavailableError(f"the backup could not be written ({error.strerror})") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


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
