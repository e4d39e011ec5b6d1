"""The file itself: whose it is, what a newer program made of it, dictionaries that stay, and whatever `check` has to find."""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from bench.corpus import encoded
from lrs.clock import SystemClock
from lrs.errors import StoreUnavailableError, StoreVersionError
from lrs.ports import AttachmentContent, StatementQuery
from lrs.stores.sqlite import SqliteOptions, open_sqlite_stores
from lrs.stores.sqlite.attachments import attachment_folder
from lrs.stores.sqlite.check import check
from lrs.stores.sqlite.connection import APPLICATION_ID
from tests.contracts.documents import STATE
from tests.support.clock import SettableClock
from tests.support.settling import settled
from tests.support.statement_sender import attachment, part, sender_over, statement
from tests.support.statements import EVERYTHING, batch, sentence, statement_id, void

_SEGMENT = 16
_OPTIONS = SqliteOptions(synchronous="OFF", segment=_SEGMENT, train_after=100)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "jejak.sqlite3"


async def test_only_its_owner_may_read_what_the_store_writes(path: Path) -> None:
    await _fill(path)
    written = [one for one in path.parent.rglob("*") if one.is_file()]
    assert len(written) >= 2  # the database, and a large attachment
    assert [one.name for one in written if one.stat().st_mode & 0o077] == []


def _execute(path: Path, sql: str) -> None:
    with closing(apsw.Connection(str(path))) as connection:
        connection.execute(sql)


def _bytes(path: Path) -> bytes:
    return path.read_bytes()


def _write(path: Path, place: int, content: bytes) -> None:
    with path.open("r+b" if path.exists() else "wb") as file:
        file.seek(place)
        file.write(content)


async def _fill(path: Path) -> None:
    """Some of everything that a file may hold, whole."""
    clock = SettableClock()
    stores = await open_sqlite_stores(path, clock, _OPTIONS)
    kept = [AttachmentContent(hashlib.sha256(one).hexdigest(), one, "text/plain") for one in (b"kecil", b"besar" * 20_000)]
    await stores.attachments.keep(tuple(kept))
    await stores.statements.put(batch(*(sentence(number, refers_to=500) for number in range(1, 40)), sentence(40), void(41, 40)))
    await stores.statements.put(batch(sentence(500, verb="late"), *(sentence(number, padding=50) for number in range(100, 200))))
    await stores.documents.change(STATE, lambda present: (b"isi", "text/plain"))
    await settled(stores, clock)
    for _ in range(1_000):
        if (await stores.engine.figures())["sealed_windows"] == 8:
            break
        await asyncio.sleep(0.02)
    await stores.engine.close()
    with closing(apsw.Connection(str(path))) as connection:
        assert connection.execute("SELECT count(*) FROM late").get > 0


async def test_a_file_of_a_newer_schema_is_refused_and_left_as_it_is(path: Path) -> None:
    await _fill(path)
    _execute(path, "INSERT INTO migration(namespace, number) VALUES('lrs', 999)")
    before = _bytes(path)
    with pytest.raises(StoreVersionError, match="newer"):
        await open_sqlite_stores(path, SystemClock())
    assert _bytes(path) == before
    assert "the schema is 999" in check(path, segment=_SEGMENT)[0]


@pytest.mark.parametrize("mark", [0, 0x12345678])
async def test_a_sqlite_file_of_another_program_is_refused_and_left_as_it_is(path: Path, mark: int) -> None:
    _execute(path, f"CREATE TABLE theirs(x); PRAGMA application_id = {mark}")
    before = _bytes(path)
    with pytest.raises(StoreVersionError, match="another program"):
        await open_sqlite_stores(path, SystemClock())
    assert _bytes(path) == before


async def test_an_empty_file_becomes_ours_and_says_so(path: Path) -> None:
    _write(path, 0, b"")
    await (await open_sqlite_stores(path, SystemClock())).engine.close()
    with closing(apsw.Connection(str(path))) as connection:
        assert connection.pragma("application_id") == APPLICATION_ID
        assert connection.pragma("journal_mode") == "wal"
    assert check(path) == []


