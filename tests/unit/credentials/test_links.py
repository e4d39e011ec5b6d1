"""Identity links as values: only added, never overwritten; one person at a time, unless the days are apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from credentials.errors import PeopleError
from credentials.people.links import Identity, Link, linked, unlinked
from lrs.errors import ConflictError

_ACCOUNT = Identity("balai", "aaccount:https://lms.test|7")
_ONE = Link("l1", "person-1", "hr", "import", "administrator:rini", 5)


def test_a_link_is_added_and_an_undone_one_stays_with_its_moment() -> None:
    made = linked(_ACCOUNT, _ONE)
    assert made.held() == (_ONE,)
    undone = unlinked(made, "l1", 9)
    assert undone.held() == ()
    assert [(one.id, one.unlinked_at) for one in undone.links] == [("l1", 9)]
    with pytest.raises(ConflictError):
        unlinked(undone, "l1", 10)


def test_the_same_link_again_changes_nothing() -> None:
    made = linked(_ACCOUNT, _ONE)
    assert linked(made, replace(_ONE, id="l2", made_at=7)) is made


@pytest.mark.parametrize(
    ("first", "second", "taken"),
    [
        ((None, None), (None, None), True),
        ((None, date(2026, 6, 30)), (date(2026, 7, 1), None), False),
        ((None, date(2026, 7, 1)), (date(2026, 7, 1), None), True),
        ((date(2026, 1, 1), date(2026, 1, 31)), (date(2026, 2, 1), date(2026, 2, 28)), False),
        ((date(2026, 2, 1), date(2026, 2, 28)), (date(2026, 1, 1), date(2026, 1, 31)), False),
        ((date(2026, 2, 1), date(2026, 2, 28)), (None, None), True),
    ],
)
def test_an_account_is_one_persons_on_any_day(
    first: tuple[date | None, date | None], second: tuple[date | None, date | None], taken: bool
) -> None:
    made = linked(_ACCOUNT, replace(_ONE, since=first[0], until=first[1]))
    other = replace(_ONE, id="l2", person="person-2", since=second[0], until=second[1])
    if taken:
        with pytest.raises(ConflictError):
            linked(made, other)
    else:
        assert len(linked(made, other).held()) == 2


def test_after_an_undone_link_the_account_may_be_another_persons() -> None:
    free = unlinked(linked(_ACCOUNT, _ONE), "l1", 9)
    assert [one.person for one in linked(free, replace(_ONE, id="l2", person="person-2")).held()] == ["person-2"]


def test_a_refusal_stands_against_a_link_until_it_is_lifted() -> None:
    refused = linked(_ACCOUNT, replace(_ONE, id="r1", refused=True))
    assert refused.refuses("person-1")
    assert refused.held() == ()
    with pytest.raises(ConflictError):
        linked(refused, _ONE)
    assert linked(refused, replace(_ONE, person="person-2")).held()
    assert linked(unlinked(refused, "r1", 9), _ONE).held() == (_ONE,)


def test_a_link_cannot_end_before_it_begins() -> None:
    with pytest.raises(PeopleError) as caught:
        linked(_ACCOUNT, replace(_ONE, since=date(2026, 2, 1), until=date(2026, 1, 31)))
    assert caught.value.where == "until"


def test_a_link_with_bounds_holds_on_both_of_them() -> None:
    one = replace(_ONE, since=date(2026, 2, 1), until=date(2026, 2, 28))
    days = (date(2026, 1, 31), date(2026, 2, 1), date(2026, 2, 28), date(2026, 3, 1))
    assert [one.holds_on(day) for day in days] == [False, True, True, False]
    assert _ONE.holds_on(date(1970, 1, 1))
