"""The projector, killed twenty times and more in the middle of its work, ends in the state of one that was never disturbed."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

from tests.support.evidence import BATCH, COMPLETED, COURSE, PASSED, QUIZ, said
from tests.support.projecting import enter, opened_world

_LEARNERS, _KILLS = 60, 22


async def test_killed_in_the_middle_again_and_again_it_ends_in_the_same_state(tmp_path: Path) -> None:
    async with opened_world("sqlite", tmp_path) as world:
        await enter(world)
        people = [await world.person(f"user-{number}") for number in range(_LEARNERS)]
        for number in range(_LEARNERS):
            user = f"user-{number}"
            quiz = said(10 * number + 1, PASSED, QUIZ, user=user, result={"success": True, "score": {"scaled": 0.9}})
            await world.send(quiz, said(10 * number + 2, COMPLETED, COURSE, user=user))
            if number % 3 == 0:
                await world.void(quiz["id"])
    command = [sys.executable, "-m", "tests.support.projector_worker", "project", str(tmp_path), str(_KILLS)]
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) >= 20
    async with opened_world("sqlite", tmp_path) as world:
        standing = await world.standing()
        due = {(person, BATCH.id) for number, person in enumerate(people) if number % 3}
        assert standing["completions"].keys() == due == standing["valid"]
        assert len(await world.valid_certificates()) == len(due)
        assert await world.rebuilt() == []
