"""The projector over statements that were really stored, in memory and in SQLite: exactly once, and everything carried through."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from credentials.catalogue.model import Binding
from credentials.hours.entry import DayOfLearning
from credentials.ports.records import Put, Remove, scan_all
from credentials.services.projector import Projector
from credentials.stores.cases import CASES
from credentials.stores.certificates import RESERVATIONS
from credentials.stores.completions import COMPLETIONS
from credentials.stores.evidence_rules import EVIDENCE_RULES, SavedRule
from credentials.stores.exclusions import EXCLUSIONS, Exclusion
from credentials.stores.ledger import HOURS
from credentials.stores.looks import ask_for
from credentials.stores.people import PROFILES
from lrs.errors import ConflictError
from lrs.ports import account_term
from tests.support.evidence import ACCREDITED, BATCH, COMPLETED, COURSE, HOME, PASSED, PROVIDER, QUIZ, Members, said
from tests.support.projecting import BY, World, enter, opened_world

_UNCOMPLETED = "https://xapi.edlm/profiles/edlm-lms/concepts/verbs/uncompleted"
ANSWERED = "http://adlnet.gov/expapi/verbs/answered"
_VIEWED = "http://id.tincanapi.com/verb/viewed"
_IN_COURSE: Members = {"context": {"contextActivities": {"grouping": [{"id": COURSE}]}}}


@pytest.fixture(params=["memory", "sqlite"])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    async with opened_world(request.param, tmp_path) as opened:
        yield opened


def _course(number: int, user: str = "sri", when: str = "2026-11-12T03:00:00Z", **more: Any) -> Members:
    return said(number, COMPLETED, COURSE, when, user=user, **more)


def _quiz(number: int, user: str = "sri", when: str = "2026-11-10T03:00:00Z", **more: Any) -> Members:
    return said(number, PASSED, QUIZ, when, user=user, result={"success": True, "score": {"scaled": 0.9}}, **(_IN_COURSE | more))


async def _save_rule(world: World, id: str, content: dict[str, Any]) -> None:
    await world.credentials.records.commit(Put(EVIDENCE_RULES, SavedRule(id, json.dumps(content).encode(), 1, BY)))


async def _round(projector: Projector) -> None:
    await projector.settle()
    await projector.fill()
    await projector.step()


async def _kinds(world: World, person: str) -> list[str]:
    return [line.kind for line in await scan_all(world.credentials.records, HOURS, prefix=(person,))]


async def test_whoever_satisfies_the_rule_gets_one_line_of_hours_and_one_reservation(world: World) -> None:
    await enter(world)
    person, other = await world.person("sri"), await world.person("budi")
    await world.send(_quiz(1), _course(2), _quiz(3, "budi"))
    await world.drain()
    standing = await world.standing()
    assert list(standing["completions"]) == [(person, BATCH.id)] == list(standing["valid"])
    line = standing["lines"][person, BATCH.id]
    assert (line.approved, line.completed_on, line.days) == (8, date(2026, 11, 12), (DayOfLearning(date(2026, 11, 10)),))
    assert await _kinds(world, other) == []
    assert len(await scan_all(world.credentials.records, RESERVATIONS)) == 1


async def test_statements_that_come_again_under_other_ids_change_nothing(world: World) -> None:
    await enter(world)
    person = await world.person("sri")
    told = [_quiz(1), _course(2)]
    await world.send(*told)
    await world.drain()
    before = await world.standing()
    for number in range(3):
        await world.send(*({name: value for name, value in one.items() if name != "id"} for one in told))
        await world.drain()
        assert (await world.standing())["completions"].keys() == before["completions"].keys(), number
    assert await _kinds(world, person) == ["credit"]


async def test_evidence_from_before_its_batch_its_person_or_its_link_counts(world: World) -> None:
    await world.provider()
    await world.send(_quiz(1), _course(2), _quiz(3, "budi"), _course(4, "budi"))
    await world.drain()
    await world.programme()
    await world.batch()
    await world.drain()
    person = await world.person("sri")
    await world.drain()
    assert list((await world.standing())["completions"]) == [(person, BATCH.id)]
    await world.link(person, "budi")
    await world.drain()
    assert list((await world.standing())["completions"]) == [(person, BATCH.id)]


async def test_a_link_that_is_undone_takes_the_hours_back_and_another_one_brings_them_to_whom_they_belong(world: World) -> None:
    await enter(world)
    wrong, right = await world.person(), await world.person()
    link = await world.link(wrong, "sri")
    await world.send(_quiz(1), _course(2))
    await world.drain()
    assert list((await world.standing())["valid"]) == [(wrong, BATCH.id)]
    await world.unlink(link)
    await world.drain()
    assert (await world.standing())["completions"] == {}
    assert await world.valid_certificates() == set()
    await world.link(right, "sri")
    await world.drain()
    assert list((await world.standing())["valid"]) == [(right, BATCH.id)]
    assert await _kinds(world, wrong) == ["credit", "reversal"]


async def test_a_void_of_the_only_evidence_takes_the_hours_back_and_a_new_statement_brings_them_again(world: World) -> None:
    await enter(world)
    person = await world.person("sri")
    await world.send(_quiz(1), _course(2))
    await world.drain()
    await world.void(_course(2)["id"])
    await world.drain()
    assert (await world.standing())["completions"] == {}
    await world.send(_course(3, when="2026-11-20T03:00:00Z"))
    await world.drain()
    standing = await world.standing()
    assert standing["valid"] == {(person, BATCH.id)}
    assert standing["revoked"] == set()
    kept = await world.credentials.records.get(COMPLETIONS, person, BATCH.id)
    assert kept is not None
    assert (kept.value.issue, kept.value.lines) == (2, 2)


async def test_a_void_that_comes_before_its_target_holds_and_a_void_of_a_void_is_inert(world: World) -> None:
    await enter(world)
    await world.person("sri")
    void = await world.void(_course(2)["id"])
    await world.drain()
    await world.send(_quiz(1), _course(2))
    await world.void(void)
    await world.drain()
    assert (await world.standing())["completions"] == {}


async def test_a_void_by_somebody_elses_client_changes_no_hours(world: World) -> None:
    await enter(world)
    await world.provider("lan")
    person = await world.person("sri")
    await world.void(_course(2)["id"], provider="lan", everywhere=True)  # before its target
    await world.send(_quiz(1), _course(2))
    await world.drain()
    assert list((await world.standing())["completions"]) == [(person, BATCH.id)]
    await world.void(_quiz(1)["id"], provider="lan", everywhere=True)
    await world.drain()
    assert list((await world.standing())["completions"]) == [(person, BATCH.id)]
    assert await world.rebuilt() == []


async def test_what_somebody_else_voided_is_found_when_its_activity_is_bound_later(world: World) -> None:
    await world.provider()
    await world.provider("lan")
    person = await world.person("sri")
    await world.void(_course(2)["id"], provider="lan", everywhere=True)
    await world.send(_quiz(1), _course(2))
    await world.void(_quiz(1)["id"], provider="lan", everywhere=True)
    await world.drain()
    await world.programme()
    await world.batch()
    await world.drain()
    assert list((await world.standing())["completions"]) == [(person, BATCH.id)]


async def test_what_its_provider_voided_too_is_not_found_when_what_was_before_is_read(world: World) -> None:
    await enter(world)
    await world.provider("lan")
    await world.person("sri")
    await world.send(_quiz(1), _course(2))
    await world.void(_course(3)["id"])  # before its target
    await world.send(_course(3))
    while await world.projector.step():  # what was asked for besides waits
        continue
    await world.void(_course(2)["id"])
    for number in (2, 3):
        await world.void(_course(number)["id"], provider="lan", everywhere=True)
    while await world.projector.step():
        continue
    await world.drain()
    assert (await world.standing())["completions"] == {}
    assert await world.rebuilt() == []


@pytest.mark.parametrize("first", ["evidence", "look"])
async def test_whoever_cannot_be_linked_is_listed_though_the_batch_came_after_the_evidence(world: World, first: str) -> None:
    await enter(world)
    if first == "evidence":
        await world.send(_quiz(1), _course(2))
        await world.projector.settle()
        await world.projector.fill()
    else:
        await world.drain()
        await world.send(_quiz(1), _course(2))
    await world.drain()
    waiting = await world.credentials.equipment.waiting.of_provider(PROVIDER)
    assert [one.ifi for one in waiting.values] == [account_term(HOME, "sri")]
    assert waiting.values[0].first > 0


async def test_a_taking_back_by_another_provider_changes_no_hours(world: World) -> None:
    await enter(world)
    await world.provider("lan")
    person = await world.person("sri")
    await world.send(_quiz(1), _course(2))
    await world.send(said(3, _UNCOMPLETED, COURSE, "2026-11-20T03:00:00Z"), provider="lan")
    await world.drain()
    assert list((await world.standing())["completions"]) == [(person, BATCH.id)]
    await world.send(said(4, _UNCOMPLETED, COURSE, "2026-11-20T03:00:00Z"))
    await world.drain()
    assert (await world.standing())["completions"] == {}


async def test_another_providers_statement_is_no_evidence(world: World) -> None:
    await enter(world)
    await world.provider("lain")
    person = await world.person("sri")
    await world.link(person, "sri", "lain")
    await world.send(_quiz(1), _course(2), provider="lain")
    await world.drain()
    assert (await world.standing())["completions"] == {}


async def test_a_late_act_corrects_the_days_and_leaves_a_certificate_that_prints_none_of_them(world: World) -> None:
    await enter(world)
    person = await world.person("sri")
    await world.send(_quiz(1), _course(2))
    await world.drain()
    valid = await world.valid_certificates()
    await world.send(said(3, _VIEWED, f"{HOME}/mod/page/view.php?id=1", "2026-11-11T03:00:00Z", **_IN_COURSE))
    await world.drain()
    line = (await world.standing())["lines"][person, BATCH.id]
    assert [day.on.day for day in line.days] == [10, 11]
    assert await world.valid_certificates() == valid
    assert await _kinds(world, person) == ["credit", "reversal", "credit"]


async def test_the_feed_from_its_beginning_and_two_projectors_at_once_give_the_same(world: World) -> None:
    await enter(world)
    people = [await world.person(f"user-{number}") for number in range(3)]
    for number in range(3):
        await world.send(_quiz(10 * number, f"user-{number}"), _course(10 * number + 1, f"user-{number}"))
    other = Projector(world.credentials.equipment)
    for _ in range(20):
        outcomes = await asyncio.gather(_round(world.projector), _round(other), return_exceptions=True)
        assert all(one is None or isinstance(one, ConflictError) for one in outcomes), outcomes
    await other.drain()
    await world.drain()
    standing = await world.standing()
    assert standing["valid"] == {(person, BATCH.id) for person in people}
    assert len(await scan_all(world.credentials.records, RESERVATIONS)) == 3


async def test_a_suspension_and_its_lifting_carry_through_with_their_dates(world: World) -> None:
    await enter(world)
    person = await world.person("sri")
    await world.send(_quiz(1), _course(2))
    await world.drain()
    standings = world.credentials.register.standings
    await standings.suspend(PROVIDER, date(2026, 11, 13), by=BY, reason="audit")
    await world.drain()
    assert list((await world.standing())["completions"]) == [(person, BATCH.id)]
    await standings.lift(PROVIDER, date(2026, 11, 13), by=BY, reason="audit selesai")
    await standings.suspend(PROVIDER, date(2026, 11, 12), by=BY, reason="audit")
    await world.drain()
    assert (await world.standing())["completions"] == {}
    await standings.lift(PROVIDER, date(2026, 11, 12), by=BY, reason="audit selesai")
    await world.drain()
    assert (await world.standing())["valid"] == {(person, BATCH.id)}


async def test_evidence_of_an_unaccredited_provider_is_held_and_counts_once_it_is_accredited(world: World) -> None:
    await world.provider(accredited=False)
    await world.programme()
    await world.batch()
    person = await world.person("sri")
    await world.send(_quiz(1), _course(2))
    await world.drain()
    assert (await world.standing())["held"] == {(person, BATCH.id)}
    held = await scan_all(world.credentials.records, CASES)
    assert [(case.person, case.reasons, case.state) for case in held] == [(person, ("not-accredited",), "open")]
    await world.credentials.register.standings.accredit(
        PROVIDER, (replace(ACCREDITED.accreditations[0], starts=date(2026, 1, 1)),), by=BY, reason="SK"
    )
    await world.drain()
    assert (await world.standing())["valid"] == {(person, BATCH.id)}


async def test_a_course_used_again_for_the_next_batch_counts_for_each_by_its_dates(world: World) -> None:
    second = replace(BATCH, id="pbj-2", starts=date(2026, 12, 1), ends=date(2026, 12, 31))
    await enter(world, [BATCH, second])
    person = await world.person("sri")
    await world.send(_quiz(1), _course(2), _quiz(3, when="2026-12-10T03:00:00Z"), _course(4, when="2026-12-11T03:00:00Z"))
    await world.drain()
    assert set((await world.standing())["completions"]) == {(person, "pbj-1"), (person, "pbj-2")}
    await world.send(said(5, _UNCOMPLETED, COURSE, "2027-02-01T03:00:00Z"))
    await world.drain()
    assert set((await world.standing())["completions"]) == {(person, "pbj-1")}


async def test_prefixes_and_external_ids_bind_also_what_was_there_before(world: World) -> None:
    await world.provider()
    person = await world.person("sri")
    external = {"definition": {"extensions": {"https://w3id.org/learning-analytics/learning-management-system/external-id": "PBJ-01"}}}
    await world.send(_quiz(1), _course(2) | {"object": {"id": COURSE} | external}, _quiz(3), _course(4, when="2026-11-15T03:00:00Z"))
    await world.drain()
    await world.programme()
    bindings = (Binding("course", "PBJ-01", "external"), Binding("quiz", f"{HOME}/mod/quiz/", "prefix"))
    await world.batch(replace(BATCH, bindings=bindings))
    await world.drain()
    completion = (await world.standing())["completions"][person, BATCH.id]
    assert completion[2] == (_course(2)["id"], _quiz(1)["id"])


async def test_a_statement_that_cannot_be_read_is_parked_and_blocks_nobody(world: World) -> None:
    await enter(world)
    person = await world.person("sri")
    saved = {"title": "jawaban", "conditions": {"a": {"path": ["result", "response"], "op": "eq", "val": "ya"}}}
    await _save_rule(world, "answer", saved)
    await world.batch(replace(BATCH, id="answer-1", rule="answer", bindings=(Binding("any", f"{HOME}/survey"),)))
    await world.send(said(9, COMPLETED, f"{HOME}/survey", result={"response": "x" * 5_000}), _quiz(1), _course(2))
    await world.drain()
    (parked,) = await world.parked()
    assert (parked.kind, parked.id) == ("statement", said(9, COMPLETED, COURSE)["id"])
    assert '["result","response"]' in parked.reason
    assert list((await world.standing())["completions"]) == [(person, BATCH.id)]


async def test_a_person_without_a_name_counts_and_gets_the_certificate_with_the_name(world: World) -> None:
    await enter(world)
    person = await world.person("sri")
    records = world.credentials.records
    profile = await records.get(PROFILES, person)
    assert profile is not None
    await records.commit(Remove(PROFILES, (person,)))
    await world.send(_quiz(1), _course(2))
    await world.drain()
    assert (await world.standing())["valid"] == set()
    assert [one.reason for one in await world.parked()] == ["the person has no name: no certificate can be made out"]
    await records.commit(Put(PROFILES, profile.value), ask_for(person=person))
    await world.drain()
    assert (await world.standing())["valid"] == {(person, BATCH.id)}
    assert await world.parked() == []


async def test_an_event_that_was_decided_to_be_somebody_elses_is_never_counted(world: World) -> None:
    await enter(world)
    person = await world.person("sri")
    await world.send(_quiz(1), _course(2))
    await world.drain()
    excluded = Exclusion(person, BATCH.id, "case-1")
    await world.credentials.records.commit(Put(EXCLUSIONS, excluded), ask_for(person=person, batch=BATCH.id))
    await world.drain()
    assert (await world.standing())["completions"] == {}
    await world.send(_course(3, when="2026-11-13T03:00:00Z"))
    await world.drain()
    assert (await world.standing())["completions"] == {}
    assert await world.rebuilt() == []


async def test_a_change_of_the_batchs_rule_is_looked_at_with_what_the_new_rule_asks_for(world: World) -> None:
    await enter(world)
    person = await world.person("sri")
    await world.send(_course(2), said(3, ANSWERED, QUIZ, result={"response": "ya"}, **_IN_COURSE))
    await world.drain()
    assert (await world.standing())["completions"] == {}
    asked = {"path": ["object", "id"], "op": "eq", "binding": "quiz"}
    answer = {"path": ["result", "response"], "op": "eq", "val": "ya"}
    await _save_rule(world, "answered", {"title": "menjawab", "conditions": {"a": {"and": [asked, answer]}}})
    await world.credentials.register.batches.change(replace(BATCH, rule="answered", history=()), BY, "aturan lain")
    await world.drain()
    assert list((await world.standing())["completions"]) == [(person, BATCH.id)]


async def test_whoever_signs_is_woken_when_there_is_something_to_sign_or_to_revoke(world: World) -> None:
    await enter(world)
    await world.person("sri")
    wake = world.credentials.certificates.issuing.wake
    wake.clear()
    await world.send(_quiz(1))
    await world.drain()
    assert not wake.is_set()
    (course,) = await world.send(_course(2))
    await world.drain()
    assert wake.is_set()
    wake.clear()
    await world.void(course)
    await world.drain()
    assert wake.is_set()


async def test_a_command_goes_on_beside_a_server_that_takes_the_same_pages(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await enter(world)
    person = await world.person("sri")
    await world.drain()
    await world.send(_quiz(1), _course(2))
    server, read, met = Projector(world.credentials.equipment), world.stores.feed.read, 0

    async def late(position: int, limit: int) -> object:
        nonlocal met
        items = await read(position, limit)
        if items and not met:
            met += 1
            assert await server.step() == 2  # between reading and committing
        return items

    monkeypatch.setattr(world.credentials.equipment.feed, "read", late)
    await world.drain()
    assert (met, world.projector.counts["conflicts"]) == (1, 1)
    assert list((await world.standing())["valid"]) == [(person, BATCH.id)]
