"""Storing: whole or not at all, ids, `stored`, bytes."""

from __future__ import annotations

import asyncio
import random

import pytest
from msgspec.structs import replace

from lrs.clock import format_us
from lrs.errors import ConflictError, SenderError
from lrs.ports import Batch, NewStatement, StatementQuery, Stores, Wall
from lrs.stores.memory import memory_stores
from tests.support.clock import SettableClock
from tests.support.settling import settled
from tests.support.statements import (
    CLIENT,
    EVERYTHING,
    MINE,
    OTHERS,
    PROVIDER,
    agent,
    batch,
    found,
    must_get,
    number_of,
    other_batch,
    sentence,
    statement_id,
    verb,
    void,
)

_HOUR = 3_600_000_000


class PuttingContract:
    """`StatementStore.put`, `get` and `consistent_through`."""

    batch_size = 500  # of twenty batches; fewer where a server of tests scans

    async def test_a_statement_comes_back_with_stored_appended(self, stores: Stores) -> None:
        statement = sentence(1)
        await stores.statements.put(batch(statement))
        kept = await must_get(stores.statements, 1)
        assert kept.body == statement.head + b',"stored":"' + format_us(kept.stored).encode() + b'"}'
        assert (kept.id, kept.provider, kept.client) == (statement_id(1), PROVIDER, CLIENT)

    async def test_a_missing_timestamp_becomes_stored(self, stores: Stores) -> None:
        statement = sentence(1, timestamp=None)
        await stores.statements.put(batch(statement))
        kept = await must_get(stores.statements, 1)
        moment = format_us(kept.stored).encode()
        assert kept.body == statement.head + b',"timestamp":"' + moment + b'","stored":"' + moment + b'"}'

    async def test_every_byte_of_the_head_comes_back(self, stores: Stores) -> None:
        odd = sentence(1)
        odd = replace(odd, head=odd.head + b' ,\n\t"x":{"a" : 1e400,"b":%b,"c":"\\u00e9 \\/ \xc3\xa9"}' % (b"7" * 30))
        await stores.statements.put(batch(odd))
        kept = await must_get(stores.statements, 1)
        page = await stores.statements.query(StatementQuery(), EVERYTHING)
        assert kept.body.startswith(odd.head + b',"stored":')
        assert page.bodies == [kept.body]

    async def test_a_batch_of_none_is_fine(self, stores: Stores) -> None:
        await stores.statements.put(batch())
        assert await found(stores.statements) == []

    async def test_an_unknown_id_is_none(self, stores: Stores) -> None:
        assert await stores.statements.get(statement_id(1), EVERYTHING) is None
        assert await stores.statements.get(statement_id(1), EVERYTHING, voided=True) is None

    async def test_stored_grows_strictly_through_a_batch_in_its_order(self, stores: Stores) -> None:
        await stores.statements.put(batch(*(sentence(number) for number in range(50))))
        moments = [(await must_get(stores.statements, number)).stored for number in range(50)]
        assert moments == sorted(set(moments))

    async def test_stored_grows_strictly_when_the_clock_stands_still_or_jumps_back(self, stores: Stores, clock: SettableClock) -> None:
        begin = clock.now_us()
        for number in range(6):
            clock.set(begin - number * _HOUR)
            await stores.statements.put(batch(sentence(number)))
        moments = [(await must_get(stores.statements, number)).stored for number in range(6)]
        assert moments == sorted(set(moments))
        assert moments[0] >= begin
        assert await found(stores.statements) == list(range(6))

    async def test_stored_follows_the_clock_again_once_it_has_caught_up(self, stores: Stores, clock: SettableClock) -> None:
        await stores.statements.put(batch(sentence(1)))
        clock.advance(-_HOUR)
        await stores.statements.put(batch(sentence(2)))
        clock.advance(3 * _HOUR)
        before = clock.now_us()
        await stores.statements.put(batch(sentence(3)))
        assert (await must_get(stores.statements, 3)).stored > before

    async def test_an_equal_statement_is_passed_over(self, stores: Stores) -> None:
        await stores.statements.put(batch(sentence(1)))
        first = await must_get(stores.statements, 1)
        await stores.statements.put(batch(sentence(1, timestamp="2026-11-01T08:02:03.000+07:00")))
        assert await must_get(stores.statements, 1) == first
        assert await found(stores.statements) == [1]

    async def test_an_equal_statement_of_the_providers_other_client_is_passed_over(self, stores: Stores) -> None:
        await stores.statements.put(batch(sentence(1)))
        await stores.statements.put(batch(sentence(1), client="moodle-cadangan"))
        assert (await must_get(stores.statements, 1)).client == CLIENT
        assert await found(stores.statements, wall=Wall(PROVIDER, "moodle-cadangan")) == []

    async def test_the_rest_of_a_batch_with_an_equal_statement_is_stored(self, stores: Stores) -> None:
        await stores.statements.put(batch(sentence(1)))
        await stores.statements.put(batch(sentence(2), sentence(1), sentence(3)))
        assert await found(stores.statements) == [1, 2, 3]

    async def test_another_statement_with_the_id_is_a_conflict_and_changes_nothing(self, stores: Stores) -> None:
        await stores.statements.put(batch(sentence(1)))
        first = await must_get(stores.statements, 1)
        with pytest.raises(ConflictError) as caught:
            await stores.statements.put(batch(sentence(1, verb="passed")))
        assert caught.value.where.startswith("statements[0]")
        assert await must_get(stores.statements, 1) == first
        assert await found(stores.statements, verb("passed")) == []

    async def test_a_conflict_leaves_nothing_of_its_batch(self, stores: Stores) -> None:
        await stores.statements.put(batch(sentence(1)))
        with pytest.raises(ConflictError) as caught:
            await stores.statements.put(batch(sentence(2), sentence(3), sentence(1, verb="passed"), sentence(4)))
        assert caught.value.where.startswith("statements[2]")
        assert await found(stores.statements) == [1]
        assert await stores.statements.get(statement_id(2), EVERYTHING) is None
        await stores.statements.put(batch(sentence(2, verb="passed")))
        assert await found(stores.statements, verb("passed")) == [2]

    async def test_another_providers_id_is_a_conflict_even_when_equal(self, stores: Stores) -> None:
        await stores.statements.put(batch(sentence(1)))
        with pytest.raises(ConflictError):
            await stores.statements.put(other_batch(sentence(2), sentence(1)))
        assert await found(stores.statements) == [1]
        assert await found(stores.statements, wall=OTHERS) == []

    async def test_of_two_statements_racing_for_an_id_one_wins(self, stores: Stores) -> None:
        racers = [batch(sentence(1, actor=f"peserta-{number}")) for number in range(8)]
        outcomes = await asyncio.gather(*(stores.statements.put(one) for one in racers), return_exceptions=True)
        assert [type(one) for one in outcomes if one is not None] == [ConflictError] * 7
        assert await found(stores.statements) == [1]

    async def test_a_conflict_touches_no_batch_beside_it(self, stores: Stores) -> None:
        await stores.statements.put(batch(sentence(0)))
        writes = [
            batch(*(sentence(number * 10 + place) for place in range(1, 4)), sentence(0, verb="passed" if number % 3 == 0 else "did"))
            for number in range(1, 13)
        ]
        outcomes = await asyncio.gather(*(stores.statements.put(one) for one in writes), return_exceptions=True)
        assert [one is None for one in outcomes] == [number % 3 != 0 for number in range(1, 13)]
        expected = {number * 10 + place for number in range(1, 13) if number % 3 for place in range(1, 4)}
        assert set(await found(stores.statements)) == {0} | expected

    @pytest.mark.parametrize("seed", range(4))
    async def test_a_crowd_at_once_is_answered_and_stored_as_if_one_came_after_the_other(self, stores: Stores, seed: int) -> None:
        crowd = _crowd(random.Random(seed))
        reference = memory_stores(SettableClock())
        expected = [await _outcome(reference, one) for one in crowd]
        assert await asyncio.gather(*(_outcome(stores, one) for one in crowd)) == expected
        assert {kind for kind, _ in expected} >= {"", "ConflictError"}
        for conditions in ((), (verb("did"),), (agent("peserta-1"),)):
            assert await found(stores.statements, *conditions) == await found(reference.statements, *conditions)

    async def test_a_wall_hides_from_get_what_lies_outside(self, stores: Stores) -> None:
        await stores.statements.put(batch(sentence(1)))
        inside = [EVERYTHING, MINE, Wall(PROVIDER, CLIENT), Wall(client=CLIENT)]
        outside = [OTHERS, Wall(PROVIDER, "moodle-cadangan"), Wall(client="moodle-cadangan")]
        assert [(await must_get(stores.statements, 1, wall)).id for wall in inside] == [statement_id(1)] * 4
        assert [await stores.statements.get(statement_id(1), wall) for wall in outside] == [None] * 3

    async def test_consistent_through_follows_the_clock_when_idle(self, stores: Stores, clock: SettableClock) -> None:
        await stores.statements.put(batch(sentence(1)))
        await settled(stores, clock)
        clock.advance(_HOUR)
        before = clock.now_us()
        assert before < await stores.statements.consistent_through() < before + 60_000_000

    async def test_consistent_through_of_an_empty_store_follows_the_clock(self, stores: Stores, clock: SettableClock) -> None:
        before = clock.now_us()
        assert before < await stores.statements.consistent_through() < before + 60_000_000

    async def test_nothing_is_stored_at_or_before_a_moment_that_was_promised(self, stores: Stores, clock: SettableClock) -> None:
        promised = 0
        for number, jump in enumerate([0, _HOUR, -2 * _HOUR, 0, -1, 3 * _HOUR, -_HOUR]):
            clock.advance(jump)
            promised = max(promised, await stores.statements.consistent_through())
            clock.advance(jump)
            await stores.statements.put(batch(sentence(number)))
            assert (await must_get(stores.statements, number)).stored > promised

    async def test_a_poller_by_since_misses_none_of_sixteen_writers(self, stores: Stores, clock: SettableClock) -> None:
        store = stores.statements

        async def write(writer: int) -> None:
            for round_ in range(12):
                size = 1 + (writer + round_) % 5
                await store.put(batch(*(sentence(writer * 1_000 + round_ * 10 + place) for place in range(size)), client=f"lms-{writer}"))
                await asyncio.sleep(0)

        writers = asyncio.gather(*(write(writer) for writer in range(16)))
        seen: list[int] = []
        since, done = 0, False
        while not done:
            done = writers.done()
            if done:
                await settled(stores, clock)
            through = await store.consistent_through()
            page = await store.query(StatementQuery(since=since, until=through, limit=10_000, ascending=True), EVERYTHING)
            seen += [number_of(body) for body in page.bodies]
            since = max(since, through)
            await asyncio.sleep(0)
        await writers
        expected = [
            writer * 1_000 + round_ * 10 + place
            for writer in range(16)
            for round_ in range(12)
            for place in range(1 + (writer + round_) % 5)
        ]
        every = await found(store)
        assert sorted(every) == sorted(expected)
        assert seen == every

    async def test_a_batch_is_seen_whole_or_not_at_all(self, stores: Stores) -> None:
        store = stores.statements
        writers = asyncio.gather(
            *(store.put(batch(*(sentence(number * 10 + place, actor=f"peserta-{number}") for place in range(10)))) for number in range(20))
        )
        while not writers.done():
            counts = [len(await found(store, agent(f"peserta-{number}"))) for number in range(20)]
            assert set(counts) <= {0, 10}
            await asyncio.sleep(0)
        await writers
        assert len(await found(store)) == 200

    async def test_twenty_large_batches_are_all_there(self, stores: Stores) -> None:
        size = self.batch_size

        def part(number: int) -> tuple[NewStatement, ...]:
            return tuple(sentence(number * size + place, actor=f"peserta-{place % 50}", verb=f"v{number}") for place in range(size))

        for number in range(20):
            await stores.statements.put(batch(*part(number)))
        assert await found(stores.statements) == list(range(20 * size))
        assert len(await found(stores.statements, agent("peserta-7"))) == 20 * len(range(7, size, 50))
        assert await found(stores.statements, agent("peserta-7"), verb("v3")) == [3 * size + place for place in range(7, size, 50)]


def _crowd(source: random.Random) -> list[Batch]:
    """Requests of one to five statements: plain ones, repeated and conflicting ones, references and voids, of two providers."""
    crowd: list[Batch] = []
    for _ in range(120):
        numbers = source.sample(range(140), source.choice((1, 1, 1, 1, 5)))
        statements = [_one_of_a_crowd(source, number) for number in numbers]
        crowd.append(batch(*statements) if source.random() < 0.9 else other_batch(*statements))
    return crowd


def _one_of_a_crowd(source: random.Random, number: int) -> NewStatement:
    kind = source.random()
    if kind < 0.08:
        return void(number, source.randrange(140))
    if kind < 0.14:
        return sentence(number, refers_to=source.randrange(140))
    return sentence(number, verb="passed" if kind < 0.18 else "did", actor=f"peserta-{number % 7}")


async def _outcome(stores: Stores, one: Batch) -> tuple[str, str]:
    """(error class, where), both "" for none."""
    try:
        await stores.statements.put(one)
    except SenderError as error:
        return type(error).__name__, error.where
    return "", ""
