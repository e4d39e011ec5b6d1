"""Reduction on SQLite: over a crash, in other processes, on the disk; and the same as in the reference, whatever the history."""

from __future__ import annotations

import asyncio
import json
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from lrs.clock import format_us
from lrs.ports import NewStatement, Reduced, Stores
from lrs.stores.memory import memory_stores
from lrs.stores.sqlite import SqliteOptions, open_sqlite_stores
from lrs.stores.sqlite.check import check
from tests.support.clock import SettableClock
from tests.support.statements import EVERYTHING, agent, batch, found, sentence, statement_id, verb

_ACTORS = ("sari", "budi", "ani")


async def _open(path: Path, segment: int = 16) -> Stores:
    return await open_sqlite_stores(path, SettableClock(), SqliteOptions(synchronous="OFF", segment=segment, compression=False))


async def _reduce(stores: Stores, number: int) -> None:
    kept = await stores.statements.get(statement_id(number), EVERYTHING)
    if kept is None:
        kept = await stores.statements.get(statement_id(number), EVERYTHING, voided=True)
    assert kept is not None
    told = json.loads(kept.body)
    small = {"id": kept.id, "actor": {"mbox": "mailto:samaran@peserta.test"}, "verb": told["verb"], "object": told["object"]}
    body = json.dumps(small | {"version": "1.0.0", "stored": format_us(kept.stored)}, separators=(",", ":")).encode()
    await stores.reduction.reduce([Reduced(kept.id, body, ("v" + told["verb"]["id"], agent("samaran")))])


async def test_what_a_crash_left_undone_is_finished_later(tmp_path: Path) -> None:
    path = tmp_path / "jejak.sqlite3"
    stores = await _open(path)
    await stores.statements.put(batch(*(sentence(number) for number in range(1, 60))))
    await _reduce(stores, 3)
    await stores.engine.close()
    stores = await _open(path)
    await stores.reduction.settle()
    assert await found(stores.statements, agent("samaran")) == [3]
    assert 3 not in await found(stores.statements, agent("sari"))
    await stores.engine.close()
    assert check(path, segment=16) == []


async def test_another_server_on_the_file_finds_them_anew(tmp_path: Path) -> None:
    path = tmp_path / "jejak.sqlite3"
    one, other = await _open(path), await _open(path)
    await one.statements.put(batch(*(sentence(number) for number in range(1, 40))))
    assert len(await found(other.statements, agent("sari"))) == 39
    for number in (1, 20, 39):
        await _reduce(one, number)
    await one.reduction.settle()
    await other.statements.put(batch(*(sentence(number) for number in range(40, 60))))
    for stores in (one, other):
        assert await found(stores.statements, agent("samaran")) == [1, 20, 39]
        assert len(await found(stores.statements, agent("sari"))) == 56
    await one.engine.close()
    await other.engine.close()
    assert check(path, segment=16) == []


async def test_nothing_of_what_was_reduced_stays_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "jejak.sqlite3"
    stores = await _open(path)
    secret = [sentence(number, actor="rahasia", padding=3_000) for number in range(1, 40)]
    await stores.statements.put(batch(*secret, sentence(40)))
    for number in range(1, 40):
        await _reduce(stores, number)
    await stores.reduction.settle()
    await stores.engine.close()
    contents = _contents(tmp_path)
    assert b"sari@peserta" in contents[path.name]
    assert not [name for name, content in contents.items() if b"rahasia@peserta" in content]


async def test_in_a_ring_of_references_nobody_keeps_the_terms_that_one_lost(tmp_path: Path) -> None:
    path = tmp_path / "jejak.sqlite3"
    stores = await _open(path)
    ring = [sentence(number, actor=actor, refers_to=number % 3 + 1) for number, actor in enumerate(_ACTORS, start=1)]
    await stores.statements.put(batch(*ring, sentence(4, actor="dewi", refers_to=2)))
    await _reduce(stores, 1)
    await stores.reduction.settle()
    assert await found(stores.statements, agent("sari")) == []
    for name in ("budi", "ani", "samaran"):
        assert sorted(await found(stores.statements, agent(name))) == [1, 2, 3, 4]
    await stores.engine.close()
    assert check(path, segment=16) == []


def _contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.rglob("*") if file.is_file()}


_STATEMENTS = st.lists(
    st.tuples(st.sampled_from(_ACTORS), st.one_of(st.none(), st.integers(1, 14)), st.booleans()), min_size=1, max_size=14
)


@settings(max_examples=40, deadline=None)
@given(_STATEMENTS, st.lists(st.integers(1, 14), max_size=8), st.integers(0, 14))
def test_whatever_refers_to_whatever_both_stores_find_the_same(
    told: list[tuple[str, int | None, bool]], reduced: list[int], split: int
) -> None:
    statements = [
        sentence(number, actor=actor, refers_to=target, voids=voids and target is not None)
        for number, (actor, target, voids) in enumerate(told, start=1)
        if target != number
    ]
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_compare(statements, reduced, split, Path(folder)))


async def _compare(statements: list[NewStatement], reduced: list[int], split: int, folder: Path) -> None:
    path = folder / "jejak.sqlite3"
    both = [memory_stores(SettableClock()), await _open(path, segment=4)]
    there = {int(one.id[-12:], 16) for one in statements[:split]}
    for stores in both:
        await stores.statements.put(batch(*statements[:split]))
        for number in reduced:
            if number in there:
                await _reduce(stores, number)
        await stores.reduction.settle()
        await stores.statements.put(batch(*statements[split:]))
    for term in (*map(agent, (*_ACTORS, "samaran")), verb("did"), "vhttp://adlnet.gov/expapi/verbs/voided"):
        answers = [await found(stores.statements, term) for stores in both]
        assert answers[0] == answers[1], term
    await both[1].engine.close()
    assert check(path, segment=4) == []


async def test_a_statement_that_comes_after_its_reduced_referrer_gives_it_its_terms(tmp_path: Path) -> None:
    stores = await _open(tmp_path / "jejak.sqlite3")
    await stores.statements.put(batch(sentence(2, actor="budi", refers_to=1)))
    await _reduce(stores, 2)
    await stores.statements.put(batch(replace(sentence(1), id=statement_id(1))))
    assert await found(stores.statements, agent("sari")) == [2, 1]
    await stores.engine.close()
