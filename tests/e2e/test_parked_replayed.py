"""A statement that could not be processed, by the command line: listed, parked again while nothing is mended, and then counted."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest

from credentials.catalogue.model import Binding
from credentials.ports.records import Put
from credentials.services.parking import Parking
from credentials.stores.evidence_rules import EVIDENCE_RULES, SavedRule
from jejak.cli.outcomes import Exit
from lrs.errors import ConflictError
from tests.support.command_line import CommandLine, run_jejak
from tests.support.evidence import BATCH, COMPLETED, HOME, said
from tests.support.projecting import BY, enter, opened_world

_SURVEY = f"{HOME}/survey"
_BOUND = replace(BATCH, id="survey-1", rule="answer", bindings=(Binding("any", _SURVEY),), history=())
_RULES = {
    "answer": {"path": ["result", "response"], "op": "eq", "val": "ya"},
    "done": {"path": ["verb", "id"], "op": "eq", "val": COMPLETED},
}


async def _learnt(folder: Path) -> str:
    """Somebody gave an answer that is longer than a rule may look at."""
    async with opened_world("sqlite", folder) as world:
        for id, condition in _RULES.items():
            content = json.dumps({"title": id, "conditions": {"a": condition}}).encode()
            await world.credentials.records.commit(Put(EVIDENCE_RULES, SavedRule(id, content, 1, BY)))
        await enter(world)
        person = await world.person("sri")
        await world.batch(_BOUND)
        await world.send(said(9, COMPLETED, _SURVEY, result={"response": "x" * 5_000}))
        await world.drain()
        return person


async def _mend(folder: Path) -> None:
    async with opened_world("sqlite", folder) as world:
        await world.credentials.register.batches.change(replace(_BOUND, rule="done"), BY, "aturan terlalu sempit")


def _counted(jejak: CommandLine, person: str) -> list[str]:
    told = jejak("hours", "basis", "--person", person)
    assert told.exit_code == 0, told.stderr
    return [line["batch"] for line in json.loads(told.stdout)["lines"]]


@pytest.fixture
def learnt(tmp_path: Path) -> tuple[CommandLine, str]:
    return CommandLine(tmp_path), asyncio.run(_learnt(tmp_path))


def test_a_replay_counts_what_was_mended_and_says_what_was_not(learnt: tuple[CommandLine, str]) -> None:
    jejak, person = learnt
    (parked,) = jejak.rows("evidence", "parked")
    assert parked["kind"] == "statement"
    assert "longer than 4,096 bytes" in parked["reason"]
    again = jejak("evidence", "replay", "statement", parked["id"])
    assert again.exit_code == Exit.FAILED
    assert f"{parked['id']} is parked again: {parked['reason']}" in again.stderr
    assert [one["id"] for one in jejak.rows("evidence", "parked")] == [parked["id"]]
    assert _counted(jejak, person) == []

    asyncio.run(_mend(jejak.data_dir))
    done = jejak("evidence", "replay", "statement", parked["id"])
    assert (done.exit_code, done.stderr) == (0, f"statement {parked['id']} is no longer parked\n")
    assert jejak.rows("evidence", "parked") == []
    assert _counted(jejak, person) == ["survey-1"]

    twice = jejak("evidence", "replay", "statement", parked["id"])
    assert (twice.exit_code, "nothing is parked under this kind and id" in twice.stderr) == (Exit.FAILED, True)
    assert _counted(jejak, person) == ["survey-1"]
    assert jejak("rebuild", "--dry-run").exit_code == 0


@pytest.mark.parametrize("asked", [("statement", "nobody"), ("nothing", "x"), ("judgement", "x", "--batch", "y")])
def test_what_is_not_parked_is_told_in_a_sentence(learnt: tuple[CommandLine, str], asked: tuple[str, ...]) -> None:
    done = run_jejak(learnt[0].data_dir, "evidence", "replay", *asked)
    assert done.returncode == Exit.FAILED
    assert b"nothing is parked under this kind and id" in done.stderr
    assert b"Traceback" not in done.stderr


def test_a_replay_that_a_server_was_faster_than_is_tried_again(learnt: tuple[CommandLine, str], monkeypatch: pytest.MonkeyPatch) -> None:
    jejak, person = learnt
    (parked,) = jejak.rows("evidence", "parked")
    asyncio.run(_mend(jejak.data_dir))
    replay, met = Parking.replay, 0

    async def late(self: Parking, kind: str, id: str, batch: str = "") -> None:
        nonlocal met
        met += 1
        if met < 3:
            raise ConflictError("another process took this page")
        await replay(self, kind, id, batch)

    monkeypatch.setattr(Parking, "replay", late)
    assert jejak("evidence", "replay", "statement", parked["id"]).exit_code == 0
    assert met == 3
    assert _counted(jejak, person) == ["survey-1"]
