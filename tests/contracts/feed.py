"""The feed and its checkpoints."""

from __future__ import annotations

import asyncio

import pytest

from lrs.errors import ConflictError
from lrs.ports import FeedItem, Stores
from tests.support.statements import CLIENT, OTHER_CLIENT, OTHER_PROVIDER, PROVIDER, batch, must_get, number_of, other_batch, sentence


async def _read_all(stores: Stores, limit: int) -> list[FeedItem]:
    items: list[FeedItem] = []
    while page := await stores.feed.read(items[-1].position if items else 0, limit):
        assert len(page) <= limit
        items += page
    return items


class FeedContract:
    """See `lrs.ports.Feed`."""

    async def test_an_empty_feed_ends_at_nothing(self, stores: Stores) -> None:
        assert await stores.feed.read(0, 10) == []
        assert await stores.feed.end() == 0

    @pytest.mark.parametrize("limit", [1, 4, 100])
    async def test_statements_come_oldest_first_at_growing_positions(self, stores: Stores, limit: int) -> None:
        await stores.statements.put(batch(sentence(3), sentence(1)))
        await stores.statements.put(batch(*(sentence(number) for number in range(10, 20))))
        items = await _read_all(stores, limit)
        assert [number_of(item.body) for item in items] == [3, 1, *range(10, 20)]
        positions = [item.position for item in items]
        assert positions == sorted(set(positions))
        assert positions[0] > 0
        assert await stores.feed.end() == positions[-1]

    async def test_an_item_is_the_stored_statement_with_its_origin(self, stores: Stores) -> None:
        await stores.statements.put(batch(sentence(1)))
        await stores.statements.put(other_batch(sentence(2)))
        items = await stores.feed.read(0, 10)
        kept = [await must_get(stores.statements, number) for number in (1, 2)]
        assert [(item.id, item.stored, item.body) for item in items] == [(one.id, one.stored, one.body) for one in kept]
        assert [(item.provider, item.client) for item in items] == [(PROVIDER, CLIENT), (OTHER_PROVIDER, OTHER_CLIENT)]

    async def test_a_statement_passed_over_is_not_in_the_feed_again(self, stores: Stores) -> None:
        await stores.statements.put(batch(sentence(1)))
        await stores.statements.put(batch(sentence(1), sentence(2)))
        assert [number_of(item.body) for item in await stores.feed.read(0, 10)] == [1, 2]

    async def test_a_refused_batch_leaves_nothing_in_the_feed(self, stores: Stores) -> None:
        await stores.statements.put(batch(sentence(1)))
        end = await stores.feed.end()
        with pytest.raises(ConflictError):
            await stores.statements.put(batch(sentence(2), sentence(1, verb="passed")))
        assert await stores.feed.end() == end
        assert await stores.feed.read(end, 10) == []

    async def test_a_reader_beside_sixteen_writers_misses_none_and_reads_none_twice(self, stores: Stores) -> None:
        async def write(writer: int) -> None:
            for round_ in range(10):
                await stores.statements.put(
                    batch(*(sentence(writer * 100 + round_ * 4 + place) for place in range(1 + (writer + round_) % 4)))
                )
                await asyncio.sleep(0)

        writers = asyncio.gather(*(write(writer) for writer in range(16)))
        seen: list[int] = []
        position, done = 0, False
        while not done:
            done = writers.done()
            while items := await stores.feed.read(position, 7):
                seen += [number_of(item.body) for item in items]
                position = items[-1].position
            await asyncio.sleep(0)
        await writers
        expected = [
            writer * 100 + round_ * 4 + place for writer in range(16) for round_ in range(10) for place in range(1 + (writer + round_) % 4)
        ]
        assert sorted(seen) == sorted(expected)
        assert [number_of(item.body) for item in await _read_all(stores, 1_000)] == seen

    async def test_a_new_consumer_is_at_the_beginning(self, stores: Stores) -> None:
        assert await stores.feed.checkpoint("jam") == 0
        assert await stores.feed.checkpoints() == {}

    async def test_each_consumer_has_a_checkpoint_of_its_own(self, stores: Stores) -> None:
        await stores.feed.advance("jam", 5, expected=0)
        await stores.feed.advance("sertifikat", 2, expected=0)
        await stores.feed.advance("jam", 9, expected=5)
        assert (await stores.feed.checkpoint("jam"), await stores.feed.checkpoint("sertifikat")) == (9, 2)
        assert await stores.feed.checkpoints() == {"jam": 9, "sertifikat": 2}

    async def test_a_checkpoint_that_is_elsewhere_is_not_moved(self, stores: Stores) -> None:
        with pytest.raises(ConflictError):
            await stores.feed.advance("jam", 5, expected=1)
        await stores.feed.advance("jam", 5, expected=0)
        with pytest.raises(ConflictError):
            await stores.feed.advance("jam", 7, expected=0)
        assert await stores.feed.checkpoints() == {"jam": 5}

    async def test_a_checkpoint_may_go_back_to_read_again(self, stores: Stores) -> None:
        await stores.feed.advance("jam", 5, expected=0)
        await stores.feed.advance("jam", 0, expected=5)
        assert await stores.feed.checkpoint("jam") == 0

    async def test_of_two_processes_of_one_consumer_one_advances(self, stores: Stores) -> None:
        outcomes = await asyncio.gather(*(stores.feed.advance("jam", to, expected=0) for to in (1, 2, 3)), return_exceptions=True)
        assert sum(isinstance(one, ConflictError) for one in outcomes) == 2

    async def test_wait_returns_at_once_when_something_is_there(self, stores: Stores) -> None:
        await stores.statements.put(batch(sentence(1)))
        assert await asyncio.wait_for(stores.feed.wait(0, 60), 10)

    async def test_wait_gives_up_after_its_time(self, stores: Stores) -> None:
        await stores.statements.put(batch(sentence(1)))
        assert not await stores.feed.wait(await stores.feed.end(), 0.05)
        assert not await stores.feed.wait(await stores.feed.end(), 0)

    async def test_wait_wakes_every_consumer_when_a_statement_comes(self, stores: Stores) -> None:
        waiting = [asyncio.create_task(stores.feed.wait(0, 60)) for _ in range(3)]
        await asyncio.sleep(0.01)
        await stores.statements.put(batch(sentence(1)))
        assert await asyncio.wait_for(asyncio.gather(*waiting), 10) == [True, True, True]

    async def test_wait_sleeps_on_until_the_position_is_passed(self, stores: Stores) -> None:
        await stores.statements.put(batch(sentence(1)))
        end = await stores.feed.end()
        waiting = asyncio.create_task(stores.feed.wait(end + 1, 60))
        await stores.statements.put(batch(sentence(2)))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        await stores.statements.put(batch(sentence(3)))
        assert await asyncio.wait_for(waiting, 10)
