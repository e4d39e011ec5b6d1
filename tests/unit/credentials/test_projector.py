"""The projector over stores in memory: at least once in, exactly once out; one completion that cannot be issued stops nobody else's."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import timedelta

import pytest

from credentials.errors import KeyUnsealError
from credentials.keys import Derived, IssuerKeys
from credentials.model import Candidate
from credentials.services.evidence import Evidence
from credentials.services.issue import Issuing
from credentials.services.projector import CONSUMER, Projector
from credentials.stores.memory import MemoryCredentials
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
        self.projector = self.another(server_key)
        self._count = 0

    def another(self, server_key: bytes) -> Projector:
        derived = Derived(server_key)
        keys = IssuerKeys(self.credentials, derived, self.clock, "https://jejak.test")
        issuing = Issuing(self.stores.clients, keys, derived, self.clock, "https://jejak.test")
        return Projector(self.stores.feed, self.credentials, Evidence(self.stores.statements), issuing)

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

    async def issued(self) -> set[str]:
        return {one.person for one in await self.credentials.certificates(BATCH.id)}


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
    before = await world.credentials.certificates(BATCH.id)
    await world.stores.feed.advance(CONSUMER, 0, expected=await world.stores.feed.checkpoint(CONSUMER))
    await world.projector.step()
    assert await world.credentials.certificates(BATCH.id) == before


async def test_two_projectors_at_once_issue_once() -> None:
    world = _World()
    await world.enter(1, 2, 3)
    for number in (1, 2, 3):
        await world.learnt(number)
    other = world.another(b"k" * 32)
    outcomes = await asyncio.gather(world.projector.step(), other.step(), return_exceptions=True)
    assert all(outcome == 6 or isinstance(outcome, ConflictError) for outcome in outcomes)
    assert await world.issued() == {"person-1", "person-2", "person-3"}
    assert len(await world.credentials.certificates(BATCH.id)) == 3


async def test_another_providers_statement_is_seen_and_is_no_evidence() -> None:
    world = _World()
    await world.enter(1)
    await world.learnt(1, provider="lain")
    assert await world.projector.step() == 2
    assert await world.issued() == set()


async def test_what_cannot_be_issued_is_kept_for_later_and_stops_nobody(caplog: pytest.LogCaptureFixture) -> None:
    world = _World()
    await world.enter(1)
    second = replace(BATCH, id="lain-1", provider="lain", bindings=BATCH.bindings)
    await world.stores.clients.add_provider(Provider("lain", "Balai Lain"))
    await world.credentials.add_programme(replace(PROGRAMME, id="lain"))
    await world.credentials.add_batch(replace(second, programme="lain"))
    await world.credentials.add_person(replace(person(2, "lain"), name="Nama Rahasia"))
    await world.projector.settle()
    foreign = IssuerKeys(world.credentials, Derived(b"x" * 32), world.clock, "https://jejak.test")
    await foreign.signers("lain")  # sealed with a key file that is not this server's
    await world.learnt(2, provider="lain")
    await world.learnt(1)
    with caplog.at_level(logging.ERROR):
        assert await world.projector.step() == 4
    assert await world.issued() == {"person-1"}
    assert await world.credentials.asked() == [Candidate("person-2", "lain-1")]
    assert "another server key" in caplog.text
    assert "Nama Rahasia" not in caplog.text
    await world.another(b"x" * 32).settle()  # the right key file is back
    assert [one.person for one in await world.credentials.certificates("lain-1")] == ["person-2"]
    assert await world.credentials.asked() == []


async def test_a_key_opens_only_with_its_server_key_and_in_its_place() -> None:
    world = _World()
    await world.stores.clients.add_provider(Provider(PROVIDER, "Balai Contoh"))
    keys = IssuerKeys(world.credentials, Derived(b"k" * 32), world.clock, "https://jejak.test")
    first = await keys.signers(PROVIDER)
    assert (await keys.signers(PROVIDER)).token.sign(b"x") != b""
    assert first.data_integrity.method == "did:web:jejak.test:issuers:balai#ed25519-1"
    moved = tuple(replace(key, provider="lain") for key in await world.credentials.keys(PROVIDER))
    await world.credentials.add_first_keys("lain", moved)
    with pytest.raises(KeyUnsealError):
        await keys.signers("lain")


@pytest.mark.parametrize(
    ("url", "did"),
    [
        ("https://jejak.contoh.go.id", "did:web:jejak.contoh.go.id:issuers:balai"),
        ("https://Jejak.contoh.go.id:8443/", "did:web:jejak.contoh.go.id%3A8443:issuers:balai"),
        ("https://contoh.go.id/jejak/", "did:web:contoh.go.id:jejak:issuers:balai"),
        ("http://127.0.0.1:8000", "did:web:localhost%3A8000:issuers:balai"),
    ],
)
def test_an_issuers_did_follows_from_the_public_address(url: str, did: str) -> None:
    assert IssuerKeys(MemoryCredentials(), Derived(b"k" * 32), SettableClock(), url).did("balai") == did
