"""Proving that a file is whole: not only SQLite's own structure, but every promise that the stores make about what lies in it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import apsw

from lrs.errors import NotFoundError
from lrs.stores.sqlite import check_statements
from lrs.stores.sqlite.attachments import attachment_folder
from lrs.stores.sqlite.connection import SqliteOptions, connect
from lrs.stores.sqlite.schema import MIGRATIONS, NAMESPACE

_MOST = 100  # problems listed: past it the file needs its backup, not a longer list
_DIGESTS = {64: hashlib.sha256, 96: hashlib.sha384, 128: hashlib.sha512}


def check(path: Path, *, segment: int = SqliteOptions().segment) -> list[str]:
    """What is wrong with the store at `path`, a sentence each, at most 100; empty when it is whole. Reads one snapshot, beside a running
    server too.

    Checked: SQLite's structure; schema version; of statements what `check_statements` says; documents' etags; attachments' bytes by their
    digests, beside the database too.
    Raises NotFoundError, StoreVersionError, StoreUnavailableError.
    """
    if not path.exists():
        raise NotFoundError(f"there is no store at {path}")
    connection = connect(path, SqliteOptions(), writing=False)
    problems: list[str] = []
    try:
        connection.execute("BEGIN")
        for problem in _all(connection, path, segment):
            problems.append(problem)
            if len(problems) == _MOST:
                break
    except (apsw.CorruptError, apsw.SQLError) as error:
        problems.append(f"the file is damaged: {error}")
    finally:
        connection.close(True)
    return problems


def _all(connection: apsw.Connection, path: Path, segment: int) -> Iterator[str]:
    for (line,) in connection.execute("PRAGMA integrity_check(20)"):
        if line != "ok":
            yield f"SQLite: {line}"
    for table, *_ in connection.execute("PRAGMA foreign_key_check"):
        yield f"a row of {table} points to nothing"
    done = connection.execute("SELECT coalesce(max(number), 0) FROM migration WHERE namespace = ?", (NAMESPACE,)).get
    if done != len(MIGRATIONS):
        yield f"the schema is {done}, this program's is {len(MIGRATIONS)}; run: jejak db migrate"
        return
    yield from check_statements.statements(connection)
    yield from check_statements.postings(connection, segment)
    yield from check_statements.references(connection)
    yield from check_statements.voiding(connection)
    yield from _documents(connection)
    yield from _attachments(connection, path)


def _documents(connection: apsw.Connection) -> Iterator[str]:
    for kind, content, etag in connection.execute("SELECT kind, content, etag FROM document"):
        if hashlib.sha1(content, usedforsecurity=False).hexdigest() != etag:
            yield f"a document ({kind}) does not have the content of its etag"


def _attachments(connection: apsw.Connection, path: Path) -> Iterator[str]:
    for digest, size, content in connection.execute("SELECT digest, size, content FROM attachment"):
        if content is None:
            file = attachment_folder(path) / digest[:2] / digest
            try:
                content = file.read_bytes()
            except OSError:
                yield f"the file of attachment {digest} is missing"
                continue
        if len(content) != size or _DIGESTS[len(digest)](content).hexdigest() != digest:
            yield f"attachment {digest} does not have the bytes of its digest"
