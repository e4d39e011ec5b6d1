"""A coaching has one certificate, made when it is over: sessions that are confirmed one after the other add hours and correct nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.catalogue.model import Binding
from credentials.certificate.reservation import Draft, Reservation
from credentials.hours.entry import HoursEntry
from credentials.ports.records import Put, Remove, scan_all
from credentials.services.explaining import Explaining
from credentials.services.projection.sessions import QUIET
from credentials.stores.certificates import RESERVATIONS
from credentials.stores.completions import COMPLETIONS, Completion
from credentials.stores.corrections import CORRECTIONS, Correction
from credentials.stores.ledger import HOURS, LedgerRecords
from credentials.stores.looks import ask_for
from credentials.stores.people import PROFILES
from tests.support.clock import START
from tests.support.evidence import ATTENDED, BATCH, HOME, PROGRAMME, Members, said
from tests.support.projecting import BY, World, opened_world

_DAY = 86_400_000_000
_COACHING = replace(BATCH, rule="coaching-session", bindings=(Binding("session", f"{HOME}/sesi", "prefix"),))
_OVER = START + 6 * _DAY + 11 * 3_600_000_000  # 2026-11-30T17:00:00Z: the last day of the batch ends in its zone


@dataclass(slots=True)
class Coaching:
    """One learner's."""

    world: World
    person: str

    async def confirmed(self, *days: int) -> None:
        """A session of each of these days of November, confirmed one after the other."""
        for day in days:
            await self.world.send(_session(day))
            await self.world.drain()

    async def pass_to(self, moment: int) -> None:
        """What waits for that moment is done."""
        self.world.clock.set(moment)
        await self.world.credentials.certificates.finishing.settle()
        await self.world.drain()

    async def issues(self) -> list[Reservation]:
        return sorted(await scan_all(self.world.credentials.records, RESERVATIONS), key=lambda one: one.draft.number)

    async def drafts(self) -> list[Draft]:
        return [one.draft for one in await self.issues()]

    async def line(self) -> HoursEntry:
        (line,) = await LedgerRecords(self.world.credentials.records).open_credits(self.person)
        return line

    async def sessions(self) -> int:
        return sum(day.sessions for day in (await self.line()).days)

    async def told_due(self) -> object:
        """What the explanation says of when there will be one."""
        standing = (await Explaining(self.world.credentials.equipment).explain(self.person, _COACHING.id))["standing"]
        assert isinstance(standing, dict)
        return standing["certificate_due"]

    async def valid(self) -> str:
        """The one that is valid; it is what completion and line name."""
        (valid,) = await self.world.valid_certificates()
        assert valid == (await self.completion()).certificate == (await self.line()).certificate
        return valid

    async def completion(self) -> Completion:
        kept = await self.world.credentials.records.get(COMPLETIONS, self.person, _COACHING.id)
        assert kept is not None
        return kept.value


def _session(day: int) -> Members:
    return said(day, ATTENDED, f"{HOME}/sesi/{day}", f"2026-11-{day:02d}T03:00:00Z")


def _printed(draft: Draft) -> tuple[date, date, int]:
    return draft.started_on, draft.learned_on, len(draft.statements)


def _november(day: int) -> date:
    return date(2026, 11, day)


async def _begun(world: World) -> Coaching:
    await world.provider()
    await world.programme(replace(PROGRAMME, channel=14))
    await world.batch(_COACHING)
    return Coaching(world, await world.person("sri"))


@pytest.fixture(params=["memory", "sqlite"])
async def coaching(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Coaching]:
    async with opened_world(request.param, tmp_path) as opened:
        yield await _begun(opened)


async def test_ten_sessions_count_one_by_one_and_have_one_certificate_when_the_coaching_is_over(coaching: Coaching) -> None:
    for count, day in enumerate(range(2, 12), 1):
        await coaching.confirmed(day)
        assert (await coaching.sessions(), await coaching.issues()) == (count, [])
    await coaching.pass_to(_OVER + QUIET - 1_000_000)
    assert await coaching.issues() == []  # the last may still be confirmed
    assert await coaching.told_due() == "2026-12-14T17:00:00.000000Z"
    assert await coaching.world.rebuilt() == []
    await coaching.pass_to(_OVER + QUIET)
    (draft,) = await coaching.drafts()
    assert _printed(draft) == (_november(2), _november(11), 10)
    assert (draft.number, draft.replaces, (await coaching.completion()).certificate_due) == (1, "", 0)
    await coaching.valid()
    assert await coaching.told_due() is None
    assert len([one for one in await scan_all(coaching.world.credentials.records, HOURS) if one.kind == "credit"]) == 10
    assert await coaching.world.rebuilt() == []