async def test_dictionaries_lie_in_the_file_and_a_new_one_never_replaces_an_old(path: Path) -> None:
    clock = SettableClock()
    stores = await open_sqlite_stores(path, clock, _OPTIONS)
    sender = sender_over(lambda _: stores, clock=clock)
    for body in encoded(150, seed=3):
        await sender.post(body)
    await _until_trained(path)
    await stores.engine.close()
    stores = await open_sqlite_stores(path, clock, _OPTIONS)  # what was trained meanwhile is used from now on
    sender = sender_over(lambda _: stores, clock=clock)
    for body in encoded(150, seed=4):
        await sender.post(body)
    await stores.engine.close()
    with closing(apsw.Connection(str(path))) as connection:
        codecs = connection.execute("SELECT DISTINCT codec FROM statement ORDER BY codec").fetchall()
        (first,) = connection.execute("SELECT content FROM dictionary").fetchall()
        assert codecs == [(0,), (1,)]
        raw = bytes(range(256)) * 64
        connection.execute("INSERT INTO dictionary(number, content) VALUES(2, ?)", (raw,))
    stores = await open_sqlite_stores(path, clock, _OPTIONS)
    sender = sender_over(lambda _: stores, clock=clock)
    await sender.post(statement())
    page = await stores.statements.query(StatementQuery(limit=1_000, max_bytes=10**9), EVERYTHING)
    await stores.engine.close()
    assert len(page.bodies) == 301
    with closing(apsw.Connection(str(path))) as connection:
        assert connection.execute("SELECT content FROM dictionary WHERE number = 1").fetchone() == first
        assert connection.execute("SELECT codec FROM statement ORDER BY seq DESC LIMIT 1").get == 2


def _forget_attachment_file(path: Path) -> None:
    (file,) = [one for one in attachment_folder(path).rglob("*") if one.is_file()]
    file.unlink()


def _change_attachment_file(path: Path) -> None:
    (file,) = [one for one in attachment_folder(path).rglob("*") if one.is_file()]
    file.write_bytes(b"x" + file.read_bytes()[1:])


DAMAGE: dict[str, tuple[str | Callable[[Path], None], str]] = {
    "a statement taken out": ("DELETE FROM statement WHERE seq = 70", "are missing before it"),
    "two statements in another order": (
        "UPDATE statement SET stored = (SELECT stored FROM statement WHERE seq = 80) + 1 WHERE seq = 70",
        "is not after that of the one before",
    ),
    "a body with another moment": ("UPDATE statement SET stored = stored + 1 WHERE seq = 141", "does not end with its `stored`"),
    "an id that is not its body's": ("UPDATE statement SET id = randomblob(16) WHERE seq = 70", "has another id"),
    "a body that cannot be read": ("UPDATE statement SET codec = 1, body = x'28B52FFD00' WHERE seq = 70", "statement "),
    "a codec without a dictionary": ("UPDATE statement SET codec = 7 WHERE seq = 70", "lacks its compression dictionary 7"),
    "an index run that was changed": ("UPDATE posting SET offsets = x'0000' WHERE segment = 2", "index run 2"),
    "an index run that lost a key": ("DELETE FROM posting WHERE segment = 1 AND key = (SELECT min(key) FROM posting)", "index run 1"),
    "an index run ahead of its time": ("INSERT INTO posting(segment, key, offsets) VALUES(99, 1, x'0000')", "after the last sealed run"),
    "a reference that inherits no more": ("DELETE FROM late WHERE seq = 7", "not found by all that finds"),
    "a void without effect": ("UPDATE statement SET flags = flags & ~1 WHERE flags & 1", "not voided though one voids it"),
    "a voided statement that none voids": ("UPDATE statement SET flags = flags | 1 WHERE seq = 70", "voided by none"),
    "a document of another content": ("UPDATE document SET content = x'00'", "the content of its etag"),
    "a small attachment of other bytes": ("UPDATE attachment SET content = x'00' WHERE content IS NOT NULL", "the bytes of its digest"),
    "a large attachment that is gone": (_forget_attachment_file, "is missing"),
    "a large attachment of other bytes": (_change_attachment_file, "the bytes of its digest"),
    "a table that is gone": ("DROP TABLE posting", "the file is damaged"),
    "a row that points to nothing": (
        "PRAGMA foreign_keys = 0; INSERT INTO client VALUES('a', 'k', 'none', NULL, 0, x'00')",
        "points to nothing",
    ),
    "an older schema": ("DELETE FROM migration WHERE namespace = 'lrs'", "run: jejak db migrate"),
}


