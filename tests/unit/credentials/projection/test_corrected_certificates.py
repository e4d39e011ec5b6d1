"""What is printed on a certificate and turns out otherwise is corrected: a new certificate names the old one, which is revoked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest

from credentials.certificate.reservation import Reservation
from credentials.hours.entry import noon
from credentials.ports.records import Put, Remove, scan_all
from credentials.stores.certificates import RESERVATIONS
from credentials.stores.completions import COMPLETIONS
from credentials.stores.corrections import CORRECTIONS, Correction
from credentials.stores.ledger import HOURS, LedgerRecords
from credentials.stores.looks import ask_for
from credentials.stores.people import PROFILES
from tests.support.evidence import BATCH, COMPLETED, COURSE, HOME, PASSED, QUIZ, Members, said
from tests.support.projecting import World, enter, opened_world

_IN_COURSE: Members = {"context": {"contextActivities": {"grouping": [{"id": COURSE}]}}}
_VIEWED = "http://id.tincanapi.com/verb/viewed"


@pytest.fixture(params=["memory", "sqlite"])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    async with opened_world(request.param, tmp_path) as opened:
        yield opened


async def _learnt(world: World) -> str:
    await enter(world)
    person = await world.person("sri")
    passed = {"success": True, "score": {"scaled": 0.9}}
    await world.send(said(1, PASSED, QUIZ, result=passed, **_IN_COURSE), said(2, COMPLETED, COURSE, "2026-11-12T03:00:00Z"))
    await world.drain()
    return person


async def _issues(world: World) -> list[Reservation]:
    return sorted(await scan_all(world.credentials.records, RESERVATIONS), key=lambda one: one.draft.number)


async def _act_before(world: World) -> None:
    """One that makes the first day of learning another."""
    await world.send(said(3, _VIEWED, f"{HOME}/mod/page/view.php?id=1", "2026-11-08T03:00:00Z", **_IN_COURSE))
    await world.drain()


async def test_a_date_that_is_printed_and_turns_out_otherwise_corrects_the_certificate(world: World) -> None:
    person = await _learnt(world)
    await _act_before(world)
    old, new = await _issues(world)
    assert (new.draft.replaces, new.draft.number, new.draft.started_on) == (old.id, 2, date(2026, 11, 8))
    assert await world.valid_certificates() == {new.id}
    (line,) = await LedgerRecords(world.credentials.records).open_credits(person)
    assert line.certificate == new.id
    assert await world.rebuilt() == []


async def test_a_certificate_that_somebody_revoked_is_not_given_back_by_a_new_date(world: World) -> None:
    person = await _learnt(world)
    (old,) = await _issues(world)
    await world.credentials.certificates.reserving.revoke(old.id, "bukti palsu")
    await _act_before(world)
    assert (await _issues(world), await world.valid_certificates()) == ([old], set())
    (line,) = await LedgerRecords(world.credentials.records).open_credits(person)
    assert (line.certificate, line.started_on) == (old.id, date(2026, 11, 8))
    assert await world.rebuilt() == []


async def test_a_certificate_whose_holders_name_was_erased_keeps_it_when_it_is_corrected(world: World) -> None:
    person = await _learnt(world)
    await world.credentials.records.commit(Remove(PROFILES, (person,)))
    await _act_before(world)
    old, new = await _issues(world)
    assert (new.draft.holder, new.draft.replaces) == (old.draft.holder, old.id)
    assert await world.parked() == []


async def test_a_decided_date_holds_whatever_statements_say_and_is_printed(world: World) -> None:
    person, records = await _learnt(world), world.credentials.records
    right = date(2026, 11, 9)
    await records.commit(Put(CORRECTIONS, Correction(person, BATCH.id, right)), ask_for(person, BATCH.id))
    await world.drain()
    (line,) = await LedgerRecords(records).open_credits(person)
    assert (line.completed_on, [day.on for day in line.days]) == (right, [date(2026, 11, 7)])  # the whole course was three days earlier
    old, new = await _issues(world)
    assert (new.draft.learned_on, new.draft.completed, new.draft.replaces) == (right, noon(right), old.id)
    await world.send(said(4, COMPLETED, COURSE, "2026-11-20T03:00:00Z"))
    await world.drain()
    assert [one.id for one in await _issues(world)] == [old.id, new.id]
    assert await world.rebuilt() == []


async def test_days_of_learning_before_the_decided_date_stay_where_they_were(world: World) -> None:
    person, records = await _learnt(world), world.credentials.records
    await records.commit(Put(CORRECTIONS, Correction(person, BATCH.id, date(2026, 11, 11))), ask_for(person, BATCH.id))
    await world.drain()
    (line,) = await LedgerRecords(records).open_credits(person)
    assert (line.completed_on, [day.on for day in line.days]) == (date(2026, 11, 11), [date(2026, 11, 10)])


async def test_a_certificate_that_must_be_issued_anew_is_so_once_and_the_line_answers_the_present_one(world: World) -> None:
    person, records = await _learnt(world), world.credentials.records
    (before,) = await scan_all(records, HOURS)
    for _ in range(2):
        await records.commit(Put(CORRECTIONS, Correction(person, BATCH.id, renewed=1)), ask_for(person, BATCH.id))
        await world.drain()
    old, new = await _issues(world)
    assert await world.valid_certificates() == {new.id}
    assert [one.certificate for one in await scan_all(records, HOURS)] == [before.certificate] == [old.id]  # lines never change
    assert [one.certificate for one in await LedgerRecords(records).lines(person)] == [new.id]
    found = await LedgerRecords(records).line(person, before.id)
    assert found is not None
    assert found.certificate == new.id
    kept = await records.get(COMPLETIONS, person, BATCH.id)
    assert kept is not None
    await records.commit(Remove(COMPLETIONS, (person, BATCH.id)), ask_for(person, BATCH.id))  # found again, not issued anew
    await world.drain()
    assert len(await _issues(world)) == 2
    assert await world.rebuilt() == []
