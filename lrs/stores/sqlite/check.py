"""Proving that a file is whole: not only SQLite's own structure, but every promise that the stores make about what lies in it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import apsw

from lrs.clock import format_us
from lrs.errors import InvalidStatementError, NotFoundError
from lrs.stores.sqlite.attachments import attachment_folder
from lrs.stores.sqlite.bodies import BodyReader
from lrs.stores.sqlite.connection import SqliteOptions, connect
from lrs.stores.sqlite.schema import MIGRATIONS, NAMESPACE
from lrs.stores.sqlite.seal import postings_of
from lrs.xapi.strict_json import load_json

_MOST = 100  # problems listed: past it the file needs its backup, not a longer list
_DIGESTS = {64: hashlib.sha256, 96: hashlib.sha384, 128: hashlib.sha512}


def check(path: Path, *, segment: int = SqliteOptions().segment) -> list[str]:
    """What is wrong with the store at `path`, a sentence each, at most 100; empty when it is whole. Reads one snapshot, beside a running
    server too.

    Checked: SQLite's structure; schema version; `seq` without gaps and `stored` strictly increasing; every body readable, with the id and
    `stored` of its row;
    sealed postings as the statements give them; voiding; documents' etags; attachments' bytes by their digests, beside the database too.
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
    except apsw.CorruptError as error:
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
    yield from _statements(connection)
    yield from _postings(connection, segment)
    yield from _voiding(connection)
    yield from _documents(connection)
    yield from _attachments(connection, path)


def _statements(connection: apsw.Connection) -> Iterator[str]:
    reader = BodyReader()
    before, moment = 0, 0
    for seq, key, stored, codec, content in connection.execute("SELECT seq, id, stored, codec, body FROM statement ORDER BY seq"):
        name = f"statement {UUID(bytes=key)}"
        if seq != before + 1:
            yield f"{name}: {before + 1} to {seq - 1} are missing before it"
        if stored <= moment:
            yield f"{name}: `stored` is not after that of the one before"
        before, moment = seq, stored
        body = reader.read(connection, codec, content)
        if not body.endswith(b',"stored":"%b"}' % format_us(stored).encode()):
            yield f"{name}: its body does not end with its `stored`"
        elif not _has_id(body, key):
            yield f"{name}: its body has another id, or is no JSON"


def _has_id(body: bytes, key: bytes) -> bool:
    if b'"id":"%b"' % str(UUID(bytes=key)).encode() in body:
        return True
    try:
        return UUID(load_json(body)["id"]).bytes == key
    except (InvalidStatementError, ValueError, KeyError, TypeError):
        return False


def _postings(connection: apsw.Connection, segment: int) -> Iterator[str]:
    sealed: int = connection.execute("SELECT coalesce((SELECT value FROM number WHERE name = 'sealed'), 0)").get
    for window in range(sealed):
        found = connection.execute("SELECT key, offsets FROM posting WHERE segment = ? ORDER BY key", (window,)).fetchall()
        if found != postings_of(connection, window, segment):
            yield f"the index run {window} is not what its statements give"
    extra = connection.execute("SELECT count(*) FROM posting WHERE segment > ?", (sealed,)).get
    if extra:
        yield f"{extra} index rows lie after the last sealed run"


def _voiding(connection: apsw.Connection) -> Iterator[str]:
    rows = connection.execute(
        "SELECT t.id, t.flags & 1, EXISTS(SELECT 1 FROM statement v JOIN origin vo ON vo.id = v.origin "
        "  WHERE v.target = t.id AND v.flags & 2 AND (v.flags & 4 OR vo.provider = o.provider)) "
        "FROM statement t JOIN origin o ON o.id = t.origin "
        "WHERE t.flags & 2 = 0 AND (t.flags & 1 OR t.id IN (SELECT target FROM statement WHERE flags & 2))"
    )
    for key, voided, voidable in rows:
        if voided != voidable:
            yield f"statement {UUID(bytes=key)}: {'voided by none' if voided else 'not voided though one voids it'}"


def _documents(connection: apsw.Connection) -> Iterator[str]:
    for kind, content, etag in connection.execute("SELECT kind, content, etag FROM document"):
        if hashlib.sha1(content, usedforsecurity=False).hexdigest() != etag:
            yield f"a document ({kind}) does not have the content of its etag"


def _attachments(connection: apsw.Connection, path: Path) -> Iterator[str]:
    for digest, size, content in connection.execute("SELECT digest, size, content FROM attachment"):
        if content is None:
            file = attachment_folder(path) / digest[:2] / digest
            if not file.exists():
                yield f"the file of attachment {digest} is missing"
                continue
            content = file.read_bytes()
        if len(content) != size or _DIGESTS[len(digest)](content).hexdigest() != digest:
            yield f"attachment {digest} does not have the bytes of its digest"
