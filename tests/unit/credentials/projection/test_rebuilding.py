"""A rebuild: everybody is compared once, whatever the pages; and what an interrupted one has read stays read."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from credentials.catalogue.model import Binding
from credentials.ports.records import Put, Remove, scan_all
from credentials.services.projection import everybody, rebuilding
from credentials.services.projection.rebuilding import Rebuild
from credentials.stores.completions import COMPLETIONS
from credentials.stores.dossiers import DOSSIERS
from credentials.stores.people import PERSONS
from lrs.errors import ConflictError
from tests.support.evidence import BATCH, COMPLETED, COURSE, HOME, PASSED, QUIZ, said
from tests.support.projecting import World, enter, opened_world

_OTHER, _OTHER_QUIZ = f"{HOME}/course/view.php?id=77", f"{HOME}/mod/quiz/view.php?id=78"
_OTHER_BATCH = replace(BATCH, id="pbj-2", bindings=(Binding("course", _OTHER), Binding("quiz", _OTHER_QUIZ)))


@pytest.fixture(params=["memory", "sqlite"])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    async with opened_world(request.param, tmp_path) as opened:
        yield opened


async def _learn(world: World, user: str, first: int, course: str = COURSE, quiz: str = QUIZ) -> None:
    passed = said(first, PASSED, quiz, user=user, result={"success": True, "score": {"scaled": 0.9}})
    await world.send(passed, said(first + 1, COMPLETED, course, user=user))


async def _crowd(world: World, count: int = 7) -> list[str]:
    await enter(world, (BATCH, _OTHER_BATCH))
    persons = [await world.person(f"user-{number}", f"mail-{number}") for number in range(count)]
    for number in range(count):
        await _learn(world, f"user-{number}", 10 * number + 1)
        await _learn(world, f"mail-{number}", 10 * number + 3, _OTHER, _OTHER_QUIZ)
    await world.drain()
    return persons


@pytest.mark.parametrize(("persons", "judged", "dossiers"), [(250, 1_000, 200), (2, 3, 1), (1, 1, 2), (7, 2, 1), (8, 1, 3)])
async def test_everybody_is_judged_once_whatever_the_pages(
    world: World, monkeypatch: pytest.MonkeyPatch, persons: int, judged: int, dossiers: int
) -> None:
    people = await _crowd(world)
    await world.credentials.records.commit(Remove(COMPLETIONS, (people[2], BATCH.id)), Remove(COMPLETIONS, (people[6], "pbj-2")))
    for name, size in (("_PERSONS", persons), ("_JUDGED", judged), ("_MOST_DOSSIERS", dossiers)):
        monkeypatch.setattr(everybody, name, size)
    rebuild = Rebuild(world.credentials.equipment)
    await rebuild.read()
    found = [(one.person, one.batch) async for one in rebuild.differences()]
    assert sorted(found) == sorted([(people[2], BATCH.id), (people[6], "pbj-2")])
    assert rebuild.done.judged == 2 * len(people)
    await rebuild.abandon()


async def test_a_completion_of_nobody_in_the_register_is_surplus(world: World) -> None:
    people = await _crowd(world, 3)
    records = world.credentials.records
    kept = await records.get(COMPLETIONS, people[0], BATCH.id)
    assert kept is not None
    for stranger in ("0", "~"):  # before everybody and after everybody
        await records.commit(Put(COMPLETIONS, replace(kept.value, person=stranger, entry="")))
    assert [(one.person, one.batch, one.kind) for one in await world.rebuilt()] == [
        ("0", BATCH.id, "told-otherwise"),
        ("~", BATCH.id, "told-otherwise"),
    ]


async def test_nobody_and_nothing_is_no_difference(world: World) -> None:
    assert await world.rebuilt() == []


async def _interrupted(world: World, monkeypatch: pytest.MonkeyPatch, after: int) -> int:
    """A rebuild that stops with its third page, as if it were killed there; how far it was."""
    monkeypatch.setattr(rebuilding, "PAGE_OF_FEED", 4)
    rebuild, read, pages = Rebuild(world.credentials.equipment), world.stores.feed.read, 0

    async def until(position: int, limit: int) -> object:
        nonlocal pages
        pages += 1
        if pages > after:
            raise KeyboardInterrupt
        return await read(position, limit)

    with monkeypatch.context() as patched:
        patched.setattr(world.credentials.equipment.feed, "read", until)
        with pytest.raises(KeyboardInterrupt):
            await rebuild.read()
    return 4 * after


async def test_an_interrupted_one_goes_on_and_one_that_is_begun_anew_does_not(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await _crowd(world)
    statements = await world.stores.feed.end()
    reached = await _interrupted(world, monkeypatch, 3)
    again = Rebuild(world.credentials.equipment)
    await again.read()
    assert (again.done.resumed, again.done.statements) == (reached, statements - reached)
    assert [one async for one in again.differences()] == []
    await again.abandon()
    assert {one.generation for one in await scan_all(world.credentials.records, DOSSIERS)} == {1}

    await _interrupted(world, monkeypatch, 3)
    anew = Rebuild(world.credentials.equipment)
    await anew.read(anew=True)
    assert (anew.done.resumed, anew.done.statements) == (0, statements)
    await anew.abandon()
    assert {one.generation for one in await scan_all(world.credentials.records, DOSSIERS)} == {1}


async def test_what_another_version_began_is_begun_anew(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await _crowd(world)
    await _interrupted(world, monkeypatch, 2)
    newer = Rebuild(world.credentials.equipment, version="2")
    await newer.read()
    assert newer.done.resumed == 0
    assert [one async for one in newer.differences()] == []


async def test_an_abandoned_one_is_nothing_to_go_on_from(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await _crowd(world)
    rebuild = Rebuild(world.credentials.equipment)
    await rebuild.read()

    async def killed(generation: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(rebuild, "_clean", killed)
    with pytest.raises(KeyboardInterrupt):
        await rebuild.abandon()
    after = Rebuild(world.credentials.equipment)
    await after.read()
    assert after.done.resumed == 0
    await after.abandon()
    assert {one.generation for one in await scan_all(world.credentials.records, DOSSIERS)} == {1}


async def test_what_is_bound_between_the_two_runs_is_read_from_the_first_statement(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await enter(world)
    people = [await world.person(f"user-{number}") for number in range(4)]
    for number in range(4):
        await _learn(world, f"user-{number}", 10 * number + 1)
        await _learn(world, f"user-{number}", 10 * number + 3, _OTHER, _OTHER_QUIZ)
    await world.drain()
    await _interrupted(world, monkeypatch, 2)
    await world.batch(_OTHER_BATCH)
    again = Rebuild(world.credentials.equipment)
    await again.read()
    await again.apply([one async for one in again.differences()])
    await world.drain()
    standing = await world.standing()
    assert standing["completions"].keys() == {(person, batch) for person in people for batch in (BATCH.id, "pbj-2")}
    assert await world.rebuilt() == []


async def test_of_two_at_once_one_is_told_of_the_other(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await _crowd(world)
    first, read = Rebuild(world.credentials.equipment), world.stores.feed.read

    async def late(position: int, limit: int) -> object:
        items = await read(position, limit)
        if position == 0 and items:
            monkeypatch.setattr(world.credentials.equipment.feed, "read", read)
            await Rebuild(world.credentials.equipment).read(anew=True)
        return items

    monkeypatch.setattr(world.credentials.equipment.feed, "read", late)
    with pytest.raises(ConflictError, match="another rebuild is at work"):
        await first.read()


async def test_dossiers_that_a_kill_left_behind_go_with_the_next(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await _crowd(world, 2)
    rebuild = Rebuild(world.credentials.equipment)
    await rebuild.read()

    async def killed(generation: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(rebuild, "_clean", killed)
    with pytest.raises(KeyboardInterrupt):
        await rebuild.apply([])
    assert {one.generation for one in await scan_all(world.credentials.records, DOSSIERS)} == {1, 2}
    assert await world.rebuilt() == []
    assert {one.generation for one in await scan_all(world.credentials.records, DOSSIERS)} == {2}


async def test_persons_are_counted(world: World) -> None:
    people = await _crowd(world, 3)
    told: list[tuple[str, int, int]] = []
    rebuild = Rebuild(world.credentials.equipment, lambda what, done, of: told.append((what, done, of)))
    await rebuild.read()
    assert [one async for one in rebuild.differences()] == []
    assert told[-1] == ("judging", 3, 3) == ("judging", len(people), len(await scan_all(world.credentials.records, PERSONS)))
