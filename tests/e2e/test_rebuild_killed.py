"""A rebuild, killed twenty times and more while it reads, goes on from where it was, and ends as one that was never disturbed."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

from credentials.ports.records import scan_all
from credentials.stores.dossiers import DOSSIERS
from tests.support.evidence import COMPLETED, COURSE, PASSED, QUIZ, said
from tests.support.projecting import enter, opened_world

_LEARNERS, _KILLS = 250, 22


async def test_killed_again_and_again_it_goes_on_from_where_it_was(tmp_path: Path) -> None:
    async with opened_world("sqlite", tmp_path) as world:
        await enter(world)
        for number in range(_LEARNERS):
            user = f"user-{number}"
            await world.person(user)
            quiz = said(10 * number + 1, PASSED, QUIZ, user=user, result={"success": True, "score": {"scaled": 0.9}})
            await world.send(quiz, said(10 * number + 2, COMPLETED, COURSE, user=user))
            if number % 3 == 0:
                await world.void(quiz["id"])
        await world.drain()
        standing, statements = await world.standing(), await world.stores.feed.end()
    command = [sys.executable, "-m", "tests.support.projector_worker", "rebuild", str(tmp_path), str(_KILLS)]
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    (resumed, read, differences), (killed,) = ([int(one) for one in line.split()] for line in done.stdout.splitlines()[-2:])
    assert killed >= 20
    assert 0 < resumed < statements
    assert resumed + read == statements
    assert differences == 0
    async with opened_world("sqlite", tmp_path) as world:
        assert await world.standing() == standing
        assert {one.generation for one in await scan_all(world.credentials.records, DOSSIERS)} == {1}
