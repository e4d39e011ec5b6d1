"""Several projectors over one store share the work by parts of the persons; what one judges late, another has judged already."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from credentials.certificate.reservation import Draft
from credentials.keys import Derived
from credentials.ports.records import Put, Write, scan_all
from credentials.services.parking import Parking
from credentials.services.projection.engine import PROJECTOR, progress_of
from credentials.services.projection.fences import every_fence
from credentials.services.projection.shares import Shares, here
from credentials.services.projector import Projector
from credentials.services.reserving import Prepared, Reserving
from credentials.stores.certificates import RESERVATIONS
from credentials.stores.dossiers import PROGRESS
from credentials.stores.memory import MemoryRecords
from credentials.stores.sharing import DUES, EVERYTHING, MEMBERS, PARTS, READING, JudgementDue, Member, part_of
from lrs.errors import ConflictError
from tests.support.evidence import BATCH, COMPLETED, COURSE, PASSED, QUIZ, Members, said
from tests.support.projecting import KEY, World, enter, opened_world

_PASS: Members = {"result": {"success": True, "score": {"scaled": 0.9}}}


@pytest.fixture(params=["memory", "sqlite"])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    async with opened_world(request.param, tmp_path) as opened:
        await enter(opened)
        yield opened


def _sharing(world: World, mine: frozenset[int]) -> Projector:
    projector = Projector(world.credentials.equipment)
    projector.shares.mine = mine
    return projector


async def _completes(world: World, *users: str, first: int = 1) -> None:
    for place, user in enumerate(users):
        quiz = said(first + 2 * place, PASSED, QUIZ, user=user, **_PASS)
        await world.send(quiz, said(first + 2 * place + 1, COMPLETED, COURSE, user=user))


async def _everything(projector: Projector) -> None:
    while await projector.settle() or await projector.fill() or await projector.step():
        continue


def _shares(records: MemoryRecords, lease: float = 60) -> Shares:
    return Shares(records, lease, place="", mine=frozenset())


async def test_one_process_has_everything_and_a_second_gets_half_of_it() -> None:
    records = MemoryRecords()
    one, two = _shares(records), _shares(records)
    await one.tend()
    assert one.mine == EVERYTHING
    for each in (two, one, two):
        await each.tend()
    assert one.mine | two.mine == EVERYTHING
    assert not one.mine & two.mine
    assert {len(one.mine), len(two.mine)} == {8, 9}


async def test_five_processes_have_every_share_once() -> None:
    records = MemoryRecords()
    crowd = [_shares(records) for _ in range(5)]
    for _ in range(4):
        for each in crowd:
            await each.tend()
    assert sorted(part for each in crowd for part in each.mine) == sorted(EVERYTHING)
    assert max(len(each.mine) for each in crowd) == 4


async def test_whoever_has_no_beat_for_a_lease_loses_its_shares_and_is_forgotten() -> None:
    records = MemoryRecords()
    silent, patient, impatient = _shares(records), _shares(records, 60), _shares(records, 0)
    await silent.tend()
    await patient.tend()
    assert patient.mine == frozenset()
    for _ in range(3):
        await impatient.tend()
    assert impatient.mine == EVERYTHING
    assert len(await scan_all(records, MEMBERS)) == 1
    await silent.tend()  # it was only asleep
    assert silent.mine == frozenset()


async def test_the_shares_of_a_process_that_ended_here_are_taken_at_once() -> None:
    records = MemoryRecords()
    gone = await asyncio.create_subprocess_exec(sys.executable, "-c", "")
    await gone.wait()
    await records.commit(Put(MEMBERS, Member("gone", 1, here(), gone.pid)), Put(MEMBERS, Member("elsewhere", 1, "another", gone.pid)))
    shares = Shares(records, 60, mine=frozenset())
    await shares.tend()
    assert len(shares.mine) == 9  # the one elsewhere may live


async def test_whoever_ends_leaves_its_shares_to_the_next() -> None:
    records = MemoryRecords()
    one, two = _shares(records), _shares(records)
    async with one.running():
        assert one.mine == EVERYTHING
    async with two.running():
        assert two.mine == EVERYTHING
    assert await scan_all(records, MEMBERS) == []


async def test_whom_the_reader_has_no_part_of_is_judged_by_who_has_it(world: World) -> None:
    people = [await world.person(f"user-{number}") for number in range(6)]
    await _completes(world, *(f"user-{number}" for number in range(6)))
    theirs = frozenset({part_of(people[0]), part_of(people[1])})
    reader, other = _sharing(world, EVERYTHING - theirs), _sharing(world, theirs)
    await _everything(reader)
    waiting = {person for person in people if part_of(person) in theirs}
    assert {one.person for one in await scan_all(world.credentials.records, DUES)} == waiting
    assert (await world.standing())["valid"] == {(person, BATCH.id) for person in people if person not in waiting}
    while await other.judge():
        continue
    assert (await world.standing())["valid"] == {(person, BATCH.id) for person in people}
    assert await scan_all(world.credentials.records, DUES) == []
    assert other.counts["opened"] == len(waiting)
    assert reader.counts["opened"] + other.counts["opened"] == len(people)
    assert await world.rebuilt() == []


async def test_a_link_that_moves_evidence_to_another_person_is_carried_through_in_both_parts(world: World) -> None:
    one, two = await world.person("sri"), await world.person("budi")
    link = await world.link(one, "ayu")
    await _completes(world, "ayu")
    reader, others = _sharing(world, frozenset({READING})), _sharing(world, frozenset(range(PARTS)))
    await _everything(reader)
    await others.judge()
    assert (await world.standing())["valid"] == {(one, BATCH.id)}
    await world.unlink(link)
    await world.link(two, "ayu")
    await _everything(reader)
    await others.judge()
    assert (await world.standing())["valid"] == {(two, BATCH.id)}
    assert await world.rebuilt() == []


async def test_of_two_that_believe_a_part_is_theirs_one_writes(world: World) -> None:
    await world.person("sri")
    await _completes(world, "sri")
    await _everything(_sharing(world, frozenset({READING})))
    crowd = [_sharing(world, frozenset(range(PARTS))) for _ in range(3)]
    outcomes = await asyncio.gather(*(one.judge() for one in crowd), return_exceptions=True)
    assert all(isinstance(one, int | ConflictError) for one in outcomes), outcomes
    assert sum(one.counts["opened"] for one in crowd) == 1
    assert len(await scan_all(world.credentials.records, RESERVATIONS)) == 1


async def test_what_is_asked_for_again_while_it_is_judged_waits_for_the_next_time(world: World) -> None:
    person = await world.person("sri")
    await _completes(world, "sri")
    await _everything(_sharing(world, frozenset({READING})))
    again = replace((await _dues(world))[0], turn=1_000)
    others = await _interrupted(world, Put(DUES, again))
    await others.judge()
    assert others.counts["opened"] == 0
    assert again in await _dues(world)
    await others.judge()
    assert (await world.standing())["valid"] == {(person, BATCH.id)}


async def test_what_was_judged_on_dossiers_that_somebody_renames_meanwhile_is_not_written(world: World) -> None:
    await world.person("sri")
    await _completes(world, "sri")
    await _everything(_sharing(world, frozenset({READING})))
    others = await _interrupted(world, *every_fence(1_000))
    with pytest.raises(ConflictError):
        await others.judge()
    assert (await world.standing())["completions"] == {}
    await others.judge()
    assert others.counts["opened"] == 1


async def test_what_was_judged_in_a_generation_that_a_rebuild_replaced_is_not_written(world: World) -> None:
    await world.person("sri")
    await _completes(world, "sri")
    await _everything(_sharing(world, frozenset({READING})))
    progress = await progress_of(world.credentials.records, PROJECTOR)
    others = await _interrupted(world, Put(PROGRESS, replace(progress.value, generation=2)))
    with pytest.raises(ConflictError):
        await others.judge()
    assert (await world.standing())["completions"] == {}


async def test_who_cannot_be_judged_is_parked_and_keeps_nobody_waiting(world: World) -> None:
    people = [await world.person(f"user-{number}") for number in range(3)]
    await _completes(world, *(f"user-{number}" for number in range(3)))
    await _everything(_sharing(world, frozenset({READING})))
    others = await _interrupted(world, fails=people[1])
    await others.judge()
    assert (await world.standing())["valid"] == {(people[0], BATCH.id), (people[2], BATCH.id)}
    (parked,) = await world.parked()
    assert (parked.kind, parked.id, parked.batch) == ("judgement", people[1], BATCH.id)
    assert (others.counts["opened"], others.counts["parked"], await _dues(world)) == (2, 1, [])
    await Parking(world.credentials.equipment).replay(parked.kind, parked.id, parked.batch)
    await world.drain()
    assert len((await world.standing())["valid"]) == 3


async def _interrupted(world: World, *writes: Write, fails: str = "") -> Projector:
    """One that has every part; in the middle of its first judgement somebody else writes these."""
    equipment = world.credentials.equipment
    waiting = [writes] if writes else []

    class Interrupted(Reserving):
        async def prepare(self, drafts: Sequence[Draft]) -> list[Prepared]:
            if waiting:
                await equipment.records.commit(*waiting.pop())
            if fails in {one.person for one in drafts}:
                raise RuntimeError("it cannot be")
            return await super().prepare(drafts)

    reserving = Interrupted(equipment.records, Derived(KEY), world.clock)
    projector = Projector(replace(equipment, reserving=reserving))
    projector.shares.mine = frozenset(range(PARTS))
    return projector


async def _dues(world: World) -> list[JudgementDue]:
    return await scan_all(world.credentials.records, DUES)


async def test_a_void_that_another_process_noted_before_its_target_came_is_heeded(world: World) -> None:
    await world.person("sri")
    one, two = _sharing(world, EVERYTHING), _sharing(world, EVERYTHING)
    await world.send(said(90, COMPLETED, COURSE, user="budi"))
    await _everything(one)  # and knows that no void is early
    target = said(2, COMPLETED, COURSE, user="sri")
    await world.void(target["id"])
    await _everything(two)
    await world.send(said(1, PASSED, QUIZ, user="sri", **_PASS), target)
    await _everything(one)
    assert (await world.standing())["completions"] == {}
    assert await world.rebuilt() == []
