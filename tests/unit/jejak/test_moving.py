"""What a move allows in which state, and what it tells: between two SQLite files."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import apsw
import pytest
from typer.testing import CliRunner, Result

from credentials.ports.records import Put, Remove
from credentials.stores.leases import LEASES, LeaseHeld
from jejak.cli.app import app
from jejak.copying import STATEMENTS, Side
from jejak.moving import copy, finish, opened
from jejak.settings import Settings
from lrs.clock import SystemClock
from lrs.errors import StoreUnavailableError
from lrs.ports import Stores
from lrs.stores.sqlite import SqliteOptions, open_sqlite_stores
from tests.support.statements import batch, found, sentence

T = TypeVar("T")


class _Pair:
    """Two files, and the command between them."""

    def __init__(self, folder: Path) -> None:
        self.source, self.target = folder / "one.sqlite3", folder / "two.sqlite3"

    def copy(self, *options: str, turned: bool = False) -> Result:
        source, target = (self.target, self.source) if turned else (self.source, self.target)
        arguments = ["db", "copy", "--from", f"sqlite:///{source}", "--to", f"sqlite:///{target}", *options]
        return CliRunner().invoke(app, arguments, env={"JEJAK_SQLITE_SYNCHRONOUS": "OFF"})

    def put(self, number: int, path: Path | None = None) -> None:
        _in(path or self.source, lambda stores: stores.statements.put(batch(sentence(number))))

    def numbers(self, path: Path) -> list[int]:
        return _in(path, lambda stores: found(stores.statements))


def _in(path: Path, work: Callable[[Stores], Awaitable[T]]) -> T:
    """As a server on the file."""

    async def run() -> T:
        stores = await open_sqlite_stores(path, SystemClock(), SqliteOptions(synchronous="OFF"))
        try:
            return await work(stores)
        finally:
            await stores.engine.close()

    return asyncio.run(run())


def _records(path: Path, work: Callable[[Side], Awaitable[T]]) -> T:
    async def run() -> T:
        async with opened(f"sqlite:///{path}", Settings(), make=True) as side:
            return await work(side)

    return asyncio.run(run())


@pytest.fixture
def pair(tmp_path: Path) -> _Pair:
    made = _Pair(tmp_path)
    made.put(1)
    return made


def _refused(result: Result, code: int = 1) -> str:
    """What is told, in one line."""
    assert result.exit_code == code, result.output
    (line,) = result.stderr.strip().splitlines()
    return line


def test_a_copy_goes_on_where_it_was_and_the_end_of_the_move_opens_the_target(pair: _Pair) -> None:
    assert "carried over: 1." in pair.copy().stderr
    pair.put(2)
    assert "carried over: 1." in pair.copy().stderr
    with pytest.raises(StoreUnavailableError, match="not finished"):
        pair.put(3, pair.target)
    pair.put(3)
    ended = pair.copy("--finish")
    assert ended.exit_code == 0
    assert ended.stdout.splitlines()[0].split()[:2] == ["statements", "3"]
    assert "clients can move" in ended.stderr
    assert "secret.key" in ended.stderr
    with pytest.raises(StoreUnavailableError, match="being moved"):
        pair.put(4)
    pair.put(4, pair.target)
    assert (pair.numbers(pair.source), pair.numbers(pair.target)) == ([1, 2, 3], [1, 2, 3, 4])


def test_a_copy_that_is_broken_off_between_two_pages_goes_on_with_the_next(pair: _Pair) -> None:
    def breaks(what: str, done: int, total: int | None) -> None:
        if what == STATEMENTS:
            raise StoreUnavailableError("broken off")

    async def run() -> None:
        addresses = f"sqlite:///{pair.source}", f"sqlite:///{pair.target}"
        async with opened(addresses[0], Settings(), make=False) as source, opened(addresses[1], Settings(), make=True) as target:
            await copy(source, target, breaks)

    _in(pair.source, lambda stores: stores.statements.put(batch(*(sentence(number) for number in range(2, 252)))))
    with pytest.raises(StoreUnavailableError, match="broken off"):
        asyncio.run(run())
    assert len(pair.numbers(pair.target)) == 200
    assert "carried over: 51." in pair.copy().stderr
    assert pair.numbers(pair.target) == pair.numbers(pair.source)


def test_an_abandoned_move_gives_the_source_back_and_can_be_begun_again(pair: _Pair) -> None:
    pair.copy("--finish")
    assert pair.copy("--abandon").exit_code == 0
    with pytest.raises(StoreUnavailableError):
        pair.put(2, pair.target)
    pair.put(2)
    assert pair.copy("--finish").exit_code == 0
    assert pair.numbers(pair.target) == [1, 2]


def test_a_move_is_not_abandoned_when_clients_have_written_to_the_target(pair: _Pair) -> None:
    pair.copy("--finish")
    pair.put(2, pair.target)
    assert "new statements" in _refused(pair.copy("--abandon"))
    with pytest.raises(StoreUnavailableError):
        pair.put(3)
    pair.put(3, pair.target)


def test_a_finished_move_is_neither_begun_nor_finished_again(pair: _Pair) -> None:
    pair.copy("--finish")
    for option in ((), ("--finish",)):
        assert "is finished" in _refused(pair.copy(*option))
    assert "neither empty nor a copy" in _refused(pair.copy(turned=True))


def test_a_target_that_has_anything_of_its_own_is_refused_and_left_as_it_is(pair: _Pair) -> None:
    pair.put(9, pair.target)
    assert "neither empty nor a copy" in _refused(pair.copy())
    pair.put(10, pair.target)
    assert pair.numbers(pair.target) == [9, 10]


def test_a_record_alone_makes_a_target_not_empty(pair: _Pair) -> None:
    _records(pair.target, lambda side: side.records.commit(Put(LEASES, LeaseHeld("x", "y", 1))))
    assert "neither empty nor a copy" in _refused(pair.copy())


def test_a_copy_of_another_source_is_refused(pair: _Pair, tmp_path: Path) -> None:
    pair.copy()
    pair.source = tmp_path / "three.sqlite3"
    pair.put(1)
    assert "neither empty nor a copy" in _refused(pair.copy())
    assert "no copy of this source" in _refused(pair.copy("--abandon"))


def test_a_store_is_not_copied_into_itself(pair: _Pair) -> None:
    pair.target = pair.source
    assert "the same store" in _refused(pair.copy())
    pair.put(2)


def test_an_unfinished_copy_is_no_source(pair: _Pair, tmp_path: Path) -> None:
    pair.copy()
    pair.source, pair.target = pair.target, tmp_path / "three.sqlite3"
    assert "not finished" in _refused(pair.copy())


def test_records_follow_changes_and_deletions(pair: _Pair) -> None:
    first, second = LeaseHeld("satu", "a", 1), LeaseHeld("dua", "b", 2)
    _records(pair.source, lambda side: side.records.commit(Put(LEASES, first), Put(LEASES, second)))
    pair.copy()
    _records(pair.source, lambda side: side.records.commit(Put(LEASES, LeaseHeld("satu", "c", 3)), Remove(LEASES, LEASES.key(second))))
    pair.copy("--finish")
    assert _records(pair.target, lambda side: side.records.scan(LEASES)) == _records(pair.source, lambda side: side.records.scan(LEASES))


def test_a_difference_keeps_the_target_closed_and_is_told(pair: _Pair) -> None:
    pair.copy()
    connection = apsw.Connection(str(pair.target))
    connection.execute("UPDATE statement SET flags = flags | 1")  # voided by nobody
    connection.close()
    ended = pair.copy("--finish")
    assert ended.exit_code == 1
    assert "but in the target 1 " in ended.stdout.splitlines()[0]
    assert "--abandon opens it" in ended.stderr
    with pytest.raises(StoreUnavailableError, match="not finished"):
        pair.put(2, pair.target)
    assert pair.copy("--abandon").exit_code == 0
    pair.put(2)


def test_a_move_that_breaks_after_the_source_was_closed_says_so_and_is_ended_later(pair: _Pair) -> None:
    def breaks(what: str, done: int, total: int | None) -> None:
        if what.startswith("comparing"):
            raise StoreUnavailableError("the disk is full")

    async def run() -> None:
        addresses = f"sqlite:///{pair.source}", f"sqlite:///{pair.target}"
        async with opened(addresses[0], Settings(), make=False) as source, opened(addresses[1], Settings(), make=True) as target:
            await finish(source, target, breaks)

    with pytest.raises(StoreUnavailableError, match="disk is full; the source refuses writes until --finish"):
        asyncio.run(run())
    with pytest.raises(StoreUnavailableError, match="being moved"):
        pair.put(2)
    assert pair.copy("--finish").exit_code == 0


@pytest.mark.parametrize(
    ("addresses", "told"),
    [
        (("--from", "sqlite:////nowhere/at/all.sqlite3", "--to", "sqlite:////nowhere/b.sqlite3"), "there is no store at"),
        (("--from", "postgres://x", "--to", "sqlite:////nowhere/b.sqlite3"), "a store is named by"),
        (("--from", "sqlite:////a", "--to", "sqlite:////b", "--finish", "--abandon"), "contradict each other"),
    ],
)
def test_what_cannot_be_copied_is_told_in_one_line(addresses: tuple[str, ...], told: str) -> None:
    assert told in _refused(CliRunner().invoke(app, ["db", "copy", *addresses]), 2)
