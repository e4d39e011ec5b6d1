"""Voiding (xAPI-Data 1.0.3 2.3.2, 2.0 4.2.5): who may, in which order, and what is seen of it."""

from __future__ import annotations

import pytest

from lrs.errors import ConflictError, ForbiddenError
from lrs.ports import Batch, Stores
from tests.support.clock import SettableClock
from tests.support.settling import settled
from tests.support.statements import (
    EVERYTHING,
    MINE,
    OTHERS,
    agent,
    batch,
    found,
    must_get,
    other_batch,
    sentence,
    statement_id,
    verb,
    void,
)

VOIDED_VERB = "vhttp://adlnet.gov/expapi/verbs/voided"


async def _is_voided(stores: Stores, number: int) -> bool:
    """Also proves that get in both kinds and query agree."""
    plain = await stores.statements.get(statement_id(number), EVERYTHING)
    voided = await stores.statements.get(statement_id(number), EVERYTHING, voided=True)
    listed = number in await found(stores.statements)
    assert (plain is None) == (voided is not None) == (not listed)
    return voided is not None


async def _put(stores: Stores, *batches: Batch) -> None:
    for one in batches:
        await stores.statements.put(one)


class VoidingContract:
    """Voiding in `StatementStore.put`, `get` and `query`."""

    async def test_a_voided_statement_is_answered_only_as_voided(self, stores: Stores) -> None:
        await _put(stores, batch(sentence(1), sentence(2)))
        before = await must_get(stores.statements, 1)
        await _put(stores, batch(void(3, 1)))
        assert await _is_voided(stores, 1)
        assert await must_get(stores.statements, 1, voided=True) == before
        assert await found(stores.statements, verb("did")) == [2, 3]
        assert not await _is_voided(stores, 3)

    async def test_get_of_voided_stays_within_the_wall(self, stores: Stores) -> None:
        await _put(stores, batch(sentence(1), void(2, 1)))
        assert await stores.statements.get(statement_id(1), OTHERS, voided=True) is None
        assert await stores.statements.get(statement_id(1), MINE, voided=True) is not None

    async def test_a_statement_that_is_not_voided_is_not_answered_as_voided(self, stores: Stores) -> None:
        await _put(stores, batch(sentence(1)))
        assert await stores.statements.get(statement_id(1), EVERYTHING, voided=True) is None

    async def test_the_voiding_statement_may_come_before_its_target(self, stores: Stores) -> None:
        await _put(stores, batch(void(2, 1)), batch(sentence(1)))
        assert await _is_voided(stores, 1)
        assert not await _is_voided(stores, 2)

    @pytest.mark.parametrize("void_first", [True, False])
    async def test_both_may_come_in_one_batch(self, stores: Stores, void_first: bool) -> None:
        pair = [void(2, 1), sentence(1)] if void_first else [sentence(1), void(2, 1)]
        await _put(stores, batch(*pair))
        assert await _is_voided(stores, 1)
        assert not await _is_voided(stores, 2)

    async def test_a_voiding_statement_of_the_providers_other_client_has_effect(self, stores: Stores) -> None:
        await _put(stores, batch(sentence(1)), batch(void(2, 1), client="moodle-cadangan"))
        assert await _is_voided(stores, 1)

    @pytest.mark.parametrize("inner_first", [True, False])
    async def test_voiding_a_voiding_statement_has_no_effect(self, stores: Stores, inner_first: bool) -> None:
        await _put(stores, batch(sentence(1)))
        voids = [batch(void(2, 1)), batch(void(3, 2))]
        await _put(stores, *(voids if inner_first else reversed(voids)))
        assert await _is_voided(stores, 1)
        assert not await _is_voided(stores, 2)
        assert not await _is_voided(stores, 3)

    async def test_voiding_twice_changes_nothing(self, stores: Stores) -> None:
        await _put(stores, batch(sentence(1)), batch(void(2, 1)), batch(void(3, 1)))
        assert await _is_voided(stores, 1)
        assert await found(stores.statements) == [2, 3]

    async def test_a_statement_that_voids_itself_stays(self, stores: Stores) -> None:
        await _put(stores, batch(void(1, 1)))
        assert not await _is_voided(stores, 1)

    async def test_a_void_without_a_target_is_kept(self, stores: Stores) -> None:
        await _put(stores, batch(void(2, 1)))
        assert await found(stores.statements, VOIDED_VERB) == [2]

    async def test_a_foreign_statement_cannot_be_voided_and_nothing_of_the_batch_is_stored(self, stores: Stores) -> None:
        await _put(stores, batch(sentence(1)))
        with pytest.raises(ForbiddenError) as caught:
            await stores.statements.put(other_batch(sentence(2), void(3, 1), sentence(4)))
        assert caught.value.where.startswith("statements[1]")
        assert await found(stores.statements) == [1]
        assert not await _is_voided(stores, 1)

    async def test_a_foreign_target_that_comes_later_is_not_voided(self, stores: Stores) -> None:
        await _put(stores, other_batch(void(2, 1)), batch(sentence(1)))
        assert not await _is_voided(stores, 1)
        assert not await _is_voided(stores, 2)
        await _put(stores, batch(void(3, 1)))
        assert await _is_voided(stores, 1)

    async def test_a_void_kept_without_effect_is_passed_over_when_sent_again(self, stores: Stores) -> None:
        await _put(stores, other_batch(void(2, 1)), batch(sentence(1)))
        await _put(stores, other_batch(void(2, 1), sentence(3)))
        assert not await _is_voided(stores, 1)
        assert await found(stores.statements) == [2, 1, 3]

    @pytest.mark.parametrize("target_first", [True, False])
    async def test_who_may_void_any_voids_another_providers(self, stores: Stores, target_first: bool) -> None:
        writes = [batch(sentence(1)), other_batch(void(2, 1), may_void_any=True)]
        await _put(stores, *(writes if target_first else reversed(writes)))
        assert await _is_voided(stores, 1)

    async def test_one_void_with_effect_among_others_without_is_enough(self, stores: Stores) -> None:
        await _put(stores, other_batch(void(2, 1)), batch(void(3, 1)), batch(sentence(1)))
        assert await _is_voided(stores, 1)

    async def test_a_voided_statement_still_holds_its_id(self, stores: Stores) -> None:
        await _put(stores, batch(sentence(1), void(2, 1)))
        with pytest.raises(ConflictError):
            await stores.statements.put(batch(sentence(1, verb="passed")))
        await _put(stores, batch(sentence(1)))
        assert await _is_voided(stores, 1)

    @pytest.mark.parametrize("target_first", [True, False])
    async def test_what_finds_the_voided_statement_finds_who_voids_it(
        self, stores: Stores, clock: SettableClock, target_first: bool
    ) -> None:
        writes = [batch(sentence(1, verb="passed")), batch(void(2, 1)), batch(sentence(3, actor="guru", refers_to=1))]
        await _put(stores, *(writes if target_first else reversed(writes)))
        await settled(stores, clock)
        assert sorted(await found(stores.statements, verb("passed"))) == [2, 3]

    async def test_a_rolled_back_void_has_no_effect(self, stores: Stores) -> None:
        await _put(stores, batch(sentence(1), sentence(2)))
        with pytest.raises(ConflictError):
            await stores.statements.put(batch(void(3, 1), sentence(2, verb="passed")))
        assert not await _is_voided(stores, 1)

    async def test_the_feed_holds_voided_statements_too(self, stores: Stores) -> None:
        await _put(stores, batch(sentence(1), void(2, 1), sentence(3)))
        assert [item.id for item in await stores.feed.read(0, 10)] == [statement_id(number) for number in (1, 2, 3)]

    async def test_many_voided_in_a_row_are_skipped_over_pages(self, stores: Stores) -> None:
        await _put(stores, batch(*(sentence(number) for number in range(1, 61))))
        await _put(stores, batch(*(void(100 + number, number) for number in range(11, 51))))
        assert await found(stores.statements, agent("sari"), limit=7) == [*range(1, 11), *range(51, 61), *range(111, 151)]
