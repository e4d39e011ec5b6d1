"""The ledger of hours on records."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from credentials.hours import reversal
from credentials.ports import Records
from credentials.ports.records import scan_all
from credentials.stores.ledger import DUE, HOURS, LedgerRecords
from tests.support.hours import PERSON, abroad, line
from tests.support.records import ENGINES, opened_records

_LINE = abroad(16, 8, "2026-05-03", "2026-05-04*2", claimed=9, minutes=370, flags=("late",), decided_by="7", reason="ada bukti")


@pytest.fixture(params=ENGINES)
async def records(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Records]:
    async with opened_records(request.param, tmp_path) as opened:
        yield opened


async def test_a_line_comes_back_as_it_went_in_and_is_added_once(records: Records) -> None:
    ledger = LedgerRecords(records)
    for _ in range(2):
        await records.commit(*ledger.writes(_LINE))
    assert await ledger.lines(PERSON) == [_LINE]
    assert await ledger.line(PERSON, _LINE.id) == _LINE
    assert await ledger.line("somebody", _LINE.id) is None


async def test_a_line_of_another_content_under_a_known_id_changes_nothing(records: Records) -> None:
    ledger = LedgerRecords(records)
    await records.commit(*ledger.writes(_LINE))
    await records.commit(*ledger.writes(line(3, 100, "2026-05-03", id=_LINE.id)))
    assert await ledger.lines(PERSON) == [_LINE]


async def test_a_reversed_credit_is_open_no_more(records: Records) -> None:
    ledger, other = LedgerRecords(records), line(3, 8, "2026-05-03", id="other")
    await records.commit(*ledger.writes(_LINE), *ledger.writes(other))
    await records.commit(*ledger.writes(reversal(_LINE, id="r", recorded_at=9, reason="void")))
    assert await ledger.open_credits(PERSON) == [other]
    assert len(await ledger.lines(PERSON)) == 3


async def test_every_line_asks_for_the_persons_figures(records: Records) -> None:
    await records.commit(*LedgerRecords.writes(_LINE))
    await records.commit(*LedgerRecords.writes(_LINE), *LedgerRecords.writes(reversal(_LINE, id="r", recorded_at=9, reason="void")))
    assert [one.cause for one in await scan_all(records, DUE)] == [f"line:{_LINE.id}", "line:r"]
    assert await scan_all(records, HOURS, "batch", (_LINE.batch,)) == await LedgerRecords(records).lines(PERSON)