@pytest.mark.parametrize(("damage", "told"), DAMAGE.values(), ids=DAMAGE.keys())
async def test_check_finds_every_kind_of_damage(path: Path, damage: str | Callable[[Path], None], told: str) -> None:
    await _fill(path)
    assert check(path, segment=_SEGMENT) == []
    if isinstance(damage, str):
        _execute(path, damage)
    else:
        damage(path)
    problems = check(path, segment=_SEGMENT)
    assert problems
    assert any(told in problem for problem in problems), problems


async def test_check_finds_an_attachment_that_a_statement_brought_and_that_is_not_kept(path: Path) -> None:
    stores = await open_sqlite_stores(path, SystemClock(), _OPTIONS)
    sender = sender_over(lambda _: stores)
    content = b"lampiran"
    await sender.post_parts(statement(attachments=[attachment(content), attachment(b"x", fileUrl="https://a.test/f")]), part(content))
    await stores.engine.close()
    assert check(path) == []
    _execute(path, "DELETE FROM attachment")
    (problem,) = check(path)
    assert hashlib.sha256(content).hexdigest() in problem


async def test_a_damaged_page_is_found_and_never_answered_as_if_it_were_whole(path: Path) -> None:
    await _fill(path)
    _write(path, len(_bytes(path)) // 2 // 4_096 * 4_096, b"\xff" * 4_096)
    assert check(path, segment=_SEGMENT) != []


async def test_reading_a_damaged_body_is_the_operators_matter_and_no_error_of_ours(path: Path) -> None:
    await _fill(path)
    _execute(path, "INSERT OR IGNORE INTO dictionary(number, content) VALUES(1, zeroblob(1024))")
    _execute(path, "UPDATE statement SET codec = 1, body = x'28B52FFD00' WHERE seq = 70")
    stores = await open_sqlite_stores(path, SystemClock(), _OPTIONS)
    with pytest.raises(StoreUnavailableError, match="db check"):
        await stores.statements.query(StatementQuery(limit=1_000, max_bytes=10**9), EVERYTHING)
    assert await stores.statements.get(statement_id(1), EVERYTHING) is not None
    await stores.engine.close()


async def test_an_attachment_whose_file_is_gone_is_the_operators_matter(path: Path) -> None:
    await _fill(path)
    _forget_attachment_file(path)
    stores = await open_sqlite_stores(path, SystemClock(), _OPTIONS)
    with pytest.raises(StoreUnavailableError, match="db check"):
        await anext(stores.attachments.open(hashlib.sha256(b"besar" * 20_000).hexdigest()))
    await stores.engine.close()


async def test_an_attachment_that_cannot_be_written_is_not_kept(path: Path) -> None:
    stores = await open_sqlite_stores(path, SystemClock(), _OPTIONS)
    _write(attachment_folder(path), 0, b"a file in the way")
    large = AttachmentContent(hashlib.sha256(b"besar" * 20_000).hexdigest(), b"besar" * 20_000, "text/plain")
    with pytest.raises(StoreUnavailableError, match="could not be written"):
        await stores.attachments.keep((large,))
    assert await stores.attachments.size(large.digest) is None
    await stores.engine.close()


async def _until_trained(path: Path) -> None:
    """The dictionary is trained in a thread, and kept by the writer when it next has nothing else to do."""
    with closing(apsw.Connection(str(path))) as connection:
        for _ in range(1_500):
            if connection.execute("SELECT count(*) FROM dictionary").get:
                return
            await asyncio.sleep(0.02)
    raise AssertionError("no dictionary was trained")


async def test_a_reader_that_outlives_the_store_leaves_no_part_of_the_file_beside_it(path: Path) -> None:
    """As the helper's is, that still seals a window while the store is told to close."""
    stores = await open_sqlite_stores(path, SystemClock(), _OPTIONS)
    await stores.statements.put(batch(sentence(1)))
    database = stores.engine.database  # type: ignore[attr-defined]
    reading, end = threading.Event(), threading.Event()

    def job(_: apsw.Connection) -> None:
        reading.set()
        assert end.wait(20)

    late = asyncio.create_task(asyncio.to_thread(database.read_now, job))
    await asyncio.to_thread(reading.wait, 20)
    await database.close()
    end.set()
    await late
    await stores.engine.close()
    assert not path.with_name(path.name + "-wal").exists()
    assert b"sari@peserta" in _bytes(path)
