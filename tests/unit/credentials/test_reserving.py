"""Reserving certificates and changing their status: once, whoever asks and however often; places never shared; a full list ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from credentials.certificate import status
from credentials.certificate.reservation import Draft
from credentials.certificate.status import ENTRIES
from credentials.keys import Derived
from credentials.ports.records import Insert, Put, Records, scan_all
from credentials.services.places import StatusPlaces
from credentials.services.reserving import Reserving
from credentials.stores.certificates import EVENTS, LISTS_DUE, PENDING, PLACES, RESERVATIONS, STATUS_LISTS, PlaceTaken, StatusList
from lrs.errors import ConflictError, NotFoundError
from tests.support.clock import SettableClock
from tests.support.records import ENGINES, opened_records

_DERIVED = Derived(b"k" * 32)
DRAFT = Draft(
    provider="balai",
    person="person-1",
    programme="pbj",
    version=1,
    batch="pbj-1",
    number=1,
    holder="Ni Luh Sekar, S.Kom.",
    jp=8,
    started_on=date(2026, 11, 3),
    completed=1_795_143_600_000_000,
    learned_on=date(2026, 11, 20),
    statements=("00000000-0000-4000-8000-000000000001",),
)


@pytest.fixture(params=ENGINES)
async def records(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Records]:
    async with opened_records(request.param, tmp_path) as opened:
        yield opened


def _reserving(records: Records) -> Reserving:
    return Reserving(records, _DERIVED, SettableClock())


async def test_a_certificate_is_reserved_once(records: Records) -> None:
    one = await _reserving(records).reserve(DRAFT)
    assert one is not None
    assert one.reserved % 1_000_000 == 0
    assert await _reserving(records).reserve(DRAFT) is None
    assert await scan_all(records, RESERVATIONS) == [one]
    assert [waiting.certificate for waiting in await scan_all(records, PENDING)] == [one.id]


async def test_of_many_who_reserve_the_same_at_once_one_does(records: Records) -> None:
    others = [_reserving(records) for _ in range(10)]
    done = await asyncio.gather(*(one.reserve(DRAFT) for one in others))
    assert sum(one is not None for one in done) == 1
    assert len(await scan_all(records, RESERVATIONS)) == 1


async def test_no_place_is_given_twice_and_places_are_out_of_order(records: Records) -> None:
    several = [_reserving(records) for _ in range(4)]
    drafts = [replace(DRAFT, person=f"person-{number}") for number in range(200)]
    done = await asyncio.gather(*(several[number % 4].reserve(draft) for number, draft in enumerate(drafts)))
    places = [one.place for one in done if one is not None]
    assert len({(place.list, place.index) for place in places}) == len(places) == 200
    indexes = [place.index for place in places]
    assert indexes != sorted(indexes)
    assert all(0 <= index < ENTRIES for index in indexes)
    assert len({index * 8 // ENTRIES for index in indexes}) == 8


async def test_a_place_that_is_taken_is_passed_over(records: Records) -> None:
    first = await StatusPlaces(records, _DERIVED).choose("balai", _reserving(records).certificate_id(DRAFT), 0)
    await records.commit(Insert(PLACES, PlaceTaken("balai", first.list, first.index, "other")))
    one = await _reserving(records).reserve(DRAFT)
    assert one is not None
    assert one.place.list == first.list
    assert one.place.index != first.index


async def test_a_new_list_is_begun_when_one_is_half_full(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("credentials.services.places.MOST_TAKEN", 5)
    reserving = _reserving(records)
    for number in range(12):
        await reserving.reserve(replace(DRAFT, person=f"person-{number}"))
    taken = [place.list for place in await scan_all(records, PLACES)]
    assert {number: taken.count(number) for number in set(taken)} == {1: 5, 2: 5, 3: 2}
    assert [one.number for one in await scan_all(records, STATUS_LISTS)] == [1, 2, 3]
    again = await _reserving(records).reserve(replace(DRAFT, person="person-99"))
    assert again is not None
    assert again.place.list == 3


def test_half_of_a_list_is_taken_at_most() -> None:
    assert status.MOST_TAKEN == 65_536


async def test_two_issuers_have_lists_of_their_own(records: Records) -> None:
    reserving = _reserving(records)
    await reserving.reserve(DRAFT)
    await reserving.reserve(replace(DRAFT, provider="lain", batch="lain-1"))
    assert {(one.provider, one.number) for one in await scan_all(records, STATUS_LISTS)} == {("balai", 1), ("lain", 1)}


async def test_what_is_written_with_a_reservation_is_written_whole_or_not_at_all(records: Records) -> None:
    also = StatusList("beside", 1, 0)
    await records.commit(Insert(STATUS_LISTS, also))
    with pytest.raises(ConflictError):
        await _reserving(records).reserve(DRAFT, [Insert(STATUS_LISTS, also)])
    assert await scan_all(records, RESERVATIONS) == []
    await _reserving(records).reserve(DRAFT, [Put(STATUS_LISTS, replace(also, opened=7))])
    kept = await records.get(STATUS_LISTS, "beside", 1)
    assert kept is not None
    assert kept.value.opened == 7


async def test_the_id_is_another_for_every_issue_and_batch_and_the_same_each_time(records: Records) -> None:
    reserving = _reserving(records)
    drafts = [DRAFT, replace(DRAFT, number=2), replace(DRAFT, batch="pbj-2"), replace(DRAFT, version=2), replace(DRAFT, person="person-2")]
    ids = [reserving.certificate_id(draft) for draft in drafts]
    assert len(set(ids)) == len(ids)
    assert ids == [_reserving(records).certificate_id(draft) for draft in drafts]
    assert reserving.certificate_id(replace(DRAFT, holder="Nama Lain", jp=9)) == ids[0]


async def test_a_certificate_is_revoked_once_and_its_list_is_due(records: Records) -> None:
    reserving = _reserving(records)
    one = await reserving.reserve(DRAFT)
    assert one is not None
    assert await reserving.revoke(one.id, "bukti dibatalkan", by="dewi")
    assert not await reserving.revoke(one.id, "sekali lagi")
    issue = await reserving.issue(one.id)
    assert issue is not None
    assert issue.revoked > one.reserved
    assert [(event.what, event.reason, event.by) for event in await scan_all(records, EVENTS)] == [("revoked", "bukti dibatalkan", "dewi")]
    assert [(due.provider, due.list, due.purpose) for due in await scan_all(records, LISTS_DUE)] == [("balai", 1, "revocation")]
    revoked = await scan_all(records, PLACES, "revoked", ("balai", 1))
    assert [place.index for place in revoked] == [one.place.index]


async def test_suspension_is_taken_back_and_revocation_is_not(records: Records) -> None:
    reserving = _reserving(records)
    one = await reserving.reserve(DRAFT)
    assert one is not None
    assert not await reserving.reinstate(one.id, "belum ditangguhkan")
    assert await reserving.suspend(one.id, "pemeriksaan")
    assert not await reserving.suspend(one.id, "pemeriksaan")
    assert await scan_all(records, PLACES, "suspended") != []
    assert await reserving.reinstate(one.id, "selesai")
    assert await scan_all(records, PLACES, "suspended") == []
    issue = await reserving.issue(one.id)
    assert issue is not None
    assert (issue.revoked, issue.suspended) == (0, 0)


async def test_those_who_revoke_and_suspend_at_once_both_do(records: Records) -> None:
    reserving = _reserving(records)
    one = await reserving.reserve(DRAFT)
    assert one is not None
    done = await asyncio.gather(*(change(one.id, "x") for change in [reserving.revoke, reserving.suspend] * 4))
    assert done.count(True) == 2
    issue = await reserving.issue(one.id)
    assert issue is not None
    assert issue.revoked
    assert issue.suspended


async def test_the_latest_issue_is_the_one_with_the_greatest_number(records: Records) -> None:
    reserving = _reserving(records)
    assert await reserving.latest("pbj-1", "person-1") is None
    first = await reserving.reserve(DRAFT)
    assert first is not None
    await reserving.revoke(first.id, "salah nama")
    second = await reserving.reserve(replace(DRAFT, number=2, replaces=first.id))
    latest = await reserving.latest("pbj-1", "person-1")
    assert latest is not None
    assert latest.reservation == second
    assert not latest.revoked


async def test_a_correction_takes_the_old_ones_place_in_one_commit(records: Records) -> None:
    reserving = _reserving(records)
    first = await reserving.reserve(DRAFT)
    assert first is not None
    second = await reserving.reserve(replace(DRAFT, number=2, replaces=first.id), await reserving.revocation(first.id, "nama diperbaiki"))
    assert second is not None
    old, new = await reserving.issue(first.id), await reserving.issue(second.id)
    assert old is not None
    assert new is not None
    assert old.revoked
    assert not new.revoked


@pytest.mark.parametrize("change", ["revoke", "suspend", "reinstate"])
async def test_what_was_never_issued_is_not_found(records: Records, change: str) -> None:
    with pytest.raises(NotFoundError):
        await getattr(_reserving(records), change)("nothing", "x")
