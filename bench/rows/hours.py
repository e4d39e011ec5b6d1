"""Hours: a balance with the reason of every line, an agency's sums, and its export."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Awaitable
from datetime import date
from pathlib import Path

from bench.errors import NotMeasuredError
from bench.ministry import AGENCY, YEAR, enter_learner, fill, mark_all, opened
from bench.model import Bench, Goal, Outcome, Ratio
from bench.stage import Stage
from credentials.access.principal import Principal
from credentials.access.roles import Role

_LINES = 200
_LEARNER = "00000000-0000-4000-8000-0000000000aa"
_ASKED = 40  # balances of a round, of which the median counts
_PERSONS_OF = 10  # one person for so many statements of the scale
_OVERSEER = Principal("", administrator="bench", everywhere=Role.OVERSEER)
_ROOT = Path(__file__).parents[2]


def balance(stage: Stage) -> Outcome:
    """In the service, over SQLite: person, rules and lines are read, all lines folded, and every reason put into words in two languages."""
    told = asyncio.run(_balances(stage.folder / "balance.sqlite3", stage.scale.rounds))
    ratio = Ratio(f"a balance of {_LINES} lines with its reasons, in the service", "ms", Goal(at_most=5), told)
    return Outcome((ratio,), {"balance: µs/line": sorted(told)[len(told) // 2] * 1_000 / _LINES})


def roll_up(stage: Stage) -> Outcome:
    """Every unit's sums are behind, so each figure is read and added; then asked again; then as it stood on a day."""
    persons = stage.scale.statements // _PERSONS_OF
    rounds = asyncio.run(_roll_ups(_agency(stage), stage.scale.rounds))
    name = f"an agency's roll-up of {persons:,} persons"
    ratio = Ratio(f"{name}, every unit summed anew", "s", Goal(at_most=1), tuple(one[0] for one in rounds))
    figures = {
        "nothing has changed: ms": _median([one[1] * 1_000 for one in rounds]),
        "as it stood on a day: s": _median([one[2] for one in rounds]),
    }
    return Outcome((ratio,), figures)


def export(stage: Stage) -> Outcome:
    """As CSV, in a process of its own: the whole of its memory. Names and numbers are read, and that each was shown is written down."""
    persons = stage.scale.statements // _PERSONS_OF
    command = [sys.executable, "-m", "bench.exporting", str(_agency(stage))]
    run = subprocess.run(command, capture_output=True, cwd=_ROOT, check=False)
    if run.returncode:
        raise NotMeasuredError(f"the export failed: {run.stderr.decode()[-300:]}")
    told = json.loads(run.stdout)
    ratio = Ratio(f"memory of a CSV export of {persons:,} persons", "MB", Goal(at_most=200), (told["mb"],))
    return Outcome((ratio,), {"export: s": told["seconds"], "export: MB": told["bytes"] / 1e6, "persons/s": persons / told["seconds"]})


def _agency(stage: Stage) -> Path:
    """Filled by the bench that asks first."""

    def made() -> Path:
        file = stage.folder / "agency.sqlite3"
        asyncio.run(_filled(file, stage.scale.statements // _PERSONS_OF))
        return file

    return stage.once("agency", made)


async def _filled(file: Path, persons: int) -> None:
    async with opened(file) as (records, _):
        await fill(records, persons)


async def _balances(file: Path, rounds: int) -> tuple[float, ...]:
    async with opened(file) as (records, hours):
        await enter_learner(records, _LEARNER, _LINES)
        told = []
        for _ in range(rounds + 1):  # the first warms
            times = []
            for _ in range(_ASKED):
                started = time.perf_counter()
                (found,) = await hours.balances.of(_LEARNER, YEAR)
                reasons = [line.reason for line in found.lines]
                times.append((time.perf_counter() - started) * 1_000)
                assert len(reasons) == _LINES
            told.append(_median(times))
        return tuple(told[1:])


async def _roll_ups(file: Path, rounds: int) -> list[tuple[float, float, float]]:
    async with opened(file) as (records, hours):
        told = []
        for _ in range(rounds):
            await mark_all(records)
            told.append(
                (
                    await _seconds(hours.rollups.agency(_OVERSEER, AGENCY, YEAR)),
                    await _seconds(hours.rollups.agency(_OVERSEER, AGENCY, YEAR)),
                    await _seconds(hours.rollups.agency(_OVERSEER, AGENCY, YEAR, date(YEAR, 6, 30))),
                )
            )
        return told


async def _seconds(asked: Awaitable[object]) -> float:
    started = time.perf_counter()
    await asked
    return time.perf_counter() - started


def _median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


BENCHES = (
    Bench("hours-balance", "A balance of 200 lines with reasons", balance),
    Bench("hours-rollup", "An agency's roll-up", roll_up),
    Bench("hours-export", "Memory of an agency's CSV export", export),
)