async def test_a_session_voided_while_it_lasts_is_on_no_certificate(coaching: Coaching) -> None:
    await coaching.confirmed(3, 10, 17)
    await coaching.world.void(_session(3)["id"])
    await coaching.world.drain()
    await coaching.pass_to(_OVER + QUIET)
    (draft,) = await coaching.drafts()
    assert _printed(draft) == (_november(10), _november(17), 2)


@pytest.mark.parametrize(
    ("voided", "printed"),
    [(3, (_november(10), _november(17), 2)), (10, (_november(3), _november(17), 2)), (17, (_november(3), _november(10), 2))],
)
async def test_a_session_voided_afterwards_corrects_the_certificate_once_and_at_once(
    coaching: Coaching, voided: int, printed: tuple[date, date, int]
) -> None:
    await coaching.confirmed(3, 10, 17)
    await coaching.pass_to(_OVER + QUIET)
    await coaching.world.void(_session(voided)["id"])
    await coaching.world.drain()
    old, new = await coaching.issues()
    assert (new.draft.replaces, _printed(new.draft), await coaching.valid()) == (old.id, printed, new.id)
    await coaching.pass_to(_OVER + 3 * QUIET)
    assert len(await coaching.issues()) == 2
    assert await coaching.world.rebuilt() == []


async def test_when_every_session_is_voided_the_certificate_is_revoked_and_sessions_of_later_get_another_one(coaching: Coaching) -> None:
    await coaching.confirmed(3)
    await coaching.pass_to(_OVER + QUIET)
    await coaching.world.void(_session(3)["id"])
    await coaching.world.drain()
    assert await coaching.world.valid_certificates() == set()
    assert ((await coaching.completion()).state, (await coaching.completion()).certificate_due) == ("closed", 0)
    await coaching.confirmed(4)
    assert await coaching.world.valid_certificates() == set()
    await coaching.world.credentials.records.commit(Remove(COMPLETIONS, (coaching.person, _COACHING.id)), ask_for(coaching.person))
    await coaching.world.drain()  # what waits is found again as waiting
    assert (await coaching.completion()).certificate == ""
    await coaching.pass_to(_OVER + 3 * QUIET)
    assert [one.number for one in await coaching.drafts()] == [1, 2]
    await coaching.valid()


async def test_sessions_confirmed_late_add_hours_at_once_and_correct_the_certificate_once_in_the_end(coaching: Coaching) -> None:
    await coaching.confirmed(10, 11)
    await coaching.pass_to(_OVER + QUIET)
    first = await coaching.valid()
    await coaching.confirmed(12, 13, 9, 8, 14, 7)
    assert (await coaching.sessions(), await coaching.valid()) == (8, first)
    assert await coaching.world.rebuilt() == []
    await coaching.pass_to(_OVER + 3 * QUIET)
    old, new = await coaching.drafts()
    assert (_printed(old), _printed(new)) == ((_november(10), _november(11), 2), (_november(7), _november(14), 8))
    await coaching.valid()


async def test_a_late_session_between_the_first_and_the_last_corrects_nothing(coaching: Coaching) -> None:
    await coaching.confirmed(3, 17)
    await coaching.pass_to(_OVER + QUIET)
    await coaching.confirmed(10)
    await coaching.pass_to(_OVER + 3 * QUIET)
    assert (len(await coaching.issues()), await coaching.sessions()) == (1, 3)


async def test_a_session_that_is_sent_again_corrects_nothing(coaching: Coaching) -> None:
    await coaching.confirmed(3, 17)
    await coaching.pass_to(_OVER + QUIET)
    await coaching.world.send({name: value for name, value in _session(3).items() if name != "id"})
    await coaching.world.send(_session(3) | {"id": "00000000-0000-4000-8000-000000000000"})  # comes before it by its id
    await coaching.pass_to(_OVER + 3 * QUIET)
    assert (len(await coaching.issues()), await coaching.sessions()) == (1, 2)
    assert await coaching.world.rebuilt() == []


