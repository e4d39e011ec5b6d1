"""No interleaving of nodes on MongoDB shows half a commit of records, loses one that was answered, or lets two be first.

The nodes run the store's own code (see `tests.support.mongo.explored`); whoever meets an undecided commit fences it at once.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.ports.records import Insert, Keep, Put, Remove, Replace, Write, scan_all
from credentials.stores.memory import MemoryRecords
from credentials.stores.mongo import MongoRecords
from lrs.errors import ConflictError
from lrs.stores.mongo.cluster import Cluster, ClusterOptions
from tests.contracts.records import NOTES, OTHERS, Note
from tests.support.clock import SettableClock
from tests.support.mongo.explored import Database, Explored, Run, explore

_OPTIONS = ClusterOptions(patience=0, poll=0, lease=3_600)
_X, _Y, _Z = (Note(name, 0, "lama", ("t",)) for name in "xyz")


def _node(database: Database, run: Run, name: str) -> MongoRecords:
    return MongoRecords(cast(Cluster, Explored(database, run, name, _OPTIONS)), SettableClock(), fence_after=0)


async def _opened(run: Run, *present: Note) -> tuple[MongoRecords, MongoRecords, MongoRecords]:
    """Three nodes; what is `present` was committed before."""
    database = Database()
    a, b, reader = (_node(database, run, name) for name in ("a", "b", "reader"))
    run.free = True
    for note in present:
        await a.commit(Insert(NOTES, note))
    run.free = False
    return a, b, reader


async def _texts(records: MongoRecords, *owners: str) -> list[str]:
    """One after the other."""
    found = [await records.get(NOTES, owner, 0) for owner in owners]
    return [kept.value.text if kept else "" for kept in found]


async def _must_be_free(records: MongoRecords, *owners: str) -> None:
    """Whatever died: every row can be written, and no entry leads astray."""
    await records.sweep()
    for owner in owners:
        kept = await records.get(NOTES, owner, 0)
        found = [note for note in await scan_all(records, NOTES, "tag", ("t",)) if note.owner == owner]
        assert found == ([kept.value] if kept and "t" in kept.value.tags else [])
    await records.commit(*(Put(NOTES, Note(owner, 0, "baru", ("t",))) for owner in owners))
    assert {note.text for note in await scan_all(records, NOTES, "tag", ("t",))} == {"baru"}


def _named(note: Note, text: str) -> Note:
    return replace(note, text=text)


def test_of_two_commits_that_insert_one_key_one_is_seen_whole_and_the_other_not_at_all() -> None:
    async def scenario(run: Run) -> None:
        a, b, reader = await _opened(run)
        outcomes = await run.drive(
            {
                "a": a.commit(Insert(NOTES, _named(_X, "a")), Insert(NOTES, _named(_Y, "a"))),
                "b": b.commit(Insert(NOTES, _named(_Z, "b")), Insert(NOTES, _named(_Y, "b"))),
                "reader": _texts(reader, "x", "y", "z", "y", "x"),
            }
        )
        seen = await _texts(reader, "x", "y", "z")
        assert seen in (["", "", ""], ["a", "a", ""], ["", "b", "b"])
        for name, mine in (("a", seen[0] == "a"), ("b", seen[2] == "b")):
            assert name not in outcomes or (outcomes[name] is None) == mine
            assert outcomes.get(name) is None or isinstance(outcomes[name], ConflictError)
        if "reader" in outcomes:
            x, y, z, y2, x2 = cast(list[str], outcomes["reader"])
            assert (x, y) != ("a", "")  # what was seen of a commit stays, and the rest with it
            assert (z, y2) != ("b", "")
            assert (y2, x2) != ("a", "")
            assert not {"a", "b"} <= {x, y, z, y2, x2}
        await _must_be_free(reader, "x", "y", "z")

    assert explore(scenario, preemptions=1, deaths=1) > 100


def test_what_was_seen_of_a_commit_once_is_seen_of_all_its_rows_from_then_on() -> None:
    async def scenario(run: Run) -> None:
        a, _, reader = await _opened(run, _X, _Y)
        outcomes = await run.drive(
            {"a": a.commit(Put(NOTES, _named(_X, "a")), Put(NOTES, _named(_Y, "a"))), "reader": _texts(reader, "x", "y", "x")}
        )
        assert outcomes["reader"] in (["lama"] * 3, ["lama", "lama", "a"], ["lama", "a", "a"], ["a"] * 3)

    assert explore(scenario, preemptions=3, deaths=0) > 100


@pytest.mark.parametrize("deaths", [0, 1])
def test_a_change_of_two_rows_is_seen_whole_through_keys_and_through_an_index(deaths: int) -> None:
    async def scenario(run: Run) -> None:
        a, b, reader = await _opened(run, _X, _Y)
        outcomes = await run.drive(
            {
                "a": a.commit(Put(NOTES, Note("x", 0, "a", ("u",))), Put(NOTES, Note("y", 0, "a", ("t", "u")))),
                "b": b.commit(Put(NOTES, Note("y", 0, "b", ("t",))), Put(NOTES, Note("x", 0, "b", ("t",)))),
            }
            | ({} if deaths else {"reader": scan_all(reader, NOTES, "tag", ("t",))})
        )
        assert all(outcomes[name] is None for name in ("a", "b") if name in outcomes)
        seen = await _texts(reader, "x", "y")
        assert seen in (["lama", "lama"], ["a", "a"], ["b", "b"])
        assert not outcomes.keys() & {"a", "b"} or seen != ["lama", "lama"]
        if "reader" in outcomes:
            assert "y" in {note.owner for note in cast(list[Note], outcomes["reader"])}  # it has the tag whoever writes it
        await _must_be_free(reader, "x", "y")

    assert explore(scenario, preemptions=1, deaths=deaths) > 50


@pytest.mark.parametrize("deaths", [0, 1])
def test_who_inserts_again_what_another_removes_is_found_by_index(deaths: int) -> None:
    async def scenario(run: Run) -> None:
        a, b, reader = await _opened(run, _X)
        outcomes = await run.drive(
            {
                "a": a.commit(Remove(NOTES, ("x", 0)), Keep(OTHERS, _X)),
                "b": b.commit(Put(NOTES, _named(_X, "b")), Keep(OTHERS, _Y)),
            }
        )
        assert all(outcome is None for outcome in outcomes.values())
        assert len(outcomes) < 2 or (await _texts(reader, "x"))[0] in ("", "b")
        await _must_be_free(reader, "x")

    assert explore(scenario, preemptions=2 - deaths, deaths=deaths) > 50


@pytest.mark.parametrize("deaths", [0, 1])
def test_a_counter_and_what_is_numbered_by_it_stay_together(deaths: int) -> None:
    async def scenario(run: Run) -> None:
        a, b, reader = await _opened(run)
        outcomes = await run.drive({"a": _draw(a), "b": _draw(b)})
        kept = await reader.get(NOTES, "counter", 0)
        last = int(kept.value.text) if kept else 0
        assert sorted(note.number for note in await scan_all(reader, NOTES, prefix=("given",))) == list(range(1, last + 1))
        assert last >= len(outcomes)
        assert len(set(outcomes.values())) == len(outcomes)

    assert explore(scenario, preemptions=2 - deaths, deaths=deaths) > 50


async def _draw(records: MongoRecords) -> int:
    while True:
        kept = await records.get(NOTES, "counter", 0)
        number = int(kept.value.text) + 1 if kept else 1
        try:
            await records.commit(
                Replace(NOTES, Note("counter", 0, str(number)), kept.revision if kept else 0), Insert(NOTES, Note("given", number))
            )
        except ConflictError:
            continue
        return number


_KEYS = st.sampled_from([("a", 1), ("a", 2), ("b", 1)])
_NOTES = st.builds(
    lambda key, text, tags: Note(key[0], key[1], text, tuple(tags)),
    _KEYS,
    st.sampled_from(["", "x", "y"]),
    st.lists(st.sampled_from("pqr"), max_size=3),
)
_WRITES = st.one_of(
    st.builds(lambda note: Insert(NOTES, note), _NOTES),
    st.builds(lambda note: Keep(NOTES, note), _NOTES),
    st.builds(lambda note: Put(NOTES, note), _NOTES),
    st.builds(lambda note, revision: Replace(NOTES, note, revision), _NOTES, st.integers(0, 3)),
    st.builds(lambda key: Remove(NOTES, key), _KEYS),
)


@settings(max_examples=100, deadline=None)
@given(history=st.lists(st.lists(_WRITES, min_size=1, max_size=4), max_size=12))
def test_any_history_leaves_the_same_on_mongodb_as_in_the_reference(history: list[list[Write]]) -> None:
    asyncio.run(_compare(history))


async def _compare(history: list[list[Write]]) -> None:
    run = Run([], 0, 0, free=True)
    database = Database()
    reference, records = MemoryRecords(), _node(database, run, "a")
    for writes in history:
        assert await _outcome(records, writes) == await _outcome(reference, writes)
    for index in (None, *NOTES.indexes):
        assert await scan_all(records, NOTES, index) == await scan_all(reference, NOTES, index)
    entries = [f"{note.owner}/{note.number}" for index in NOTES.indexes for note in await scan_all(reference, NOTES, index)]
    assert len(database.all("entry_test_note")) == len(entries)  # none is left over
    assert database.all("record_journal") == {}


async def _outcome(records: MongoRecords | MemoryRecords, writes: list[Write]) -> bool:
    try:
        await records.commit(*writes)
    except ConflictError:
        return False
    return True
