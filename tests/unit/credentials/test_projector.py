"""The projector over stores in memory: at least once in, exactly once out."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from credentials.certificate.reservation import Reservation
from credentials.keys import Derived
from credentials.ports.records import scan_all
from credentials.services.awarding import Awarding
from credentials.services.evidence import Evidence
from credentials.services.projector import CONSUMER, Projector
from credentials.services.reserving import Reserving
from credentials.stores.certificates import RESERVATIONS
from credentials.stores.memory import MemoryCredentials, MemoryRecords
from lrs.clock import to_datetime
from lrs.errors import ConflictError
from lrs.ports import Batch as StatementBatch
from lrs.ports import NewStatement, Provider, Stores, account_term, activity_term
from lrs.stores.memory import memory_stores
from tests.support.clock import START, SettableClock
from tests.support.learning import BATCH, COURSE, HOME, PROGRAMME, PROVIDER, QUIZ, person

_COMPLETED = "http://adlnet.gov/expapi/verbs/completed"
_WHEN = (to_datetime(START) - timedelta(days=1)).isoformat()


class _World:
    """Stores, a projector over them, and a programme."""

    def __init__(self, server_key: bytes = b"k" * 32) -> None:
        self.clock = SettableClock()
        self.stores: Stores = memory_stores(self.clock)
        self.credentials = MemoryCredentials()
        self.records = MemoryRecords()
        self.projector = self.another(server_key)
        self._count = 0

    def another(self, server_key: bytes) -> Projector:
        awarding = Awarding(self.credentials, Reserving(self.records, Derived(server_key), self.clock), self.clock)
        return Projector(self.stores.feed, self.credentials, Evidence(self.stores.statements), awarding)

    async def enter(self, *people: int) -> None:
        await self.stores.clients.add_provider(Provider(PROVIDER, "Balai Contoh"))
        await self.credentials.add_programme(PROGRAMME)
        await self.credentials.add_batch(BATCH)
        for number in people:
            await self.credentials.add_person(person(number))
        await self.projector.settle()

    async def learnt(self, number: int, *, provider: str = PROVIDER) -> None:
        """Both conditions, in two batches."""
        await self.stores.statements.put(self._said(number, QUIZ, ',"result":{"success":true}', provider))
        await self.stores.statements.put(self._said(number, COURSE, "", provider))

    def _said(self, number: int, activity: str, more: str, provider: str) -> StatementBatch:
        self._count += 1
        key = f"00000000-0000-4000-8000-{self._count:012d}"
        head = (
            f'{{"id":"{key}","actor":{{"account":{{"homePage":"{HOME}","name":"user-{number}"}}}},"verb":{{"id":"{_COMPLETED}"}},'
            f'"object":{{"id":"{activity}"}},"timestamp":"{_WHEN}"{more}'
        )
        terms = (account_term(HOME, f"user-{number}"), activity_term(activity))
        return StatementBatch(provider, "moodle", (NewStatement(key, head.encode(), False, terms),))

    async def reserved(self) -> list[Reservation]:
        return await scan_all(self.records, RESERVATIONS, "holder", (BATCH.id,))

    async def issued(self) -> set[str]:
        return {one.draft.person for one in await self.reserved()}


async def test_whoever_satisfies_the_rule_gets_one_certificate_and_one_line_of_hours() -> None:
    world = _World()
    await world.enter(1, 2)
    await world.learnt(1)
    assert await world.projector.step() == 2
    assert await world.issued() == {"person-1"}
    assert [entry.approved for entry in await world.credentials.entries("person-1")] == [8]
    assert await world.projector.step() == 0


async def test_a_feed_that_is_read_again_from_the_beginning_changes_nothing() -> None:
    world = _World()
    await world.enter(1)
    await world.learnt(1)
    await world.projector.step()
    before = await world.reserved()
    await world.stores.feed.advance(CONSUMER, 0, expected=await world.stores.feed.checkpoint(CONSUMER))
    await world.projector.step()
    assert await world.reserved() == before


async def test_two_projectors_at_once_issue_once() -> None:
    world = _World()
    await world.enter(1, 2, 3)
    for number in (1, 2, 3):
        await world.learnt(number)
    other = world.another(b"k" * 32)
    outcomes = await asyncio.gather(world.projector.step(), other.step(), return_exceptions=True)
    assert all(outcome in (0, 6) or isinstance(outcome, ConflictError) for outcome in outcomes)
    assert await world.issued() == {"person-1", "person-2", "person-3"}
    assert len(await world.reserved()) == 3


async def test_another_providers_statement_is_seen_and_is_no_evidence() -> None:
    world = _World()
    await world.enter(1)
    await world.learnt(1, provider="lain")
    assert await world.projector.step() == 2
    assert await world.issued() == set()
