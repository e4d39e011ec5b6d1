"""What was answered is there after the file was closed and opened again, and what was left over goes on."""

from __future__ import annotations

import hashlib
from contextlib import closing
from pathlib import Path

import apsw

from lrs.clock import SystemClock
from lrs.ports import AttachmentContent, Condition, StatementQuery
from lrs.stores.sqlite import SqliteOptions, open_sqlite_stores
from lrs.stores.sqlite.check import check
from tests.contracts.administrators import RATNA
from tests.contracts.clients import UTARA
from tests.contracts.documents import STATE
from tests.support.clock import SettableClock
from tests.support.settling import settled
from tests.support.statements import EVERYTHING, agent, batch, found, must_get, sentence, verb, void


async def test_every_port_finds_again_what_it_was_given(tmp_path: Path) -> None:
    path = tmp_path / "jejak.sqlite3"
    contents = [b"kecil", b"besar" * 50_000]
    kept = tuple(AttachmentContent(hashlib.sha256(one).hexdigest(), one, "text/plain") for one in contents)
    stores = await open_sqlite_stores(path, SystemClock())
    await stores.statements.put(
        batch(sentence(1, activities=(("https://kursus.test/1", b'{"name":{"id":"Satu"}}'),)), void(2, 3), sentence(3))
    )
    await stores.attachments.keep(kept)
    document = await stores.documents.change(STATE, lambda present: (b"isi", "text/plain"))
    await stores.clients.add_provider(UTARA)
    await stores.administrators.add(RATNA)
    await stores.feed.advance("jam", 2, expected=0)
    before = [await must_get(stores.statements, 1), await must_get(stores.statements, 3, voided=True)]
    await stores.engine.close()

    stores = await open_sqlite_stores(path, SystemClock())
    assert [await must_get(stores.statements, 1), await must_get(stores.statements, 3, voided=True)] == before
    assert await stores.directory.definition("https://kursus.test/1", EVERYTHING) == b'{"name":{"id":"Satu"}}'
    assert [b"".join([piece async for piece in stores.attachments.open(one.digest)]) for one in kept] == contents
    assert await stores.documents.get(STATE) == document
    assert await stores.clients.providers() == [UTARA]
    assert await stores.administrators.all() == [RATNA]
    assert await stores.feed.checkpoints() == {"jam": 2}
    await stores.engine.close()
    assert check(path) == []


async def test_stored_goes_on_after_the_last_one_when_the_clock_was_set_back_meanwhile(tmp_path: Path) -> None:
    path, clock = tmp_path / "jejak.sqlite3", SettableClock()
    stores = await open_sqlite_stores(path, clock)
    await stores.statements.put(batch(sentence(1)))
    first = await must_get(stores.statements, 1)
    await stores.engine.close()
    clock.advance(-86_400_000_000)
    stores = await open_sqlite_stores(path, clock)
    await stores.statements.put(batch(sentence(2)))
    assert (await must_get(stores.statements, 2)).stored > first.stored
    await stores.engine.close()


async def test_a_late_target_left_half_done_is_worked_off_after_opening(tmp_path: Path) -> None:
    path, clock = tmp_path / "jejak.sqlite3", SettableClock()
    options = SqliteOptions(synchronous="OFF")
    stores = await open_sqlite_stores(path, clock, options)
    for start in range(1, 20_001, 2_000):
        await stores.statements.put(batch(*(sentence(number, refers_to=0) for number in range(start, start + 2_000))))
    await stores.statements.put(batch(sentence(0, verb="late")))
    await stores.engine.close()
    stores = await open_sqlite_stores(path, clock, options)
    await settled(stores, clock)
    assert len(await found(stores.statements, verb("late"), max_bytes=10**9)) == 20_001
    await stores.engine.close()
    assert check(path) == []


async def test_a_hundred_thousand_referrers_of_a_late_target_keep_no_writer_waiting(tmp_path: Path) -> None:
    path, clock = tmp_path / "jejak.sqlite3", SettableClock()
    stores = await open_sqlite_stores(path, clock, SqliteOptions(synchronous="OFF"))
    for start in range(1, 100_001, 5_000):
        await stores.statements.put(batch(*(sentence(number, refers_to=0) for number in range(start, start + 5_000))))
    await stores.statements.put(batch(sentence(0, verb="late")))
    moment = (await must_get(stores.statements, 0)).stored
    clock.advance(60_000_000)
    meanwhile = 0
    while await stores.statements.consistent_through() < moment:
        await stores.statements.put(batch(sentence(1_000_000 + meanwhile)))
        meanwhile += 1
    page = await stores.statements.query(StatementQuery((Condition(verb("late")),), limit=200_000, max_bytes=10**9), EVERYTHING)
    await stores.engine.close()
    assert meanwhile >= 5, "writes go in between the slices of the work that is left"
    assert len(page.bodies) == 100_001


async def test_a_late_target_of_very_many_terms_is_handed_down_in_small_pieces(tmp_path: Path) -> None:
    path, clock = tmp_path / "jejak.sqlite3", SettableClock()
    stores = await open_sqlite_stores(path, clock, SqliteOptions(synchronous="OFF"))
    await stores.statements.put(batch(*(sentence(number, refers_to=0) for number in range(1, 101))))
    crowd = [agent(f"peserta-{number}") for number in range(1_500)]
    await stores.statements.put(batch(sentence(0, verb="late", related=crowd)))
    with closing(apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)) as reader:
        at_once = reader.execute("SELECT count(*) FROM late").get
    await settled(stores, clock)
    last = await found(stores.statements, crowd[-1], related=True)
    await stores.engine.close()
    assert at_once < 20_000, "a commit does a bounded number of steps, however many terms the target has"
    assert len(last) == 101
    assert check(path) == []
