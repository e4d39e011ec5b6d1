"""The log of decisions."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from credentials.decisions import broken_at
from credentials.ports.records import Insert, Put, Table, scan_all
from credentials.stores.decisions import DECISIONS, DecisionLog
from credentials.stores.memory import MemoryRecords
from lrs.errors import ConflictError
from tests.contracts.records import ONE, Note
from tests.support.clock import SettableClock

_NOTES: Table[Note] = Table("test_note", Note, key=lambda note: (note.owner, note.number))


@pytest.fixture
def log() -> DecisionLog:
    return DecisionLog(MemoryRecords(), SettableClock())


async def test_a_decision_and_what_it_changes_are_one_commit(log: DecisionLog) -> None:
    await log.append(Insert(_NOTES, ONE), actor="administrator:rini", kind="note.made", subject="note:1", reason="perlu")
    with pytest.raises(ConflictError):
        await log.append(Insert(_NOTES, ONE), actor="administrator:rini", kind="note.made", subject="note:1")
    assert [one.number for one in await log.read(0, 10)] == [1]
    assert await scan_all(log.records, _NOTES) == [ONE]


async def test_numbers_have_no_gap_whoever_appends_at_once(log: DecisionLog) -> None:
    other = DecisionLog(log.records, log.clock)
    await asyncio.gather(*(one.append(actor="system", kind="x", subject=f"s:{n}") for n in range(20) for one in (log, other)))
    assert [one.number for one in await log.read(0, 100)] == list(range(1, 41))
    assert broken_at(await log.read(0, 1_000)) is None
    assert [one.number for one in (await log.about("s:3")).values] == sorted(
        (one.number for one in await log.read(0, 100) if one.subject == "s:3"), reverse=True
    )


@pytest.mark.parametrize("change", [{"reason": "lain"}, {"at": 1}, {"content": {"jp": 9}}, {"actor": "system2"}])
async def test_a_changed_line_breaks_the_chain(log: DecisionLog, change: dict[str, object]) -> None:
    for number in range(3):
        await log.append(actor="system", kind="x", subject=f"s:{number}")
    second = (await log.read(1, 1))[0]
    await log.records.commit(Put(DECISIONS, replace(second, **change)))  # type: ignore[arg-type]  # the point is that anything changed
    assert broken_at(await log.read(0, 1_000)) == 2
