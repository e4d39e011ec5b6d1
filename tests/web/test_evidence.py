"""Rules, explanations and what is parked over HTTP; and the commands for the same and for a rebuild."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from credentials.people.person import Profile
from credentials.ports.records import Put, Remove, scan_all
from credentials.services.projection.rebuilding import Rebuild
from credentials.stores.completions import COMPLETIONS
from credentials.stores.ledger import HOURS
from credentials.stores.people import PROFILES
from jejak.cli.app import app
from jejak.composition import Application
from jejak.settings import Settings
from tests.support.command_line import CommandLine
from tests.support.evidence import BATCH, COMPLETED, COURSE, PASSED, QUIZ, said
from tests.support.projecting import enter, opened_world

Json = dict[str, Any]


@pytest.fixture
async def http(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    application = Application(Settings.model_validate({"data_dir": tmp_path, "store": "memory:", "public_url": "https://jejak.test"}))
    async with application.running() as product:
        assert product.first_run is not None
        auth = (product.first_run.administrator, product.first_run.administrator_secret)
        transport = httpx.ASGITransport(application, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="https://jejak.test", auth=auth) as client:
            yield client


_RULE: Json = {"title": "ujian", "conditions": {"exam": {"path": ["verb", "id"], "op": "eq", "val": PASSED}}}


async def test_a_rule_is_saved_once_and_never_changes(http: httpx.AsyncClient) -> None:
    answer = await http.post("/api/evidence/rules", json={"id": "exam", "rule": _RULE})
    assert (answer.status_code, answer.json()["conditions"]) == (201, ["exam"])
    assert (await http.post("/api/evidence/rules", json={"id": "exam", "rule": _RULE})).status_code == 409
    assert "exam" in [one["id"] for one in (await http.get("/api/evidence/rules")).json()]


@pytest.mark.parametrize(
    ("rule", "where"),
    [
        ({"conditions": {"a": {"path": ["verbs", "id"], "op": "eq", "val": "x"}}}, "conditions.a.path"),
        ({"conditions": {}}, "conditions"),
        ({"conditions": {"a": {"path": ["result", "score", "scaled"], "op": "gt", "val": 70}}}, "conditions.a"),
    ],
)
async def test_a_rule_that_cannot_work_is_refused_with_the_place(http: httpx.AsyncClient, rule: Json, where: str) -> None:
    answer = await http.post("/api/evidence/rules", json={"id": "bad", "rule": rule})
    assert (answer.status_code, answer.json()["error"]["where"]) == (400, where)


async def test_what_is_not_there_is_not_found(http: httpx.AsyncClient) -> None:
    assert (await http.get("/api/people/x/evidence/explain?batch=y")).status_code == 404
    assert (await http.get("/api/evidence/parked")).json() == {"parked": [], "more": None}
    assert (await http.post("/api/evidence/parked/replay", json={"kind": "statement", "id": "x"})).status_code == 404


async def _learnt(folder: Path) -> tuple[str, str]:
    """Somebody who has completed the batch, and somebody whose quiz is missing."""
    async with opened_world("sqlite", folder) as world:
        await enter(world)
        done, waiting = await world.person("sri"), await world.person("budi")
        result = {"success": True, "score": {"scaled": 0.9}}
        await world.send(said(1, PASSED, QUIZ, result=result), said(2, COMPLETED, COURSE), said(3, COMPLETED, COURSE, user="budi"))
        await world.send(said(4, COMPLETED, COURSE, "2027-01-05T03:00:00Z", user="budi"))
        await world.drain()
    return done, waiting


async def test_an_explanation_tells_what_is_satisfied_what_is_missing_and_what_was_used(tmp_path: Path) -> None:
    done, waiting = await _learnt(tmp_path)
    async with opened_world("sqlite", tmp_path) as world:
        explaining, _, _ = world.credentials.evidence()
        told: Any = await explaining.explain(done, BATCH.id)
        assert told["outcome"] == "complete"
        assert [one["statements"] for one in told["conditions"]] == [[said(2, COMPLETED, COURSE)["id"]], [said(1, PASSED, QUIZ)["id"]]]
        assert told["standing"]["state"] == "open"
        other: Any = await explaining.explain(waiting, BATCH.id)
        assert (other["outcome"], other["missing"], other["standing"]) == ("incomplete", ["quiz passed"], None)
        assert [(one["statement"], one["why"]) for one in other["set_aside"]] == [(said(4, COMPLETED, COURSE)["id"], "outside-the-dates")]


def test_the_commands_explain_and_rebuild(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done, _ = asyncio.run(_learnt(tmp_path))
    monkeypatch.setenv("JEJAK_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("JEJAK_STORE", f"sqlite:///{tmp_path / 'jejak.sqlite3'}")
    runner = CliRunner()
    told = runner.invoke(app, ["evidence", "explain", "--person", done, "--batch", BATCH.id, "--json"])
    assert told.exit_code == 0, told.output
    assert json.loads(told.stdout)["outcome"] == "complete"
    shown = runner.invoke(app, ["evidence", "explain", "--person", done, "--batch", BATCH.id])
    assert "satisfied  quiz passed (1 of 1)" in shown.output
    assert "no difference" in runner.invoke(app, ["rebuild", "--dry-run"]).output
    assert runner.invoke(app, ["evidence", "parked"]).exit_code == 0


def test_a_rebuild_shows_the_difference_first_and_puts_it_right_when_told_to(tmp_path: Path) -> None:
    done, _ = asyncio.run(_learnt(tmp_path))
    jejak = CommandLine(tmp_path, store=f"sqlite:///{tmp_path / 'jejak.sqlite3'}")
    before = asyncio.run(_standing(tmp_path))
    asyncio.run(_lose(tmp_path, done))
    lost = asyncio.run(_standing(tmp_path))
    assert lost != before
    shown = jejak("rebuild", "--dry-run")
    assert (shown.exit_code, "missing: 1" in shown.output, f"person {done}  batch {BATCH.id}  +8 JP" in shown.output) == (1, True, True)
    assert jejak("rebuild", given="n\n").exit_code != 0
    assert asyncio.run(_standing(tmp_path)) == lost
    told = jejak("rebuild", "--yes", "--json")
    assert (told.exit_code, json.loads(told.stdout)) == (0, {"person": done, "batch": BATCH.id, "kind": "missing", "jp": 8})
    assert asyncio.run(_standing(tmp_path)) == before
    assert "no difference" in jejak("rebuild", "--dry-run").output


def test_the_commands_show_what_is_parked_and_replay_it_once_it_is_mended(tmp_path: Path) -> None:
    asyncio.run(_learnt(tmp_path))
    jejak = CommandLine(tmp_path, store=f"sqlite:///{tmp_path / 'jejak.sqlite3'}")
    person, profile = asyncio.run(_nameless(tmp_path))
    (parked,) = jejak.rows("evidence", "parked")
    assert (parked["kind"], parked["id"], parked["batch"]) == ("judgement", person, BATCH.id)
    replay = ("evidence", "replay", "judgement", person, "--batch", BATCH.id)
    again = jejak(*replay)
    assert (again.exit_code, "parked again: the person has no name" in again.output) == (1, True)
    asyncio.run(_named(tmp_path, profile))
    assert jejak(*replay).exit_code == 0
    assert jejak.rows("evidence", "parked") == []
    assert (person, BATCH.id) in asyncio.run(_standing(tmp_path))["valid"]
    assert jejak(*replay).exit_code != 0  # nothing is parked any more


async def _standing(folder: Path) -> Json:
    async with opened_world("sqlite", folder) as world:
        return await world.standing()


async def _lose(folder: Path, person: str) -> None:
    """The completion of the person and its line, as a mishap would."""
    async with opened_world("sqlite", folder) as world:
        records = world.credentials.records
        lines = await scan_all(records, HOURS)
        await records.commit(Remove(COMPLETIONS, (person, BATCH.id)), *(Remove(HOURS, HOURS.key(line)) for line in lines))


async def _nameless(folder: Path) -> tuple[str, Profile]:
    """Somebody who has completed the batch and has no name."""
    async with opened_world("sqlite", folder) as world:
        records, person = world.credentials.records, await world.person("tono")
        kept = await records.get(PROFILES, person)
        assert kept is not None
        await records.commit(Remove(PROFILES, (person,)))
        result = {"success": True, "score": {"scaled": 0.9}}
        await world.send(said(5, PASSED, QUIZ, user="tono", result=result), said(6, COMPLETED, COURSE, user="tono"))
        await world.drain()
        return person, kept.value


async def _named(folder: Path, profile: Profile) -> None:
    async with opened_world("sqlite", folder) as world:
        await world.credentials.records.commit(Put(PROFILES, profile))


async def test_a_rebuild_puts_right_what_a_mishap_left_and_issues_nothing_anew(tmp_path: Path) -> None:
    done, waiting = await _learnt(tmp_path)
    async with opened_world("sqlite", tmp_path) as world:
        records = world.credentials.records
        before, valid = await world.standing(), await world.valid_certificates()
        kept = await records.get(COMPLETIONS, done, BATCH.id)
        assert kept is not None
        lines = await scan_all(records, HOURS)
        lost = [Remove(HOURS, HOURS.key(line)) for line in lines]
        await records.commit(Remove(COMPLETIONS, (done, BATCH.id)), *lost)
        rebuild = Rebuild(world.credentials.equipment)
        await rebuild.read()
        found = [one async for one in rebuild.differences()]
        assert [(one.person, one.kind, one.jp) for one in found] == [(done, "missing", 8)]
        await rebuild.apply(found)
        await world.drain()
        assert await world.standing() == before
        assert await world.valid_certificates() == valid
        assert await world.rebuilt() == []
        # a completion that nothing supports
        false = replace(kept.value, person=waiting, entry="", certificate="")
        await records.commit(Put(COMPLETIONS, false))
        assert [(one.person, one.kind) for one in await world.rebuilt()] == [(waiting, "told-otherwise")]