async def test_a_batch_that_is_closed_is_over_and_one_that_is_prolonged_is_not(coaching: Coaching) -> None:
    await coaching.confirmed(3, 10)
    batches = coaching.world.credentials.register.batches
    found = await batches.found(_COACHING.id)
    await batches.change(replace(found, ends=date(2027, 3, 31)), BY)
    await coaching.pass_to(_OVER + QUIET)
    assert await coaching.issues() == []
    await batches.move(_COACHING.id, "closed", by=BY, reason="selesai", since=date(2026, 12, 27))
    await coaching.world.drain()
    await coaching.pass_to(_OVER + 26 * _DAY + QUIET - 1_000_000)
    assert await coaching.issues() == []
    await coaching.pass_to(_OVER + 26 * _DAY + QUIET)
    (draft,) = await coaching.drafts()
    assert _printed(draft) == (_november(3), _november(10), 2)


async def test_a_certificate_that_somebody_revoked_is_not_given_back_by_a_session(coaching: Coaching) -> None:
    await coaching.confirmed(10)
    await coaching.pass_to(_OVER + QUIET)
    (issue,) = await coaching.issues()
    await coaching.world.credentials.certificates.reserving.revoke(issue.id, "bukti palsu")
    await coaching.confirmed(3, 17)
    await coaching.pass_to(_OVER + 3 * QUIET)
    assert (await coaching.issues(), await coaching.world.valid_certificates(), await coaching.sessions()) == ([issue], set(), 3)
    assert await coaching.world.rebuilt() == []


async def test_an_upheld_objection_corrects_at_once(coaching: Coaching) -> None:
    await coaching.confirmed(10, 17)
    await coaching.pass_to(_OVER + QUIET)
    records, pair = coaching.world.credentials.records, (coaching.person, _COACHING.id)
    await records.commit(Put(CORRECTIONS, Correction(*pair, _november(18))), ask_for(*pair))
    await coaching.world.drain()
    await records.commit(Put(CORRECTIONS, Correction(*pair, _november(18), renewed=2)), ask_for(*pair))
    await coaching.world.drain()
    assert [_printed(one)[1] for one in await coaching.drafts()] == [_november(17), _november(18), _november(18)]
    await coaching.valid()


async def test_what_was_lost_is_found_again_with_its_certificate(coaching: Coaching) -> None:
    await coaching.confirmed(10)
    await coaching.pass_to(_OVER + QUIET)
    before = await coaching.valid()
    await coaching.world.credentials.records.commit(Remove(COMPLETIONS, (coaching.person, _COACHING.id)), ask_for(coaching.person))
    await coaching.world.drain()
    assert (await coaching.valid(), len(await coaching.issues())) == (before, 1)
    assert await coaching.world.rebuilt() == []


async def test_who_has_no_name_when_it_is_due_gets_it_with_the_name_and_the_line_answers_it(coaching: Coaching) -> None:
    records = coaching.world.credentials.records
    profile = await records.get(PROFILES, coaching.person)
    assert profile is not None
    await records.commit(Remove(PROFILES, (coaching.person,)))
    await coaching.confirmed(10)
    await coaching.pass_to(_OVER + QUIET)
    assert await coaching.issues() == []
    await records.commit(Put(PROFILES, profile.value), ask_for(coaching.person))
    await coaching.world.drain()
    assert len(await coaching.issues()) == 1
    await coaching.valid()


_days = st.permutations([2, 5, 9, 13, 20])


@given(days=_days, voided=st.sets(st.sampled_from([2, 5, 9, 13, 20]), max_size=3), breaks=st.lists(st.integers(0, 40), max_size=5))
@settings(max_examples=30, deadline=None)
def test_whatever_the_order_and_the_time_of_arrival_the_certificate_says_the_same_in_the_end(
    days: Sequence[int], voided: set[int], breaks: list[int]
) -> None:
    async def told() -> tuple[date, date, int]:
        async with opened_world("memory", Path()) as world:
            coaching = await _begun(world)
            now = START
            for place, day in enumerate(days):
                await coaching.confirmed(day)
                now += (breaks[place] if place < len(breaks) else 0) * _DAY
                await coaching.pass_to(now)
                assert await world.rebuilt() == []
            for day in sorted(voided):
                await world.void(_session(day)["id"])
                await coaching.pass_to(now)
            await coaching.pass_to(now + _OVER - START + 2 * QUIET)
            assert await world.rebuilt() == []
            valid = await coaching.valid()
            (draft,) = [one.draft for one in await coaching.issues() if one.id == valid]
            return _printed(draft)[0], _printed(draft)[1], await coaching.sessions()

    left = sorted(set(days) - voided)
    assert asyncio.run(told()) == (_november(left[0]), _november(left[-1]), len(left))
