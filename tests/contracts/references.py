"""The StatementRef rule: who refers to a statement is found by what finds that statement (xAPI-Communication 1.0.3 2.1.3)."""

from __future__ import annotations

import asyncio
from itertools import permutations

import pytest

from lrs.ports import Condition, NewStatement, StatementQuery, Stores, Wall
from tests.support.clock import SettableClock
from tests.support.settling import settled
from tests.support.statements import (
    CLIENT,
    EVERYTHING,
    MINE,
    PROVIDER,
    activity,
    agent,
    batch,
    found,
    must_get,
    number_of,
    other_batch,
    pages,
    registration,
    sentence,
    verb,
)

_ORDERS = list(permutations(range(4)))


def _chain(base: int, name: str) -> list[NewStatement]:
    """A target and three referrers in a line, each with a verb of its own; all verbs end with `name`."""
    target = sentence(base, actor=f"pelajar-{name}", verb=f"zero-{name}", object=name, registered=base, related=[agent(f"guru-{name}")])
    referrers = [
        sentence(base + step, actor=f"penilai-{step}-{name}", verb=f"{step}-{name}", refers_to=base + step - 1) for step in (1, 2, 3)
    ]
    return [target, *referrers]


class ReferencesContract:
    """StatementRef in `StatementStore.put` and `query`."""

    many = 1_000  # statements of a long chain; fewer where a server of tests scans
    orders = _ORDERS  # of arrival

    @pytest.mark.parametrize("together", [False, True])
    async def test_three_steps_are_found_in_every_order_of_arrival(self, stores: Stores, clock: SettableClock, together: bool) -> None:
        for place, order in enumerate(self.orders):
            chain = _chain(place * 10, str(place))
            parts = [batch(*(chain[step] for step in order))] if together else [batch(chain[step]) for step in order]
            for part in parts:
                await stores.statements.put(part)
        await settled(stores, clock)
        for place in range(len(self.orders)):
            base, name = place * 10, str(place)
            every = [base, base + 1, base + 2, base + 3]
            for term in (verb(f"zero-{name}"), agent(f"pelajar-{name}"), activity(name), registration(base)):
                assert sorted(await found(stores.statements, term)) == every
            assert sorted(await found(stores.statements, verb(f"1-{name}"))) == every[1:]
            assert sorted(await found(stores.statements, verb(f"2-{name}"))) == every[2:]
            assert await found(stores.statements, verb(f"3-{name}")) == every[3:]

    @pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
    async def test_related_terms_are_handed_on_as_related_ones(self, stores: Stores, clock: SettableClock, order: tuple[int, ...]) -> None:
        chain = _chain(10, "x")
        for step in order:
            await stores.statements.put(batch(chain[step]))
        await settled(stores, clock)
        assert await found(stores.statements, agent("guru-x")) == []
        assert sorted(await found(stores.statements, agent("guru-x"), related=True)) == [10, 11, 12]

    async def test_conditions_may_be_met_partly_by_the_referrer_partly_by_its_target(self, stores: Stores, clock: SettableClock) -> None:
        await stores.statements.put(batch(sentence(2, actor="guru", verb="graded", refers_to=1)))
        await stores.statements.put(batch(sentence(1, actor="budi", verb="passed"), sentence(3, actor="guru", verb="graded", refers_to=9)))
        await settled(stores, clock)
        assert await found(stores.statements, agent("guru"), verb("passed")) == [2]
        assert await found(stores.statements, agent("budi"), verb("graded")) == [2]
        assert await found(stores.statements, verb("graded")) == [2, 3]

    async def test_a_target_takes_nothing_from_its_referrer(self, stores: Stores, clock: SettableClock) -> None:
        await stores.statements.put(batch(sentence(1), sentence(2, actor="guru", verb="graded", refers_to=1), sentence(3, refers_to=1)))
        await settled(stores, clock)
        assert await found(stores.statements, verb("graded")) == [2]
        assert await found(stores.statements, agent("guru")) == [2]

    async def test_bounds_and_walls_look_at_the_referrer_itself(self, stores: Stores, clock: SettableClock) -> None:
        await stores.statements.put(batch(sentence(1, verb="passed")))
        await stores.statements.put(batch(sentence(2, refers_to=1), client="moodle-cadangan"))
        await settled(stores, clock)
        moment = (await must_get(stores.statements, 1)).stored
        assert await found(stores.statements, verb("passed"), since=moment) == [2]
        assert await found(stores.statements, verb("passed"), until=moment) == [1]
        assert await found(stores.statements, verb("passed"), wall=Wall(PROVIDER, "moodle-cadangan")) == [2]
        assert await found(stores.statements, verb("passed"), wall=Wall(PROVIDER, CLIENT)) == [1]

    @pytest.mark.parametrize("target_first", [True, False])
    async def test_another_providers_statement_hands_nothing_on(self, stores: Stores, clock: SettableClock, target_first: bool) -> None:
        writes = [batch(sentence(1, verb="passed")), other_batch(sentence(2, refers_to=1)), batch(sentence(3, verb="graded", refers_to=2))]
        for write in writes if target_first else reversed(writes):
            await stores.statements.put(write)
        await settled(stores, clock)
        assert await found(stores.statements, verb("passed")) == [1]
        assert await found(stores.statements, verb("did")) == [2]
        assert await found(stores.statements, agent("sari"), wall=MINE, ascending=True) in ([1, 3], [3, 1])

    @pytest.mark.parametrize("order", list(permutations((1, 2, 3))))
    async def test_a_ring_of_references_gives_all_its_members_all_terms(
        self, stores: Stores, clock: SettableClock, order: tuple[int, ...]
    ) -> None:
        ring = {number: sentence(number, actor=f"a{number}", verb=f"v{number}", refers_to=number % 3 + 1) for number in (1, 2, 3)}
        for number in order:
            await stores.statements.put(batch(ring[number]))
        await stores.statements.put(batch(sentence(4, verb="v4", refers_to=1)))
        await settled(stores, clock)
        for number in (1, 2, 3):
            assert sorted(await found(stores.statements, verb(f"v{number}"))) == [1, 2, 3, 4]
        assert await found(stores.statements, verb("v4")) == [4]

    async def test_a_statement_about_itself_is_found_once(self, stores: Stores, clock: SettableClock) -> None:
        await stores.statements.put(batch(sentence(1, verb="passed", refers_to=1)))
        await stores.statements.put(batch(sentence(2, refers_to=1)))
        await settled(stores, clock)
        assert await found(stores.statements, verb("passed")) == [1, 2]

    async def test_a_referrer_of_two_arms_meets_both_when_the_joint_comes_last(self, stores: Stores, clock: SettableClock) -> None:
        await stores.statements.put(batch(sentence(1, verb="root")))
        await stores.statements.put(batch(sentence(3, verb="left", refers_to=2), sentence(4, verb="right", refers_to=2)))
        await stores.statements.put(batch(sentence(5, verb="tip", refers_to=4)))
        await stores.statements.put(batch(sentence(2, verb="joint", refers_to=1)))
        await settled(stores, clock)
        assert sorted(await found(stores.statements, verb("root"))) == [1, 2, 3, 4, 5]
        assert sorted(await found(stores.statements, verb("right"))) == [4, 5]

    async def test_a_thousand_referrers_of_one_late_target_are_all_found(self, stores: Stores, clock: SettableClock) -> None:
        await stores.statements.put(batch(*(sentence(number, actor=f"p{number % 9}", refers_to=0) for number in range(1, self.many + 1))))
        await stores.statements.put(batch(sentence(0, verb="late")))
        await settled(stores, clock)
        assert sorted(await found(stores.statements, verb("late"))) == list(range(self.many + 1))
        assert len(await found(stores.statements, verb("late"), agent("p3"))) == len(range(3, self.many + 1, 9))
        by_page = await pages(stores.statements, StatementQuery((Condition(verb("late")),), limit=90))
        assert sorted(number for page in by_page for number in page) == list(range(self.many + 1))

    @pytest.mark.parametrize("target_first", [True, False])
    async def test_a_chain_of_a_thousand_is_found_to_its_end(self, stores: Stores, clock: SettableClock, target_first: bool) -> None:
        links = [sentence(0, verb="root"), *(sentence(number, refers_to=number - 1) for number in range(1, self.many + 1))]
        if not target_first:
            links.append(links.pop(0))
        for start in range(0, len(links), 100):
            await stores.statements.put(batch(*links[start : start + 100]))
        await settled(stores, clock)
        assert sorted(await found(stores.statements, verb("root"))) == list(range(self.many + 1))

    async def test_a_chain_sent_end_first_is_found_whole(self, stores: Stores, clock: SettableClock) -> None:
        links = [sentence(0, verb="root"), *(sentence(number, refers_to=number - 1) for number in range(1, 101))]
        await stores.statements.put(batch(*reversed(links)))
        await settled(stores, clock)
        assert sorted(await found(stores.statements, verb("root"))) == list(range(101))

    async def test_consistent_through_stays_before_a_late_target_until_its_referrers_are_found(
        self, stores: Stores, clock: SettableClock
    ) -> None:
        await stores.statements.put(batch(*(sentence(number, refers_to=number - 1) for number in range(1, 2 * self.many + 1))))
        await stores.statements.put(batch(sentence(0, verb="late")))
        moment = (await must_get(stores.statements, 0)).stored
        clock.advance(1_000_000)
        for _ in range(3_000):
            through = await stores.statements.consistent_through()
            if through >= moment:
                break
            await asyncio.sleep(0.01)
        assert through >= moment
        assert len(await found(stores.statements, verb("late"))) == 2 * self.many + 1

    async def test_writing_goes_on_while_a_late_target_is_worked_off(self, stores: Stores, clock: SettableClock) -> None:
        await stores.statements.put(batch(*(sentence(number, refers_to=number - 1) for number in range(1, self.many + 1))))
        await stores.statements.put(batch(sentence(0, verb="late")))
        for number in range(2_000, 2_020):
            await stores.statements.put(batch(sentence(number, refers_to=self.many if number % 2 else 0)))
        page = await stores.statements.query(StatementQuery(limit=1), EVERYTHING)
        assert number_of(page.bodies[0]) == 2_019
        await settled(stores, clock)
        assert len(await found(stores.statements, verb("late"))) == self.many + 21
