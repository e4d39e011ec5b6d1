"""The projector: what it costs to make hours of statements, over only reading them; what a rebuild costs; and whether that stays so."""

from __future__ import annotations

import asyncio
import gc
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.learning import Crowd, fill
from bench.model import Bench, Goal, Outcome, Ratio
from bench.projecting import GatedProjector, Turn, enter, opened, rebuilt
from bench.stage import Stage

_FILE = "learning.sqlite3"
_THRESHOLDS = (10_000, 20, 20)  # of the collector, as the server sets them


def projector(stage: Stage) -> Outcome:
    """Measured where it reaches the small number of statements, and again at the end, round by round."""
    early, late = _all_projected(stage)
    size, small = stage.scale.statements, stage.scale.small
    share = Ratio("projector, of bare reading and decoding", "%", Goal(at_least=25), tuple(100 * one.share for one in late))
    dearer = tuple(before.share / after.share for before, after in zip(early, late, strict=True))  # each by the bare reading next to it
    flat = Ratio(f"cost of a statement at {size:,}, over that at {small:,}", "×", Goal(at_most=1.25), dearer)
    return Outcome((share, flat), _figures("projector", late))


def rebuild(stage: Stage) -> Outcome:
    """Into dossiers of their own, then judged; everything is compared with what stands, and nothing differs."""
    _all_projected(stage)
    with _collecting_never():
        turns = asyncio.run(_rebuilt(stage))
    name = f"rebuild of {stage.scale.statements:,} statements, of bare reading and decoding"
    return Outcome((Ratio(name, "%", Goal(at_least=40), tuple(100 * one.share for one in turns)),), _figures("rebuild", turns))


def _all_projected(stage: Stage) -> tuple[list[Turn], list[Turn]]:
    """By the bench that asks first; the file stays for the other."""

    def made() -> tuple[list[Turn], list[Turn]]:
        with _collecting_as_the_server():
            return asyncio.run(_projected(stage))

    return stage.once("projected", made)


async def _projected(stage: Stage) -> tuple[list[Turn], list[Turn]]:
    scale, crowd = stage.scale, Crowd(stage.scale.statements)
    rounds, window = range(scale.rounds), scale.small // (scale.rounds + 1)
    async with opened(_file(stage)) as (equipment, database):
        await enter(equipment, crowd)
        stage.say(f"storing {scale.statements:,} statements of learning")
        await fill(equipment.statements, crowd, 0, scale.statements)
        stage.say("projecting them")
        work = GatedProjector(equipment, database)
        await work.go_to(scale.small - len(rounds) * window)
        early = [await work.turn(window) for _ in rounds]
        await work.go_to(scale.statements - len(rounds) * window)
        return early, [await work.turn(window) for _ in rounds]


async def _rebuilt(stage: Stage) -> list[Turn]:
    async with opened(_file(stage)) as (equipment, database):
        return await rebuilt(equipment, database, stage.scale.statements, stage.scale.rounds)


def _file(stage: Stage) -> Path:
    return stage.folder / _FILE


def _figures(name: str, turns: list[Turn]) -> dict[str, float]:
    return {
        f"{name}: statements per second of one core": statistics.median(one.statements / one.work for one in turns),
        f"{name}: the same of bare reading": statistics.median(one.statements / one.bare for one in turns),
    }


@contextmanager
def _collecting_as_the_server() -> Iterator[None]:
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


@contextmanager
def _collecting_never() -> Iterator[None]:
    """As `jejak rebuild` does."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


BENCHES = (Bench("projector", "The projector", projector), Bench("rebuild", "A rebuild", rebuild))
