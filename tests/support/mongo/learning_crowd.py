"""Four processes that post what learners do and two that project it: `python -m … ADDRESS FOLDER LEARNERS`.

Each has a clock of its own, seconds apart, and each is killed at random and begun anew. It says "posted" once everything is posted and
enough were killed; the projectors go on until its standard input ends. What a projector has done stands in its file in the folder.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from credentials.services import projector
from credentials.services.projection.shares import Shares
from credentials.services.projector import Projector
from lrs.errors import StoreUnavailableError
from tests.support.clock import START, SettableClock
from tests.support.evidence import COMPLETED, COURSE, PASSED, QUIZ, Members, said
from tests.support.mongo.crowd import child
from tests.support.projecting import World, opened_world

POSTING, PROJECTING = 4, 2
_SKEW = (0, 3, -2, 1, -3, 2)  # seconds, of each process
_KILLS = {"posting": 4, "projecting": 6}
_LEASE = 2.0  # of a projector's shares
_PAGE = 2  # statements of a commit, so that there are many moments to be killed at


def learnt(number: int) -> list[Members]:
    """What a learner says, the same however often: a quiz and the course, and every third has the quiz voided."""
    user, first = f"user-{number}", 10 * number
    quiz = said(first + 1, PASSED, QUIZ, user=user, result={"success": True, "score": {"scaled": 0.9}})
    return [quiz, said(first + 2, COMPLETED, COURSE, user=user)]


def is_voided(number: int) -> bool:
    """Whether this learner's quiz is taken back."""
    return number % 3 == 0


async def _post(world: World, place: int, learners: int) -> None:
    for number in range(place, learners, POSTING):
        statements = learnt(number)
        await _until_answered(partial(world.send, *statements))
        if is_voided(number):
            await _until_answered(partial(world.void, statements[0]["id"], id=f"00000000-0000-4000-9000-{number:012}"))


async def _until_answered(call: Callable[[], Awaitable[object]]) -> None:
    while True:
        try:
            await call()
        except StoreUnavailableError:
            continue
        return


async def _project(world: World, file: Path) -> None:
    working = Projector(world.credentials.equipment, Shares(world.credentials.records, _LEASE, place=""))

    async def tell() -> None:
        while True:
            _tell(file, working.counts["opened"])
            await asyncio.sleep(0.1)

    await asyncio.gather(working.run(), tell())


async def _live(address: str, folder: Path, place: int, life: int, learners: int) -> None:
    clock = SettableClock(START + _SKEW[place] * 1_000_000)
    async with opened_world(address, folder, clock) as world:
        if place < POSTING:
            await _post(world, place, learners)
        else:
            await _project(world, folder / f"{place}.{life}.txt")


def _tell(file: Path, opened: int) -> None:
    file.write_text(f"{opened}\n")


def opened_by(folder: Path, place: int) -> int:
    """How many completions this projector has opened, in all its lives."""
    return sum(int(file.read_text() or 0) for file in folder.glob(f"{place}.*.txt"))


class _Crowd:
    def __init__(self, address: str, folder: Path, learners: int) -> None:
        self._told = (address, folder, learners)
        self._lives = 0
        self._random = random.Random(5)
        self.running = {place: self._begun(place) for place in range(POSTING + PROJECTING)}

    def _begun(self, place: int) -> int:
        address, folder, learners = self._told
        self._lives += 1
        life = self._lives
        return child(lambda: asyncio.run(_live(address, folder, place, life, learners)))

    def end_somebody(self, first: int, last: int) -> bool:
        """Kills one of these places, and begins it anew; False when nobody there is at work any more."""
        alive = [place for place in range(first, last) if place in self.running and self._is_at_work(place)]
        if not alive:
            return False
        place = self._random.choice(alive)
        self._kill(place)
        self.running[place] = self._begun(place)
        return True

    def posting(self) -> bool:
        """Whether somebody still posts."""
        return any(self._is_at_work(place) for place in range(POSTING) if place in self.running)

    def end(self) -> None:
        for place in list(self.running):
            if self._is_at_work(place):
                self._kill(place)

    def _kill(self, place: int) -> None:
        os.kill(self.running[place], signal.SIGKILL)
        os.waitpid(self.running.pop(place), 0)

    def _is_at_work(self, place: int) -> bool:
        ended, _ = os.waitpid(self.running[place], os.WNOHANG)
        if ended:
            del self.running[place]
        return not ended


def main(address: str, folder: Path, learners: int) -> None:
    source, crowd = random.Random(7), _Crowd(address, folder, learners)
    try:
        left = dict(_KILLS)
        while crowd.posting() or left["projecting"]:
            time.sleep(source.uniform(0.5, 2.5))
            if left["posting"] and crowd.end_somebody(0, POSTING):
                left["posting"] -= 1
            if left["projecting"] and crowd.end_somebody(POSTING, POSTING + PROJECTING):
                left["projecting"] -= 1
        print("posted", flush=True)
        sys.stdin.read()
    finally:
        crowd.end()


if __name__ == "__main__":
    projector.PAGE_OF_FEED = _PAGE
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
