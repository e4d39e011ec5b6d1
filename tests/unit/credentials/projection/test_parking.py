"""What was parked is made right by a replay once its cause is mended, and what is bound again has lost nothing meanwhile."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from credentials.catalogue.model import Binding
from credentials.ports.records import Put, Remove
from credentials.services.parking import Parking
from credentials.stores.dossiers import LookTaken
from credentials.stores.evidence_rules import EVIDENCE_RULES, SavedRule
from credentials.stores.people import PROFILES
from lrs.errors import NotFoundError
from tests.support.evidence import BATCH, COMPLETED, COURSE, HOME, PASSED, PROVIDER, QUIZ, Members, said
from tests.support.projecting import BY, World, enter, opened_world

_SURVEY = f"{HOME}/survey"
_BOUND = replace(BATCH, id="survey-1", rule="answer", bindings=(Binding("any", _SURVEY),), history=())
_EXAM = {"path": ["verb", "id"], "op": "eq", "val": COMPLETED}
_ANSWER = {"path": ["result", "response"], "op": "eq", "val": "ya"}


@pytest.fixture(params=["memory", "sqlite"])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    async with opened_world(request.param, tmp_path) as opened:
        for id, condition in (("answer", _ANSWER), ("done", _EXAM)):
            content = json.dumps({"title": id, "conditions": {"a": condition}}).encode()
            await opened.credentials.records.commit(Put(EVIDENCE_RULES, SavedRule(id, content, 1, BY)))
        yield opened


def _long(number: int) -> Members:
    return said(number, COMPLETED, _SURVEY, result={"response": "x" * 5_000})


async def test_a_statement_that_could_not_be_kept_counts_by_a_replay_once_the_rule_is_another(world: World) -> None:
    await enter(world)
    person = await world.person("sri")
    await world.batch(_BOUND)
    await world.send(_long(9))
    await world.drain()
    (parked,) = await world.parked()
    assert parked.provider == PROVIDER
    parking = Parking(world.credentials.equipment)
    await parking.replay("statement", parked.id)
    assert [one.id for one in await world.parked()] == [parked.id]  # nothing is mended yet
    await world.credentials.register.batches.change(replace(_BOUND, rule="done"), BY, "aturan terlalu sempit")
    await world.drain()
    await parking.replay("statement", parked.id)
    await world.drain()
    assert await world.parked() == []
    assert list((await world.standing())["valid"]) == [(person, "survey-1")]
    assert await world.rebuilt() == []
    with pytest.raises(NotFoundError):
        await parking.replay("statement", parked.id)


async def test_a_judgement_that_could_not_be_made_counts_by_a_replay_once_its_cause_is_gone(world: World) -> None:
    await enter(world)
    person, records = await world.person("sri"), world.credentials.records
    profile = await records.get(PROFILES, person)
    assert profile is not None
    await records.commit(Remove(PROFILES, (person,)))
    await world.send(said(1, PASSED, QUIZ, result={"success": True, "score": {"scaled": 0.9}}), said(2, COMPLETED, COURSE))
    await world.drain()
    (parked,) = await world.parked()
    assert (parked.kind, parked.id, parked.batch, parked.provider) == ("judgement", person, BATCH.id, PROVIDER)
    await records.commit(Put(PROFILES, profile.value))
    await world.drain()
    assert len(await world.parked()) == 1
    await Parking(world.credentials.equipment).replay(parked.kind, parked.id, parked.batch)
    await world.drain()
    assert (await world.parked(), (await world.standing())["valid"]) == ([], {(person, BATCH.id)})


async def test_a_judgement_that_can_be_made_again_is_parked_no_longer_though_it_changes_nothing(world: World) -> None:
    await enter(world)
    person = await world.person("sri")
    never = {"path": ["object", "id"], "op": "eq", "ref": {"condition": "a", "path": ["verb", "id"]}}
    heavy = {"title": "berat", "conditions": {"a": _EXAM, "b": never}}
    await world.credentials.records.commit(Put(EVIDENCE_RULES, SavedRule("heavy", json.dumps(heavy).encode(), 1, BY)))
    await world.batch(replace(_BOUND, rule="heavy", bindings=(Binding("any", _SURVEY, "prefix"),)))
    await world.send(*(said(number, COMPLETED, f"{_SURVEY}?{number % 2}") for number in range(100, 250)))
    await world.drain()
    assert [(one.kind, one.id) for one in await world.parked()] == [("judgement", person)]
    changed = replace(_BOUND, rule="answer", bindings=(Binding("any", _SURVEY, "prefix"),))
    await world.credentials.register.batches.change(changed, BY, "aturan terlalu berat")
    await world.drain()
    assert (await world.parked(), (await world.standing())["completions"]) == ([], {})


async def test_a_look_at_a_person_a_batch_or_a_provider_is_taken_again(world: World) -> None:
    await enter(world)
    person, parking = await world.person("sri"), Parking(world.credentials.equipment)
    await world.drain()
    for look in (LookTaken(person, "", ""), LookTaken("", BATCH.id, ""), LookTaken("", "", PROVIDER), LookTaken(person, BATCH.id, "")):
        await world.projector._park_look(look, "an error")
        (parked,) = await world.parked()
        await parking.replay(parked.kind, parked.id, parked.batch)
        assert await world.parked() == []
        assert await world.projector.looks_waiting() == 1
        await world.drain()


async def test_what_is_said_while_no_batch_binds_the_activity_counts_for_the_one_that_binds_it_again(world: World) -> None:
    await enter(world)
    person = await world.person("sri")
    changed = replace(BATCH, rule="done", bindings=(Binding("any", COURSE),))
    batches = world.credentials.register.batches
    await batches.change(changed, BY, "ikatan pertama")
    await world.drain()
    await batches.change(replace(changed, bindings=(Binding("any", QUIZ),)), BY, "salah ikat")
    await world.drain()
    await world.send(said(1, COMPLETED, COURSE))
    await world.drain()
    assert (await world.standing())["completions"] == {}
    await batches.change(changed, BY, "ikatan pertama lagi")
    await world.drain()
    assert list((await world.standing())["completions"]) == [(person, BATCH.id)]
    assert await world.rebuilt() == []


async def test_metrics_tell_what_was_done_what_is_parked_and_for_how_long(world: World) -> None:
    await enter(world)
    await world.person("sri")
    await world.batch(_BOUND)
    await world.send(_long(9), said(1, COMPLETED, COURSE), said(2, PASSED, QUIZ, result={"score": {"scaled": 0.9}}))
    await world.drain()
    (parked,) = await world.parked()
    world.clock.set(parked.first + 89_990_000)  # each reading adds 10 ms
    metrics = world.credentials.metrics
    await metrics.refresh()
    told = {family.name: family.samples[0].value for family in metrics.collect()}
    assert (told["jejak_projector_statements"], told["jejak_projector_opened"], told["jejak_projector_parked"]) == (3, 1, 1)
    assert (told["jejak_projector_parked_waiting"], told["jejak_projector_parked_oldest_seconds"]) == (1, 90)
