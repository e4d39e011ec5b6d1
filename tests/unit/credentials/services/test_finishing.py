"""Completions whose certificate is due are looked at, also after the store was out of reach, and however many there are."""

from __future__ import annotations

import asyncio
import logging
from datetime import date

import pytest

from credentials.ports.records import Put, Write, scan_all
from credentials.services.finishing import Finishing
from credentials.stores.completions import COMPLETIONS, Completion
from credentials.stores.looks import LOOKS
from credentials.stores.memory import MemoryRecords
from lrs.errors import StoreUnavailableError
from tests.support.clock import START, SettableClock


def _waiting(person: str, due: int) -> Completion:
    day = date(2026, 11, 3)
    return Completion(person, "ncn", "balai", "p", 1, "open", 1, day, (), (), certificate_due=due)


class _Broken(MemoryRecords):
    """Out of reach once; `told` when somebody has written after that."""

    def __init__(self) -> None:
        super().__init__()
        self.broken, self.told = False, asyncio.Event()

    async def commit(self, *writes: Write) -> None:
        if self.broken:
            self.broken = False
            raise StoreUnavailableError("no route to the store")
        await super().commit(*writes)
        self.told.set()


async def test_those_that_are_due_are_asked_for_page_by_page_and_no_other() -> None:
    records = MemoryRecords()
    due = [Put(COMPLETIONS, _waiting(f"p{number:04}", START - number)) for number in range(1_001)]
    await records.commit(*due, Put(COMPLETIONS, _waiting("later", START + 10**9)), Put(COMPLETIONS, _waiting("never", 0)))
    assert await Finishing(records, SettableClock()).settle() == 1_001
    assert {one.person for one in await scan_all(records, LOOKS)} == {f"p{number:04}" for number in range(1_001)}


async def test_it_goes_on_after_the_store_was_out_of_reach(caplog: pytest.LogCaptureFixture) -> None:
    records = _Broken()
    await records.commit(Put(COMPLETIONS, _waiting("p1", START)))
    records.told.clear()
    records.broken = True
    with caplog.at_level(logging.WARNING, logger="jejak.finishing"):
        running = asyncio.create_task(Finishing(records, SettableClock(), seconds=0.0).run())
        await records.told.wait()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert [one.person for one in await scan_all(records, LOOKS)] == ["p1"]
    assert "out of reach" in caplog.text
