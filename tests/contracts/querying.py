"""Asking: conditions, walls, bounds on `stored`, pages."""

from __future__ import annotations

from collections import Counter

import pytest

from lrs.errors import InvalidRequestError
from lrs.ports import Condition, StatementQuery, Stores, Wall
from tests.support.statements import (
    CLIENT,
    EVERYTHING,
    MINE,
    OTHERS,
    PROVIDER,
    activity,
    agent,
    batch,
    continued,
    found,
    must_get,
    number_of,
    other_batch,
    pages,
    registration,
    sentence,
    stored_of,
    verb,
    void,
)


async def _fill(stores: Stores, first: int, last: int) -> None:
    for number in range(first, last + 1):
        await stores.statements.put(batch(sentence(number, verb="did" if number % 2 else "passed")))


class QueryingContract:
    """`StatementStore.query`."""

    async def test_an_empty_store_answers_an_empty_last_page(self, stores: Stores) -> None:
        page = await stores.statements.query(StatementQuery(), EVERYTHING)
        assert (page.bodies, page.more) == ([], None)

    async def test_newest_come_first_unless_ascending(self, stores: Stores) -> None:
        await stores.statements.put(batch(sentence(1), sentence(2)))
        await stores.statements.put(batch(sentence(3)))
        assert await found(stores.statements, ascending=False) == [3, 2, 1]
        assert await found(stores.statements, ascending=True) == [1, 2, 3]

    async def test_each_kind_of_term_finds_its_statements(self, stores: Stores) -> None:
        await stores.statements.put(
            batch(sentence(1, actor="budi"), sentence(2, verb="passed"), sentence(3, object="modul"), sentence(4, registered=1))
        )
        terms = [agent("budi"), verb("passed"), activity("modul"), registration(1)]
        assert [await found(stores.statements, term) for term in terms] == [[1], [2], [3], [4]]

    async def test_an_unknown_term_finds_nothing(self, stores: Stores) -> None:
        await stores.statements.put(batch(sentence(1)))
        assert await found(stores.statements, agent("siapa")) == []
        assert await found(stores.statements, verb("did"), agent("siapa")) == []

    async def test_a_statement_must_satisfy_every_condition(self, stores: Stores) -> None:
        await stores.statements.put(
            batch(
                sentence(1, actor="budi", verb="passed", object="modul", registered=1),
                sentence(2, actor="budi", verb="passed", object="modul"),
                sentence(3, actor="budi", verb="passed", registered=1),
                sentence(4, actor="sari", verb="passed", object="modul", registered=1),
                sentence(5, actor="budi", verb="did", object="modul", registered=1),
            )
        )
        store = stores.statements
        assert await found(store, agent("budi"), verb("passed"), activity("modul"), registration(1)) == [1]
        assert await found(store, agent("budi"), verb("passed")) == [1, 2, 3]
        assert await found(store, activity("modul"), registration(1)) == [1, 4, 5]

    async def test_a_related_term_is_found_only_by_a_related_condition(self, stores: Stores) -> None:
        await stores.statements.put(
            batch(sentence(1, related=[agent("guru"), activity("induk")]), sentence(2, actor="guru", object="induk"))
        )
        assert await found(stores.statements, agent("guru")) == [2]
        assert await found(stores.statements, agent("guru"), related=True) == [1, 2]
        assert await found(stores.statements, activity("induk")) == [2]
        assert await found(stores.statements, activity("induk"), related=True) == [1, 2]

    async def test_conditions_of_both_kinds_go_together(self, stores: Stores) -> None:
        await stores.statements.put(
            batch(
                sentence(1, actor="budi", related=[activity("induk")]),
                sentence(2, actor="sari", related=[activity("induk"), agent("budi")]),
            )
        )
        conditions = (Condition(agent("budi")), Condition(activity("induk"), related=True))
        assert await pages(stores.statements, StatementQuery(conditions)) == [[1]]

    async def test_since_is_exclusive_and_until_inclusive(self, stores: Stores) -> None:
        await stores.statements.put(batch(*(sentence(number) for number in range(1, 6))))
        moments = [(await must_get(stores.statements, number)).stored for number in range(1, 6)]
        store = stores.statements
        assert await found(store, since=moments[1]) == [3, 4, 5]
        assert await found(store, since=moments[1] - 1) == [2, 3, 4, 5]
        assert await found(store, until=moments[3]) == [1, 2, 3, 4]
        assert await found(store, until=moments[3] - 1) == [1, 2, 3]
        assert await found(store, since=moments[1], until=moments[3]) == [3, 4]
        assert await found(store, verb("did"), since=moments[1], until=moments[3], ascending=False) == [4, 3]
        assert await found(store, since=moments[2], until=moments[2]) == []
        assert await found(store, since=moments[3], until=moments[1]) == []
        assert await found(store, since=moments[4]) == []
        assert await found(store, since=0, until=moments[0] - 1) == []

    async def test_walls_bound_every_query(self, stores: Stores) -> None:
        await stores.statements.put(batch(sentence(1)))
        await stores.statements.put(batch(sentence(2), client="moodle-cadangan"))
        await stores.statements.put(other_batch(sentence(3)))
        walls = [EVERYTHING, MINE, OTHERS, Wall(PROVIDER, CLIENT), Wall(PROVIDER, "moodle-cadangan"), Wall("balai-timur")]
        expected = [[1, 2, 3], [1, 2], [3], [1], [2], []]
        assert [await found(stores.statements, wall=wall) for wall in walls] == expected
        assert [await found(stores.statements, verb("did"), wall=wall) for wall in walls] == expected

    @pytest.mark.parametrize("ascending", [True, False])
    @pytest.mark.parametrize("limit", [1, 3, 7, 20, 21])
    async def test_pages_hold_all_once_and_the_last_has_no_cursor(self, stores: Stores, limit: int, ascending: bool) -> None:
        await _fill(stores, 1, 20)
        order = list(range(1, 21)) if ascending else list(range(20, 0, -1))
        expected = [order[start : start + limit] for start in range(0, 20, limit)]
        assert await pages(stores.statements, StatementQuery(limit=limit, ascending=ascending)) == expected
        odd = [number for number in order if number % 2]
        expected = [odd[start : start + limit] for start in range(0, 10, limit)]
        assert await pages(stores.statements, StatementQuery((Condition(verb("did")),), limit=limit, ascending=ascending)) == expected

    async def test_what_matches_no_more_does_not_make_another_page(self, stores: Stores) -> None:
        await _fill(stores, 1, 4)
        await stores.statements.put(batch(void(5, 1), void(6, 2)))
        query = StatementQuery((Condition(agent("sari")),), limit=4)
        assert await pages(stores.statements, query) == [[6, 5, 4, 3]]

    @pytest.mark.parametrize("conditions", [(), (Condition(verb("did")),)], ids=["all", "some"])
    async def test_max_bytes_ends_a_page_early_with_one_statement_at_least(self, stores: Stores, conditions: tuple[Condition, ...]) -> None:
        await stores.statements.put(batch(*(sentence(number, padding=5_000 if number == 4 else 100) for number in range(1, 9))))
        size = len((await must_get(stores.statements, 1)).body)
        expected = [[1, 2], [3], [4], [5, 6], [7, 8]]
        assert await pages(stores.statements, StatementQuery(conditions, max_bytes=2 * size + 10, ascending=True)) == expected
        assert await pages(stores.statements, StatementQuery(conditions, max_bytes=2 * size, limit=8, ascending=True)) == expected
        assert await pages(stores.statements, StatementQuery(conditions, max_bytes=1)) == [[number] for number in range(8, 0, -1)]

    @pytest.mark.parametrize("term", [None, verb("did")])
    async def test_paging_down_while_others_write_loses_and_repeats_nothing(self, stores: Stores, term: str | None) -> None:
        await stores.statements.put(batch(*(sentence(number) for number in range(1, 41))))
        query = StatementQuery(() if term is None else (Condition(term),), limit=7)
        seen: list[int] = []
        cursor: str | None = None
        for round_ in range(100):
            page = await stores.statements.query(continued(query, cursor), EVERYTHING)
            seen += [number_of(body) for body in page.bodies]
            cursor = page.more
            if cursor is None:
                break
            await stores.statements.put(batch(*(sentence(100 + round_ * 3 + place) for place in range(3))))
        assert seen == list(range(40, 0, -1))

    @pytest.mark.parametrize("term", [None, verb("did")])
    async def test_paging_up_while_others_write_sees_the_new_ones_too(self, stores: Stores, term: str | None) -> None:
        await stores.statements.put(batch(*(sentence(number) for number in range(1, 31))))
        query = StatementQuery(() if term is None else (Condition(term),), limit=7, ascending=True)
        seen: list[int] = []
        cursor: str | None = None
        for round_ in range(100):
            page = await stores.statements.query(continued(query, cursor), EVERYTHING)
            seen += [number_of(body) for body in page.bodies]
            cursor = page.more
            if cursor is None:
                break
            if round_ < 5:
                await stores.statements.put(batch(*(sentence(31 + round_ * 3 + place) for place in range(3))))
        assert seen == list(range(1, 31 + 15))

    async def test_a_statement_voided_between_two_pages_is_not_on_the_second(self, stores: Stores) -> None:
        await _fill(stores, 1, 6)
        query = StatementQuery((Condition(agent("sari")),), limit=3)
        first = await stores.statements.query(query, EVERYTHING)
        await stores.statements.put(batch(void(10, 2)))
        assert await pages(stores.statements, continued(query, first.more)) == [[3, 1]]

    async def test_a_cursor_stays_good_when_it_is_used_again(self, stores: Stores) -> None:
        await _fill(stores, 1, 9)
        query = StatementQuery(limit=4)
        first = await stores.statements.query(query, EVERYTHING)
        await _fill(stores, 10, 12)
        again = [await stores.statements.query(continued(query, first.more), EVERYTHING) for _ in range(2)]
        assert [[number_of(body) for body in page.bodies] for page in again] == [[5, 4, 3, 2]] * 2

    async def test_a_cursor_opens_no_wall(self, stores: Stores) -> None:
        await stores.statements.put(other_batch(*(sentence(number) for number in range(1, 6))))
        await stores.statements.put(batch(sentence(6)))
        await stores.statements.put(other_batch(sentence(7), sentence(8)))
        query = StatementQuery(limit=2)
        first = await stores.statements.query(query, OTHERS)
        assert await pages(stores.statements, continued(query, first.more), MINE) == [[6]]

    @pytest.mark.parametrize("cursor", ["", "?", "-1", " ", "1.5", "a b", "x" * 200, "é", "\uff11", "\x00", "../1", "'"])
    async def test_a_cursor_that_is_none_of_ours_is_refused(self, stores: Stores, cursor: str) -> None:
        await _fill(stores, 1, 2)
        with pytest.raises(InvalidRequestError):
            await stores.statements.query(StatementQuery(cursor=cursor), EVERYTHING)

    async def test_bodies_of_a_query_are_those_of_get(self, stores: Stores) -> None:
        await _fill(stores, 1, 30)
        page = await stores.statements.query(StatementQuery(), EVERYTHING)
        assert page.bodies == [(await must_get(stores.statements, number)).body for number in range(30, 0, -1)]
        moments = [stored_of(body) for body in page.bodies]
        assert moments == sorted(set(moments), reverse=True)

    async def test_each_statement_is_answered_once_however_many_conditions_find_it(self, stores: Stores) -> None:
        await stores.statements.put(batch(*(sentence(number, actor="budi", related=[agent("guru")]) for number in range(1, 50))))
        numbers = await found(stores.statements, agent("budi"), agent("guru"), verb("did"), related=True)
        assert Counter(numbers) == Counter(range(1, 50))
